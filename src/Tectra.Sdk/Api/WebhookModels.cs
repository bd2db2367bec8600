namespace Tectra.Sdk.Api;

/// <summary>What a registry tells webhooks.</summary>
public static class WebhookEvents
{
    /// <summary>A record was registered.</summary>
    public const string ContentSigned = "content.signed";

    /// <summary>A batch with records of the account was anchored.</summary>
    public const string BatchAnchored = "batch.anchored";

    /// <summary>Somebody verified a file that led to a record of the account.</summary>
    public const string ContentVerified = "content.verified";

    /// <summary>What a test call sends, to one webhook and whether or not it listens to anything else.</summary>
    public const string Test = "webhook.test";

    /// <summary>Every event one can subscribe to.</summary>
    public static IReadOnlyList<string> All { get; } = [ContentSigned, BatchAnchored, ContentVerified];
}

/// <summary>A new webhook's data.</summary>
internal sealed record NewWebhookDocument(string Url, string[] Events);

/// <summary>A webhook. Immutable.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Events">Which: some of <see cref="WebhookEvents"/>.</param>
/// <param name="CreatedAt">When it was made, RFC 3339 in UTC.</param>
/// <param name="Secret">The signing secret, beginning <c>whsec_</c>: only in the answer to its creation.</param>
public sealed record Webhook(string Id, string Url, IReadOnlyList<string> Events, string CreatedAt, string? Secret = null)
{
    /// <summary>The id and address, never the secret.</summary>
    public override string ToString() => $"Webhook {Id} {Url}";
}

/// <summary>Webhooks.</summary>
internal sealed record WebhookListDocument(Webhook[] Items);

/// <summary>One event on its way to one webhook. Immutable.</summary>
/// <param name="Id">The delivery's id.</param>
/// <param name="EventId">The event's id, sent as <c>webhook-id</c>: the same in every attempt.</param>
/// <param name="Event">The event's name.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>failed</c> (given up).</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastStatus">The HTTP status of the last answer, or null.</param>
/// <param name="LastError">Why the last attempt failed, or null.</param>
/// <param name="CreatedAt">When the event happened.</param>
/// <param name="NextAttemptAt">When it is tried next, or null.</param>
/// <param name="DeliveredAt">When it was taken, or null.</param>
public sealed record WebhookDelivery(
    string Id, string EventId, string Event, string State, int Attempts, int? LastStatus, string? LastError, string CreatedAt, string? NextAttemptAt, string? DeliveredAt);

/// <summary>Deliveries, newest first.</summary>
internal sealed record WebhookDeliveryListDocument(WebhookDelivery[] Items);

/// <summary>What is posted: <c>event</c>, <c>timestamp</c>, <c>data</c>.</summary>
internal sealed record WebhookEnvelopeDocument<T>(string Event, string Timestamp, T Data);

/// <summary>The data of <c>content.signed</c>.</summary>
internal sealed record ContentSignedDocument(
    string RecordId, string Sha256, string PerceptualHash, string SignatureHex, string? OriginalFilename, string OriginType, EventSignerDocument Signer, string BlockchainStatus);

/// <summary>Who signed, in an event.</summary>
internal sealed record EventSignerDocument(string? OrgName, string? OrgType, string? KeyName);

/// <summary>The data of <c>batch.anchored</c>; the record ids are the account's own.</summary>
internal sealed record BatchAnchoredDocument(
    string BatchId, string MerkleRoot, int LeafCount, string TxHash, long? BlockNumber, string Network, string[] RecordIds);

/// <summary>The data of <c>content.verified</c>.</summary>
internal sealed record ContentVerifiedDocument(string RecordId, string Result, double Confidence, ChecksDocument Checks);

/// <summary>The data of <c>webhook.test</c>.</summary>
internal sealed record WebhookTestDocument(string WebhookId);
