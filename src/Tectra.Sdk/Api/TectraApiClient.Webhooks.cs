using Tectra.Sdk.Api.Transport;

namespace Tectra.Sdk.Api;

/// <content>Webhooks.</content>
public sealed partial class TectraApiClient
{
    private const string Webhooks = "api/v1/webhooks";

    /// <summary>Makes a webhook. The secret that its events are signed with is in this answer and never again.</summary>
    /// <param name="url">Where events are posted.</param>
    /// <param name="events">Which: some of <see cref="WebhookEvents"/>.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public ValueTask<Webhook> CreateWebhookAsync(Uri url, IReadOnlyList<string> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(events);
        var call = ApiCall.Post("create_webhook", Webhooks, ApiAccess.Account, new NewWebhookDocument(url.OriginalString, [.. events]), Wire.Json.NewWebhookDocument);
        return _transport.SendAsync(call, Wire.LenientJson.Webhook, cancellationToken);
    }

    /// <summary>The account's webhooks, without their secrets.</summary>
    public ValueTask<IReadOnlyList<Webhook>> ListWebhooksAsync(CancellationToken cancellationToken = default) => _transport.SendAsync(
        ApiCall.Get("list_webhooks", Webhooks, ApiAccess.Account), Wire.LenientJson.WebhookListDocument, answer => Wire.WithoutNulls(answer.Items), cancellationToken);

    /// <summary>Deletes a webhook.</summary>
    /// <exception cref="RegistryException">The account has no such webhook (<c>not_found</c>).</exception>
    public ValueTask DeleteWebhookAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(ApiCall.Delete("delete_webhook", $"{Webhooks}/{Id(id)}"), cancellationToken);

    /// <summary>Sends a test event to a webhook.</summary>
    /// <returns>The event on its way.</returns>
    /// <exception cref="RegistryException">The account has no such webhook (<c>not_found</c>).</exception>
    public ValueTask<WebhookDelivery> TestWebhookAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(new ApiCall("test_webhook", HttpMethod.Post, $"{Webhooks}/{Id(id)}/test"), Wire.LenientJson.WebhookDelivery, cancellationToken);

    /// <summary>What was sent to a webhook, newest first.</summary>
    /// <exception cref="RegistryException">The account has no such webhook (<c>not_found</c>).</exception>
    public ValueTask<IReadOnlyList<WebhookDelivery>> ListWebhookDeliveriesAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            ApiCall.Get("list_webhook_deliveries", $"{Webhooks}/{Id(id)}/deliveries", ApiAccess.Account),
            Wire.LenientJson.WebhookDeliveryListDocument,
            answer => Wire.WithoutNulls(answer.Items),
            cancellationToken);
}
