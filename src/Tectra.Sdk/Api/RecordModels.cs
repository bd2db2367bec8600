using System.Text.Json;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Api;

/// <summary>A record in a list. Field names are those of the API's JSON in camel case; times are RFC 3339 in UTC. Immutable.</summary>
/// <param name="RecordId">The record's id.</param>
/// <param name="Sha256">Of the source, 64 digits.</param>
/// <param name="WatermarkedSha256">Of the delivered file; null if that is the source.</param>
/// <param name="PerceptualHash">Of the source, 16 digits.</param>
/// <param name="SignatureHex">The fingerprint signature, 128 digits.</param>
/// <param name="MediaType">Of the delivered file.</param>
/// <param name="OriginType">The origin type's code.</param>
/// <param name="PublicKey">The signer's key, 64 digits.</param>
/// <param name="OrgName">The signer's organisation, or null.</param>
/// <param name="DeviceId">The capturing device, or null.</param>
/// <param name="Timestamp">The signing time.</param>
/// <param name="RegisteredAt">When the registry took it in.</param>
/// <param name="ParentRecordId">The record before it in a chain of custody, or null.</param>
/// <param name="OriginalFilename">The source's file name as the client gave it; null in public lists.</param>
/// <param name="BlockchainStatus"><c>pending</c>, <c>submitted</c> (sent to a chain, not confirmed yet) or <c>anchored</c>.</param>
/// <param name="BlockchainTx">Where it is anchored, or null.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
public sealed record RecordSummary(
    string RecordId,
    string Sha256,
    string? WatermarkedSha256,
    string PerceptualHash,
    string SignatureHex,
    string MediaType,
    string OriginType,
    string PublicKey,
    string? OrgName,
    string? DeviceId,
    string Timestamp,
    string RegisteredAt,
    string? ParentRecordId,
    string? OriginalFilename,
    string BlockchainStatus,
    string? BlockchainTx,
    string? RevokedAt);

/// <summary>One page of records, newest first. Immutable.</summary>
/// <param name="Items">The records.</param>
/// <param name="NextCursor">What to give for the next page; null on the last one.</param>
public sealed record RecordPage(IReadOnlyList<RecordSummary> Items, string? NextCursor);

/// <summary>What to list. All filters must hold; null filters nothing. Immutable.</summary>
public sealed record RecordFilter
{
    /// <summary>The most records of a page.</summary>
    public const int MaxLimit = 200;

    /// <summary>Records a page, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The <see cref="RecordPage.NextCursor"/> of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>An origin type's code.</summary>
    public string? OriginType { get; init; }

    /// <summary><c>pending</c>, <c>anchored</c> or <c>revoked</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Registered at or after this time (RFC 3339 in UTC).</summary>
    public string? From { get; init; }

    /// <summary>Registered before this time.</summary>
    public string? Until { get; init; }

    /// <summary>The original's or the delivered file's digest.</summary>
    public string? Sha256 { get; init; }

    /// <summary>A signer's public key.</summary>
    public string? PublicKey { get; init; }
}

/// <summary>The answer to a record's detail: its summary, its evidence, and its chain of custody as the registry judges it.</summary>
internal sealed record RecordDetailDocument(RecordSummary Record, EvidenceBundleDocument Evidence, CustodyLinkDocument[] Chain);

/// <summary>The public certificate: the signed envelope, and what it says, for reading.</summary>
internal sealed record PublicCertificateDocument(
    string RecordId, DsseEnvelopeDocument Certificate, JsonElement Statement, string BlockchainStatus, string? BlockchainTx, RevocationDocument? Revocation)
{
    public static PublicCertificateDocument From(EvidenceBundle bundle, bool isSubmitted)
    {
        using var statement = JsonDocument.Parse(bundle.Envelope.Payload.ToArray());
        return new PublicCertificateDocument(
            Certificates.Certificate.FromPayload(bundle.Envelope.Payload).RecordId.ToString(),
            DsseEnvelopeDocument.From(bundle.Envelope),
            statement.RootElement.Clone(),
            BlockchainStatuses.Of(bundle.Anchor, isSubmitted),
            bundle.Anchor?.Reference,
            bundle.Revocation is { } revocation ? new RevocationDocument(revocation.Timestamp.ToString(), revocation.Reason) : null);
    }
}

/// <summary>The values of <c>blockchain_status</c>.</summary>
internal static class BlockchainStatuses
{
    public const string Pending = "pending", Submitted = "submitted", Anchored = "anchored";

    public static string Of(Anchor? anchor, bool isSubmitted) => anchor is not null ? Anchored : isSubmitted ? Submitted : Pending;
}

/// <summary>Several evidence bundles.</summary>
internal sealed record EvidenceListDocument(EvidenceBundleDocument[] Items);

/// <summary>What this registry is: which key signs its ledger, and where its batches go.</summary>
/// <param name="LedgerPublicKey">64 digits.</param>
/// <param name="Anchoring">How batches are anchored: <c>ledger</c> or <c>evm</c>.</param>
/// <param name="ChainId">With <c>evm</c> the chain's id. Registries of an earlier version don't have it.</param>
/// <param name="Contract">With <c>evm</c> the contract's address.</param>
internal sealed record RegistryInfoDocument(string LedgerPublicKey, string Anchoring, long? ChainId = null, string? Contract = null)
{
    public const string Ledger = "ledger", Evm = "evm";
}

/// <summary>Origin types.</summary>
internal sealed record OriginTypesDocument(OriginDocument[] Items);
