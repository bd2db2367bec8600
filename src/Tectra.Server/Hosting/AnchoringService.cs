using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Registry;

namespace Tectra.Server.Hosting;

/// <summary>
/// Anchors pending records every interval, or as soon as many wait. Of several servers one does it at a time. After a failure it waits
/// longer and longer, however many wait.
/// </summary>
internal sealed partial class AnchoringService(ContentRegistry registry, ServerOptions options, TimeProvider time, ILogger<AnchoringService> logger) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait after so many failures in a row.</summary>
    internal static TimeSpan WaitAfter(int failures, TimeSpan interval)
    {
        var wait = interval * Math.Pow(2, Math.Min(failures, 20));
        return failures == 0 || wait < LongestWait ? wait : interval > LongestWait ? interval : LongestWait;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; ;)
        {
            await WaitAsync(failures, stoppingToken).ConfigureAwait(false);
            try
            {
                await registry.AnchorPendingAsync(stoppingToken).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                failures++;
                LogFailed(e, failures, WaitAfter(failures, options.AnchoringInterval));
            }
        }
    }

    private async Task WaitAsync(int failures, CancellationToken stoppingToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var interval = Task.Delay(WaitAfter(failures, options.AnchoringInterval), time, done.Token);
        var many = failures > 0 ? interval : registry.Waiting.WaitAsync(options.AnchoringRecords, done.Token);
        var ended = await Task.WhenAny(interval, many).ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        // To its end: one that ends late would unset what the next one waits for.
        await many.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Anchoring failed for the {Failures}. time in a row; next in {Wait}")]
    private partial void LogFailed(Exception exception, int failures, TimeSpan wait);
}
