using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Registry;

namespace Tectra.Server.Hosting;

/// <summary>Once a day removes what is only kept for a while: ended deliveries and idempotency keys.</summary>
internal sealed partial class HousekeepingService(ContentRegistry registry, TimeProvider time, ILogger<HousekeepingService> logger) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30), FirstWait = TimeSpan.FromMinutes(5), Wait = TimeSpan.FromDays(1);

    /// <summary>Removes what ended more than thirty days ago.</summary>
    internal async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var removed = await registry.Store.PruneDeliveriesAsync((time.GetUtcNow() - Kept).ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
            if (removed > 0) LogRemoved(removed);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = FirstWait; ; wait = Wait)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
            await RunAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Removed {Removed} old deliveries")]
    private partial void LogRemoved(int removed);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Housekeeping failed; it is tried again tomorrow")]
    private partial void LogFailed(Exception exception);
}
