using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra hash</c>.</summary>
internal static class HashCommand
{
    public static Command Create()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP files.");
        var command = new Command("hash", "Print the SHA-256 and the perceptual hash (as Python imagehash.phash) of images.") { files };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, cancellationToken) =>
        {
            var inspector = new ImageInspector();
            return CommandParts.ForEachAsync(parsed.GetRequiredValue(files), output, async file =>
            {
                var observed = await inspector.InspectFileAsync(file, InspectionDepth.Hashes, cancellationToken).ConfigureAwait(false);
                if (observed.PerceptualHash is not { } hash) throw new InvalidContentException(observed.PerceptualHashProblem!.Code, observed.PerceptualHashProblem.Reason);
                if (output.IsJson) output.Line(Document(file, observed), CliJson.Line.HashDocument);
                else output.Console.MarkupLine($"{observed.Sha256}  {hash}  {observed.Width}×{observed.Height}  {CommandOutput.Escape(file)}");
                return ExitCode.Success;
            }, cancellationToken);
        }, files);
    }

    private static HashDocument Document(string file, ObservedContent observed) => new(
        file, observed.MediaType!["image/".Length..], observed.Width, observed.Height, observed.Sha256.ToString(), observed.PerceptualHash.ToString()!);
}
