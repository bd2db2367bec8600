using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Video;

namespace Tectra.Benchmarks;

/// <summary>
/// What it takes to hash a video's frames beside ffmpeg decoding the same file to nothing, by the clock, in turns, in one run; and the peak
/// memory of a process that does nothing else.
/// </summary>
internal static class VideoTimer
{
    private const double MostDense = 1.15, MostSparse = 0.05, MostMegabytes = 150;
    private const int Rounds = 9;

    /// <summary>Returns 0 if the bars are met.</summary>
    public static async Task<int> RunAsync(string? output)
    {
        var folder = Directory.CreateTempSubdirectory("tectra-video-speed-").FullName;
        try
        {
            var text = new StringBuilder();
            text.AppendLine("# Videos").AppendLine();
            Line($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Machine.Processor} ({Machine.VectorWidth}), {Environment.ProcessorCount} cores; .NET {Environment.Version}; {Version()}.");
            Line($"Medians of {Rounds} rounds by the clock, one after the other in each round; ffmpeg with its own choice of threads in both. Hashing is all of it:");
            text.AppendLine("SHA-256 of the file, list of packets, decoding, perceptual hashes.").AppendLine();
            text.AppendLine("| file | frames sampled | ffmpeg to null, s | hashing, s | ratio |");
            text.AppendLine("| --- | ---: | ---: | ---: | ---: |");
            var met = true;
            var root = Data.Repository;
            var tears = Path.Combine(root, "tests/data/video/tears-of-steel-vp8-70s.webm");
            var film4 = Make(folder, "tears.webm", "-stream_loop", "3", "-i", tears, "-map", "0:V:0", "-c", "copy");
            var hd = Make(folder, "1080p.mp4", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=25", "-t", "60", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast");
            foreach (var (name, file) in new[]
            {
                ("flower, 5 s, 960×540, H.264", Path.Combine(root, "tests/data/video/flower-h264-5s.mp4")),
                ("cars, 30 s, 768×432, H.264", Path.Combine(root, "tests/data/video/cars-h264-30s.mp4")),
                ("Big Buck Bunny, 30 s, 854×480, H.264", Path.Combine(root, "tests/data/video/bbb-480p-h264-30s.mp4")),
                ("Tears of Steel, 70 s, 800×332, VP8", tears),
                ("the same four times over, 4:42", film4),
                ("generated, 60 s, 1920×1080, H.264", hd),
            })
            {
                var (floor, ours, frames) = await MeasureAsync(file, Rounds).ConfigureAwait(false);
                Line($"| {name} | {frames} | {floor:F2} | {ours:F2} | {ours / floor:F2} |");
                met &= ours / floor <= MostDense;
            }
            var minute = Make(folder, "720p.mp4", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25", "-t", "60", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast");
            var film = Make(folder, "film.mp4", "-stream_loop", "120", "-i", minute, "-c", "copy");
            var (whole, sparse, samples) = await MeasureAsync(film, 1).ConfigureAwait(false);
            Line($"| generated, 2 h and a minute, 1280×720, H.264, a key frame every 10 s | {samples} | {whole:F1} | {sparse:F2} | {sparse / whole:F3} |");
            met &= sparse / whole <= MostSparse;
            var peak = PeakMegabytes(hd);
            text.AppendLine();
            text.AppendLine("ffprobe, which reads the list of packets, takes as long to start as ffmpeg; so the decoder is started beside it, and waits for its filters.").AppendLine();
            Line($"Peak memory of `tectra video inspect` on the 1920×1080 file: {peak:F0} MB (ffmpeg's own process not counted).").AppendLine();
            met &= peak <= MostMegabytes;
            Line($"Bars: at most {MostDense} of decoding at a frame a second, at most {MostSparse} of decoding two hours at 0.1 a second, at most {MostMegabytes} MB: {(met ? "met" : "missed")}.").AppendLine();
            text.AppendLine("Made by `dotnet run -c Release --project benchmarks/Tectra.Benchmarks -- video`.");
            Console.Write(text);
            if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(text.ToString()));
            return met ? 0 : 1;

            StringBuilder Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Floor, double Ours, int Frames)> MeasureAsync(string file, int rounds)
    {
        var inspector = new VideoInspector();
        var frames = 0;
        List<double> floor = [], ours = [];
        for (var round = 0; round <= rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            if (rounds > 1 || round > 0) Run("ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:V:0", "-f", "null", "-");
            var between = Stopwatch.GetTimestamp();
            frames = (await inspector.FingerprintFileAsync(file).ConfigureAwait(false)).Fingerprint.Video!.Frames.Length;
            var end = Stopwatch.GetTimestamp();
            if (round == 0) continue; // both warm, and the file in the cache
            floor.Add(Stopwatch.GetElapsedTime(start, between).TotalSeconds);
            ours.Add(Stopwatch.GetElapsedTime(between, end).TotalSeconds);
        }
        return (Median(floor), Median(ours), frames);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static double PeakMegabytes(string file)
    {
        var command = Path.Combine(Data.Repository, "src/Tectra.Cli/bin/Release/net10.0/tectra.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [command, "video", "inspect", "--json", file]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(20))
        {
            process.Refresh();
            if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
        }
        return process.ExitCode == 0 && output.Result.Contains("segments", StringComparison.Ordinal) ? peak / 1e6 : throw new InvalidOperationException("tectra video inspect failed. Build src/Tectra.Cli in Release first.");
    }

    private static string Make(string folder, string name, params string[] arguments)
    {
        var file = Path.Combine(folder, name);
        Run("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, file]);
        return file;
    }

    private static string Version()
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-version"]) { RedirectStandardOutput = true })!;
        var first = process.StandardOutput.ReadLine()!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return string.Join(' ', first.Split(' ').Take(3));
    }

    private static void Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)} failed.");
    }
}
