using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Sdk.Api.Transport;

namespace Tectra.Sdk.Api.Outbox;

/// <summary>
/// Delivers an outbox in the background: at the start, at once when this process has enqueued something, and now and then for
/// what others have. While the registry can't be used it comes back after longer and longer pauses.
/// </summary>
internal sealed partial class OutboxFlusher(RegistrationOutbox outbox, ITectraApi api, TimeProvider time, ILogger<OutboxFlusher> logger) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1), FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>The pause after so many failures in a row, at least one: half of it fixed, half by chance.</summary>
    internal static TimeSpan Pause(int failures, double random)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 30)));
        return (pause / 2) + (pause / 2 * random);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            failures = await TryFlushAsync(stoppingToken).ConfigureAwait(false) ? 0 : failures + 1;
            try
            {
                if (failures == 0) await outbox.WaitForArrivalAsync(Idle, stoppingToken).ConfigureAwait(false);
                else await Task.Delay(Pause(failures, ApiRetry.UniformRandom()), time, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> TryFlushAsync(CancellationToken stoppingToken)
    {
        try
        {
            var flush = await outbox.FlushAsync(api, cancellationToken: stoppingToken).ConfigureAwait(false);
            if (flush.Delivered > 0) LogDelivered(flush.Delivered);
            if (flush.Refused > 0) LogRefused(flush.Refused);
            if (flush.Problem is { } problem) LogWaiting(problem.Code, problem.Message);
            return flush.Problem is null;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the outbox must be tried again later: nobody else would.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e);
            return false;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Count} registrations of the outbox were delivered")]
    private partial void LogDelivered(int count);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Count} registrations of the outbox were set aside in its folder 'refused': see its status for the reasons")]
    private partial void LogRefused(int count);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The outbox waits: {Code}: {Problem}")]
    private partial void LogWaiting(string code, string problem);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "The outbox can't be delivered")]
    private partial void LogFailed(Exception error);
}
