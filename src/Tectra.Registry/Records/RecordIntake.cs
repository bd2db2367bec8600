using System.Text;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Records;

/// <summary>Checks what a client wants to register: it is believed in nothing that can be checked.</summary>
internal sealed class RecordIntake
{
    private readonly IRecordStore _store;
    private readonly TimeProvider _time;

    public RecordIntake(IRecordStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Registers a record, or finds that it is registered.</summary>
    /// <exception cref="InvalidEvidenceException">The certificate is malformed.</exception>
    /// <exception cref="RegistryException">Anything about it is wrong; the code says what.</exception>
    public RegistrationReceipt Register(RegistrationRequest request)
    {
        var certificate = Certificate.FromPayload(request.Envelope.Payload);
        CheckSignatures(request, certificate);
        CheckOwner(certificate);
        if (certificate.Timestamp.Moment > _time.GetUtcNow() + VerificationPolicy.MaxClockSkew)
            throw new RegistryException(ErrorCodes.TimestampInFuture, $"The signing time {certificate.Timestamp} is in the future. Check the signing machine's clock.");
        if (certificate.ParentRecordId is { } parent && _store.Find(parent) is null)
            throw new RegistryException(ErrorCodes.ParentUnknown, $"The parent record {parent} is not registered here. Register it first.");
        if (_store.TryAdd(new NewRecord(certificate, request.Envelope, request.MetadataJson, UtcTimestamp.From(_time.GetUtcNow()))))
            return new RegistrationReceipt(certificate.RecordId, AlreadyRegistered: false);
        return _store.Find(certificate.RecordId) is { } existing && existing.Envelope.PayloadSha256 == request.Envelope.PayloadSha256
            ? new RegistrationReceipt(certificate.RecordId, AlreadyRegistered: true)
            : throw new RegistryException(ErrorCodes.RecordConflict, $"Another certificate is registered as {certificate.RecordId}. Sign again to get a new record id.");
    }

    private static void CheckSignatures(RegistrationRequest request, Certificate certificate)
    {
        if (request.Envelope.PayloadType != Certificate.PayloadType || !request.Envelope.Verify(certificate.PublicKey))
            throw new RegistryException(ErrorCodes.CertificateSignatureInvalid, "The certificate is not signed by the key it names.");
        if (!certificate.VerifyFingerprintSignature())
            throw new RegistryException(ErrorCodes.FingerprintSignatureInvalid, "The fingerprint signature is not of this fingerprint, time and user by the key the certificate names.");
        if (request.MetadataJson is { } text && Encoding.UTF8.GetByteCount(text) > Metadata.MaxBytes)
            throw new RegistryException(ErrorCodes.MetadataTooLong, $"Metadata has at most {Metadata.MaxBytes} bytes.");
        var digest = request.MetadataJson is { } metadata ? Metadata.Digest(metadata) : (Sha256Digest?)null;
        if (digest != certificate.MetadataSha256)
            throw new RegistryException(ErrorCodes.MetadataDigestMismatch, "The metadata is not the text whose digest the certificate holds.");
    }

    private void CheckOwner(Certificate certificate)
    {
        var owner = _store.FindKeyOwner(certificate.PublicKey)
            ?? throw new RegistryException(ErrorCodes.KeyNotRegistered, $"The key {certificate.PublicKey.KeyId} is not registered here. Register it before its records.");
        if (owner != certificate.Signer.UserId)
            throw new RegistryException(ErrorCodes.KeyOwnerMismatch, $"The key {certificate.PublicKey.KeyId} belongs to another user than the record claims.");
    }
}
