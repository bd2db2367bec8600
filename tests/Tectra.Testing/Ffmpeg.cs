using System.Diagnostics;

namespace Tectra.Testing;

/// <summary>Runs the real ffmpeg, to make videos for tests. Where it is missing, tests fail.</summary>
public static class Ffmpeg
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs ffmpeg quietly with these arguments, overwriting outputs.</summary>
    public static void Run(params IEnumerable<string> arguments) => Start("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments]);

    /// <summary>Runs ffprobe with these arguments.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static string Probe(params IEnumerable<string> arguments) => Start("ffprobe", ["-v", "error", .. arguments]);

    private static string Start(string tool, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{tool} didn't start. Install it: apt-get install ffmpeg");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{tool} {string.Join(' ', start.ArgumentList)} took more than {Limit}.");
        }
        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"{tool} {string.Join(' ', start.ArgumentList)}: {errors.GetAwaiter().GetResult()}");
    }
}
