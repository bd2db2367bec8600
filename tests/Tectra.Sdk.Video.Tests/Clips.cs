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

    /// <summary>Lines that ffprobe prints.</summary>
    public static string[] Probe(string path, string entries, string more = "") =>
        System.Text.Encoding.UTF8.GetString(Run("ffprobe", ["-v", "error", "-select_streams", "V:0", "-show_entries", entries, .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-of", "csv=p=0", path]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The hashes of a video's samples by one plan, with all that stands before it.</summary>
    internal static async Task<(ProbedVideo Video, KeyframeSchedule Schedule, PerceptualHash[] Hashes)> SampleAsync(
        string path, SampleRate rate, SamplingPlan? plan = null, VideoOptions? options = null, double frameCost = 1000)
    {
        options ??= VideoOptions.Default;
        var tools = new FfmpegTools(options);
        var file = VideoFile.Open(path);
        var video = await new FfmpegProbe(tools, options).ReadAsync(file.Path, file.RequireFormat(options), default);
        var schedule = KeyframeSchedule.Create(video.Timeline, rate, 100_000);
        var groups = plan == SamplingPlan.Seeking ? SamplingPlans.Groups(schedule, frameCost) : [];
        var frames = new FfmpegKeyframeSource(tools, options).ReadAsync(video, schedule, plan ?? SamplingPlan.OnePass, groups, default);
        return (video, schedule, await FrameHasher.HashAsync(frames, video.Width, video.Height, schedule, 2, _ => { }, default));
    }

    /// <summary>
    /// What the samples should be by their definition: every decoded frame with its time, from ffprobe, and its luma as a grey PNG, hashed as a picture.
    /// </summary>
    public PerceptualHash[] Oracle(string path, SampleRate rate, string filters = "extractplanes=y,format=gray")
    {
        var folder = Directory.CreateDirectory(At("oracle-" + Path.GetFileName(path))).FullName;
        var parts = Probe(path, "stream=time_base")[0].Split('/').Select(part => decimal.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var times = Probe(path, "frame=pts").Select(line => decimal.Parse(line.Trim(','), CultureInfo.InvariantCulture) * parts[0] / parts[1]).ToArray();
        Run("ffmpeg", ["-nostdin", "-v", "error", "-i", path, "-map", "0:V:0", "-vf", filters, "-fps_mode", "passthrough", "-compression_level", "1", Path.Combine(folder, "%d.png")]);
        Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(times.Length), "the oracle is out of step");
        var hashes = new List<PerceptualHash>();
        var known = new Dictionary<int, PerceptualHash>();
        for (var k = 0; ; k++)
        {
            var t = (decimal)k * rate.Seconds / rate.Frames;
            if (t > times[^1] - times[0] + 0.0005m) break;
            var frame = Array.FindLastIndex(times, time => time - times[0] < t + 0.0005m);
            if (!known.TryGetValue(frame, out var hash))
                known[frame] = hash = new ImageInspector().Inspect(File.ReadAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{frame + 1}.png"))), InspectionDepth.Hashes).PerceptualHash!.Value;
            hashes.Add(hash);
        }
        Directory.Delete(folder, recursive: true);
        return [.. hashes];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
