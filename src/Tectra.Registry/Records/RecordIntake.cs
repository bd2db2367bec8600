using System.Collections.Concurrent;
using System.Text;
using Tectra.Registry.Accounts;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Records;

/// <summary>Who registers: what their certificates may claim.</summary>
/// <param name="UserId">The account's id.</param>
/// <param name="OrgName">The organisation that its certificates may name.</param>
/// <param name="OrgType">The organisation's kind.</param>
internal sealed record Registrant(string UserId, string? OrgName, string? OrgType);

/// <summary>Checks what a client wants to register: it is believed in nothing that can be checked. Thread-safe.</summary>
internal sealed class RecordIntake
{
    private const int MaxKnownOwners = 100_000, MaxOriginLength = 128;

    private readonly IRecordStore _store;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<PublicKey, string> _owners = []; // a key's owner never changes

    public RecordIntake(IRecordStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Registers records, or finds that they are registered. One that is refused doesn't stop the others.</summary>
    /// <param name="requests">At least one.</param>
    /// <param name="registrant">Who asks; null where the process itself does.</param>
    /// <param name="idempotencyKey">The request's name, or null.</param>
    /// <param name="added">Is told of each record that is new, once it is durable.</param>
    /// <param name="cancellationToken">Ends the work before it is stored.</param>
    public async ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterAsync(
        IReadOnlyList<RegistrationRequest> requests, Registrant? registrant, IdempotencyKey? idempotencyKey, Action<AddedRecord> added, CancellationToken cancellationToken)
    {
        var outcomes = new RegistrationOutcome[requests.Count];
        var places = new List<int>(requests.Count);
        var records = new List<NewRecord>(requests.Count);
        var now = UtcTimestamp.From(_time.GetUtcNow());
        for (var i = 0; i < requests.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var certificate = Certificate.FromPayload(requests[i].Envelope.Payload);
                Check(requests[i], certificate, registrant, now);
                await CheckOwnerAsync(certificate, cancellationToken).ConfigureAwait(false);
                records.Add(new NewRecord(certificate, requests[i].Envelope, requests[i].MetadataJson, requests[i].OriginalFileName, now));
                places.Add(i);
            }
            catch (TectraException e) when (e.Code != ErrorCodes.RegistryUnavailable)
            {
                outcomes[i] = RegistrationOutcome.Refused(e.Code, e.Message);
            }
        }
        await RefuseOrphansAsync(records, places, outcomes, cancellationToken).ConfigureAwait(false);
        if (records.Count == 0) return outcomes;
        var results = await _store.AddRecordsAsync(records, idempotencyKey, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < records.Count; i++)
        {
            var certificate = records[i].Certificate;
            outcomes[places[i]] = results[i].Outcome == AddOutcome.Conflict
                ? RegistrationOutcome.Refused(ErrorCodes.RecordConflict, $"Another certificate is registered as {certificate.RecordId}. Sign again to get a new record id.")
                : RegistrationOutcome.Registered(new RegistrationReceipt(certificate.RecordId, results[i].Outcome == AddOutcome.Repeated));
            if (results[i].Outcome == AddOutcome.Added) added(Indexed(certificate, results[i].Sequence));
        }
        return outcomes;
    }

    private static AddedRecord Indexed(Certificate certificate, long sequence) => new(
        certificate.Fingerprint.Video is null
            ? new IndexedRecord(sequence, certificate.Fingerprint.PerceptualHash, certificate.WatermarkFormat is null ? null : certificate.WatermarkPayload)
            : new IndexedRecord(sequence, null, null),
        certificate.Fingerprint.Sha256,
        certificate.WatermarkedSha256)
    {
        Frames = certificate.Fingerprint.Video?.Frames,
    };

    private static void Check(RegistrationRequest request, Certificate certificate, Registrant? registrant, UtcTimestamp now)
    {
        if (registrant is not null) CheckRegistrant(certificate, registrant);
        CheckTexts(request, certificate);
        if (certificate.Timestamp.Moment > now.Moment + VerificationPolicy.MaxClockSkew)
            throw new RegistryException(ErrorCodes.TimestampInFuture, $"The signing time {certificate.Timestamp} is in the future. Check the signing machine's clock.");
        if (request.MetadataJson is { } text && Encoding.UTF8.GetByteCount(text) > Metadata.MaxBytes)
            throw new RegistryException(ErrorCodes.MetadataTooLong, $"Metadata has at most {Metadata.MaxBytes} bytes.");
        var digest = request.MetadataJson is { } metadata ? Metadata.Digest(metadata) : (Sha256Digest?)null;
        if (digest != certificate.MetadataSha256)
            throw new RegistryException(ErrorCodes.MetadataDigestMismatch, "The metadata is not the text whose digest the certificate holds.");
        if (request.WatermarkPayload is { } payload && payload != certificate.WatermarkPayload)
            throw new RegistryException(ErrorCodes.WatermarkPayloadMismatch, "The watermark payload is not the one that follows from the fingerprint signature.");
        if (request.Envelope.PayloadType != Certificate.PayloadType || !request.Envelope.Verify(certificate.PublicKey))
            throw new RegistryException(ErrorCodes.CertificateSignatureInvalid, "The certificate is not signed by the key it names.");
        if (!certificate.VerifyFingerprintSignature())
            throw new RegistryException(ErrorCodes.FingerprintSignatureInvalid, "The fingerprint signature is not of this fingerprint, time and user by the key the certificate names.");
    }

    /// <summary>What databases keep as text and lists show: one record with a text that a database refuses would refuse its whole batch.</summary>
    private static void CheckTexts(RegistrationRequest request, Certificate certificate)
    {
        if (certificate.OriginCode.Length is 0 or > MaxOriginLength || !AccountTexts.IsPrintable(certificate.OriginCode))
            throw new InvalidEvidenceException(ErrorCodes.CertificateMalformed, $"The certificate's origin type isn't 1 to {MaxOriginLength} printable characters.");
        if (request.MetadataJson?.Contains('\0') == true) throw new RegistryException(ErrorCodes.RequestMalformed, "The metadata holds the character U+0000, which JSON writes as \\u0000.");
        if (request.OriginalFileName is { } name && (name.Length is 0 or > RegistrationRequest.MaxFileNameLength || !AccountTexts.IsPrintable(name)))
            throw new RegistryException(ErrorCodes.RequestMalformed, $"A file name has 1 to {RegistrationRequest.MaxFileNameLength} printable characters.");
    }

    private static void CheckRegistrant(Certificate certificate, Registrant registrant)
    {
        var signer = certificate.Signer;
        if (signer.UserId != registrant.UserId)
            throw new RegistryException(ErrorCodes.KeyOwnerMismatch, "The record is signed for another user than the one who registers it. Sign with a key of this account.");
        if ((signer.OrganisationName is { } name && name != registrant.OrgName) || (signer.OrganisationType is { } type && type != registrant.OrgType))
            throw new RegistryException(ErrorCodes.SignerIdentityMismatch, "The certificate names another organisation than the account does. Sign with the account's organisation, or with none.");
    }

    private async ValueTask CheckOwnerAsync(Certificate certificate, CancellationToken cancellationToken)
    {
        if (!_owners.TryGetValue(certificate.PublicKey, out var owner))
        {
            owner = await _store.FindKeyOwnerAsync(certificate.PublicKey, cancellationToken).ConfigureAwait(false)
                ?? throw new RegistryException(ErrorCodes.KeyNotRegistered, $"The key {certificate.PublicKey.KeyId} is not registered here. Register it before its records.");
            if (_owners.Count < MaxKnownOwners) _owners.TryAdd(certificate.PublicKey, owner);
        }
        if (owner != certificate.Signer.UserId)
            throw new RegistryException(ErrorCodes.KeyOwnerMismatch, $"The key {certificate.PublicKey.KeyId} belongs to another user than the record claims.");
    }

    /// <summary>A parent must be there already, or come before its child in the same request.</summary>
    private async ValueTask RefuseOrphansAsync(List<NewRecord> records, List<int> places, RegistrationOutcome[] outcomes, CancellationToken cancellationToken)
    {
        RecordId[] parents = [.. records.Select(record => record.Certificate.ParentRecordId).OfType<RecordId>().Distinct()];
        if (parents.Length == 0) return;
        var known = new HashSet<RecordId>(await _store.FindExistingAsync(parents, cancellationToken).ConfigureAwait(false));
        for (var i = 0; i < records.Count;)
        {
            if (records[i].Certificate.ParentRecordId is { } parent && !known.Contains(parent))
            {
                outcomes[places[i]] = RegistrationOutcome.Refused(ErrorCodes.ParentUnknown, $"The parent record {parent} is not registered here. Register it first.");
                records.RemoveAt(i);
                places.RemoveAt(i);
            }
            else
            {
                known.Add(records[i].Certificate.RecordId);
                i++;
            }
        }
    }
}
