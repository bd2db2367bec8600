using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra sign</c>.</summary>
internal static class SignCommand
{
    private const int AnchorEvery = 64; // files that are signed before their batch is anchored and reported

    public static Command Create()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP files.");
        var output = new Option<string?>("--output", "-o") { Description = "A file (one input; its extension chooses the format) or a folder (formats are kept). Default: NAME.signed.EXT beside the input." };
        var origin = new Option<string>("--origin") { Description = $"What it is: {string.Join(", ", OriginType.All.Select(type => type.Code))}.", DefaultValueFactory = _ => OriginType.DigitalArtwork.Code };
        var device = new Option<string?>("--device") { Description = "The capturing device or model." };
        var meta = new Option<string[]>("--meta") { Description = "Metadata to register and certify, K=V. May be repeated. No personal data.", AllowMultipleArgumentsPerToken = true };
        var key = new Option<string?>("--key") { Description = "The signing key's name. Default: 'default', made on first use." };
        var parent = new Option<string?>("--parent") { Description = "The record before this one in a chain of custody." };
        var watermark = new Option<WatermarkMode>("--watermark") { Description = "WhenPossible, Required or None.", DefaultValueFactory = _ => WatermarkMode.WhenPossible };
        var command = new Command("sign", "Sign and watermark images, and register them in the registry on this machine.") { files, output, origin, device, meta, key, parent, watermark };
        return command.WithAction(CommandParts.JsonOption(), (parsed, console, cancellationToken) =>
        {
            var request = new SignRequest(OriginType.Parse(parsed.GetRequiredValue(origin)))
            {
                DeviceId = parsed.GetValue(device),
                Metadata = ParseMetadata(parsed.GetValue(meta) ?? []),
                ParentRecordId = parsed.GetValue(parent) is { } id ? RecordId.Parse(id) : null,
                Watermark = parsed.GetValue(watermark),
            };
            return RunAsync(parsed.GetRequiredValue(files), parsed.GetValue(output), parsed.GetValue(key), request, console, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        string[] files, string? output, string? keyName, SignRequest request, CommandOutput console, CancellationToken cancellationToken)
    {
        var home = TectraHome.Open();
        var stored = await home.OpenSigningKeyAsync(keyName, cancellationToken).ConfigureAwait(false);
        using var fernet = home.OpenFernetKey();
        using var key = stored.Unprotect(fernet);
        var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            await open.Registry.RegisterKeyAsync(key.PublicKey, stored.UserId, stored.Name, cancellationToken).ConfigureAwait(false);
            var targets = new OutputTargets(files, output);
            var signer = new ImageSigner(key, stored.Identity);
            var exit = ExitCode.Success;
            foreach (var group in files.Chunk(AnchorEvery))
            {
                var outcomes = new List<(string File, Func<string, int> Report)>();
                foreach (var file in group) outcomes.Add((file, await SignOneAsync(file, targets, signer, request, open, console, cancellationToken).ConfigureAwait(false)));
                await open.Registry.AnchorPendingAsync(cancellationToken).ConfigureAwait(false);
                foreach (var (file, report) in outcomes) exit = ExitCode.Worse(exit, report(file));
            }
            return exit;
        }
    }

    /// <summary>Signs, registers and writes one file; returns how to report it once it is anchored.</summary>
    private static async Task<Func<string, int>> SignOneAsync(
        string file, OutputTargets targets, ImageSigner signer, SignRequest request, OpenRegistry open, CommandOutput console, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var (target, format) = targets.Of(file);
            var signed = await signer.SignAsync(await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false), request with { OutputFormat = format }, cancellationToken).ConfigureAwait(false);
            // On the disk first, registered second, under its name last: a crash never leaves a delivered file unregistered.
            using var staged = AtomicFile.Stage(target, signed.Bytes.Span);
            await open.Registry.RegisterAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
            staged.Commit();
            return _ => Report(file, target, signed, console);
        }
        catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is { } error)
        {
            return _ =>
            {
                console.Failure(file, error);
                return ExitCode.Failure;
            };
        }
    }

    private static int Report(string file, string target, SignedImage signed, CommandOutput console)
    {
        if (console.IsJson)
        {
            console.Line(Document(file, target, signed), CliJson.Line.SignDocument);
            return ExitCode.Success;
        }
        var quality = signed.Quality is { } measured ? $"  {measured.PsnrDecibels:F1} dB, SSIM {measured.Ssim:F4}" : "";
        console.Console.MarkupLine($"[green]✓[/] {Markup.Escape(file)} → [bold]{Markup.Escape(target)}[/]{quality}  [dim]record {signed.Certificate.RecordId}[/]");
        if (signed.WatermarkProblem is { } problem) console.Remark($"signed without a watermark: {problem.Reason} ({problem.Code})");
        if (signed.PerceptualHashProblem is { } hash) console.Remark($"{hash.Reason} ({hash.Code})");
        foreach (var notice in signed.Notices) console.Remark(notice);
        return ExitCode.Success;
    }

    private static SignDocument Document(string file, string target, SignedImage signed)
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
            "anchored",
            signed.Quality?.PsnrDecibels,
            signed.Quality?.Ssim,
            payload.RootElement.Clone(),
            ToDocument(signed.WatermarkProblem),
            ToDocument(signed.PerceptualHashProblem),
            [.. signed.Notices]);
    }

    private static ErrorDocument? ToDocument(MeasurementProblem? problem) => problem is null ? null : new ErrorDocument(problem.Code, problem.Reason);

    private static Dictionary<string, string> ParseMetadata(string[] entries)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new ArgumentException($"Metadata is K=V; '{entry}' isn't.");
            if (!metadata.TryAdd(entry[..equals], entry[(equals + 1)..])) throw new ArgumentException($"The metadata key '{entry[..equals]}' stands twice.");
        }
        return metadata;
    }
}
