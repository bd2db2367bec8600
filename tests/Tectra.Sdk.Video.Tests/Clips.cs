using System.Diagnostics;
using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Video.Ffmpeg;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Tests;

/// <summary>A folder of a test's own, with videos that ffmpeg makes there.</summary>
public sealed class Clips : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tectra-video-").FullName;

    private static readonly FfmpegTools Tools = new(VideoOptions.Default);

    /// <summary>A video of the repository's data.</summary>
    public static string Real(string name) => TestData.PathOf($"video/{name}");

    /// <summary>A path in the folder.</summary>
    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Lets ffmpeg make a file of the folder; arguments are split at spaces.</summary>
    public string Make(string name, string arguments) => Make(name, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public string Make(string name, string[] arguments)
    {
        Run("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments, At(name)]);
        return At(name);
    }

    /// <summary>Copies the video stream of a file into another container.</summary>
    public string Remux(string source, string name, string options = "") =>
        Make(name, ["-i", source, "-map", "0:V:0", "-c", "copy", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Runs a program and returns what it writes; a program that is missing or fails fails the test.</summary>
    public static byte[] Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"The tests need {program}: apt-get install ffmpeg.", e);
        }
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"{program} failed: {errors.Result}");
        }
    }

    /// <summary>The hashes of a video's samples by one plan, with all that stands before it.</summary>
    internal static async Task<(ProbedVideo Video, KeyframeSchedule Schedule, PerceptualHash[] Hashes)> SampleAsync(
        string path, SampleRate rate, SamplingPlan? plan = null, VideoOptions? options = null, double frameCost = 1000)
    {
        options ??= VideoOptions.Default;
        var file = VideoFile.Open(path);
        var video = await new FfmpegProbe(Tools, options).ReadAsync(file.Path, file.RequireFormat(options), default);
        var schedule = KeyframeSchedule.Create(video.Timeline, rate, 100_000);
        var groups = plan == SamplingPlan.Seeking ? SamplingPlans.Groups(schedule, frameCost) : [];
        await using var source = new FfmpegKeyframeSource(await Tools.FindAsync(default), options, file.Path, video.Format);
        source.Prepare(default);
        var frames = source.ReadAsync(video, schedule, plan ?? SamplingPlan.OnePass, groups, _ => { }, default);
        return (video, schedule, (await FrameHasher.HashAsync(frames, video.Width, video.Height, schedule, 1, 2, _ => { }, default)).Hashes);
    }

    /// <summary>
    /// What the samples should be by their definition: every decoded frame with its time, from ffprobe; the luma of those that the definition names
    /// as grey PNGs, hashed as pictures.
    /// </summary>
    /// <param name="path">The video.</param>
    /// <param name="rate">How often to sample.</param>
    /// <param name="depth">Bits of a sample.</param>
    /// <param name="filters">What makes grey of a frame; null takes plane Y.</param>
    /// <param name="frameSeconds">How long a frame is, where there are no time stamps.</param>
    public PerceptualHash[] Oracle(string path, SampleRate rate, int depth = 8, string? filters = null, decimal frameSeconds = 0)
    {
        var grey = depth == 8 ? "gray" : string.Create(CultureInfo.InvariantCulture, $"gray{depth}le");
        var raw = At("oracle.raw");
        Run("ffmpeg", ["-nostdin", "-v", "error", "-y", "-i", path, "-map", "0:V:0", "-vf", filters ?? $"extractplanes=y,format={grey}", "-fps_mode", "passthrough", "-pix_fmt", grey, "-f", "rawvideo", raw]);
        var (size, times) = Sight(path);
        var (length, bytes) = (size[0] * size[1] * (depth > 8 ? 2 : 1), File.ReadAllBytes(raw));
        Assert.That(bytes.Length % length, Is.Zero, "the oracle got the size wrong");
        if (frameSeconds > 0) times = [.. Enumerable.Range(0, bytes.Length / length).Select(n => n * frameSeconds)];
        Assert.That(bytes.Length / length, Is.EqualTo(times.Length), "the oracle is out of step");
        var wanted = new List<int>();
        for (var t = 0m; t <= times[^1] - times[0] + 0.0005m; t = (decimal)wanted.Count * rate.Seconds / rate.Frames)
            wanted.Add(Array.FindLastIndex(times, time => time - times[0] < t + 0.0005m));
        return Hash([.. wanted.Select(frame => Narrow(bytes.AsSpan(frame * length, length), depth))], size);
    }

    /// <summary>The size as shown, and the times of all frames that ffprobe decodes.</summary>
    private static (int[] Size, decimal[] Times) Sight(string path)
    {
        var lines = System.Text.Encoding.UTF8.GetString(Run(
            "ffprobe",
            ["-v", "error", "-select_streams", "V:0", "-show_entries", "stream=width,height,time_base:stream_side_data=rotation:frame=best_effort_timestamp", "-of", "compact", path]))
            .Split('\n').Select(line => line.Split('|')).ToArray();
        var stream = lines.Last(line => line[0] == "stream").Where(field => field.Contains('=')).Select(field => field.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        int[] size = [int.Parse(stream["width"], CultureInfo.InvariantCulture), int.Parse(stream["height"], CultureInfo.InvariantCulture)];
        if (stream.GetValueOrDefault("rotation") is "90" or "-90") Array.Reverse(size);
        var parts = stream["time_base"].Split('/').Select(part => decimal.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return (size,
        [
            .. lines.Where(line => line[0] == "frame").Select(line => line[1].Split('=')[1]).Where(text => text != "N/A")
                .Select(text => decimal.Parse(text, CultureInfo.InvariantCulture) * parts[0] / parts[1]),
        ]);
    }

    private static byte[] Narrow(ReadOnlySpan<byte> samples, int depth)
    {
        if (depth == 8) return samples.ToArray();
        var narrow = new byte[samples.Length / 2];
        for (var i = 0; i < narrow.Length; i++) narrow[i] = (byte)(((samples[(2 * i) + 1] << 8) | samples[2 * i]) >> (depth - 8));
        return narrow;
    }

    private PerceptualHash[] Hash(IReadOnlyList<byte[]> planes, int[] size)
    {
        var folder = Directory.CreateDirectory(At("oracle")).FullName;
        File.WriteAllBytes(At("sampled.raw"), [.. planes.SelectMany(plane => plane)]);
        Run("ffmpeg", ["-nostdin", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", string.Create(CultureInfo.InvariantCulture, $"{size[0]}x{size[1]}"), "-i", At("sampled.raw"), Path.Combine(folder, "%d.png")]);
        PerceptualHash[] hashes =
        [
            .. Enumerable.Range(1, planes.Count).Select(n => new ImageInspector().Inspect(
                File.ReadAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{n}.png"))), InspectionDepth.Hashes).PerceptualHash!.Value),
        ];
        Directory.Delete(folder, recursive: true);
        return hashes;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
