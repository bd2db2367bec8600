using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Certificates;

/// <summary>
/// Everything that is claimed about one piece of content, by whom and when. It travels as the payload of a
/// <see cref="DsseEnvelope"/>; <c>docs/formats.md</c> lists its fields. Immutable.
/// </summary>
public sealed record Certificate
{
    /// <summary>The DSSE payload type of a certificate.</summary>
    public const string PayloadType = "application/vnd.tectra.certificate+json";

    /// <summary>The longest payload that is read, in bytes.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    /// <summary>The record that this certificate is registered as.</summary>
    public required RecordId RecordId { get; init; }

    /// <summary>What identifies the source, before the watermark.</summary>
    public required ContentFingerprint Fingerprint { get; init; }

    /// <summary>The SHA-256 of the delivered file; null when the source itself was delivered unchanged.</summary>
    public Sha256Digest? WatermarkedSha256 { get; init; }

    /// <summary>The media type of the delivered file, such as <c>image/jpeg</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The signing time, as it stands in the fingerprint signature.</summary>
    public required UtcTimestamp Timestamp { get; init; }

    /// <summary>Who signed, by their own account.</summary>
    public required SignerIdentity Signer { get; init; }

    /// <summary>The key that made both signatures.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>The signature of <c>{sha256}|{phash}|{timestamp}|{user_id}</c>.</summary>
    public required Signature FingerprintSignature { get; init; }

    /// <summary>The origin type's code; usually one of <see cref="OriginType.All"/>, but newer signers may know more.</summary>
    public required string OriginCode { get; init; }

    /// <summary>The device that captured the content, or null.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The SHA-256 of the metadata text that is registered with the record, or null when there is none.</summary>
    public Sha256Digest? MetadataSha256 { get; init; }

    /// <summary>The record that this one follows in a chain of custody, or null.</summary>
    public RecordId? ParentRecordId { get; init; }

    /// <summary>The watermark's format, such as <c>tectra-tile-1</c>; null when the delivered file carries none.</summary>
    public string? WatermarkFormat { get; init; }

    /// <summary>The payload that the watermark carries if there is one: it follows from the fingerprint signature.</summary>
    public WatermarkPayload WatermarkPayload => WatermarkPayload.FromSignature(FingerprintSignature);

    /// <summary>Reads the payload of an envelope, strictly: unknown, missing, duplicate or misspelt fields are refused.</summary>
    /// <exception cref="InvalidEvidenceException">The payload isn't a certificate (<c>certificate_malformed</c>).</exception>
    public static Certificate FromPayload(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxPayloadBytes)
            throw new InvalidEvidenceException(ErrorCodes.CertificateMalformed, $"The certificate is longer than {MaxPayloadBytes} bytes.");
        try
        {
            return CertificateDocument.ToCertificate(
                JsonSerializer.Deserialize(payload, Wire.Json.CertificateDocument) ?? throw new FormatException("It is null."));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidEvidenceException(ErrorCodes.CertificateMalformed, $"The certificate is malformed: {e.Message}", e);
        }
    }

    /// <summary>The bytes that are signed: UTF-8 JSON without white space, fields in the documented order.</summary>
    public byte[] ToPayload() => JsonSerializer.SerializeToUtf8Bytes(CertificateDocument.From(this), Wire.Json.CertificateDocument);

    /// <summary>Whether the fingerprint signature verifies under <see cref="PublicKey"/>.</summary>
    public bool VerifyFingerprintSignature() =>
        PublicKey.Verify(Fingerprint.ToSignedMessage(Timestamp, Signer.UserId), FingerprintSignature);
}
