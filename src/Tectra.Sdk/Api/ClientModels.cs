using System.Text.Json;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>What a login gives: for <see cref="TectraApiClient.WithToken"/>. Immutable.</summary>
/// <param name="Token">The secret; whoever has it is logged in.</param>
/// <param name="Lifetime">How long it is good for, from the login on.</param>
/// <param name="UserId">Whose it is.</param>
public sealed record LoginToken(string Token, TimeSpan Lifetime, string UserId)
{
    /// <summary>Whose it is, never the secret.</summary>
    public override string ToString() => $"LoginToken {UserId}";
}

/// <summary>A registry's own verdict. It holds as far as the registry and the way there are trusted. Immutable.</summary>
/// <param name="Authentic">Whether the confidence reaches <see cref="VerificationPolicy.AuthenticThreshold"/>, or for a video <see cref="VerificationPolicy.AuthenticVideoThreshold"/>.</param>
/// <param name="Confidence">Passed checks divided by four, or for a video verified segments divided by all.</param>
/// <param name="Verdict">The verification guide's word, such as <c>strongly_authentic</c>.</param>
/// <param name="RecordId">The record that matches best, or null.</param>
/// <param name="Report">The whole answer: the fields of <c>docs/formats.md</c>, and whatever a newer registry adds.</param>
public sealed record ServerVerdict(bool Authentic, double Confidence, string Verdict, RecordId? RecordId, JsonElement Report);

/// <summary>A record with its evidence. Immutable.</summary>
/// <param name="Record">What lists show of it.</param>
/// <param name="Evidence">Its evidence, not yet judged.</param>
public sealed record RecordDetail(RecordSummary Record, EvidenceBundle Evidence);

/// <summary>What anybody may know of a record. Immutable; nothing in it has been verified yet.</summary>
/// <param name="Envelope">The signed certificate.</param>
/// <param name="BlockchainStatus"><c>pending</c>, <c>submitted</c> (sent to a chain, not confirmed yet) or <c>anchored</c>.</param>
/// <param name="BlockchainTx">Where it is anchored, or null.</param>
/// <param name="Revocation">The revocation, or null.</param>
public sealed record PublicCertificate(DsseEnvelope Envelope, string BlockchainStatus, string? BlockchainTx, Revocation? Revocation);

/// <summary>An origin type as the registry lists it, which may know more of them than this version. Immutable.</summary>
/// <param name="Category">Such as <c>camera</c>.</param>
/// <param name="Code">What certificates hold.</param>
/// <param name="Label">What people read.</param>
public sealed record OriginTypeInfo(string? Category, string Code, string Label);

/// <summary>What a registry says of itself. Immutable.</summary>
/// <param name="LedgerPublicKey">The key that signs its ledger. To trust it, compare it with what its operator tells you otherwise.</param>
/// <param name="Anchoring">How batches are anchored, such as <c>ledger</c> or <c>evm</c>.</param>
/// <param name="Contract">The contract on a chain to which batches go; null for the ledger. To trust it, compare it as well.</param>
public sealed record RegistryInfo(PublicKey LedgerPublicKey, string Anchoring, EvmContract? Contract);

/// <summary>A search among everybody's records, by one thing that is known of them. Immutable.</summary>
public sealed record RecordSearch
{
    private RecordSearch(string query) => Query = query;

    /// <summary>Records a page, 1 to <see cref="RecordFilter.MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The <see cref="RecordPage.NextCursor"/> of the page before.</summary>
    public string? Cursor { get; init; }

    internal string Query { get; }

    /// <summary>Records whose original or delivered file has this digest.</summary>
    public static RecordSearch BySha256(Sha256Digest digest) => new($"sha256={digest}");

    /// <summary>Records of pictures that look alike.</summary>
    /// <param name="hash">The perceptual hash.</param>
    /// <param name="radius">The largest Hamming distance, 0 to <see cref="VerificationPolicy.MaxPerceptualRadius"/> bits.</param>
    public static RecordSearch ByPerceptualHash(PerceptualHash hash, int radius = VerificationPolicy.DefaultPerceptualRadius)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, VerificationPolicy.MaxPerceptualRadius);
        return new RecordSearch(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"perceptual_hash={hash}&radius={radius}"));
    }

    /// <summary>Records whose watermark carries this payload.</summary>
    public static RecordSearch ByPayload(WatermarkPayload payload) => new($"payload={payload}");

    /// <summary>Records signed with this key.</summary>
    public static RecordSearch ByPublicKey(PublicKey key) => new($"public_key={key}");
}
