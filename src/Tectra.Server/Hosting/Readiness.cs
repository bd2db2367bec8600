using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Sdk;

namespace Tectra.Server.Hosting;

/// <summary>Fills the similarity index when the server starts, and says whether the server can do its work. Thread-safe.</summary>
internal sealed partial class Readiness(ContentRegistry registry, TimeProvider time, ILogger<Readiness> logger) : BackgroundService
{
    public const string Ready = "ready";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(2);

    private volatile bool _isWarm;

    /// <summary><see cref="Ready"/>, or what is missing.</summary>
    public async ValueTask<string> CheckAsync(CancellationToken cancellationToken)
    {
        if (!_isWarm) return "warming";
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await registry.Store.FindServerSecretAsync(ServerSecrets.Tokens, either.Token).ConfigureAwait(false);
            return Ready;
        }
        catch (Exception e) when (e is RegistryException || (e is OperationCanceledException && patience.IsCancellationRequested))
        {
            return "database_unavailable";
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // reading a large database must not hold up the start
        while (!_isWarm)
        {
            try
            {
                var began = time.GetTimestamp();
                await registry.WarmAsync(stoppingToken).ConfigureAwait(false);
                _isWarm = true;
                var duration = time.GetElapsedTime(began);
                LogWarm(duration);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
                await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The similarity index is filled; that took {Duration}")]
    private partial void LogWarm(TimeSpan duration);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The similarity index could not be filled; it is tried again")]
    private partial void LogFailed(Exception exception);
}
