using System.Text.Json;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary>The report of one signed file.</summary>
internal static class SignReport
{
    /// <summary>Writes that of a picture.</summary>
    public static void Write(CommandOutput console, SignedPicture picture, RegistrationState state)
    {
        var (file, target, signed) = (picture.Source, picture.Target, picture.Signed);
        if (console.IsJson)
        {
            console.Line(Document(picture, state), CliJson.Line.SignDocument);
            return;
        }
        var quality = signed.Quality is { } measured ? $"  {measured.PsnrDecibels:F1} dB, SSIM {measured.Ssim:F4}" : "";
        console.Console.MarkupLine(
            $"[green]✓[/] {CommandOutput.Escape(file)} → [bold]{CommandOutput.Escape(target)}[/]{quality}  [dim]record {signed.Certificate.RecordId}, {state.Status}[/]");
        if (signed.WatermarkProblem is { } problem) console.Remark(file, $"signed without a watermark: {problem.Reason} ({problem.Code})");
        if (signed.PerceptualHashProblem is { } hash) console.Remark(file, $"{hash.Reason} ({hash.Code})");
        foreach (var notice in signed.Notices) console.Remark(file, notice);
    }

    private static SignDocument Document(SignedPicture picture, RegistrationState state)
    {
        var signed = picture.Signed;
        var certificate = signed.Certificate;
        using var payload = JsonDocument.Parse(signed.Registration.Envelope.Payload.ToArray());
        return new SignDocument(
            picture.Source,
            picture.Target,
            certificate.RecordId.ToString(),
            certificate.Fingerprint.Sha256.ToString(),
            certificate.WatermarkedSha256?.ToString(),
            certificate.Fingerprint.PerceptualHash.ToString(),
            certificate.WatermarkFormat is not null,
            certificate.WatermarkPayload.ToString(),
            certificate.Timestamp.ToString(),
            state.Status,
            signed.Quality?.PsnrDecibels,
            signed.Quality?.Ssim,
            payload.RootElement.Clone(),
            ToDocument(signed.WatermarkProblem),
            ToDocument(signed.PerceptualHashProblem),
            [.. signed.Notices],
            state.AnchoringProblem,
            state.RegistrationProblem);
    }

    private static ErrorDocument? ToDocument(MeasurementProblem? problem) => problem is null ? null : new ErrorDocument(problem.Code, problem.Reason);
}
