using System.Text.Json;
using System.Text.Json.Serialization;
using Tectra.Cli.Batch;
using Tectra.Cli.State;
using Tectra.Sdk.Api;

namespace Tectra.Cli.Output;

/// <summary>The command's JSON, read and written by the rules of everything else's.</summary>
internal static class CliJson
{
    /// <summary>One object a line.</summary>
    public static CliJsonContext Line { get; } = new(Wire.Options(indented: false));

    /// <summary>One object a line, without members that are null.</summary>
    public static CliJsonContext Lean { get; } = new(new JsonSerializerOptions(Wire.Options(indented: false)) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });

    /// <summary>For files.</summary>
    public static CliJsonContext Indented { get; } = new(Wire.Options(indented: true));
}

/// <summary>Why a file couldn't be handled.</summary>
internal sealed record ErrorDocument(string Code, string Message);

/// <summary>A file that couldn't be handled.</summary>
internal sealed record FailureDocument(string File, ErrorDocument Error);

/// <summary>A line of <c>tectra hash</c>.</summary>
internal sealed record HashDocument(string File, string Format, int Width, int Height, string Sha256, string Phash);

/// <summary>A line of <c>tectra sign</c>.</summary>
internal sealed record SignDocument(
    string File,
    string OutputPath,
    string RecordId,
    string Sha256,
    string? WatermarkedSha256,
    string Phash,
    bool Watermarked,
    string Payload,
    string Timestamp,
    string BlockchainStatus,
    double? PsnrDb,
    double? Ssim,
    JsonElement Certificate,
    ErrorDocument? WatermarkProblem,
    ErrorDocument? PerceptualHashProblem,
    string[] Notices,
    ErrorDocument? AnchoringProblem,
    ErrorDocument? RegistrationProblem);

/// <summary>A line of <c>tectra sign</c> about a video.</summary>
internal sealed record SignedVideoDocument(
    string File,
    string OutputPath,
    string RecordId,
    string Sha256,
    string Phash,
    string Timestamp,
    string BlockchainStatus,
    long DurationMs,
    string SampleRate,
    int FrameCount,
    int SegmentCount,
    string FinalChainHash,
    JsonElement Certificate,
    string[] Notices,
    ErrorDocument? AnchoringProblem,
    ErrorDocument? RegistrationProblem);

/// <summary>A line of <c>tectra video inspect</c>.</summary>
internal sealed record VideoLine(
    string File, string MediaType, int Width, int Height, long DurationMs, string SampleRate, string Sha256, string Phash, string FinalChainHash, VideoSegmentLine[] Segments);

/// <summary>One segment of a video.</summary>
internal sealed record VideoSegmentLine(int Index, long StartMs, long EndMs, string SegmentHash, string AggregatePhash, string[] Frames);

/// <summary>The line of <c>tectra watermark embed</c>.</summary>
internal sealed record EmbedDocument(string File, string OutputPath, string Payload, double? PsnrDb, double? Ssim, string[] Notices);

/// <summary>A line of <c>tectra watermark extract</c>.</summary>
internal sealed record ExtractDocument(string File, bool Found, string Payload, double Score, double Threshold, double ElapsedMs, GeometryDocument? Geometry, double LeastReliability);

internal sealed record GeometryDocument(double Scale, double Aspect, double RotationDegrees, bool Mirrored, bool Inverted, double OffsetX, double OffsetY, bool AsSigned);

/// <summary>A line of <c>tectra keys</c>.</summary>
internal sealed record KeyDocument(string Name, string KeyId, string PublicKey, string UserId, string? OrgName, string? OrgType, string CreatedAt, string? RegistryId);

/// <summary>The line of <c>tectra evidence</c>.</summary>
internal sealed record EvidenceDocument(string RecordId, string OutputPath, string BlockchainStatus);

/// <summary>The line of <c>tectra revoke</c>.</summary>
internal sealed record RevocationLine(string RecordId, string RevokedAt, string Reason);

/// <summary>The line of <c>tectra login</c>.</summary>
internal sealed record LoginLine(
    string Url,
    string UserId,
    string Email,
    string? OrgName,
    string? OrgType,
    string KeyName,
    string KeyId,
    string PublicKey,
    string RegistryId,
    bool KeyBackup,
    string ApiKeyId,
    string LedgerPublicKey);

/// <summary>The line of <c>tectra logout</c>.</summary>
internal sealed record LogoutLine(string Url, string UserId, string ApiKeyId, bool ApiKeyRevoked);

/// <summary>The line of <c>tectra outbox status</c>.</summary>
internal sealed record OutboxStatusLine(string Outbox, int Waiting, double? OldestAgeSeconds, int RefusedCount, RefusedDocument[] Refused);

/// <summary>A registration that was set aside.</summary>
internal sealed record RefusedDocument(string FileName, string? RecordId, string Code, string Message);

/// <summary>The line of <c>tectra outbox flush</c>.</summary>
internal sealed record OutboxFlushLine(string Outbox, int Delivered, int Refused, int Waiting, ErrorDocument? Problem);

/// <summary>The line of <c>tectra serve</c>, once it listens.</summary>
internal sealed record ServeLine(string[] Urls, string Database, string LedgerPublicKey);

[JsonSerializable(typeof(StoredKey))]
[JsonSerializable(typeof(BatchEntry))]
[JsonSerializable(typeof(BatchSummaryLine))]
[JsonSerializable(typeof(SpoolDocument))]
[JsonSerializable(typeof(ServeLine))]
[JsonSerializable(typeof(ServerLogin))]
[JsonSerializable(typeof(LoginLine))]
[JsonSerializable(typeof(LogoutLine))]
[JsonSerializable(typeof(OutboxStatusLine))]
[JsonSerializable(typeof(OutboxFlushLine))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(FailureDocument))]
[JsonSerializable(typeof(HashDocument))]
[JsonSerializable(typeof(SignDocument))]
[JsonSerializable(typeof(SignedVideoDocument))]
[JsonSerializable(typeof(VideoLine))]
[JsonSerializable(typeof(EmbedDocument))]
[JsonSerializable(typeof(ExtractDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(EvidenceDocument))]
[JsonSerializable(typeof(RevocationLine))]
[JsonSerializable(typeof(ChainKeyLine))]
[JsonSerializable(typeof(ChainDeployLine))]
[JsonSerializable(typeof(ChainRegistrarLine))]
[JsonSerializable(typeof(ChainStatusLine))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
