using System.Security.Cryptography;
using System.Text.Json;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Commands;

/// <summary>A video. It is delivered as it is: the target is the source, or a copy of it.</summary>
internal sealed record SignedClip(string Source, string Target, SignedVideo Signed, string? FileName) : SignedFile(Source, Target)
{
    public override RegistrationRequest Registration => Signed.Registration with { OriginalFileName = FileName };

    public override async ValueTask<AtomicFile?> StageAsync(CancellationToken cancellationToken)
    {
        return Target == Source ? null : await StageCopyAsync(Source, Target, Signed.Certificate.Fingerprint.Sha256, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a file that was signed.</summary>
    /// <exception cref="InvalidContentException">It isn't what was signed any more (<c>file_changed</c>).</exception>
    public static async Task<AtomicFile> StageCopyAsync(string from, string to, Sha256Digest expected, CancellationToken cancellationToken)
    {
        using var sha256 = SHA256.Create();
        var source = new CryptoStream(new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan), sha256, CryptoStreamMode.Read);
        await using (source.ConfigureAwait(false))
        {
            var staged = await AtomicFile.StageAsync(to, source, cancellationToken).ConfigureAwait(false);
            if (new Sha256Digest(sha256.Hash) == expected) return staged;
            staged.Dispose();
            throw new InvalidContentException(ErrorCodes.FileChanged, "The file was changed while it was copied. Sign it when it is complete.");
        }
    }

    public override SignedFile WithoutContent() => this;

    public override void Report(CommandOutput console, RegistrationState state)
    {
        var certificate = Signed.Certificate;
        var video = certificate.Fingerprint.Video!;
        if (console.IsJson)
        {
            using var payload = JsonDocument.Parse(Signed.Registration.Envelope.Payload.ToArray());
            console.Line(
                new SignedVideoDocument(
                    Source,
                    Target,
                    certificate.RecordId.ToString(),
                    certificate.Fingerprint.Sha256.ToString(),
                    certificate.Fingerprint.PerceptualHash.ToString(),
                    certificate.Timestamp.ToString(),
                    state.Status,
                    (long)video.Duration.TotalMilliseconds,
                    video.Rate.ToString(),
                    video.Frames.Length,
                    video.Chain.Segments.Length,
                    video.Chain.FinalHash.ToString(),
                    payload.RootElement.Clone(),
                    [.. Signed.Notices],
                    state.AnchoringProblem,
                    state.RegistrationProblem),
                CliJson.Line.SignedVideoDocument);
            return;
        }
        var to = Target == Source ? "" : $" → [bold]{CommandOutput.Escape(Target)}[/]";
        console.Console.MarkupLine(
            $"[green]✓[/] {CommandOutput.Escape(Source)}{to}  {VideoTime.Format(video.Duration)}, {video.Frames.Length} frames in {video.Chain.Segments.Length} segments  [dim]record {certificate.RecordId}, {state.Status}[/]");
        foreach (var notice in Signed.Notices) console.Remark(Source, notice);
    }
}
