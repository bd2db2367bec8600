using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;

namespace Tectra.Robustness;

/// <summary>An attack of a suite, by name.</summary>
internal sealed record Attack(string Name, string Group);

/// <summary>A picture that was marked.</summary>
internal sealed record MarkedPicture(string Name, int Width, int Height, ImageQuality Quality);

/// <summary>What was read from a marked picture after an attack. Of the payload's bits, all count as errors when nothing could be read.</summary>
internal sealed record Trial(string Picture, Attack Attack, bool Found, int Errors, double Confidence, double Milliseconds)
{
    /// <summary>The most wrong bits that the nearest-payload lookup of a registry puts right.</summary>
    public const int MostErrors = 6;

    public bool Recovered => Found && Errors <= MostErrors;

    /// <summary>The worst that can happen to a marked picture: another payload than its own, called certain.</summary>
    public bool Misread => Found && Errors > MostErrors;
}

/// <summary>All that one run over a folder of pictures gave.</summary>
internal sealed record SurvivalResult(double Strength, IReadOnlyList<MarkedPicture> Pictures, IReadOnlyList<Trial> Trials, IReadOnlyList<string> Skipped)
{
    public double MeanPsnr => Pictures.Average(picture => picture.Quality.PsnrDecibels);
}

/// <summary>Marks pictures, attacks them and reads the watermark.</summary>
internal sealed class Survival(WorkerPool pool, string suite, IReadOnlyList<Attack> attacks, double strength)
{
    private static readonly Lock Console = new();

    // Attacked pictures come back uncompressed.
    private readonly ImageWatermarker _watermarker = new(new ImagingOptions { WatermarkStrengthDecibels = strength, MaxFileBytes = Array.MaxLength });

    /// <summary>Pictures with fewer pixels are skipped.</summary>
    public long LeastPixels { get; init; }

    /// <summary>The attacks of a suite whose names match.</summary>
    public static List<Attack> AttacksOf(WorkerPool pool, string suite, string only)
    {
        var answer = pool.With(worker => worker.Ask(new JsonObject { ["op"] = "suite", ["suite"] = suite }));
        var attacks = answer.Fields["attacks"]!.AsArray().Select(attack => new Attack((string)attack![0]!, (string)attack[1]!))
            .Where(attack => Regex.IsMatch(attack.Name, only)).ToList();
        return attacks.Count > 0 ? attacks : throw new UsageException($"No attack's name matches '{only}'.");
    }

    public SurvivalResult Run(IReadOnlyList<Picture> pictures)
    {
        var marked = new MarkedPicture?[pictures.Count];
        var trials = new Trial[pictures.Count][];
        var skipped = new List<string>();
        int done = 0, recovered = 0;
        pool.ForEach(Enumerable.Range(0, pictures.Count), (i, worker) =>
        {
            var name = pictures[i].Name;
            trials[i] = [];
            string line;
            if (Mark(pictures[i], worker) is var (picture, problem) && picture is null)
            {
                line = problem!;
                lock (Console) skipped.Add($"{name}: {problem}");
            }
            else
            {
                marked[i] = picture;
                trials[i] = [.. attacks.Select(attack => Attacked(pictures[i], attack, worker))];
                var counted = SurvivalReport.Counted(trials[i]).ToList();
                Interlocked.Add(ref done, counted.Count);
                Interlocked.Add(ref recovered, counted.Count(trial => trial.Recovered));
                line = $"{picture.Quality.PsnrDecibels:F2} dB, SSIM {picture.Quality.Ssim:F4}";
            }
            lock (Console) System.Console.WriteLine($"{name,-40} {line} | recovered so far {100.0 * recovered / Math.Max(done, 1):F2} %");
        });
        return new SurvivalResult(strength, [.. marked.OfType<MarkedPicture>()], [.. trials.SelectMany(trial => trial)], skipped);
    }

    /// <summary>The worker then holds the marked picture. Null, and why, for a picture that is skipped.</summary>
    private (MarkedPicture? Picture, string? Problem) Mark(Picture picture, Worker worker)
    {
        var file = picture.Read();
        if (LeastPixels > 0)
        {
            var source = worker.Load(file);
            if ((long)source.Width * source.Height < LeastPixels) return (null, Output.Text($"smaller than {LeastPixels / 1e6:0.##} megapixels"));
        }
        try
        {
            var result = _watermarker.Embed(file, picture.Payload, ImageFormat.Png);
            var loaded = worker.Load(result.Bytes.Span);
            return (new MarkedPicture(picture.Name, loaded.Width, loaded.Height, result.Quality!.Value), null);
        }
        catch (InvalidContentException e)
        {
            return (null, e.Message);
        }
    }

    private Trial Attacked(Picture picture, Attack attack, Worker worker)
    {
        var answer = worker.Ask(new JsonObject { ["op"] = "attack", ["suite"] = suite, ["name"] = attack.Name, ["key"] = picture.Name });
        var start = Stopwatch.GetTimestamp();
        try
        {
            var reading = _watermarker.Extract(answer.Blob);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return new Trial(picture.Name, attack, reading.Found, reading.Payload.DistanceTo(picture.Payload), reading.Confidence, elapsed);
        }
        catch (InvalidContentException) // too small for a watermark, for one: lost
        {
            return new Trial(picture.Name, attack, false, WatermarkPayload.LengthBits, 0, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
