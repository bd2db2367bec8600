using System.Text.Json;
using System.Text.Json.Serialization;
using Tectra.Cli.State;
using Tectra.Sdk.Api;

namespace Tectra.Cli.Output;

/// <summary>The command's JSON, read and written by the rules of everything else's.</summary>
internal static class CliJson
{
    /// <summary>One object a line.</summary>
    public static CliJsonContext Line { get; } = new(Wire.Options(indented: false));

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
    ErrorDocument? AnchoringProblem);

/// <summary>The line of <c>tectra watermark embed</c>.</summary>
internal sealed record EmbedDocument(string File, string OutputPath, string Payload, double? PsnrDb, double? Ssim, string[] Notices);

/// <summary>A line of <c>tectra watermark extract</c>.</summary>
internal sealed record ExtractDocument(string File, bool Found, string Payload, double Score, double Threshold, double ElapsedMs, GeometryDocument? Geometry, double LeastReliability);

internal sealed record GeometryDocument(double Scale, double Aspect, double RotationDegrees, bool Mirrored, bool Inverted, double OffsetX, double OffsetY, bool AsSigned);

/// <summary>A line of <c>tectra keys</c>.</summary>
internal sealed record KeyDocument(string Name, string KeyId, string PublicKey, string UserId, string? OrgName, string? OrgType, string CreatedAt);

/// <summary>The line of <c>tectra evidence</c>.</summary>
internal sealed record EvidenceDocument(string RecordId, string OutputPath, string BlockchainStatus);

/// <summary>The line of <c>tectra revoke</c>.</summary>
internal sealed record RevocationLine(string RecordId, string RevokedAt, string Reason);

[JsonSerializable(typeof(StoredKey))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(FailureDocument))]
[JsonSerializable(typeof(HashDocument))]
[JsonSerializable(typeof(SignDocument))]
[JsonSerializable(typeof(EmbedDocument))]
[JsonSerializable(typeof(ExtractDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(EvidenceDocument))]
[JsonSerializable(typeof(RevocationLine))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
