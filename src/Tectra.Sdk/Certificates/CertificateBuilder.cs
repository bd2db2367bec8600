using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Certificates;

/// <summary>A fingerprint that has been signed: what a watermark is derived from. Immutable.</summary>
/// <param name="Fingerprint">The source's fingerprint.</param>
/// <param name="Timestamp">The signing time in the signed message.</param>
/// <param name="Signature">The fingerprint signature.</param>
public sealed record SignedFingerprint(ContentFingerprint Fingerprint, UtcTimestamp Timestamp, Signature Signature)
{
    /// <summary>The payload for the watermark.</summary>
    public WatermarkPayload Payload => WatermarkPayload.FromSignature(Signature);
}

/// <summary>What a certificate says beyond the fingerprint. Immutable.</summary>
public sealed record ContentClaims
{
    /// <summary>What kind of thing the content is.</summary>
    public required OriginType Origin { get; init; }

    /// <summary>The media type of the delivered file.</summary>
    public required string MediaType { get; init; }

    /// <summary>The SHA-256 of the delivered file; null when it is the source itself.</summary>
    public Sha256Digest? WatermarkedSha256 { get; init; }

    /// <summary>The watermark's format; null when the delivered file carries none.</summary>
    public string? WatermarkFormat { get; init; }

    /// <summary>The capturing device, or null.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The metadata text whose digest is certified, or null.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>The record before this one in a chain of custody, or null.</summary>
    public RecordId? ParentRecordId { get; init; }
}

/// <summary>
/// Makes certificates in the two steps that a watermark forces: the fingerprint is signed first, and the certificate is
/// closed after embedding, so that it also covers the delivered bytes. Thread-safe if the signer is.
/// </summary>
public sealed class CertificateBuilder
{
    private readonly ISigner _signer;
    private readonly SignerIdentity _identity;
    private readonly TimeProvider _time;

    /// <summary>Creates a builder for one key and identity.</summary>
    /// <exception cref="ArgumentException">The identity's user id isn't valid (see <see cref="ContentFingerprint.IsValidUserId"/>).</exception>
    public CertificateBuilder(ISigner signer, SignerIdentity identity, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(time);
        if (!ContentFingerprint.IsValidUserId(identity.UserId))
            throw new ArgumentException("A user id has 1 to 128 printable characters and no '|'.", nameof(identity));
        _signer = signer;
        _identity = identity;
        _time = time;
    }

    /// <summary>The first step: signs the fingerprint at the current time.</summary>
    public async ValueTask<SignedFingerprint> SignFingerprintAsync(ContentFingerprint fingerprint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var timestamp = UtcTimestamp.From(_time.GetUtcNow());
        var message = fingerprint.ToSignedMessage(timestamp, _identity.UserId);
        var signature = await _signer.SignAsync(message, cancellationToken).ConfigureAwait(false);
        return new SignedFingerprint(fingerprint, timestamp, signature);
    }

    /// <summary>The second step: states every claim and signs the statement.</summary>
    /// <exception cref="ArgumentException">The statement would be longer than <see cref="Certificate.MaxPayloadBytes"/>.</exception>
    public async ValueTask<SignedCertificate> SignCertificateAsync(
        SignedFingerprint fingerprint, ContentClaims claims, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(claims);
        var certificate = new Certificate
        {
            RecordId = RecordId.Create(_time),
            Fingerprint = fingerprint.Fingerprint,
            WatermarkedSha256 = claims.WatermarkedSha256,
            MediaType = claims.MediaType,
            Timestamp = fingerprint.Timestamp,
            Signer = _identity,
            PublicKey = _signer.PublicKey,
            FingerprintSignature = fingerprint.Signature,
            OriginCode = claims.Origin.Code,
            DeviceId = claims.DeviceId,
            MetadataSha256 = claims.MetadataJson is { } metadata ? Metadata.Digest(metadata) : null,
            ParentRecordId = claims.ParentRecordId,
            WatermarkFormat = claims.WatermarkFormat,
        };
        var payload = certificate.ToPayload();
        if (payload.Length > Certificate.MaxPayloadBytes)
            throw new ArgumentException($"The certificate would have {payload.Length} bytes; at most {Certificate.MaxPayloadBytes} are read. Shorten the names in it.", nameof(claims));
        var envelope = await DsseEnvelope.SignAsync(Certificate.PayloadType, payload, _signer, cancellationToken).ConfigureAwait(false);
        return new SignedCertificate(certificate, envelope);
    }
}

/// <summary>A certificate and the envelope that carries it. Immutable.</summary>
/// <param name="Certificate">What the envelope's payload says.</param>
/// <param name="Envelope">The signed payload.</param>
public sealed record SignedCertificate(Certificate Certificate, DsseEnvelope Envelope);
