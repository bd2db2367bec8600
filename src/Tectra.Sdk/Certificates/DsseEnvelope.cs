using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Certificates;

/// <summary>One signature of an envelope: the signer's key id as a hint, and the signature. Immutable.</summary>
/// <param name="KeyId">See <see cref="PublicKey.KeyId"/>; not authenticated.</param>
/// <param name="Signature">The signature of the pre-authentication encoding.</param>
public sealed record DsseSignature(string KeyId, Signature Signature);

/// <summary>
/// A signed payload by the DSSE specification, version 1: the signature covers the exact payload bytes and their type, so
/// that nothing is ever serialised again in order to verify. Immutable.
/// </summary>
public sealed class DsseEnvelope
{
    /// <summary>The most signatures an envelope may have.</summary>
    public const int MaxSignatures = 8;

    /// <summary>The longest key id, in characters: it isn't authenticated, so nobody may fill a registry with it.</summary>
    public const int MaxKeyIdLength = 128;

    private readonly byte[] _payload;

    internal DsseEnvelope(string payloadType, byte[] payload, ImmutableArray<DsseSignature> signatures)
    {
        PayloadType = payloadType;
        _payload = payload;
        Signatures = signatures;
        PayloadSha256 = Sha256Digest.Compute(payload);
    }

    /// <summary>The media type of the payload.</summary>
    public string PayloadType { get; }

    /// <summary>The payload, exactly as it was signed.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>The signatures; at least one.</summary>
    public ImmutableArray<DsseSignature> Signatures { get; }

    /// <summary>The SHA-256 of the payload bytes: the certificate's half of a Merkle leaf.</summary>
    public Sha256Digest PayloadSha256 { get; }

    /// <summary>Signs a payload.</summary>
    public static async ValueTask<DsseEnvelope> SignAsync(
        string payloadType, ReadOnlyMemory<byte> payload, ISigner signer, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(payloadType);
        ArgumentNullException.ThrowIfNull(signer);
        var message = PreAuthenticationEncoding(payloadType, payload.Span);
        var signature = await signer.SignAsync(message, cancellationToken).ConfigureAwait(false);
        return new DsseEnvelope(payloadType, payload.ToArray(), [new DsseSignature(signer.PublicKey.KeyId, signature)]);
    }

    /// <summary>
    /// The message that is signed: <c>DSSEv1 {length of type} {type} {length of payload} {payload}</c>, lengths in bytes as
    /// decimal ASCII.
    /// </summary>
    public static byte[] PreAuthenticationEncoding(string payloadType, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(payloadType);
        var typeLength = Encoding.UTF8.GetByteCount(payloadType);
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {typeLength} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }

    /// <summary>Reads an envelope's JSON.</summary>
    /// <exception cref="InvalidEvidenceException">It isn't a DSSE envelope (<c>certificate_malformed</c>).</exception>
    public static DsseEnvelope FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return DsseEnvelopeDocument.ToEnvelope(
                JsonSerializer.Deserialize(json, Wire.Json.DsseEnvelopeDocument) ?? throw new FormatException("It is null."));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidEvidenceException(ErrorCodes.CertificateMalformed, $"The DSSE envelope is malformed: {e.Message}", e);
        }
    }

    /// <summary>The envelope's JSON: <c>payload</c> and <c>sig</c> in standard base64.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(DsseEnvelopeDocument.From(this), Wire.Json.DsseEnvelopeDocument);

    /// <summary>Whether one of the signatures is <paramref name="publicKey"/>'s over this type and payload.</summary>
    public bool Verify(PublicKey publicKey)
    {
        var message = PreAuthenticationEncoding(PayloadType, _payload);
        return Signatures.Any(signature => publicKey.Verify(message, signature.Signature));
    }
}
