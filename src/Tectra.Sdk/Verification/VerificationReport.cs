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

    /// <summary>Byte for byte the original that was signed.</summary>
    IdenticalToOriginal,

    /// <summary>
    /// The same picture in other bytes, as far as can be told: re-encoded or resized. No change was found in the part of it
    /// that <see cref="VerificationReport.Alteration"/> judges; without such a reading, nothing was judged.
    /// </summary>
    ReEncoded,

    /// <summary>A picture derived from the signed one with visible changes: parts replaced, cropped or redrawn.</summary>
    Edited,
}

/// <summary>The verdict in the words of the verification guide.</summary>
public enum Verdict
{
    /// <summary>At most one check passed.</summary>
    Unverified,

    /// <summary>Two checks passed.</summary>
    ProbablyAuthentic,

    /// <summary>Three checks passed.</summary>
    Authentic,

    /// <summary>All four checks passed.</summary>
    StronglyAuthentic,
}

/// <summary>
/// The result of verifying one file: the four checks, what else was found, and the verdict that follows. Immutable.
/// </summary>
public sealed record VerificationReport
{
    /// <summary>How many checks there are.</summary>
    public const int CheckCount = 4;

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

    /// <summary>Passed checks divided by four. A check that didn't run counts as not passed.</summary>
    public double Confidence => (double)PassedChecks / CheckCount;

    /// <summary>Whether the confidence reaches <see cref="VerificationPolicy.AuthenticThreshold"/>.</summary>
    public bool IsAuthentic => Confidence >= VerificationPolicy.AuthenticThreshold;

    /// <summary>The verdict in the guide's words.</summary>
    public Verdict Verdict => PassedChecks switch
    {
        4 => Verdict.StronglyAuthentic,
        3 => Verdict.Authentic,
        2 => Verdict.ProbablyAuthentic,
        _ => Verdict.Unverified,
    };

    private CheckResult[] Checks => [Watermark, Sha256, PerceptualHash, Blockchain];

    /// <summary>The verification guide's response, and beside its fields what else is known. UTF-8 JSON on one line.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(VerificationReportDocument.From(this), Wire.Json.VerificationReportDocument);
}
