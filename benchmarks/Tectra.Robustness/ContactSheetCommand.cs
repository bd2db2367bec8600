using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;

namespace Tectra.Robustness;

/// <summary><c>contact-sheet</c>: what marking looks like.</summary>
internal static class ContactSheetCommand
{
    public static Command Create()
    {
        var images = Options.Images();
        var output = new Option<string>("--out") { Description = "The PNG file to write.", Required = true };
        var limit = Options.Limit();
        var strength = Options.Strength();
        var crop = new Option<string>("--crop") { Description = "Instead of whole pictures, their smoothest parts (skies, skin), enlarged by so much, such as 200%." };
        var command = new Command("contact-sheet", "Original, marked and difference ×16 of each picture, side by side.") { images, strength, limit, crop, output };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            double? percent = parsed.GetValue(crop) is { } text
                ? double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 25 and <= 1600
                    ? value : throw new UsageException("--crop is a percentage from 25 to 1600, such as 200%.")
                : null;
            var watermarker = new ImageWatermarker(new ImagingOptions { WatermarkStrengthDecibels = parsed.GetValue(strength), MaxFileBytes = Array.MaxLength });
            using var worker = new Worker();
            var rows = 0;
            foreach (var picture in Picture.In(parsed.GetRequiredValue(images), parsed.GetValue(limit)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    var file = picture.Read();
                    var marked = watermarker.Embed(file, picture.Payload, ImageFormat.Png, cancellationToken);
                    worker.Load(file, "original");
                    worker.Load(marked.Bytes.Span, "marked");
                    var label = Output.Text($"{picture.Name}: {marked.Quality!.Value.PsnrDecibels:F1} dB, SSIM {marked.Quality.Value.Ssim:F4}");
                    worker.Ask(new JsonObject { ["op"] = "sheet_row", ["label"] = label, ["crop"] = percent });
                    rows++;
                    Console.WriteLine(label);
                }
                catch (InvalidContentException e)
                {
                    Console.WriteLine($"{picture.Name}: {e.Message}");
                }
            }
            if (rows == 0) throw new UsageException("No picture could be marked.");
            var target = parsed.GetRequiredValue(output);
            if (Path.GetDirectoryName(target) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            AtomicFile.Write(target, worker.Ask(new JsonObject { ["op"] = "sheet_finish" }).Blob);
            Console.WriteLine(target);
            return 0;
        }, cancellationToken));
        return command;
    }
}
