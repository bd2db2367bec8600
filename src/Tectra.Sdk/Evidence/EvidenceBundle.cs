using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evidence;

/// <summary>A record's revocation. Immutable.</summary>
/// <param name="Timestamp">When it was revoked.</param>
/// <param name="Reason">Why, in the revoker's words.</param>
public sealed record Revocation(UtcTimestamp Timestamp, string Reason)
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReasonLength = 1024;

    /// <summary>When, and why if that was said.</summary>
    public override string ToString() => $"on {Timestamp}{(Reason.Length > 0 ? $" ({Reason})" : "")}";
}

/// <summary>
/// Everything an offline verifier needs to know about one record, as one JSON file: certificate, metadata, Merkle proof,
/// anchor, and whether it was revoked when the bundle was made. Immutable; nothing in it has been verified yet.
/// </summary>
public sealed record EvidenceBundle
{
    /// <summary>The longest bundle that is read, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The signed certificate.</summary>
    public required DsseEnvelope Envelope { get; init; }

    /// <summary>The metadata text whose digest the certificate holds, or null.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>The path from the record's leaf to the anchored root; null while the record is pending.</summary>
    public MerkleProof? Proof { get; init; }

    /// <summary>The anchor of the record's batch; null while the record is pending.</summary>
    public Anchor? Anchor { get; init; }

    /// <summary>The revocation, or null.</summary>
    public Revocation? Revocation { get; init; }

    /// <summary>Reads a bundle's JSON, strictly. Its signatures and proofs are judged by the verifier, not here.</summary>
    /// <exception cref="InvalidEvidenceException">It isn't an evidence bundle (<c>evidence_malformed</c>).</exception>
    public static EvidenceBundle FromJson(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
            throw new InvalidEvidenceException(ErrorCodes.EvidenceMalformed, $"The evidence bundle is longer than {MaxBytes} bytes.");
        try
        {
            return EvidenceBundleDocument.ToBundle(
                JsonSerializer.Deserialize(json, Wire.Json.EvidenceBundleDocument) ?? throw new FormatException("It is null."));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidEvidenceException(ErrorCodes.EvidenceMalformed, $"The evidence bundle is malformed: {e.Message}", e);
        }
    }

    /// <summary>The bundle's JSON, indented, for a file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(EvidenceBundleDocument.From(this), Wire.IndentedJson.EvidenceBundleDocument);
}
