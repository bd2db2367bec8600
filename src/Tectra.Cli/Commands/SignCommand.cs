using System.CommandLine;
using System.Globalization;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra sign</c>.</summary>
internal static class SignCommand
{
    private const int MaxDeviceLength = 256;

    public static Command Create()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP files.");
        var output = new Option<string?>("--output", "-o") { Description = "A file (one input; its extension chooses the format) or a folder (formats are kept). Default: NAME.signed.EXT beside the input. What is there is replaced." };
        var origin = new Option<string>("--origin") { Description = $"What it is: {string.Join(", ", OriginType.All.Select(type => type.Code))}.", DefaultValueFactory = _ => OriginType.DigitalArtwork.Code };
        var device = new Option<string?>("--device") { Description = "The capturing device or model." };
        var meta = new Option<string[]>("--meta") { Description = "Metadata to register and certify, K=V. May be repeated. No personal data." };
        var key = new Option<string?>("--key") { Description = "The signing key's name. Default: 'default', made on first use." };
        var parent = new Option<string?>("--parent") { Description = "The record before this one in a chain of custody." };
        var watermark = new Option<WatermarkMode>("--watermark") { Description = "WhenPossible, Required or None.", DefaultValueFactory = _ => WatermarkMode.WhenPossible };
        var command = new Command("sign", "Sign and watermark images, and register them in the registry on this machine.") { files, output, origin, device, meta, key, parent, watermark };
        return command.WithAction(CommandParts.JsonOption(), (parsed, console, cancellationToken) =>
        {
            var request = new SignRequest(OriginType.Parse(parsed.GetRequiredValue(origin)))
            {
                DeviceId = CommandParts.CheckText("--device", parsed.GetValue(device), MaxDeviceLength),
                Metadata = ParseMetadata(parsed.GetValue(meta) ?? []),
                ParentRecordId = parsed.GetValue(parent) is { } id ? RecordId.Parse(id) : null,
                Watermark = parsed.GetValue(watermark),
            };
            return RunAsync(parsed.GetRequiredValue(files), parsed.GetValue(output), parsed.GetValue(key), request, console, cancellationToken);
        }, files);
    }

    private static async Task<int> RunAsync(
        string[] files, string? output, string? keyName, SignRequest request, CommandOutput console, CancellationToken cancellationToken)
    {
        var targets = new OutputTargets(files, output);
        var home = TectraHome.Open();
        var stored = await home.OpenSigningKeyAsync(keyName, cancellationToken).ConfigureAwait(false);
        using var fernet = home.OpenFernetKey();
        using var key = stored.Unprotect(fernet);
        var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            await open.Registry.RegisterKeyAsync(key.PublicKey, stored.UserId, stored.Name, cancellationToken).ConfigureAwait(false);
            var signer = new ImageSigner(key, stored.Identity);
            var batch = new SignBatch(open.Registry, console);
            try
            {
                foreach (var file in files)
                {
                    try
                    {
                        var (target, format) = targets.Of(file);
                        var bytes = await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false);
                        var signed = await signer.SignAsync(bytes, request with { OutputFormat = format }, cancellationToken).ConfigureAwait(false);
                        // On the disk first, registered second, under its name last: a crash never leaves a delivered file unregistered.
                        using var staged = AtomicFile.Stage(target, signed.Bytes.Span);
                        await open.Registry.RegisterAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
                        staged.Commit();
                        await batch.AddAsync(file, target, signed).ConfigureAwait(false);
                    }
                    catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is { } error)
                    {
                        await batch.AddAsync(file, error).ConfigureAwait(false);
                    }
                }
                return await batch.FinishAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                await batch.FinishAsync().ConfigureAwait(false); // whatever happened: what was delivered is anchored and reported
                if (e is OperationCanceledException) console.Remark(null, string.Create(CultureInfo.InvariantCulture, $"Interrupted after {batch.Count} of {files.Length} files; run it again with the others."));
                throw;
            }
        }
    }

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
