using System.Collections.Immutable;
using System.Globalization;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Verification;

/// <summary>Judges one record against what was observed: first whether the record itself can be believed, then the four checks.</summary>
internal sealed partial class RecordJudge
{
    private readonly ObservedContent _observed;
    private readonly VerificationPolicy _policy;
    private readonly EvidenceSource _source;
    private readonly DateTimeOffset _now;
    private readonly AnchorJudge _anchors;

    public RecordJudge(ObservedContent observed, VerificationPolicy policy, EvidenceSource source, IReadOnlyCollection<ChainReading> readings, DateTimeOffset now)
    {
        _observed = observed;
        _policy = policy;
        _source = source;
        _now = now;
        _anchors = new AnchorJudge(policy, readings);
    }

    public RecordJudgement Judge(ExaminedEvidence evidence)
    {
        if (evidence.Certificate is not { } certificate) return Unreadable(evidence.Error!);
        var bundle = evidence.Bundle;
        var claimsHold = evidence.ClaimsHold;
        var findings = evidence.Integrity.ToBuilder();
        AddStanding(findings, bundle, certificate);
        var blocker = findings.FirstOrDefault(finding => finding.Result.Outcome == CheckOutcome.Failed)?.Result;

        var hash = CheckSha256(certificate);
        var identical = hash.Outcome == CheckOutcome.Passed;
        var comparison = CompareVideo(certificate, identical);
        var video = ReadVideo(certificate, identical, comparison);
        var picture = CheckPerceptualHash(certificate, identical, video);
        var alteration = AlterationIfWhole(picture);
        var watermark = CheckWatermark(certificate, hash.Outcome == CheckOutcome.Passed ? null : alteration);
        var anchor = _anchors.Judge(evidence, certificate);
        findings.Add(new Finding("anchor", anchor.Check));
        findings.AddRange(anchor.Findings);
        if (IsPayloadOf(certificate) && hash.Outcome != CheckOutcome.Passed) findings.Add(new Finding("alteration", CheckAlterations(alteration)));
        var connected = IsPayloadOf(certificate) || identical || picture.Outcome == CheckOutcome.Passed || comparison is { IsRelated: true };
        var blockchain = hash.Outcome == CheckOutcome.Passed
            ? blocker ?? anchor.Check
            : CheckResult.Failed(CheckCodes.ContentNotAnchored, "The SHA-256 of these bytes is not anchored; only the signed file and its original are.");
        return new RecordJudgement
        {
            Certificate = claimsHold && connected ? certificate : null,
            Anchor = anchor.Anchor,
            Watermark = Block(watermark, blocker),
            Sha256 = Block(hash, blocker),
            PerceptualHash = Block(picture, blocker),
            Blockchain = Block(blockchain, blocker),
            Findings = findings.DrainToImmutable(),
            Content = blocker is not null ? ContentState.Unknown
                : video is null || identical ? ContentOf(hash, watermark, picture)
                : ContentOf(video),
            Video = blocker is null || video is null ? video : VideoJudge.Blocked(video, blocker.Details),
            Comparison = blocker is null ? comparison : null,
            Claims = claimsHold ? certificate : null,
            Alteration = IsPayloadOf(certificate) && claimsHold && hash.Outcome != CheckOutcome.Passed ? alteration : null,
            Distance = PerceptualDistance(certificate),
            IsConnected = connected,
            IsPayloadOwner = _observed.Watermark is { Found: true } && IsPayloadOf(certificate) && claimsHold,
            Revocation = bundle.Revocation,
        };
    }

    /// <summary>A check that passed on the strength of a record that can't be believed has failed, for the record's reason.</summary>
    private static CheckResult Block(CheckResult check, CheckResult? blocker) =>
        blocker is not null && check.Outcome == CheckOutcome.Passed
            ? CheckResult.Failed(blocker.Code, $"{check.Details}, but it does not count: {blocker.Details}")
            : check;

    private static RecordJudgement Unreadable(InvalidEvidenceException error)
    {
        var failed = CheckResult.Failed(error.Code, error.Message);
        return new RecordJudgement
        {
            Watermark = failed,
            Sha256 = failed,
            PerceptualHash = failed,
            Blockchain = failed,
            Findings = [new Finding("certificate", failed)],
        };
    }

    /// <summary>Whether the signer is believed, and the record still stands.</summary>
    private void AddStanding(ImmutableArray<Finding>.Builder findings, EvidenceBundle bundle, Certificate certificate)
    {
        var key = certificate.PublicKey;
        findings.Add(new Finding("signer", (_policy.Signers.NamesKeys, _policy.Signers.Accepts(key)) switch
        {
            (true, true) => CheckResult.Passed(CheckCodes.SignerTrusted, $"The key {key.KeyId} is one you trust"),
            (true, false) => CheckResult.Failed(CheckCodes.SignerUntrusted, $"The key {key.KeyId} is not one of those you trust."),
            _ => CheckResult.NotRun(CheckCodes.IdentityNotChecked, $"No trusted keys were named: whose key {key.KeyId} is, the signer alone says."),
        }));
        if (certificate.Timestamp.Moment > _now + VerificationPolicy.MaxClockSkew)
        {
            findings.Add(new Finding("timestamp", CheckResult.Failed(
                ErrorCodes.TimestampInFuture, $"The signing time {certificate.Timestamp} is in the future. Check this machine's clock.")));
        }
        findings.Add(new Finding("revocation", (bundle.Revocation, _source) switch
        {
            ({ } revocation, _) => CheckResult.Failed(CheckCodes.RecordRevoked, $"The record was revoked {revocation}."),
            (null, EvidenceSource.Registry) => CheckResult.Passed(CheckCodes.NotRevoked, "The registry knows of no revocation"),
            _ => CheckResult.NotRun(CheckCodes.RevocationNotKnown, "A bundle cannot tell whether the record was revoked after it was made; ask the registry."),
        }));
    }

    private bool IsPayloadOf(Certificate certificate) =>
        certificate.WatermarkFormat is not null
        && _observed.Watermark is { } reading
        && reading.Payload.DistanceTo(certificate.WatermarkPayload) <= VerificationPolicy.WatermarkRadius;

    private CheckResult CheckWatermark(Certificate certificate, AlterationReading? alteration)
    {
        if (_observed.Watermark is not { } reading)
        {
            return _observed.WatermarkProblem is { } problem
                ? CheckResult.NotRun(problem.Code, problem.Reason)
                : CheckResult.NotRun(ErrorCodes.NotAskedFor, "The watermark was not looked for.");
        }
        if (IsPayloadOf(certificate))
        {
            if (alteration is { Regions.Count: > 0 })
                return CheckResult.Failed(CheckCodes.PartsAltered, $"Payload matched record {certificate.RecordId}, but the watermark is missing in parts of the picture: they were changed after signing.");
            var distance = reading.Payload.DistanceTo(certificate.WatermarkPayload);
            var geometry = reading.Geometry?.Describe() is { Length: > 0 } changes ? $" (the picture is {changes})" : "";
            return distance == 0
                ? CheckResult.Passed(CheckCodes.PayloadExact, $"Payload matched record {certificate.RecordId}{geometry}")
                : CheckResult.Passed(CheckCodes.PayloadNear, $"Payload within {distance} bits of record {certificate.RecordId}{geometry}");
        }
        if (reading.Found)
            return CheckResult.Failed(CheckCodes.PayloadMismatch, $"The watermark carries {reading.Payload}, which is not the payload of record {certificate.RecordId}.");
        return certificate.WatermarkFormat is null
            ? CheckResult.NotRun(CheckCodes.RecordHasNoWatermark, $"Record {certificate.RecordId} was signed without a watermark.")
            : CheckResult.Failed(CheckCodes.WatermarkAbsent, "No watermark was found.");
    }

    private CheckResult CheckSha256(Certificate certificate)
    {
        if (_observed.Sha256 == certificate.WatermarkedSha256)
            return CheckResult.Passed(CheckCodes.HashIsSignedFile, $"Exact hash match: record {certificate.RecordId}");
        if (_observed.Sha256 == certificate.Fingerprint.Sha256)
            return CheckResult.Passed(CheckCodes.HashIsOriginal, $"Exact hash match with the original: record {certificate.RecordId}");
        return CheckResult.Failed(CheckCodes.HashUnknown, $"The bytes differ from the signed file and the original of record {certificate.RecordId}.");
    }

    private CheckResult CheckPerceptualHash(Certificate certificate, bool identical, VideoReading? video)
    {
        if (_observed.Video is not null) return CheckSegments(certificate, video);
        if (certificate.Fingerprint.Video is { } record && _observed.PerceptualHash is { } still) return CheckFrames(certificate, record, still);
        if (PerceptualDistance(certificate) is not { } distance)
        {
            return _observed.PerceptualHashProblem is { } problem
                ? CheckResult.NotRun(problem.Code, problem.Reason)
                : CheckResult.NotRun(ErrorCodes.NotAskedFor, "The perceptual hash was not computed.");
        }
        if (!identical && _observed.PerceptualHashDoubt is { } doubt) return CheckResult.NotRun(doubt.Code, doubt.Reason);
        return distance <= _policy.PerceptualRadius
            ? CheckResult.Passed(CheckCodes.PictureSimilar, $"Distance {distance}, record {certificate.RecordId}")
            : CheckResult.Failed(CheckCodes.PictureDifferent, $"Distance {distance} of 64 to record {certificate.RecordId}; at most {_policy.PerceptualRadius} is the same picture.");
    }

    private int? PerceptualDistance(Certificate certificate) => _observed.PerceptualHash is not { } hash ? null
        : certificate.Fingerprint.Video is { } video ? NearestFrame(video, hash)?.Distance
        : hash.DistanceTo(certificate.Fingerprint.PerceptualHash);

    private static ContentState ContentOf(CheckResult hash, CheckResult watermark, CheckResult picture) => (hash.Code, watermark.Code, watermark.Outcome, picture.Outcome) switch
    {
        (CheckCodes.HashIsSignedFile, _, _, _) => ContentState.IdenticalToSigned,
        (CheckCodes.HashIsOriginal, _, _, _) => ContentState.IdenticalToOriginal,
        (_, CheckCodes.PartsAltered, _, _) => ContentState.Edited,
        (_, _, CheckOutcome.Passed, CheckOutcome.Passed) => ContentState.ReEncoded,
        (_, _, CheckOutcome.Passed, CheckOutcome.Failed) => ContentState.Edited,
        _ => ContentState.Unknown,
    };

    /// <summary>
    /// Altered parts, where they can be told from what is merely around a picture: in a screenshot or a crop, which looks
    /// different as a whole, everything beside the signed picture would seem altered.
    /// </summary>
    private AlterationReading? AlterationIfWhole(CheckResult picture) =>
        _observed.Watermark is not { } reading || (reading.Geometry is { AsSigned: false } && picture.Outcome != CheckOutcome.Passed) ? null : reading.Alteration;

    /// <summary>What the watermark says about changes of a file that isn't byte for byte a known one.</summary>
    private CheckResult CheckAlterations(AlterationReading? found)
    {
        if (found is not { } alteration)
        {
            return CheckResult.NotRun(CheckCodes.AlterationNotJudged, _observed.Watermark?.Geometry is { AsSigned: false } geometry
                ? $"The picture is {geometry.Describe()}, which leaves too little to tell whether parts of it were changed."
                : "Too little of the watermark is left to tell whether parts of the picture were changed.");
        }
        if (alteration.Regions.Count > 0)
        {
            return CheckResult.Failed(
                CheckCodes.PartsAltered,
                $"Parts of the picture were changed after signing, near {string.Join(", ", alteration.Regions.Select(region => $"{region.Width}×{region.Height} pixels at ({region.X}, {region.Y})"))}.");
        }
        var judged = string.Create(
            CultureInfo.InvariantCulture,
            $"the {Math.Floor(100 * alteration.JudgedShare)} % of the picture that can be judged (changes smaller than about {alteration.SmallestSide}×{alteration.SmallestSide} pixels are easily missed)");
        return alteration.JudgedShare >= VerificationPolicy.JudgedShareForWhole
            ? CheckResult.Passed(CheckCodes.NotAltered, $"No change was found in {judged}")
            : CheckResult.NotRun(CheckCodes.AlterationPartlyJudged, $"No change was found, but only in {judged}; the rest is too flat, dark or bright to tell.");
    }
}

/// <summary>How one record fares. Ordered so that the better one wins.</summary>
internal sealed record RecordJudgement
{
    /// <summary>The anchor, if it holds.</summary>
    public Anchor? Anchor { get; init; }

    public Certificate? Certificate { get; init; }

    public required CheckResult Watermark { get; init; }

    public required CheckResult Sha256 { get; init; }

    public required CheckResult PerceptualHash { get; init; }

    public required CheckResult Blockchain { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    public ContentState Content { get; init; }

    public AlterationReading? Alteration { get; init; }

    /// <summary>How a video's segments compare.</summary>
    public VideoReading? Video { get; init; }

    /// <summary>What <see cref="Video"/> follows from, if that is the frames and the record is believed.</summary>
    public VideoComparison? Comparison { get; init; }

    /// <summary>The certificate if its signatures hold, whether or not the file has to do with it.</summary>
    public Certificate? Claims { get; init; }

    public int? Distance { get; init; }

    public bool IsConnected { get; init; }

    /// <summary>Whether the watermark that was found is this record's.</summary>
    public bool IsPayloadOwner { get; init; }

    /// <summary>The record's revocation, or null.</summary>
    public Revocation? Revocation { get; init; }

    public int PassedChecks => new[] { Watermark, Sha256, PerceptualHash, Blockchain }.Count(check => check.Outcome == CheckOutcome.Passed);
}
