using Tectra.Sdk.Api;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Judges what was observed against evidence. Pure: it reads no file, no network and no clock, so offline verification is
/// not a mode of it but what it is. Thread-safe.
/// </summary>
/// <remarks>
/// The four checks are made per record and the report shows the record that passes most. Passing one check with one record
/// and another check with a second record does not add up: that is what a copied watermark looks like.
/// </remarks>
public static class Verifier
{
    private const int MaxOthersListed = 5;

    /// <summary>
    /// Verifies one file against the records that might be its own, without knowing what any chain says: anchors in chains are then
    /// not judged (<c>chain_not_asked</c>).
    /// </summary>
    /// <param name="observed">What was measured on the file.</param>
    /// <param name="evidence">The candidate records, in any order; empty when none is known.</param>
    /// <param name="source">Where the evidence comes from.</param>
    /// <param name="policy">What is trusted.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Checked before every record.</param>
    public static VerificationReport Verify(
        ObservedContent observed,
        IReadOnlyList<EvidenceBundle> evidence,
        EvidenceSource source,
        VerificationPolicy policy,
        DateTimeOffset now,
        CancellationToken cancellationToken = default) => Verify(observed, evidence, source, policy, now, [], cancellationToken);

    /// <summary>Verifies one file against the records that might be its own, and their anchors against what was read of chains.</summary>
    /// <param name="observed">What was measured on the file.</param>
    /// <param name="evidence">The candidate records, in any order; empty when none is known.</param>
    /// <param name="source">Where the evidence comes from.</param>
    /// <param name="policy">What is trusted.</param>
    /// <param name="now">The current time.</param>
    /// <param name="readings">What was read of chains, by <see cref="Evm.EvmAnchorVerifier.ReadAsync"/>; those about other anchors are passed over.</param>
    /// <param name="cancellationToken">Checked before every record.</param>
    public static VerificationReport Verify(
        ObservedContent observed,
        IReadOnlyList<EvidenceBundle> evidence,
        EvidenceSource source,
        VerificationPolicy policy,
        DateTimeOffset now,
        IReadOnlyCollection<ChainReading> readings,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(readings);
        return Verify(
            observed,
            [
                .. evidence.Select(bundle =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return ExaminedEvidence.Of(bundle);
                }),
            ],
            source,
            policy,
            readings,
            now);
    }

    /// <summary>The same with evidence that has been examined before.</summary>
    internal static VerificationReport Verify(
        ObservedContent observed, IReadOnlyList<ExaminedEvidence> evidence, EvidenceSource source, VerificationPolicy policy, IReadOnlyCollection<ChainReading> readings, DateTimeOffset now)
    {
        if (observed.Video is { Frames: var frames } && (frames.IsDefaultOrEmpty || frames.Length > ObservedVideo.MaxFrames))
            throw new ArgumentException($"A video has 1 to {ObservedVideo.MaxFrames} observed frames.", nameof(observed));
        var judge = new RecordJudge(observed, policy, source, readings, now);
        var judgements = evidence.Select(judge.Judge)
            .OrderByDescending(judgement => judgement.Video?.Confidence ?? 0)
            .ThenByDescending(judgement => judgement.PassedChecks)
            .ThenByDescending(judgement => judgement.IsConnected)
            .ThenByDescending(judgement => judgement.Video?.Segments.Count(segment => segment.Outcome == SegmentOutcome.Exact) ?? 0)
            .ThenByDescending(judgement => judgement.Comparison?.AlignedFrames ?? 0)
            .ThenBy(judgement => judgement.Distance ?? int.MaxValue)
            // The first of several: by the clock of the ledger or chain, since a signing time is only a claim.
            .ThenBy(judgement => judgement.Anchor?.Timestamp.Moment ?? DateTimeOffset.MaxValue)
            .ThenBy(judgement => judgement.Certificate?.Timestamp.Moment ?? DateTimeOffset.MaxValue)
            .ToList();
        var most = observed.Video is null ? LookupOptions.MaxCandidates : LookupOptions.MaxVideos;
        return judgements.Count == 0 ? WithoutRecord(observed) : Report(judgements, source == EvidenceSource.Registry && judgements.Count >= most ? most : null);
    }

    /// <summary>The report on evidence that isn't even a bundle: every check fails for that reason.</summary>
    public static VerificationReport Unreadable(InvalidEvidenceException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var failed = CheckResult.Failed(error.Code, error.Message);
        return new VerificationReport
        {
            Watermark = failed,
            Sha256 = failed,
            PerceptualHash = failed,
            Blockchain = failed,
            Findings = [new Finding("evidence", failed)],
            Content = ContentState.Unknown,
        };
    }

    private static VerificationReport Report(List<RecordJudgement> judgements, int? cutAt)
    {
        var best = RecordJudge.Complete(judgements[0]);
        var findings = best.Findings.AddRange(OtherRecords(best, [.. judgements.Skip(1).Where(judgement => judgement.Certificate is not null)]));
        if (cutAt is { } most)
        {
            findings = findings.Add(new Finding("other_records", CheckResult.NotRun(
                CheckCodes.CandidatesCut, $"A lookup gives at most {most} records of this kind, and gave as many: there may be more that match, farther or later ones.")));
        }
        return new VerificationReport
        {
            Watermark = best.Watermark,
            Sha256 = best.Sha256,
            PerceptualHash = best.PerceptualHash,
            Blockchain = best.Blockchain,
            Findings = findings,
            Content = best.Content,
            Alteration = best.Alteration,
            Video = best.Video,
            Certificate = best.Certificate,
            Anchor = best.Certificate is null ? null : best.Anchor,
        };
    }

    /// <summary>What else is known of this file: whose watermark it really carries, which records were revoked, and how many more match.</summary>
    private static List<Finding> OtherRecords(RecordJudgement best, List<RecordJudgement> others)
    {
        var results = new List<CheckResult>();
        if (!best.IsPayloadOwner && others.Find(other => other.IsPayloadOwner) is { Certificate: { } owner } && owner.RecordId != best.Certificate?.ParentRecordId)
        {
            results.Add(CheckResult.NotRun(
                CheckCodes.WatermarkOfOtherRecord,
                $"The watermark in this file is that of record {owner.RecordId}, signed on {owner.Timestamp} with the key {owner.PublicKey.KeyId}, not of the record shown, which doesn't name it as its parent: look at both."));
        }
        foreach (var revoked in others.Where(other => other.Revocation is not null).Take(MaxOthersListed))
            results.Add(CheckResult.Failed(CheckCodes.OtherRecordRevoked, $"This file matches record {revoked.Certificate!.RecordId} too, which was revoked {revoked.Revocation}."));
        var standing = others.Where(other => other.PassedChecks > 0).ToList();
        if (standing.Count > 0)
        {
            var ids = string.Join(", ", standing.Take(MaxOthersListed).Select(other => $"{other.Certificate!.RecordId} ({other.PassedChecks} of 4)"));
            var more = standing.Count > MaxOthersListed ? $" and {standing.Count - MaxOthersListed} more" : "";
            results.Add(CheckResult.NotRun(CheckCodes.OtherRecordsMatch, $"Other records match this file too: {ids}{more}."));
        }
        return [.. results.Select(result => new Finding("other_records", result))];
    }

    private static VerificationReport WithoutRecord(ObservedContent observed) => new()
    {
        Watermark = observed switch
        {
            { Watermark: { Found: true } reading } => CheckResult.Failed(
                CheckCodes.PayloadUnknown, $"The watermark carries {reading.Payload}, but no known record has that payload."),
            { Watermark: not null } => CheckResult.Failed(CheckCodes.WatermarkAbsent, "No watermark was found."),
            { WatermarkProblem: { } problem } => CheckResult.NotRun(problem.Code, problem.Reason),
            _ => CheckResult.NotRun(ErrorCodes.NotAskedFor, "The watermark was not looked for."),
        },
        Sha256 = CheckResult.Failed(CheckCodes.HashUnknown, "No known record has these bytes."),
        PerceptualHash = observed switch
        {
            { Video: not null } => CheckResult.Failed(CheckCodes.SegmentsDiffer, "No known record has this video or a part of it."),
            { PerceptualHash: not null } => CheckResult.Failed(CheckCodes.PictureDifferent, "No known record looks like this picture."),
            { PerceptualHashProblem: { } problem } => CheckResult.NotRun(problem.Code, problem.Reason),
            _ => CheckResult.NotRun(ErrorCodes.NotAskedFor, "The perceptual hash was not computed."),
        },
        Blockchain = CheckResult.Failed(CheckCodes.ContentNotAnchored, "The SHA-256 of these bytes is not anchored."),
        Findings = [],
        Content = ContentState.Unknown,
        Video = observed.Video is { } video ? VideoJudge.WithoutRecord(video) : null,
    };
}
