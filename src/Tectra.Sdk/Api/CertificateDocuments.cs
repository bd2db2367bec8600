using System.Text.Json.Serialization;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Api;

/// <summary>The JSON form of a DSSE envelope (names as in its specification, not in snake case).</summary>
internal sealed record DsseEnvelopeDocument(
    [property: JsonPropertyName("payload")] byte[] Payload,
    [property: JsonPropertyName("payloadType")] string PayloadType,
    [property: JsonPropertyName("signatures")] DsseSignatureDocument[] Signatures)
{
    public static DsseEnvelopeDocument From(DsseEnvelope envelope) => new(
        envelope.Payload.ToArray(),
        envelope.PayloadType,
        [.. envelope.Signatures.Select(signature => new DsseSignatureDocument(signature.KeyId, signature.Signature.ToArray()))]);

    public static DsseEnvelope ToEnvelope(DsseEnvelopeDocument document)
    {
        if (document.Signatures.Length is < 1 or > DsseEnvelope.MaxSignatures)
            throw new FormatException($"An envelope has 1 to {DsseEnvelope.MaxSignatures} signatures.");
        if (document.Signatures.Any(signature => signature is not { KeyId.Length: <= DsseEnvelope.MaxKeyIdLength }))
            throw new FormatException($"A signature of an envelope is null, or its key id is longer than {DsseEnvelope.MaxKeyIdLength} characters.");
        var signatures = document.Signatures.Select(signature => new DsseSignature(signature.KeyId, ToSignature(signature.Sig)));
        return new DsseEnvelope(document.PayloadType, document.Payload, [.. signatures]);
    }

    private static Signature ToSignature(byte[] bytes) =>
        bytes.Length == Signature.LengthBytes ? new Signature(bytes) : throw new FormatException("An Ed25519 signature has 64 bytes.");
}

/// <summary>The JSON form of one DSSE signature.</summary>
internal sealed record DsseSignatureDocument(
    [property: JsonPropertyName("keyid")] string KeyId,
    [property: JsonPropertyName("sig")] byte[] Sig);

/// <summary>The JSON form of a certificate. The order of the parameters is the order of the fields that are signed.</summary>
internal sealed record CertificateDocument(
    string Type,
    string RecordId,
    string OriginalSha256,
    string? WatermarkedSha256,
    string PerceptualHash,
    int Width,
    int Height,
    string MediaType,
    string Timestamp,
    string UserId,
    string? OrgName,
    string? OrgType,
    string? KeyName,
    string PublicKey,
    string FingerprintSignature,
    string OriginType,
    string? DeviceId,
    string? MetadataSha256,
    string? ParentRecordId,
    AlgorithmsDocument Algorithms,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VideoDocument? Video = null)
{
    public const string TypeName = "https://tectra.vision/certificate/v1";

    public const string VideoTypeName = "https://tectra.vision/video-certificate/v1";

    public static CertificateDocument From(Certificate certificate) => new(
        certificate.Fingerprint.Video is null ? TypeName : VideoTypeName,
        certificate.RecordId.ToString(),
        certificate.Fingerprint.Sha256.ToString(),
        certificate.WatermarkedSha256?.ToString(),
        certificate.Fingerprint.PerceptualHash.ToString(),
        certificate.Fingerprint.Width,
        certificate.Fingerprint.Height,
        certificate.MediaType,
        certificate.Timestamp.ToString(),
        certificate.Signer.UserId,
        certificate.Signer.OrganisationName,
        certificate.Signer.OrganisationType,
        certificate.Signer.KeyName,
        certificate.PublicKey.ToString(),
        certificate.FingerprintSignature.ToString(),
        certificate.OriginCode,
        certificate.DeviceId,
        certificate.MetadataSha256?.ToString(),
        certificate.ParentRecordId?.ToString(),
        AlgorithmsDocument.Current with { Watermark = certificate.WatermarkFormat },
        certificate.Fingerprint.Video is { } video ? VideoDocument.From(video) : null);

    public static Certificate ToCertificate(CertificateDocument document)
    {
        if (document.Type is not (TypeName or VideoTypeName)) throw new FormatException($"The type is '{document.Type}', not '{TypeName}' or '{VideoTypeName}'.");
        if (document.Type == VideoTypeName != document.Video is not null) throw new FormatException("Certificates of videos have segments, and no others do.");
        if (document.Algorithms with { Watermark = null } != AlgorithmsDocument.Current)
            throw new FormatException("It names algorithms that this version does not know.");
        if (document.Width < 1 || document.Height < 1) throw new FormatException("The dimensions are not positive.");
        if (!ContentFingerprint.IsValidUserId(document.UserId)) throw new FormatException("The user id is not valid.");
        return new Certificate
        {
            RecordId = Content.RecordId.Parse(document.RecordId),
            Fingerprint = new ContentFingerprint(
                Sha256Digest.Parse(document.OriginalSha256), Content.PerceptualHash.Parse(document.PerceptualHash), document.Width, document.Height)
            {
                Video = document.Video is { } video ? VideoDocument.ToFingerprint(video, document.PerceptualHash) : null,
            },
            WatermarkedSha256 = document.WatermarkedSha256 is { } watermarked ? Sha256Digest.Parse(watermarked) : null,
            MediaType = document.MediaType,
            Timestamp = UtcTimestamp.Parse(document.Timestamp),
            Signer = new SignerIdentity(document.UserId, document.OrgName, document.OrgType, document.KeyName),
            PublicKey = Keys.PublicKey.Parse(document.PublicKey),
            FingerprintSignature = Signature.Parse(document.FingerprintSignature),
            OriginCode = document.OriginType,
            DeviceId = document.DeviceId,
            MetadataSha256 = document.MetadataSha256 is { } metadata ? Sha256Digest.Parse(metadata) : null,
            ParentRecordId = document.ParentRecordId is { } parent ? Content.RecordId.Parse(parent) : null,
            WatermarkFormat = document.Algorithms.Watermark,
        };
    }
}

/// <summary>
/// The JSON form of a video's frames and segments. Everything but the frames and pixel digests follows from the frames; it is there for readers that don't
/// compute, and must agree.
/// </summary>
internal sealed record VideoDocument(
    string Algorithm, long DurationMs, string SampleRate, int FrameCount, int SegmentCount, string FinalChainHash, byte[] Frames, byte[] PixelDigests)
{
    public const string AlgorithmName = "tectra-segments-1";

    public static VideoDocument From(VideoFingerprint video) => new(
        AlgorithmName,
        (long)video.Duration.TotalMilliseconds,
        video.Rate.ToString(),
        video.Frames.Length,
        video.Chain.Segments.Length,
        video.Chain.FinalHash.ToString(),
        FrameHashCoding.Encode(video.Frames.AsSpan()),
        PixelDigest.Join(video.SegmentDigests.AsSpan()));

    public static VideoFingerprint ToFingerprint(VideoDocument document, string perceptualHash)
    {
        if (document.Algorithm != AlgorithmName) throw new FormatException("It names an algorithm for segments that this version does not know.");
        if (document.DurationMs is < 0 or > VideoFingerprint.MaxDurationMilliseconds) throw new FormatException("The video's duration is out of range.");
        var video = VideoFingerprint.Restore(
            Content.SampleRate.Parse(document.SampleRate),
            TimeSpan.FromMilliseconds(document.DurationMs),
            FrameHashCoding.Decode(document.Frames, VideoFingerprint.MaxFrames),
            [.. PixelDigest.Split(document.PixelDigests)]);
        if (document.FrameCount != video.Frames.Length || document.SegmentCount != video.Chain.Segments.Length
            || document.FinalChainHash != video.Chain.FinalHash.ToString() || perceptualHash != video.PerceptualHash.ToString())
        {
            throw new FormatException("The frames and what is said of them don't agree.");
        }
        return video;
    }
}

/// <summary>The versions of everything a certificate relies on.</summary>
internal sealed record AlgorithmsDocument(string Fingerprint, string PerceptualHash, string? Watermark, string Payload, string Leaf)
{
    public static AlgorithmsDocument Current { get; } = new(
        "ed25519:sha256|phash|timestamp|user_id", "imagehash-phash-8-4", null, "sha256-16:fingerprint_signature", "oz-standard-merkle:bytes32,bytes32");
}
