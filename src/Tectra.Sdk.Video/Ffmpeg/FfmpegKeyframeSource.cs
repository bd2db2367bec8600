using System.Globalization;
using System.Runtime.CompilerServices;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>Decodes through ffmpeg, whose output is read as it comes: a few frames are in memory, never the video. Thread-safe.</summary>
internal sealed class FfmpegKeyframeSource : IKeyframeSource
{
    private const double SlowNanosecondsPerPixel = 100; // of the slowest decoders

    private readonly FfmpegTools _tools;
    private readonly VideoOptions _options;

    public FfmpegKeyframeSource(FfmpegTools tools, VideoOptions options)
    {
        _tools = tools;
        _options = options;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LumaFrame> ReadAsync(
        ProbedVideo video, KeyframeSchedule schedule, SamplingPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tools = await _tools.FindAsync(cancellationToken).ConfigureAwait(false);
        var luma = LumaFormat.Of(video.PixelFormat);
        using var watchdog = new Watchdog(_options, cancellationToken);
        var process = FfmpegProcess.Start(tools.Ffmpeg, Arguments(video, schedule, plan, luma), watchdog.Token);
        await using var _ = process.ConfigureAwait(false);
        var received = 0;
        for (; received < schedule.Frames.Length; received++)
        {
            watchdog.Feed(Patience(video, schedule, received));
            if (await NextAsync(process, video, luma, received, watchdog).ConfigureAwait(false) is not { } frame) break;
            yield return frame;
        }
        if (received == schedule.Frames.Length) yield break;
        watchdog.Feed();
        var (code, messages) = await process.WaitAsync(watchdog.Token).ConfigureAwait(false);
        if (received == 0 || code != 0)
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, $"The video can't be decoded ({FfmpegMessages.Last(messages)}).");
    }

    /// <summary>Where many frames lie between two samples, a slow decoder is silent for long.</summary>
    private static TimeSpan Patience(ProbedVideo video, KeyframeSchedule schedule, int sample)
    {
        var between = schedule.Frames[sample] - (sample == 0 ? 0 : schedule.Frames[sample - 1]);
        return TimeSpan.FromMicroseconds(between * (SlowNanosecondsPerPixel / 1000) * video.CodedWidth * video.CodedHeight);
    }

    private static async Task<LumaFrame?> NextAsync(FfmpegProcess process, ProbedVideo video, LumaFormat luma, int sample, Watchdog watchdog)
    {
        try
        {
            var frame = await LumaFrame.ReadAsync(process.Output, sample, video.Width * video.Height, luma.Depth, watchdog.Token).ConfigureAwait(false);
            if (frame is null) watchdog.ThrowIfOver();
            return frame;
        }
        catch (OperationCanceledException)
        {
            watchdog.ThrowIfOver();
            throw;
        }
    }

    private string[] Arguments(ProbedVideo video, KeyframeSchedule schedule, SamplingPlan plan, LumaFormat luma)
    {
        string[] keyFrames = plan == SamplingPlan.KeyFrames ? ["-discard", "nokey", "-skip_frame", "nokey"] : [];
        return
        [
            "-nostdin", .. FfmpegInput.Global(_options), "-copyts", "-noautorotate", "-reinit_filter", "0", .. Threads(), .. keyFrames,
            .. FfmpegInput.Options(video.Format, _options), .. FfmpegInput.File(video.Path), "-map", "0:V:0",
            "-vf", LumaFilter.Samples(video, schedule, luma), "-pix_fmt", luma.Output, "-fps_mode", "passthrough",
            "-frames:v", schedule.Frames.Length.ToString(CultureInfo.InvariantCulture), "-blocksize", "1048576", "-f", "rawvideo", "pipe:1",
        ];
    }

    private string[] Threads() => _options.Threads == 0 ? [] : ["-threads", FfmpegInput.Text(_options.Threads)];
}
