using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra demo</c>.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var photo = new Argument<string?>("PHOTO") { Description = "A JPEG, PNG or WebP. Default: a photograph that comes with the program.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--out") { Description = "Where the pictures and the demo's own state go. Default: a new temporary folder." };
        var command = new Command("demo", "Sign a photograph, verify it, then verify it re-encoded, as a screenshot, cropped and tampered with, and an unsigned one.") { photo, folder };
        return command.WithAction(
            CommandParts.JsonOption(), (parsed, output, cancellationToken) => RunAsync(parsed.GetValue(photo), parsed.GetValue(folder), output, cancellationToken));
    }

    private static string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "demo", name);

    private static async Task<int> RunAsync(string? photo, string? folder, CommandOutput output, CancellationToken cancellationToken)
    {
        var file = photo ?? Shipped("dandelions.jpg");
        var source = await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        var target = folder ?? Directory.CreateTempSubdirectory("tectra-demo-").FullName;
        try
        {
            Directory.CreateDirectory(target);
            return await RunAsync(file, source, target, isShipped: photo is null, output, cancellationToken).ConfigureAwait(false);
        }
        catch when (folder is null)
        {
            Directory.Delete(target, recursive: true); // a key and a registry that nobody will look for
            throw;
        }
    }

    private static async Task<int> RunAsync(string photo, byte[] source, string folder, bool isShipped, CommandOutput output, CancellationToken cancellationToken)
    {
        // A home of its own: the demo neither needs nor touches the user's keys and records.
        var home = TectraHome.OpenAt(Path.Combine(folder, "state"));
        var stored = await home.OpenSigningKeyAsync(null, cancellationToken).ConfigureAwait(false);
        using var fernet = home.OpenFernetKey();
        using var key = stored.Unprotect(fernet);
        var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            await open.Registry.RegisterKeyAsync(key.PublicKey, stored.UserId, stored.Name, cancellationToken).ConfigureAwait(false);
            Say(output, $"Signing [bold]{CommandOutput.Escape(Path.GetFileName(photo))}[/] with a new Ed25519 key ({key.PublicKey.KeyId}) …");
            var signed = await new ImageSigner(key, stored.Identity).SignAsync(
                source, new SignRequest(OriginType.CameraPhoto) { Watermark = WatermarkMode.Required }, cancellationToken).ConfigureAwait(false);
            await open.Registry.RegisterAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
            await open.Registry.AnchorPendingAsync(cancellationToken).ConfigureAwait(false);
            Say(output, $"  watermark {signed.Certificate.WatermarkPayload}, {signed.Quality!.Value.PsnrDecibels:F1} dB PSNR, SSIM {signed.Quality.Value.Ssim:F4}");
            Say(output, $"  record {signed.Certificate.RecordId}, anchored in the local ledger (not a public chain)");

            var cases = MakeCases(source, signed, await CommandParts.ReadAsync(Shipped("unsigned.png"), cancellationToken).ConfigureAwait(false));
            var policy = new VerificationPolicy(KeyTrust.Only(key.PublicKey), KeyTrust.Only(open.Registry.LedgerKey));
            var reports = new List<(string Name, VerificationReport Report)>();
            foreach (var (name, bytes) in cases)
            {
                var path = Path.Combine(folder, name);
                CommandParts.ThrowIfSame(photo, path);
                AtomicFile.Write(path, bytes);
                var observed = new ImageInspector().Inspect(bytes, InspectionDepth.Full, cancellationToken);
                var report = await open.Registry.VerifyAsync(observed, policy, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                if (output.IsJson) output.Line(name, report.ToJson());
                reports.Add((name, report));
            }
            var evidence = await open.Registry.GetEvidenceAsync(signed.Certificate.RecordId, cancellationToken).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(folder, "evidence.json"), evidence!.ToJson());
            if (!output.IsJson) output.Console.Write(ReportView.Summary(reports));
            Say(output, $"The pictures are in {CommandOutput.Escape(folder)}. Without any registry: tectra verify {CommandOutput.Escape(Path.Combine(folder, cases[0].Name))} --evidence {CommandOutput.Escape(Path.Combine(folder, "evidence.json"))}");
            return Judge(reports, isShipped, output);
        }
    }

    /// <summary>
    /// The demo is also a self-test: it fails if a result isn't what it must be. Of somebody's own picture, which may be flat
    /// or transparent, only the signed file's result is certain.
    /// </summary>
    private static int Judge(List<(string Name, VerificationReport Report)> reports, bool isShipped, CommandOutput output)
    {
        if (!isShipped) return reports[0].Report.IsAuthentic ? ExitCode.Success : Failed(output);
        var (signed, reEncoded, screenshot, crop, tampered, unsigned) =
            (reports[0].Report, reports[1].Report, reports[2].Report, reports[3].Report, reports[4].Report, reports[5].Report);
        var right = signed is { PassedChecks: VerificationReport.CheckCount, Confidence: 1 }
            && reEncoded is { IsAuthentic: true, PassedChecks: >= 2 }
            && Names(screenshot, signed) && Names(crop, signed)
            && tampered is { Content: ContentState.Edited, IsAuthentic: false }
            && unsigned is { PassedChecks: 0, IsAuthentic: false };
        if (right) return ExitCode.Success;
        return Failed(output);
    }

    /// <summary>Whether a picture's watermark names the signed record, however little else is left of it.</summary>
    private static bool Names(VerificationReport copy, VerificationReport signed) =>
        copy.Watermark.Outcome == CheckOutcome.Passed && copy.Certificate is not null && copy.Certificate.RecordId == signed.Certificate?.RecordId;

    private static int Failed(CommandOutput output)
    {
        output.Failure("demo", new ErrorDocument("demo_failed", "A result is not what it should be: see the table."));
        return ExitCode.Failure;
    }

    private static List<(string Name, byte[] Bytes)> MakeCases(byte[] source, SignedImage signed, byte[] unsigned)
    {
        return
        [
            ($"1-signed{signed.Format.Extension()}", signed.Bytes.ToArray()),
            ("2-re-encoded-q75.jpg", DemoPictures.ReEncode(signed.Bytes.Span)),
            ("3-screenshot.png", DemoPictures.Screenshot(signed.Bytes.Span)),
            ("4-cropped.jpg", DemoPictures.Crop(signed.Bytes.Span)),
            ("5-tampered.jpg", DemoPictures.Tamper(signed.Bytes.Span, source)),
            ("6-unsigned.png", unsigned),
        ];
    }

    private static void Say(CommandOutput output, string markup)
    {
        if (!output.IsJson) output.Console.MarkupLine(markup);
    }
}
