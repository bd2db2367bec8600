using System.Collections.Immutable;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Verification;

/// <summary>What is known about the relation between the file and the record it matches.</summary>
public enum ContentState
{
    /// <summary>No record matches, or too little does to say more.</summary>
    Unknown,

    /// <summary>Byte for byte the signed file.</summary>
    IdenticalToSigned,

    /// <summary>Byte for byte the original that was signed; so is every signed video, which is delivered as it is.</summary>
    IdenticalToOriginal,

    /// <summary>
    /// The same picture in other bytes, as far as can be told: re-encoded or resized. No change was found in the part of it
    /// that <see cref="VerificationReport.Alteration"/> judges; without such a reading, nothing was judged. Of a video, every segment
    /// verifies; if the chain is intact, it has the same frames in other bytes.
    /// </summary>
    ReEncoded,

    /// <summary>
    /// A picture derived from the signed one with visible changes: parts replaced, cropped or redrawn. A video in which segments fail, are
    /// missing or were added.
    /// </summary>
    Edited,

    /// <summary>A part of the signed video; see <see cref="VideoReading.Excerpt"/>. Whether all of it verifies its segments say.</summary>
    Excerpt,
}

/// <summary>The verdict in the words of the verification guide.</summary>
public enum Verdict
{
    /// <summary>At most one check passed; of a video, fewer than half of the segments verify.</summary>
    Unverified,

    /// <summary>Two checks passed; of a video, at least half of the segments verify.</summary>
    ProbablyAuthentic,

    /// <summary>Three checks passed; of a video, at least nine tenths of the segments verify.</summary>
    Authentic,

    /// <summary>All four checks passed; of a video, every segment is exactly the record's, and the file is anchored.</summary>
    StronglyAuthentic,
}

/// <summary>
/// The result of verifying one file: the four checks, what else was found, and the verdict that follows. Immutable.
/// </summary>
public sealed record VerificationReport
{
    /// <summary>How many checks there are.</summary>
    public const int CheckCount = 4;

    private const double AuthenticVideoShare = 0.9;

    /// <summary>Whether the watermark names the record.</summary>
    public required CheckResult Watermark { get; init; }

    /// <summary>Whether the bytes are those of the record.</summary>
    public required CheckResult Sha256 { get; init; }

    /// <summary>Whether the picture looks like the record's.</summary>
    public required CheckResult PerceptualHash { get; init; }

    /// <summary>Whether these bytes are anchored.</summary>
    public required CheckResult Blockchain { get; init; }

    /// <summary>What else was found, in the order in which it was looked at.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>How the file relates to the record.</summary>
    public required ContentState Content { get; init; }

    /// <summary>
    /// What the watermark says about changed parts, of a file that carries the record's payload but is byte for byte neither
    /// the signed one nor the original; null for any other, or when too little of the watermark is left to judge.
    /// </summary>
    public AlterationReading? Alteration { get; init; }

    /// <summary>
    /// How the video's segments compare with the record's; null for a picture, and for a video whose frames couldn't be measured, unless
    /// its bytes are the record's.
    /// </summary>
    public VideoReading? Video { get; init; }

    /// <summary>
    /// The certificate of the record that matches best; null when none matches or when its signatures are wrong, since its
    /// claims then mean nothing.
    /// </summary>
    public Certificate? Certificate { get; init; }

    /// <summary>The record's anchor, if it has one that holds and <see cref="Certificate"/> is set.</summary>
    public Anchor? Anchor { get; init; }

    /// <summary>The record's chain of custody, from itself back to the first; empty when it names no parent, or the chain wasn't asked for.</summary>
    public ImmutableArray<CustodyLink> Chain { get; init; } = [];

    /// <summary>How many of the four checks passed.</summary>
    public int PassedChecks => Checks.Count(check => check.Outcome == CheckOutcome.Passed);

    /// <summary>
    /// Passed checks divided by four, where a check that didn't run counts as not passed; with a <see cref="Video"/> verified segments
    /// divided by all.
    /// </summary>
    public double Confidence => Video?.Confidence ?? CheckShare;

    /// <summary>
    /// Whether the confidence reaches <see cref="VerificationPolicy.AuthenticThreshold"/>. Of a video, whether the verified share of the
    /// segments reaches <see cref="VerificationPolicy.AuthenticVideoThreshold"/>, or that of the checks does.
    /// </summary>
    public bool IsAuthentic => Video is null
        ? Confidence >= VerificationPolicy.AuthenticThreshold
        : Math.Max(Confidence, CheckShare) >= VerificationPolicy.AuthenticVideoThreshold;

    /// <summary>The verdict in the guide's words.</summary>
    public Verdict Verdict => Video is { } video ? VerdictOn(video) : PassedChecks switch
    {
        4 => Verdict.StronglyAuthentic,
        3 => Verdict.Authentic,
        2 => Verdict.ProbablyAuthentic,
        _ => Verdict.Unverified,
    };

    private double CheckShare => (double)PassedChecks / CheckCount;

    private CheckResult[] Checks => [Watermark, Sha256, PerceptualHash, Blockchain];

    /// <summary>The verification guide's response, and beside its fields what else is known. UTF-8 JSON on one line.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(VerificationReportDocument.From(this), Wire.Json.VerificationReportDocument);

    private Verdict VerdictOn(VideoReading video) =>
        video is { ChainIntact: true, Confidence: 1 } && Blockchain.Outcome == CheckOutcome.Passed ? Verdict.StronglyAuthentic
        : video.Confidence >= AuthenticVideoShare ? Verdict.Authentic
        : IsAuthentic ? Verdict.ProbablyAuthentic
        : Verdict.Unverified;
}
