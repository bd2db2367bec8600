using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage;

/// <summary>A webhook as it is stored.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Events">Event names, separated by single spaces.</param>
/// <param name="SecretToken">The signing secret as a Fernet token of the server's.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record StoredWebhook(string Id, string UserId, string Url, string Events, string SecretToken, string CreatedAt);

/// <summary>Something that happened, to be told to the webhooks of one user.</summary>
/// <param name="Id">Sent as <c>webhook-id</c>.</param>
/// <param name="UserId">Whose webhooks.</param>
/// <param name="Type">The event's name.</param>
/// <param name="At">When.</param>
/// <param name="Body">The exact bytes that are posted and signed.</param>
internal sealed record NewEvent(string Id, string UserId, string Type, UtcTimestamp At, byte[] Body);

/// <summary>The states of a delivery.</summary>
internal static class DeliveryStates
{
    public const string Waiting = "waiting", Delivered = "delivered", Failed = "failed";
}

/// <summary>A delivery in the log.</summary>
internal sealed record StoredDelivery(
    string Id, string EventId, string EventType, string State, int Attempts, int? LastStatus, string? LastError, string CreatedAt, long? NextAttemptMilliseconds, string? DeliveredAt);

/// <summary>A delivery that this process has claimed, with everything it takes to try it.</summary>
internal sealed record ClaimedDelivery(string Id, string EventId, string EventType, byte[] Body, string Url, string SecretToken, int Attempts, string WebhookId);

/// <summary>How many deliveries of one webhook a process is ready to take.</summary>
internal readonly record struct WebhookShare(string WebhookId, int Limit);

/// <summary>How an attempt ended.</summary>
/// <param name="Id">The delivery's.</param>
/// <param name="Attempts">Which attempt it was: the count that its claim gave.</param>
/// <param name="State">One of <see cref="DeliveryStates"/>.</param>
/// <param name="Status">The answer's status, if there was one.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="NextAttemptMilliseconds">When the next attempt is due; null if there is none.</param>
/// <param name="DeliveredAt">When it was taken.</param>
internal sealed record DeliveryResult(string Id, int Attempts, string State, int? Status, string? Error, long? NextAttemptMilliseconds, string? DeliveredAt);

/// <summary>
/// The port to a database's webhooks and what waits for them. Thread-safe; every call that writes is one durable transaction.
/// Events of registrations and anchorings are stored with these, by <see cref="IRecordStore"/>.
/// </summary>
internal interface IWebhookStore
{
    /// <summary>Adds a webhook unless its user has as many already; a few more may slip in at the same moment.</summary>
    ValueTask<bool> TryAddWebhookAsync(StoredWebhook webhook, int maxPerUser, CancellationToken cancellationToken);

    /// <summary>A user's webhooks that weren't removed.</summary>
    ValueTask<IReadOnlyList<StoredWebhook>> ListWebhooksAsync(string userId, CancellationToken cancellationToken);

    /// <summary>A user's own webhook, or null.</summary>
    ValueTask<StoredWebhook?> FindWebhookAsync(string userId, string id, CancellationToken cancellationToken);

    /// <summary>Removes a user's webhook and gives up what waits for it; false if they have no such webhook.</summary>
    ValueTask<bool> RemoveWebhookAsync(string userId, string id, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>The users who want to hear of an event.</summary>
    ValueTask<IReadOnlySet<string>> FindListenersAsync(string eventType, CancellationToken cancellationToken);

    /// <summary>Leaves an event for every webhook of its user that listens; nothing if none does, or if the event is there already.</summary>
    ValueTask AddEventAsync(NewEvent newEvent, CancellationToken cancellationToken);

    /// <summary>Leaves an event for one webhook of its user whether or not it listens; null if they have no such webhook.</summary>
    ValueTask<StoredDelivery?> AddTestEventAsync(NewEvent newEvent, string webhookId, CancellationToken cancellationToken);

    /// <summary>A webhook's deliveries, newest first.</summary>
    ValueTask<IReadOnlyList<StoredDelivery>> ListDeliveriesAsync(string webhookId, int limit, CancellationToken cancellationToken);

    /// <summary>Webhooks with deliveries that are due, the one that waits longest first.</summary>
    ValueTask<IReadOnlyList<string>> FindDueWebhooksAsync(long nowMilliseconds, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Claims deliveries that are due, of each webhook as many as there is a share for: nobody else gets them before
    /// <paramref name="leaseMilliseconds"/> have passed, in case this process ends before it reports. Their count of attempts is one
    /// higher afterwards.
    /// </summary>
    ValueTask<IReadOnlyList<ClaimedDelivery>> ClaimDeliveriesAsync(
        IReadOnlyList<WebhookShare> shares, long nowMilliseconds, long leaseMilliseconds, CancellationToken cancellationToken);

    /// <summary>
    /// Notes how an attempt ended. A failure that comes after the lease, when the delivery was claimed anew, changes nothing; a
    /// success does.
    /// </summary>
    ValueTask CompleteDeliveryAsync(DeliveryResult result, CancellationToken cancellationToken);

    /// <summary>Removes events and deliveries that ended before a time; returns how many deliveries.</summary>
    ValueTask<int> PruneDeliveriesAsync(long beforeMilliseconds, CancellationToken cancellationToken);
}

/// <summary>The port to a registry's database: everything it keeps.</summary>
internal interface IRegistryStore : IRecordStore, IChainStore, IAccountStore, IWebhookStore, IAsyncDisposable;
