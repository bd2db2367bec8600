using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra video</c>.</summary>
internal static class VideoCommand
{
    public static Command Create() => new("video", "Videos: what would be signed of them.") { CreateInspect() };

    private static Command CreateInspect()
    {
        var files = CommandParts.FilesArgument("Videos (MP4, WebM and what else ffmpeg reads).");
        var fps = CommandParts.SampleRateOption();
        var frames = new Option<bool>("--frames") { Description = "Show the hash of each frame as well. With --json they are always there." };
        var command = new Command("inspect", "Print the segments of videos and their hashes, without signing anything.") { files, fps, frames };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, cancellationToken) =>
        {
            var inspector = new VideoInspector(Media.Options(parsed.GetValue(fps)));
            return CommandParts.ForEachAsync(parsed.GetRequiredValue(files), output, async file =>
            {
                var (fingerprint, mediaType, notices) = await output.WithProgressAsync(file, progress => inspector.FingerprintFileAsync(file, progress, cancellationToken)).ConfigureAwait(false);
                var video = fingerprint.Video!;
                if (output.IsJson)
                {
                    output.Line(Document(file, mediaType, fingerprint, video), CliJson.Line.VideoLine);
                    return ExitCode.Success;
                }
                output.Console.MarkupLine(
                    $"[bold]{CommandOutput.Escape(file)}[/]  {mediaType}, {fingerprint.Width}×{fingerprint.Height}, {VideoTime.Format(video.Duration)}, {video.Frames.Length} frames at {video.Rate} a second");
                output.Console.MarkupLine($"  sha256 {fingerprint.Sha256}  perceptual hash {fingerprint.PerceptualHash}");
                output.Console.Write(VideoView.Segments(video, parsed.GetValue(frames)));
                foreach (var notice in notices) output.Remark(file, notice);
                return ExitCode.Success;
            }, cancellationToken);
        }, files);
    }

    private static VideoLine Document(string file, string mediaType, ContentFingerprint fingerprint, VideoFingerprint video) => new(
        file,
        mediaType,
        fingerprint.Width,
        fingerprint.Height,
        (long)video.Duration.TotalMilliseconds,
        video.Rate.ToString(),
        fingerprint.Sha256.ToString(),
        fingerprint.PerceptualHash.ToString(),
        video.Chain.FinalHash.ToString(),
        [
            .. video.Chain.Segments.Select((segment, i) => new VideoSegmentLine(
                i,
                (long)video.TimesOf(i).Start.TotalMilliseconds,
                (long)video.TimesOf(i).End.TotalMilliseconds,
                segment.Hash.ToString(),
                segment.AggregateHash.ToString(),
                [.. segment.FrameHashes.Select(frame => frame.ToString())])),
        ]);
}
