using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Watermarking;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra watermark</c>.</summary>
internal static class WatermarkCommand
{
    public static Command Create() => new("watermark", "The watermark alone: embed 128 bits, or read them.") { CreateEmbed(), CreateExtract() };

    private static Command CreateEmbed()
    {
        var input = new Argument<string>("IN") { Description = "A JPEG, PNG or WebP file." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write; its extension chooses the format.", Required = true };
        var payload = new Option<string>("--payload") { Description = "32 lower-case hexadecimal digits.", Required = true };
        var strength = new Option<double>("--strength")
        {
            Description = "Mean strength in decibels, 36 (strong) to 52 (faint).", DefaultValueFactory = _ => ImagingOptions.DefaultWatermarkStrengthDecibels,
        };
        var command = new Command("embed", "Embed a payload, without signing or registering anything.") { input, output, payload, strength };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, console, cancellationToken) =>
        {
            string file = parsed.GetRequiredValue(input), target = parsed.GetRequiredValue(output);
            CommandParts.ThrowIfSame(file, target);
            var bits = WatermarkPayload.Parse(parsed.GetRequiredValue(payload));
            var marker = new ImageWatermarker(new ImagingOptions { WatermarkStrengthDecibels = parsed.GetValue(strength) });
            var marked = marker.Embed(await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false), bits, CommandParts.FormatOf(target), cancellationToken);
            AtomicFile.Write(target, marked.Bytes.Span);
            if (console.IsJson)
            {
                console.Line(
                    new EmbedDocument(file, target, bits.ToString(), marked.Quality?.PsnrDecibels, marked.Quality?.Ssim, [.. marked.Notices]), CliJson.Line.EmbedDocument);
                return ExitCode.Success;
            }
            console.Console.MarkupLine($"[green]✓[/] {CommandOutput.Escape(target)}  {marked.Quality?.PsnrDecibels:F1} dB, SSIM {marked.Quality?.Ssim:F4}");
            foreach (var notice in marked.Notices) console.Remark(file, notice);
            return ExitCode.Success;
        });
    }

    private static Command CreateExtract()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP files.");
        var command = new Command(
            "extract",
            "Read the payload of images. The best candidate is always printed; it is 'found' when its score makes chance implausible.\n" +
            "Exit code 0: found in all; 1: not found in some; 2: unreadable.") { files };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, cancellationToken) =>
        {
            var watermarker = new ImageWatermarker();
            return CommandParts.ForEachAsync(parsed.GetRequiredValue(files), output, async file =>
            {
                var bytes = await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false);
                var clock = Stopwatch.GetTimestamp();
                var reading = watermarker.Extract(bytes, cancellationToken);
                var elapsed = Math.Round(Stopwatch.GetElapsedTime(clock).TotalMilliseconds, 2);
                if (output.IsJson)
                {
                    output.Line(
                        new ExtractDocument(file, reading.Found, reading.Payload.ToString(), reading.Confidence, WatermarkConfidence.FoundThreshold, elapsed, Geometry(reading), Math.Round(reading.BitReliabilities.Min(), 2)),
                        CliJson.Line.ExtractDocument);
                }
                else
                {
                    output.Console.MarkupLine(
                        $"{(reading.Found ? "[green]found[/]    " : "[yellow]not found[/]")}  {reading.Payload}  score {reading.Confidence:F2} [dim](found from {WatermarkConfidence.FoundThreshold})[/]  {CommandOutput.Escape(file)}{(reading.Found && reading.Geometry!.Describe() is { Length: > 0 } changes ? $"  [dim]({changes})[/]" : "")}");
                }
                return reading.Found ? ExitCode.Success : ExitCode.Negative;
            }, cancellationToken);
        }, files);
    }

    private static GeometryDocument? Geometry(WatermarkReading reading) => reading is { Found: true, Geometry: { } g }
        ? new GeometryDocument(g.Scale, g.Aspect, g.RotationDegrees, g.Mirrored, g.Inverted, g.OffsetX, g.OffsetY, g.AsSigned)
        : null;
}
