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
        var command = new Command("demo", "Sign a photograph, verify it, then verify a re-encoded, a tampered and an unsigned one.") { photo, folder };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, cancellationToken) =>
        {
            var target = parsed.GetValue(folder) ?? Directory.CreateTempSubdirectory("tectra-demo-").FullName;
            Directory.CreateDirectory(target);
            return RunAsync(parsed.GetValue(photo) ?? Shipped("dandelions.jpg"), target, output, cancellationToken);
        });
    }

    private static string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "demo", name);

    private static async Task<int> RunAsync(string photo, string folder, CommandOutput output, CancellationToken cancellationToken)
    {
        // A home of its own: the demo neither needs nor touches the user's keys and records.
        var home = TectraHome.OpenAt(Path.Combine(folder, "state"));
        var source = await CommandParts.ReadAsync(photo, cancellationToken).ConfigureAwait(false);
        var stored = await home.OpenSigningKeyAsync(null, cancellationToken).ConfigureAwait(false);
        using var fernet = home.OpenFernetKey();
        using var key = stored.Unprotect(fernet);
        var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            await open.Registry.RegisterKeyAsync(key.PublicKey, stored.UserId, stored.Name, cancellationToken).ConfigureAwait(false);
            Say(output, $"Signing [bold]{Markup.Escape(Path.GetFileName(photo))}[/] with a new Ed25519 key ({key.PublicKey.KeyId}) …");
            var signed = await new ImageSigner(key, stored.Identity).SignAsync(
                source, new SignRequest(OriginType.CameraPhoto) { Watermark = WatermarkMode.Required }, cancellationToken).ConfigureAwait(false);
            await open.Registry.RegisterAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
            await open.Registry.AnchorPendingAsync(cancellationToken).ConfigureAwait(false);
            Say(output, $"  watermark {signed.Certificate.WatermarkPayload}, {signed.Quality!.Value.PsnrDecibels:F1} dB PSNR, SSIM {signed.Quality.Value.Ssim:F4}");
            Say(output, $"  record {signed.Certificate.RecordId}, anchored in the local ledger (not a public chain)");

            var cases = MakeCases(photo, source, signed, await CommandParts.ReadAsync(Shipped("unsigned.png"), cancellationToken).ConfigureAwait(false));
            var policy = new VerificationPolicy(KeyTrust.Only(key.PublicKey), KeyTrust.Only(open.Registry.LedgerKey));
            var reports = new List<(string Name, VerificationReport Report)>();
            foreach (var (name, bytes) in cases)
            {
                AtomicFile.Write(Path.Combine(folder, name), bytes);
                var observed = new ImageInspector().Inspect(bytes, InspectionDepth.Full, cancellationToken);
                var report = await open.Registry.VerifyAsync(observed, policy, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                if (output.IsJson) output.Line(name, report.ToJson());
                reports.Add((name, report));
            }
            var evidence = await open.Registry.GetEvidenceAsync(signed.Certificate.RecordId, cancellationToken).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(folder, "evidence.json"), evidence!.ToJson());
            if (!output.IsJson) output.Console.Write(ReportView.Summary(reports));
            Say(output, $"The pictures are in {Markup.Escape(folder)}. Without any registry: tectra verify {Markup.Escape(Path.Combine(folder, cases[0].Name))} --evidence {Markup.Escape(Path.Combine(folder, "evidence.json"))}");
            return Judge(reports, output);
        }
    }

    /// <summary>The demo is also a self-test: it fails if a result isn't what it must be.</summary>
    private static int Judge(List<(string Name, VerificationReport Report)> reports, CommandOutput output)
    {
        var (signed, reEncoded, tampered, unsigned) = (reports[0].Report, reports[1].Report, reports[2].Report, reports[3].Report);
        var right = signed is { PassedChecks: VerificationReport.CheckCount, Confidence: 1 }
            && reEncoded is { IsAuthentic: true, PassedChecks: >= 2 }
            && tampered is { Content: ContentState.Edited, IsAuthentic: false }
            && unsigned is { PassedChecks: 0, IsAuthentic: false };
        if (right) return ExitCode.Success;
        output.Failure("demo", new ErrorDocument("demo_failed", "A result is not what it should be: see the table."));
        return ExitCode.Failure;
    }

    private static List<(string Name, byte[] Bytes)> MakeCases(string photo, byte[] source, SignedImage signed, byte[] unsigned)
    {
        var extension = Path.GetExtension(photo);
        return
        [
            ($"1-signed{extension}", signed.Bytes.ToArray()),
            ("2-re-encoded-q75.jpg", DemoPictures.ReEncode(signed.Bytes.Span)),
            ("3-tampered.jpg", DemoPictures.Tamper(signed.Bytes.Span, source)),
            ("4-unsigned.png", unsigned),
        ];
    }

    private static void Say(CommandOutput output, string markup)
    {
        if (!output.IsJson) output.Console.MarkupLine(markup);
    }
}
