using System.Globalization;
using System.Text.Json;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Webhooks;

/// <summary>What webhooks are told: the exact bytes, made once when it happens, so that every attempt sends and signs the same.</summary>
internal static class EventBodies
{
    private const string LedgerNetwork = "tectra-ledger";

    public static NewEvent ContentSigned(NewRecord record)
    {
        var certificate = record.Certificate;
        var data = new ContentSignedDocument(
            certificate.RecordId.ToString(),
            certificate.Fingerprint.Sha256.ToString(),
            certificate.Fingerprint.PerceptualHash.ToString(),
            certificate.FingerprintSignature.ToString(),
            record.OriginalFileName,
            certificate.OriginCode,
            new EventSignerDocument(certificate.Signer.OrganisationName, certificate.Signer.OrganisationType, certificate.Signer.KeyName),
            BlockchainStatuses.Pending);
        return Make(certificate.Signer.UserId, WebhookEvents.ContentSigned, record.RegisteredAt, JsonSerializer.SerializeToUtf8Bytes(
            new WebhookEnvelopeDocument<ContentSignedDocument>(WebhookEvents.ContentSigned, record.RegisteredAt.ToString(), data), Wire.Json.WebhookEnvelopeDocumentContentSignedDocument));
    }

    public static NewEvent BatchAnchored(string userId, FormedBatch batch, Anchor anchor, IReadOnlyList<RecordId> records, UtcTimestamp at)
    {
        var data = new BatchAnchoredDocument(
            batch.BatchId.ToString(CultureInfo.InvariantCulture),
            batch.Root.ToString(),
            batch.LeafCount,
            anchor.Reference,
            (anchor as EvmAnchor)?.BlockNumber,
            anchor is EvmAnchor { ChainId: var chainId } ? NetworkOf(chainId) : LedgerNetwork,
            [.. records.Select(id => id.ToString())]);
        return Make(userId, WebhookEvents.BatchAnchored, at, JsonSerializer.SerializeToUtf8Bytes(
            new WebhookEnvelopeDocument<BatchAnchoredDocument>(WebhookEvents.BatchAnchored, at.ToString(), data), Wire.Json.WebhookEnvelopeDocumentBatchAnchoredDocument));
    }

    /// <param name="id">The event's id.</param>
    /// <param name="report">One that names a record.</param>
    /// <param name="at">When it was verified.</param>
    public static NewEvent ContentVerified(string id, VerificationReport report, UtcTimestamp at)
    {
        var document = VerificationReportDocument.From(report);
        var data = new ContentVerifiedDocument(document.RecordId!, document.Verdict, document.Confidence, document.Checks);
        return new NewEvent(id, report.Certificate!.Signer.UserId, WebhookEvents.ContentVerified, at, JsonSerializer.SerializeToUtf8Bytes(
            new WebhookEnvelopeDocument<ContentVerifiedDocument>(WebhookEvents.ContentVerified, at.ToString(), data), Wire.Json.WebhookEnvelopeDocumentContentVerifiedDocument));
    }

    public static NewEvent Test(string userId, string webhookId, UtcTimestamp at) => Make(userId, WebhookEvents.Test, at, JsonSerializer.SerializeToUtf8Bytes(
        new WebhookEnvelopeDocument<WebhookTestDocument>(WebhookEvents.Test, at.ToString(), new WebhookTestDocument(webhookId)), Wire.Json.WebhookEnvelopeDocumentWebhookTestDocument));

    /// <summary>A chain's name in events; those without one are named as CAIP-2 does.</summary>
    private static string NetworkOf(long chainId) => chainId switch
    {
        137 => "polygon",
        80002 => "polygon-amoy",
        _ => string.Create(CultureInfo.InvariantCulture, $"eip155:{chainId}"),
    };

    private static NewEvent Make(string userId, string type, UtcTimestamp at, byte[] body) =>
        new($"evt_{Guid.CreateVersion7(at.Moment):n}", userId, type, at, body);
}
