using System.Globalization;
using System.Security.Cryptography;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Webhooks;

/// <summary>What a user does with their own webhooks; another user's are as if they weren't there. Thread-safe.</summary>
internal sealed class WebhookService
{
    /// <summary>The most deliveries that are listed.</summary>
    public const int MaxListedDeliveries = 100;

    private const char Separator = ' ';

    private readonly IWebhookStore _store;
    private readonly WebhookTargetGuard _guard;
    private readonly WebhookOptions _options;
    private readonly FernetKey _key;
    private readonly WebhookSignal _signal;
    private readonly TimeProvider _time;

    /// <param name="store">Keeps the webhooks.</param>
    /// <param name="guard">What may be posted to.</param>
    /// <param name="options">How many there may be.</param>
    /// <param name="key">Seals the secrets; its owner disposes of it.</param>
    /// <param name="signal">Tells the dispatcher of a test.</param>
    /// <param name="time">The clock.</param>
    public WebhookService(IWebhookStore store, WebhookTargetGuard guard, WebhookOptions options, FernetKey key, WebhookSignal signal, TimeProvider time)
    {
        _store = store;
        _guard = guard;
        _options = options;
        _key = key;
        _signal = signal;
        _time = time;
    }

    /// <summary>Makes a webhook. Only this answer ever holds its secret.</summary>
    /// <exception cref="RegistryException">
    /// The address may not be posted to (<c>webhook_url_refused</c>), the events aren't some of <see cref="WebhookEvents.All"/>, each
    /// once (<c>request_malformed</c>), or the user has too many (<c>limit_reached</c>).
    /// </exception>
    public async ValueTask<Webhook> CreateAsync(string userId, string url, IReadOnlyList<string> events, CancellationToken cancellationToken)
    {
        _guard.Check(url);
        if (events.Count == 0 || events.Count > WebhookEvents.All.Count || events.Distinct().Count() < events.Count || !events.All(WebhookEvents.All.Contains))
            throw new RegistryException(ErrorCodes.RequestMalformed, $"A webhook listens to one or more of {string.Join(", ", WebhookEvents.All)}, each named once.");
        var now = _time.GetUtcNow();
        var secret = RandomNumberGenerator.GetBytes(WebhookSigner.SecretBytes);
        try
        {
            var webhook = new Webhook(
                Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture), url, [.. events], UtcTimestamp.From(now).ToString(), WebhookSigner.Format(secret));
            var stored = new StoredWebhook(webhook.Id, userId, url, string.Join(Separator, events), _key.Encrypt(secret, _time), webhook.CreatedAt);
            return await _store.TryAddWebhookAsync(stored, _options.MaxPerUser, cancellationToken).ConfigureAwait(false)
                ? webhook
                : throw new RegistryException(ErrorCodes.LimitReached, $"An account has at most {_options.MaxPerUser} webhooks. Remove one first.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The user's webhooks, oldest first, without their secrets.</summary>
    public async ValueTask<IReadOnlyList<Webhook>> ListAsync(string userId, CancellationToken cancellationToken) =>
        [.. (await _store.ListWebhooksAsync(userId, cancellationToken).ConfigureAwait(false)).Select(stored => new Webhook(stored.Id, stored.Url, stored.Events.Split(Separator), stored.CreatedAt))];

    /// <summary>Removes a webhook; what waits for it is given up.</summary>
    /// <exception cref="RegistryException">The user has no such webhook (<c>not_found</c>).</exception>
    public async ValueTask RemoveAsync(string userId, string id, CancellationToken cancellationToken)
    {
        if (!await _store.RemoveWebhookAsync(userId, id, Now(), cancellationToken).ConfigureAwait(false)) throw Unknown();
    }

    /// <summary>Sends <see cref="WebhookEvents.Test"/> to a webhook, once. How it went is among the deliveries.</summary>
    /// <exception cref="RegistryException">The user has no such webhook (<c>not_found</c>).</exception>
    public async ValueTask<WebhookDelivery> TestAsync(string userId, string id, CancellationToken cancellationToken)
    {
        var delivery = await _store.AddTestEventAsync(EventBodies.Test(userId, id, Now()), id, cancellationToken).ConfigureAwait(false) ?? throw Unknown();
        _signal.Set();
        return Show(delivery);
    }

    /// <summary>A webhook's latest deliveries, newest first.</summary>
    /// <exception cref="RegistryException">The user has no such webhook (<c>not_found</c>).</exception>
    public async ValueTask<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string userId, string id, CancellationToken cancellationToken)
    {
        if (await _store.FindWebhookAsync(userId, id, cancellationToken).ConfigureAwait(false) is null) throw Unknown();
        return [.. (await _store.ListDeliveriesAsync(id, MaxListedDeliveries, cancellationToken).ConfigureAwait(false)).Select(Show)];
    }

    private static WebhookDelivery Show(StoredDelivery delivery) => new(
        delivery.Id,
        delivery.EventId,
        delivery.EventType,
        delivery.State,
        delivery.Attempts,
        delivery.LastStatus,
        delivery.LastError,
        delivery.CreatedAt,
        delivery.NextAttemptMilliseconds is { } next ? UtcTimestamp.From(DateTimeOffset.FromUnixTimeMilliseconds(next)).ToString() : null,
        delivery.DeliveredAt);

    private static RegistryException Unknown() => new(ErrorCodes.NotFound, "This account has no such webhook. List the webhooks to see their ids.");

    private UtcTimestamp Now() => UtcTimestamp.From(_time.GetUtcNow());
}
