using Microsoft.Extensions.Logging;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Webhooks;

/// <summary>
/// Delivers what is due, at least once: a delivery is claimed for a while, tried, and noted; if the process ends in between, it is
/// claimed again when that while is over. Several processes may dispatch from one database. One loop at a time; otherwise
/// thread-safe.
/// </summary>
internal sealed partial class WebhookDispatcher
{
    private readonly IWebhookStore _store;
    private readonly WebhookSender _sender;
    private readonly WebhookOptions _options;
    private readonly RetrySchedule _schedule;
    private readonly WebhookSignal _signal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliverySlots _slots;
    private readonly List<Task> _underWay = [];
    private bool _databaseAway;

    public WebhookDispatcher(
        IWebhookStore store, WebhookSender sender, WebhookOptions options, RetrySchedule schedule, WebhookSignal signal, TimeProvider time, ILogger logger)
    {
        _store = store;
        _sender = sender;
        _options = options;
        _schedule = schedule;
        _signal = signal;
        _time = time;
        _logger = logger;
        _slots = new DeliverySlots(options.MaxConcurrent);
    }

    /// <summary>Delivers until it is cancelled; attempts that are under way then are finished first.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await TryStepAsync(cancellationToken).ConfigureAwait(false);
                await _signal.WaitAsync(_options.PollInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Tries what is due now, as far as there are places, and waits for how it ends.</summary>
    /// <returns>How many deliveries were tried.</returns>
    public async ValueTask<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var started = await StartDueAsync(cancellationToken).ConfigureAwait(false);
        await FinishAsync().ConfigureAwait(false);
        return started;
    }

    /// <summary>One round, which must not end the loop: the database may be away for a while.</summary>
    private async ValueTask TryStepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartDueAsync(cancellationToken).ConfigureAwait(false);
            _databaseAway = false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_databaseAway) LogRoundFailed(e); // once, not every second until it is back
            _databaseAway = true;
        }
    }

    private async ValueTask<int> StartDueAsync(CancellationToken cancellationToken)
    {
        _underWay.RemoveAll(task => task.IsCompleted);
        if (!_slots.AnyFree) return 0;
        var now = Milliseconds(_time.GetUtcNow());
        // Some of those that are due may have their share already: look beyond them.
        var due = await _store.FindDueWebhooksAsync(now, 2 * _options.MaxConcurrent, cancellationToken).ConfigureAwait(false);
        var shares = _slots.Share(due);
        if (shares.Count == 0) return 0;
        var claimed = await _store.ClaimDeliveriesAsync(shares, now, (long)_options.Lease.TotalMilliseconds, cancellationToken).ConfigureAwait(false);
        foreach (var delivery in claimed)
        {
            _slots.Take(delivery.WebhookId);
            _underWay.Add(DeliverAsync(delivery));
        }
        return claimed.Count;
    }

    private Task FinishAsync() => Task.WhenAll(_underWay);

    /// <summary>Never throws: what isn't noted is tried again when its lease is over.</summary>
    private async Task DeliverAsync(ClaimedDelivery delivery)
    {
        await Task.Yield();
        var succeeded = false;
        try
        {
            var outcome = await _sender.SendAsync(delivery).ConfigureAwait(false);
            succeeded = outcome.Error is null;
            await _store.CompleteDeliveryAsync(Conclude(delivery, outcome), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogDeliveryNotNoted(delivery.Id, e);
        }
        finally
        {
            _slots.GiveBack(delivery.WebhookId, succeeded);
            _signal.Set();
        }
    }

    private DeliveryResult Conclude(ClaimedDelivery delivery, AttemptOutcome outcome)
    {
        var now = _time.GetUtcNow();
        if (outcome.Error is not { } error)
        {
            WebhookMetrics.CountAttempt("delivered");
            LogDelivered(delivery.Id, delivery.EventType, delivery.WebhookId, delivery.Attempts);
            return new DeliveryResult(delivery.Id, delivery.Attempts, DeliveryStates.Delivered, outcome.Status, null, null, UtcTimestamp.From(now).ToString());
        }
        // A test is for somebody who looks at its result: one attempt tells.
        var delay = delivery.EventType == WebhookEvents.Test ? null : _schedule.Next(delivery.Attempts, outcome);
        WebhookMetrics.CountAttempt(delay is null ? "failed" : "retried");
        if (delay is not { } wait)
        {
            LogGivenUp(delivery.Id, delivery.EventType, delivery.WebhookId, delivery.Attempts, error);
            return new DeliveryResult(delivery.Id, delivery.Attempts, DeliveryStates.Failed, outcome.Status, error, null, null);
        }
        LogRetry(delivery.Id, delivery.EventType, delivery.WebhookId, delivery.Attempts, wait, error);
        return new DeliveryResult(delivery.Id, delivery.Attempts, DeliveryStates.Waiting, outcome.Status, error, Milliseconds(now + wait), null);
    }

    private static long Milliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();

    [LoggerMessage(EventId = 20, Level = LogLevel.Debug, Message = "Delivery {DeliveryId} of {EventType} to webhook {WebhookId} was taken at attempt {Attempt}")]
    private partial void LogDelivered(string deliveryId, string eventType, string webhookId, int attempt);

    [LoggerMessage(EventId = 21, Level = LogLevel.Information, Message = "Delivery {DeliveryId} of {EventType} to webhook {WebhookId} failed at attempt {Attempt}, next in {Delay}: {Error}")]
    private partial void LogRetry(string deliveryId, string eventType, string webhookId, int attempt, TimeSpan delay, string error);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning, Message = "Delivery {DeliveryId} of {EventType} to webhook {WebhookId} is given up after attempt {Attempt}: {Error}")]
    private partial void LogGivenUp(string deliveryId, string eventType, string webhookId, int attempt, string error);

    [LoggerMessage(EventId = 23, Level = LogLevel.Error, Message = "The end of delivery {DeliveryId} could not be noted; it will be tried again")]
    private partial void LogDeliveryNotNoted(string deliveryId, Exception exception);

    [LoggerMessage(EventId = 24, Level = LogLevel.Error, Message = "The deliveries that are due could not be read; the next round will try again")]
    private partial void LogRoundFailed(Exception exception);
}
