using Tectra.Cli.Output;

namespace Tectra.Cli.Batch;

/// <summary>
/// A line of <c>tectra-batch.jsonl</c>, and of <c>tectra sign DIR --json</c>: what became of one file. <c>docs/formats.md</c> has its fields.
/// Immutable.
/// </summary>
internal sealed record BatchEntry
{
    public const string Signed = "signed", Failed = "failed", Unchanged = "unchanged";

    /// <summary>The source, relative to the folder that was signed; its parts are separated by '/'.</summary>
    public required string File { get; init; }

    /// <summary><see cref="Signed"/>, <see cref="Failed"/>, or <see cref="Unchanged"/> of a file that an earlier run has signed.</summary>
    public required string Status { get; init; }

    /// <summary>The source's length in bytes.</summary>
    public long Size { get; init; }

    /// <summary>When the source was last written to.</summary>
    public string? ModifiedAt { get; init; }

    /// <summary>The signed file, relative to the output folder.</summary>
    public string? Output { get; init; }

    public string? RecordId { get; init; }

    public string? Sha256 { get; init; }

    public string? WatermarkedSha256 { get; init; }

    public string? Phash { get; init; }

    public string? Payload { get; init; }

    public bool? Watermarked { get; init; }

    public string? Timestamp { get; init; }

    public string? PublicKey { get; init; }

    public string? OriginType { get; init; }

    public string? DeviceId { get; init; }

    public string? BlockchainStatus { get; init; }

    public string? MediaType { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public double? PsnrDb { get; init; }

    public double? Ssim { get; init; }

    public long? DurationMs { get; init; }

    public int? SegmentCount { get; init; }

    public ErrorDocument? WatermarkProblem { get; init; }

    public ErrorDocument? PerceptualHashProblem { get; init; }

    public ErrorDocument? AnchoringProblem { get; init; }

    public ErrorDocument? RegistrationProblem { get; init; }

    public string[]? Notices { get; init; }

    /// <summary>Why it failed.</summary>
    public ErrorDocument? Error { get; init; }

    /// <summary>A small JPEG of a picture, in base64, for the summary page.</summary>
    public string? Thumbnail { get; init; }
}

/// <summary>The last line of <c>tectra sign DIR --json</c>.</summary>
internal sealed record BatchSummaryLine(BatchSummary Summary);

/// <summary>What became of a whole run.</summary>
internal sealed record BatchSummary(int Files, int Signed, int Unchanged, int Failed, int Ignored, bool Interrupted, double Seconds, string Manifest, string Report);

/// <summary>A signed file that is being delivered: all that is needed to finish that after a crash.</summary>
internal sealed record SpoolDocument(string Type, string Target, Sdk.Api.RegistrationDocument Registration, BatchEntry Entry)
{
    public const string TypeName = "https://tectra.vision/signing-spool/v1";
}
