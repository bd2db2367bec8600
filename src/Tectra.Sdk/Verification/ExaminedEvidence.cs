using System.Collections.Immutable;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Evidence with everything examined that depends on nothing but itself: signatures, digests, Merkle path. That is the dear
/// part of judging a record, and a registry that answers many questions about one does it once. Immutable.
/// </summary>
internal sealed class ExaminedEvidence
{
    private ExaminedEvidence(EvidenceBundle bundle, Certificate? certificate, InvalidEvidenceException? error)
    {
        Bundle = bundle;
        Certificate = certificate;
        Error = error;
        if (certificate is null) return;
        Integrity = Examine(bundle, certificate);
        ClaimsHold = Integrity.All(finding => finding.Result.Outcome != CheckOutcome.Failed);
        if (bundle is { Proof: { } proof, Anchor: { } anchor })
        {
            IsAnchorSigned = anchor is LedgerAnchor { Entry: var entry } && entry.VerifySignature();
            LeadsToRoot = proof.Verify(new Merkle.MerkleLeaf(certificate.Fingerprint.Sha256, bundle.Envelope.PayloadSha256), anchor.Root, anchor.LeafCount);
        }
    }

    public EvidenceBundle Bundle { get; }

    /// <summary>What the record says; null when that can't be read.</summary>
    public Certificate? Certificate { get; }

    /// <summary>Why the certificate can't be read.</summary>
    public InvalidEvidenceException? Error { get; }

    /// <summary>Whether the record says what its signer signed.</summary>
    public ImmutableArray<Finding> Integrity { get; } = [];

    /// <summary>Whether every finding of <see cref="Integrity"/> is good.</summary>
    public bool ClaimsHold { get; }

    /// <summary>Whether the anchor is a ledger's entry, signed by the key it names.</summary>
    public bool IsAnchorSigned { get; }

    /// <summary>Whether the Merkle proof leads from the record to the anchor's root.</summary>
    public bool LeadsToRoot { get; }

    public static ExaminedEvidence Of(EvidenceBundle bundle)
    {
        try
        {
            return new ExaminedEvidence(bundle, Certificate.FromPayload(bundle.Envelope.Payload), null);
        }
        catch (InvalidEvidenceException e)
        {
            return new ExaminedEvidence(bundle, null, e);
        }
    }

    private static ImmutableArray<Finding> Examine(EvidenceBundle bundle, Certificate certificate)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var typed = bundle.Envelope.PayloadType == Certificate.PayloadType;
        findings.Add(new Finding("certificate", typed && bundle.Envelope.Verify(certificate.PublicKey)
            ? CheckResult.Passed(CheckCodes.Valid, $"The certificate is signed by the key {certificate.PublicKey.KeyId}")
            : CheckResult.Failed(ErrorCodes.CertificateSignatureInvalid, "The certificate is not signed by the key it names: it was changed, or signed by somebody else.")));
        findings.Add(new Finding("fingerprint_signature", certificate.VerifyFingerprintSignature()
            ? CheckResult.Passed(CheckCodes.Valid, $"The fingerprint is signed by the key {certificate.PublicKey.KeyId}")
            : CheckResult.Failed(ErrorCodes.FingerprintSignatureInvalid, "The fingerprint signature is not of this fingerprint, time and user by the key the certificate names.")));
        var digest = bundle.MetadataJson is { } metadata ? Metadata.Digest(metadata) : (Sha256Digest?)null;
        if (digest is not null || certificate.MetadataSha256 is not null)
        {
            findings.Add(new Finding("metadata", digest == certificate.MetadataSha256
                ? CheckResult.Passed(CheckCodes.Valid, "The metadata is what was certified")
                : CheckResult.Failed(ErrorCodes.MetadataDigestMismatch, "The metadata is not the text that was certified.")));
        }
        return findings.DrainToImmutable();
    }
}
