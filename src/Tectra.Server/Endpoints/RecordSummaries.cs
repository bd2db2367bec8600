using Tectra.Registry;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Server.Endpoints;

/// <summary>The one place where records become entries of lists.</summary>
internal static class RecordSummaries
{
    /// <summary>Entries in the order of the records.</summary>
    /// <param name="registry">Whose ledger says what is anchored.</param>
    /// <param name="records">The records.</param>
    /// <param name="isPublic">Whether anybody may see the list: file names are left out then.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<IReadOnlyList<RecordSummary>> OfAsync(
        ContentRegistry registry, IReadOnlyCollection<StoredRecord> records, bool isPublic, CancellationToken cancellationToken)
    {
        var anchors = new Dictionary<long, Anchor?>();
        foreach (var index in records.Select(record => record.LedgerIndex).OfType<long>().Distinct())
            anchors.Add(index, await registry.FindAnchorAsync(index, cancellationToken).ConfigureAwait(false));
        return [.. records.Select(record => Of(record, record.LedgerIndex is { } index ? anchors[index] : record.ChainAnchor, isPublic))];
    }

    private static RecordSummary Of(StoredRecord record, Anchor? anchor, bool isPublic)
    {
        var certificate = Certificate.FromPayload(record.Envelope.Payload);
        return new RecordSummary(
            certificate.RecordId.ToString(),
            certificate.Fingerprint.Sha256.ToString(),
            certificate.WatermarkedSha256?.ToString(),
            certificate.Fingerprint.PerceptualHash.ToString(),
            certificate.FingerprintSignature.ToString(),
            certificate.MediaType,
            certificate.OriginCode,
            certificate.PublicKey.ToString(),
            certificate.Signer.OrganisationName,
            certificate.DeviceId,
            certificate.Timestamp.ToString(),
            record.RegisteredAt,
            certificate.ParentRecordId?.ToString(),
            isPublic ? null : record.OriginalFileName,
            BlockchainStatuses.Of(anchor, record.IsSubmitted),
            anchor?.Reference,
            record.Revocation?.Timestamp.ToString());
    }
}
