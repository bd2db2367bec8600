using System.Text.Json.Serialization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>The JSON form of a report: the verification guide's fields in its order, then ours.</summary>
internal sealed record VerificationReportDocument(
    bool Authentic,
    double Confidence,
    OriginDocument? Origin,
    SignerDocument? Signer,
    string? Timestamp,
    string? BlockchainTx,
    ChecksDocument Checks,
    int? TotalSegments,
    int? VerifiedSegments,
    bool? ChainIntact,
    string? BlockchainUrl,
    string Verdict,
    string Content,
    RegionDocument[] AlteredRegions,
    double? JudgedShare,
    string? RecordId,
    string? ParentRecordId,
    FindingDocument[] Findings,
    CustodyLinkDocument[] Chain,
    VideoReadingDocument? Video)
{
    private const string Pending = "pending";

    public static VerificationReportDocument From(VerificationReport report) => new(
        report.IsAuthentic,
        report.Confidence,
        report.Certificate is { } certificate ? OriginDocument.From(certificate.OriginCode) : null,
        report.Certificate is { } signed ? SignerDocument.From(signed) : null,
        report.Certificate?.Timestamp.ToString(),
        report.Anchor?.Reference ?? (report.Certificate is not null && report.Findings.Any(finding => finding.Result.Code == CheckCodes.AnchorPending) ? Pending : null),
        new ChecksDocument(
            CheckDocument.From(report.Watermark),
            CheckDocument.From(report.Sha256),
            CheckDocument.From(report.PerceptualHash),
            CheckDocument.From(report.Blockchain)),
        report.Video?.TotalSegments,
        report.Video?.VerifiedSegments,
        report.Video?.ChainIntact,
        report.Anchor?.Url?.AbsoluteUri,
        Name(report.Verdict),
        Name(report.Content),
        [.. (report.Alteration?.Regions ?? []).Select(region => new RegionDocument(region.X, region.Y, region.Width, region.Height))],
        report.Alteration is { } alteration ? Math.Floor(100 * alteration.JudgedShare) / 100 : null,
        report.Certificate?.RecordId.ToString(),
        report.Certificate?.ParentRecordId?.ToString(),
        [.. report.Findings.Select(FindingDocument.From)],
        [.. report.Chain.Select(CustodyLinkDocument.From)],
        report.Video is { } video ? VideoReadingDocument.From(video) : null);

    public static string Name(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "passed",
        CheckOutcome.Failed => "failed",
        _ => "not_run",
    };

    private static string Name(Verdict verdict) => verdict switch
    {
        Verification.Verdict.StronglyAuthentic => "strongly_authentic",
        Verification.Verdict.Authentic => "authentic",
        Verification.Verdict.ProbablyAuthentic => "probably_authentic",
        _ => "unverified",
    };

    private static string Name(ContentState content) => content switch
    {
        ContentState.IdenticalToSigned => "identical_to_signed",
        ContentState.IdenticalToOriginal => "identical_to_original",
        ContentState.ReEncoded => "re_encoded",
        ContentState.Edited => "edited",
        ContentState.Excerpt => "excerpt",
        _ => "unknown",
    };
}

/// <summary>An origin type; the category is null for a code that this version's catalogue lacks.</summary>
internal sealed record OriginDocument(string? Category, string Code, string Label)
{
    public static OriginDocument From(string code) => OriginType.TryParse(code, out var origin)
        ? new OriginDocument(Name(origin.Category), origin.Code, origin.Label)
        : new OriginDocument(null, code, code);

    private static string Name(OriginCategory category) => category switch
    {
        OriginCategory.Camera => "camera",
        OriginCategory.Ai => "ai",
        OriginCategory.Creative => "creative",
        _ => "medical",
    };
}

/// <summary>A rectangle of the verified picture's pixels.</summary>
internal sealed record RegionDocument(int X, int Y, int Width, int Height);

/// <summary>Who signed.</summary>
internal sealed record SignerDocument(string? OrgName, string? OrgType, string? DeviceId, string PublicKey, string? KeyName)
{
    public static SignerDocument From(Certificates.Certificate certificate) => new(
        certificate.Signer.OrganisationName,
        certificate.Signer.OrganisationType,
        certificate.DeviceId,
        certificate.PublicKey.ToString(),
        certificate.Signer.KeyName);
}

/// <summary>The four checks. (The naming policy would write <c>sha256</c> by itself; it is spelt out with the others for the reader.)</summary>
internal sealed record ChecksDocument(
    [property: JsonPropertyName("watermark")] CheckDocument Watermark,
    [property: JsonPropertyName("sha256")] CheckDocument Sha256,
    [property: JsonPropertyName("perceptual_hash")] CheckDocument PerceptualHash,
    [property: JsonPropertyName("blockchain")] CheckDocument Blockchain);

/// <summary>One check.</summary>
internal sealed record CheckDocument(bool Passed, string Details, string Outcome, string Code)
{
    public static CheckDocument From(CheckResult result) => new(
        result.Outcome == CheckOutcome.Passed, result.Details, VerificationReportDocument.Name(result.Outcome), result.Code);
}

/// <summary>One finding beside the checks.</summary>
internal sealed record FindingDocument(string Subject, string Outcome, string Code, string Details)
{
    public static FindingDocument From(Finding finding) => new(
        finding.Subject, VerificationReportDocument.Name(finding.Result.Outcome), finding.Result.Code, finding.Result.Details);
}

/// <summary>One record of a chain of custody; what it claims is null when its signatures are wrong.</summary>
internal sealed record CustodyLinkDocument(
    string? RecordId, OriginDocument? Origin, SignerDocument? Signer, string? Timestamp, bool? SourceIsParentFile, string Outcome, string Code, string Details)
{
    public static CustodyLinkDocument From(CustodyLink link) => new(
        link.Certificate?.RecordId.ToString(),
        link.Certificate is { } certificate ? OriginDocument.From(certificate.OriginCode) : null,
        link.Certificate is { } signed ? SignerDocument.From(signed) : null,
        link.Certificate?.Timestamp.ToString(),
        link.SourceIsParentFile,
        VerificationReportDocument.Name(link.Result.Outcome),
        link.Result.Code,
        link.Result.Details);
}
