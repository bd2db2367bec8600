using System.Globalization;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    /// <summary>Whether a webhook listens to the event named by <see cref="ListensTo"/>.</summary>
    private const string Listens = "(' ' || events || ' ') LIKE @event";

    private static string ListensTo(string eventType) => $"% {eventType} %";

    /// <summary>
    /// The webhooks of a user that listen to an event. They can't be removed before the transaction ends: a removal gives up what waits,
    /// and would miss what isn't committed yet.
    /// </summary>
    private ValueTask<List<string>> ListenersAsync(SqlSession session, string userId, string eventType, CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT id FROM webhook WHERE user_id = @user AND removed_at IS NULL AND {Listens} ORDER BY id{_engine.KeepFromChange}", reader => reader.GetString(0), cancellationToken,
        ("@user", userId), ("@event", ListensTo(eventType)));

    /// <summary>Stores an event and a delivery to each of the webhooks, due at once.</summary>
    /// <returns>The deliveries' ids; none if there are no webhooks or the event is there already.</returns>
    private static async ValueTask<IReadOnlyList<string>> InsertEventAsync(SqlSession session, NewEvent happened, List<string> webhooks, CancellationToken cancellationToken)
    {
        if (webhooks.Count == 0) return [];
        var added = await session.ExecuteAsync(
            "INSERT INTO webhook_event (id, type, created_at, body) VALUES (@id, @type, @at, @body) ON CONFLICT (id) DO NOTHING", cancellationToken,
            ("@id", happened.Id), ("@type", happened.Type), ("@at", happened.At.ToString()), ("@body", happened.Body)).ConfigureAwait(false);
        if (added == 0) return [];
        var deliveries = new List<string>(webhooks.Count);
        foreach (var webhook in webhooks)
        {
            var delivery = Guid.CreateVersion7(happened.At.Moment).ToString("D", CultureInfo.InvariantCulture);
            await session.ExecuteAsync(
                """
                INSERT INTO webhook_delivery (id, webhook_id, event_id, state, attempts, next_attempt_ms, created_ms)
                VALUES (@id, @webhook, @event, 'waiting', 0, @ms, @ms)
                """,
                cancellationToken, ("@id", delivery), ("@webhook", webhook), ("@event", happened.Id), ("@ms", happened.At.Moment.ToUnixTimeMilliseconds())).ConfigureAwait(false);
            deliveries.Add(delivery);
        }
        return deliveries;
    }
}
