using System.Data.Common;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    private const string SelectWebhook = "SELECT id, user_id, url, events, secret_token, created_at FROM webhook",
        SelectDelivery =
            """
            SELECT webhook_delivery.id, event_id, type, state, attempts, last_status, last_error, created_at, next_attempt_ms, delivered_at
            FROM webhook_delivery JOIN webhook_event ON webhook_event.id = webhook_delivery.event_id
            """;

    public async ValueTask<bool> TryAddWebhookAsync(StoredWebhook webhook, int maxPerUser, CancellationToken cancellationToken) => await WriteAsync(
        """
        INSERT INTO webhook (id, user_id, url, events, secret_token, created_at) SELECT @id, @user, @url, @events, @secret, @at
        WHERE (SELECT count(*) FROM webhook WHERE user_id = @user AND removed_at IS NULL) < @max
        """,
        cancellationToken, ("@id", webhook.Id), ("@user", webhook.UserId), ("@url", webhook.Url), ("@events", webhook.Events), ("@secret", webhook.SecretToken),
        ("@at", webhook.CreatedAt), ("@max", (long)maxPerUser)).ConfigureAwait(false) == 1;

    public async ValueTask<IReadOnlyList<StoredWebhook>> ListWebhooksAsync(string userId, CancellationToken cancellationToken) =>
        await ReadAsync($"{SelectWebhook} WHERE user_id = @user AND removed_at IS NULL ORDER BY id", ReadWebhook, cancellationToken, ("@user", userId)).ConfigureAwait(false);

    public ValueTask<StoredWebhook?> FindWebhookAsync(string userId, string id, CancellationToken cancellationToken) =>
        ReadOneAsync($"{SelectWebhook} WHERE user_id = @user AND id = @id AND removed_at IS NULL", ReadWebhook, cancellationToken, ("@user", userId), ("@id", id));

    public ValueTask<bool> RemoveWebhookAsync(string userId, string id, UtcTimestamp at, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            var removed = await session.ExecuteAsync(
                "UPDATE webhook SET removed_at = @at WHERE user_id = @user AND id = @id AND removed_at IS NULL", cancellationToken,
                ("@at", at.ToString()), ("@user", userId), ("@id", id)).ConfigureAwait(false) == 1;
            if (removed)
            {
                await session.ExecuteAsync(
                    "UPDATE webhook_delivery SET state = @failed, next_attempt_ms = NULL, last_error = 'The webhook was removed.' WHERE webhook_id = @id AND state = @waiting",
                    cancellationToken, ("@id", id), ("@failed", DeliveryStates.Failed), ("@waiting", DeliveryStates.Waiting)).ConfigureAwait(false);
            }
            return removed;
        },
        cancellationToken);

    public async ValueTask<IReadOnlySet<string>> FindListenersAsync(string eventType, CancellationToken cancellationToken) => (await ReadAsync(
        $"SELECT DISTINCT user_id FROM webhook WHERE removed_at IS NULL AND {Listens}", reader => reader.GetString(0), cancellationToken, ("@event", ListensTo(eventType))).ConfigureAwait(false)).ToHashSet();

    public async ValueTask AddEventAsync(NewEvent newEvent, CancellationToken cancellationToken) => await TransactAsync(
        async session =>
        {
            var webhooks = await ListenersAsync(session, newEvent.UserId, newEvent.Type, cancellationToken).ConfigureAwait(false);
            return await InsertEventAsync(session, newEvent, webhooks, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken).ConfigureAwait(false);

    public ValueTask<StoredDelivery?> AddTestEventAsync(NewEvent newEvent, string webhookId, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            var webhooks = await session.QueryAsync(
                $"SELECT id FROM webhook WHERE user_id = @user AND id = @id AND removed_at IS NULL{_engine.KeepFromChange}", reader => reader.GetString(0), cancellationToken,
                ("@user", newEvent.UserId), ("@id", webhookId)).ConfigureAwait(false);
            return await InsertEventAsync(session, newEvent, webhooks, cancellationToken).ConfigureAwait(false) is [var delivery]
                ? await session.QueryOneAsync($"{SelectDelivery} WHERE webhook_delivery.id = @id", ReadDelivery, cancellationToken, ("@id", delivery)).ConfigureAwait(false)
                : null;
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<StoredDelivery>> ListDeliveriesAsync(string webhookId, int limit, CancellationToken cancellationToken) => await ReadAsync(
        $"{SelectDelivery} WHERE webhook_id = @webhook ORDER BY created_ms DESC, webhook_delivery.id DESC LIMIT @limit", ReadDelivery, cancellationToken,
        ("@webhook", webhookId), ("@limit", (long)limit)).ConfigureAwait(false);

    /// <summary>Steps from webhook to webhook through the index, so that a long queue of one costs no more than a short one.</summary>
    public async ValueTask<IReadOnlyList<string>> FindDueWebhooksAsync(long nowMilliseconds, int limit, CancellationToken cancellationToken) => await ReadAsync(
        """
        WITH RECURSIVE waiting (webhook) AS (
            SELECT min(webhook_id) FROM webhook_delivery WHERE state = 'waiting'
            UNION ALL
            SELECT (SELECT min(webhook_id) FROM webhook_delivery WHERE state = 'waiting' AND webhook_id > webhook) FROM waiting WHERE webhook IS NOT NULL)
        SELECT webhook FROM (
            SELECT webhook, (SELECT min(next_attempt_ms) FROM webhook_delivery WHERE state = 'waiting' AND webhook_id = webhook) AS due
            FROM waiting WHERE webhook IS NOT NULL) AS earliest
        WHERE due <= @now ORDER BY due LIMIT @limit
        """,
        reader => reader.GetString(0), cancellationToken, ("@now", nowMilliseconds), ("@limit", (long)limit)).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<ClaimedDelivery>> ClaimDeliveriesAsync(
        IReadOnlyList<WebhookShare> shares, long nowMilliseconds, long leaseMilliseconds, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            var claimed = new List<ClaimedDelivery>();
            foreach (var share in shares)
            {
                var due = await session.QueryAsync(
                    $"""
                    SELECT id FROM webhook_delivery WHERE state = 'waiting' AND webhook_id = @webhook AND next_attempt_ms <= @now
                    ORDER BY next_attempt_ms LIMIT @limit{_engine.SkipLocked}
                    """,
                    reader => reader.GetString(0), cancellationToken, ("@webhook", share.WebhookId), ("@now", nowMilliseconds), ("@limit", (long)share.Limit)).ConfigureAwait(false);
                foreach (var id in due) claimed.Add(await ClaimAsync(session, id, nowMilliseconds + leaseMilliseconds, cancellationToken).ConfigureAwait(false));
            }
            return (IReadOnlyList<ClaimedDelivery>)claimed;
        },
        cancellationToken);

    public async ValueTask CompleteDeliveryAsync(DeliveryResult result, CancellationToken cancellationToken) => await WriteAsync(
        """
        UPDATE webhook_delivery SET state = @state, last_status = @status, last_error = @error, next_attempt_ms = @next, delivered_at = @at
        WHERE id = @id AND state = 'waiting' AND (attempts = @attempts OR @state = 'delivered')
        """,
        cancellationToken, ("@state", result.State), ("@status", (long?)result.Status), ("@error", result.Error), ("@next", result.NextAttemptMilliseconds),
        ("@at", result.DeliveredAt), ("@id", result.Id), ("@attempts", (long)result.Attempts)).ConfigureAwait(false);

    public ValueTask<int> PruneDeliveriesAsync(long beforeMilliseconds, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            var removed = await session.ExecuteAsync(
                "DELETE FROM webhook_delivery WHERE state <> 'waiting' AND created_ms < @before", cancellationToken, ("@before", beforeMilliseconds)).ConfigureAwait(false);
            await session.ExecuteAsync(
                "DELETE FROM webhook_event WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE event_id = webhook_event.id)", cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync("DELETE FROM idempotency_key WHERE created_ms < @before", cancellationToken, ("@before", beforeMilliseconds)).ConfigureAwait(false);
            return removed;
        },
        cancellationToken);

    private static async ValueTask<ClaimedDelivery> ClaimAsync(SqlSession session, string id, long untilMilliseconds, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            "UPDATE webhook_delivery SET attempts = attempts + 1, next_attempt_ms = @until WHERE id = @id", cancellationToken, ("@until", untilMilliseconds), ("@id", id)).ConfigureAwait(false);
        return (await session.QueryOneAsync(
            """
            SELECT webhook_delivery.id, event_id, type, body, url, secret_token, attempts, webhook_id FROM webhook_delivery
            JOIN webhook_event ON webhook_event.id = webhook_delivery.event_id JOIN webhook ON webhook.id = webhook_delivery.webhook_id
            WHERE webhook_delivery.id = @id
            """,
            reader => new ClaimedDelivery(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.GetString(4), reader.GetString(5), (int)reader.GetInt64(6), reader.GetString(7)),
            cancellationToken, ("@id", id)).ConfigureAwait(false))!;
    }

    private static StoredWebhook ReadWebhook(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5));

    private static StoredDelivery ReadDelivery(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), (int)reader.GetInt64(4), (int?)ReadNumber(reader, 5), ReadText(reader, 6),
        reader.GetString(7), ReadNumber(reader, 8), ReadText(reader, 9));
}
