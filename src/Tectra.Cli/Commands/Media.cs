using Tectra.Cli.Output;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Commands;

/// <summary>Pictures and videos: which of them a file is, and how it is measured.</summary>
internal static class Media
{
    /// <summary>Options for ffmpeg, from the environment.</summary>
    public static VideoOptions Options(SampleRate? rate = null) => new()
    {
        FfmpegPath = Variable("TECTRA_FFMPEG"),
        FfprobePath = Variable("TECTRA_FFPROBE"),
        SampleRate = rate,
    };

    /// <summary>Whether a file is a video, by its first bytes. Pipes and devices aren't: videos are read more than once.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static bool IsVideo(string path)
    {
        if (!File.Exists(path) || Posix.IsSpecial(path)) return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[VideoFormats.HeaderBytes];
        return VideoFormats.TryDetect(header[..stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)], out _);
    }

    /// <summary>Measures a picture or a video.</summary>
    public static Task<ObservedContent> InspectAsync(string path, InspectionDepth depth, CommandOutput output, CancellationToken cancellationToken) => IsVideo(path)
        ? output.WithProgressAsync(path, progress => new VideoInspector(Options()).InspectFileAsync(path, null, progress, cancellationToken))
        : new ImageInspector().InspectFileAsync(path, depth, cancellationToken);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
