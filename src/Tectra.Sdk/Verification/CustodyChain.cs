using System.Collections.Immutable;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Verification;

/// <summary>One record of a chain of custody, as it was judged. Immutable.</summary>
/// <param name="Certificate">What the record says; null when its signatures are wrong, since its claims then mean nothing.</param>
/// <param name="Result">Whether it can be believed and follows from the link before it in the list.</param>
/// <param name="SourceIsParentFile">
/// Whether what was signed here is, byte for byte, the file that the parent delivered; null where there is no parent to compare with.
/// </param>
public sealed record CustodyLink(Certificate? Certificate, CheckResult Result, bool? SourceIsParentFile);

/// <summary>Judges chains of custody. Pure and thread-safe.</summary>
public static class CustodyChain
{
    /// <summary>
    /// Judges a record and its ancestors. Every link is judged by itself: both signatures, metadata, trust in its key, revocation,
    /// and whether it is the parent that the link before it names.
    /// </summary>
    /// <param name="evidence">The record, its parent, that one's parent and so on.</param>
    /// <param name="policy">What is trusted.</param>
    public static ImmutableArray<CustodyLink> Judge(IReadOnlyList<EvidenceBundle> evidence, VerificationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        return Judge([.. evidence.Select(ExaminedEvidence.Of)], policy);
    }

    internal static ImmutableArray<CustodyLink> Judge(IReadOnlyList<ExaminedEvidence> evidence, VerificationPolicy policy)
    {
        var links = ImmutableArray.CreateBuilder<CustodyLink>(evidence.Count);
        for (var i = 0; i < evidence.Count; i++)
        {
            var record = evidence[i];
            var parent = i + 1 < evidence.Count ? evidence[i + 1].Certificate : null;
            links.Add(new CustodyLink(
                record.ClaimsHold ? record.Certificate : null,
                JudgeLink(record, i == 0 ? null : evidence[i - 1].Certificate, i, isLast: i == evidence.Count - 1, policy),
                parent is null || record.Certificate is null ? null : IsFileOf(record.Certificate, parent)));
        }
        return links.DrainToImmutable();
    }

    private static CheckResult JudgeLink(ExaminedEvidence record, Certificate? child, int place, bool isLast, VerificationPolicy policy)
    {
        if (record.Certificate is not { } certificate) return CheckResult.Failed(record.Error!.Code, record.Error.Message);
        if (record.Integrity.FirstOrDefault(finding => finding.Result.Outcome == CheckOutcome.Failed) is { } broken) return broken.Result;
        if (place > 0 && child?.ParentRecordId != certificate.RecordId)
            return CheckResult.Failed(CheckCodes.CustodyBroken, $"Record {certificate.RecordId} is not the parent that the record before it names.");
        if (record.Bundle.Revocation is { } revocation) return CheckResult.Failed(CheckCodes.RecordRevoked, $"The record was revoked {revocation}.");
        if (!policy.Signers.Accepts(certificate.PublicKey))
            return CheckResult.Failed(CheckCodes.SignerUntrusted, $"The key {certificate.PublicKey.KeyId} is not one of those you trust.");
        if (isLast && certificate.ParentRecordId is { } missing)
            return CheckResult.NotRun(CheckCodes.CustodyIncomplete, $"Signed by the key {certificate.PublicKey.KeyId}, but its parent {missing} was not at hand: the chain goes on from here.");
        return CheckResult.Passed(CheckCodes.Valid, $"Signed by the key {certificate.PublicKey.KeyId}");
    }

    private static bool IsFileOf(Certificate child, Certificate parent) => child.Fingerprint.Sha256 == (parent.WatermarkedSha256 ?? parent.Fingerprint.Sha256);
}
