using System.Globalization;
using System.Text;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>The two programs: found once, and asked once which version they are. Thread-safe.</summary>
internal sealed class FfmpegTools
{
    private const int LeastMajor = 5, LeastMinor = 1, FilesForAnyOption = 7;
    private const string Install = "Install ffmpeg 5.1 or newer (on Debian and Ubuntu: apt-get install ffmpeg), or name the programs in TECTRA_FFMPEG and TECTRA_FFPROBE.";
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(20);

    private readonly VideoOptions _options;
    private volatile Found? _found;

    public FfmpegTools(VideoOptions options) => _options = options;

    /// <summary>The paths of ffmpeg and ffprobe. What fails is tried again the next time.</summary>
    /// <exception cref="MissingToolException">One is missing, too old, or can't be run (<c>ffmpeg_missing</c>).</exception>
    public async ValueTask<Found> FindAsync(CancellationToken cancellationToken)
    {
        if (_found is { } known) return known;
        // Two callers may ask at once; both get the same answer.
        var ffmpeg = Locate("ffmpeg", _options.FfmpegPath, null);
        var ffprobe = Locate("ffprobe", _options.FfprobePath, _options.FfmpegPath);
        var versions = await Task.WhenAll(MajorVersionAsync("ffmpeg", ffmpeg, cancellationToken), MajorVersionAsync("ffprobe", ffprobe, cancellationToken)).ConfigureAwait(false);
        return _found = new Found(ffmpeg, ffprobe, versions[0] >= FilesForAnyOption ? "-/filter:v" : "-filter_script:v");
    }

    /// <summary>The version that the first line of <c>-version</c> tells, or null if it isn't new enough; builds from git say no number and are taken as the newest.</summary>
    internal static int? MajorVersion(string program, string line)
    {
        var start = $"{program} version ";
        if (!line.StartsWith(start, StringComparison.Ordinal)) return null;
        var version = line.AsSpan(start.Length).TrimStart('n');
        if (version.StartsWith("N-") || version.StartsWith("git-")) return int.MaxValue;
        var length = 0;
        while (length < version.Length && (char.IsAsciiDigit(version[length]) || version[length] == '.')) length++;
        var parts = version[..length].ToString().Split('.');
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)) return null;
        var minor = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return major > LeastMajor || (major == LeastMajor && minor >= LeastMinor) ? major : null;
    }

    private static string Locate(string program, string? named, string? sibling)
    {
        if (named is not null) return File.Exists(named) ? Path.GetFullPath(named) : throw Missing($"{program} isn't at {named}.");
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (sibling is not null && Path.GetDirectoryName(Path.GetFullPath(sibling)) is { } beside) folders = [beside, .. folders];
        // A relative folder of PATH would let the current folder say what is run.
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw Missing($"{program} isn't installed.");
    }

    private static async Task<int> MajorVersionAsync(string program, string path, CancellationToken cancellationToken)
    {
        string line;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(VersionTimeout);
            var process = FfmpegProcess.Start(path, ["-version"], timeout.Token);
            await using var _ = process.ConfigureAwait(false);
            var buffer = new byte[256];
            var length = await process.Output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, timeout.Token).ConfigureAwait(false);
            timeout.Token.ThrowIfCancellationRequested();
            line = Encoding.UTF8.GetString(buffer, 0, length).Split('\n')[0].Trim();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Missing($"{path} doesn't say its version.");
        }
        return MajorVersion(program, line) ?? throw Missing($"{path} is too old or no {program}: it says \"{Short(line)}\".");
    }

    private static string Short(string line) => line.Length <= 60 ? line : line[..60] + "…";

    /// <summary>The error that says what to install.</summary>
    internal static MissingToolException Missing(string what, Exception? cause = null) => new(ErrorCodes.FfmpegMissing, $"{what} {Install}", cause);

    /// <summary>Where the programs are. Immutable.</summary>
    /// <param name="Ffmpeg">The path of ffmpeg.</param>
    /// <param name="Ffprobe">The path of ffprobe.</param>
    /// <param name="FilterOption">ffmpeg's option that names a file with the filters.</param>
    public sealed record Found(string Ffmpeg, string Ffprobe, string FilterOption);
}
