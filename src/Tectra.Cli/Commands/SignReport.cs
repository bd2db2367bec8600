using System.Text.Json;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary>The report of one signed file.</summary>
internal static class SignReport
{
    /// <summary>Writes it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="file">The source.</param>
    /// <param name="target">The signed file.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="status"><c>queued</c>, <c>pending</c> or <c>anchored</c>.</param>
    /// <param name="registrationProblem">Why it isn't registered yet, or null.</param>
    /// <param name="anchoringProblem">Why it isn't anchored although it should be, or null.</param>
    public static void Write(
        CommandOutput console, string file, string target, SignedImage signed, string status, ErrorDocument? registrationProblem, ErrorDocument? anchoringProblem)
    {
        if (console.IsJson)
        {
            console.Line(Document(file, target, signed, status, registrationProblem, anchoringProblem), CliJson.Line.SignDocument);
            return;
        }
        var quality = signed.Quality is { } measured ? $"  {measured.PsnrDecibels:F1} dB, SSIM {measured.Ssim:F4}" : "";
        console.Console.MarkupLine(
            $"[green]✓[/] {CommandOutput.Escape(file)} → [bold]{CommandOutput.Escape(target)}[/]{quality}  [dim]record {signed.Certificate.RecordId}, {status}[/]");
        if (signed.WatermarkProblem is { } problem) console.Remark(file, $"signed without a watermark: {problem.Reason} ({problem.Code})");
        if (signed.PerceptualHashProblem is { } hash) console.Remark(file, $"{hash.Reason} ({hash.Code})");
        foreach (var notice in signed.Notices) console.Remark(file, notice);
    }

    private static SignDocument Document(
        string file, string target, SignedImage signed, string status, ErrorDocument? registrationProblem, ErrorDocument? anchoringProblem)
    {
        var certificate = signed.Certificate;
        using var payload = JsonDocument.Parse(signed.Registration.Envelope.Payload.ToArray());
        return new SignDocument(
            file,
            target,
            certificate.RecordId.ToString(),
            certificate.Fingerprint.Sha256.ToString(),
            certificate.WatermarkedSha256?.ToString(),
            certificate.Fingerprint.PerceptualHash.ToString(),
            certificate.WatermarkFormat is not null,
            certificate.WatermarkPayload.ToString(),
            certificate.Timestamp.ToString(),
            status,
            signed.Quality?.PsnrDecibels,
            signed.Quality?.Ssim,
            payload.RootElement.Clone(),
            ToDocument(signed.WatermarkProblem),
            ToDocument(signed.PerceptualHashProblem),
            [.. signed.Notices],
            anchoringProblem,
            registrationProblem);
    }

    private static ErrorDocument? ToDocument(MeasurementProblem? problem) => problem is null ? null : new ErrorDocument(problem.Code, problem.Reason);
}
