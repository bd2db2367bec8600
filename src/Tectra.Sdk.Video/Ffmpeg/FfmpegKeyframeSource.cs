using System.Runtime.CompilerServices;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>Decodes one file through ffmpeg, whose output is read as it comes: a few frames are in memory, never the video. For one caller at a time.</summary>
internal sealed class FfmpegKeyframeSource : IKeyframeSource, IAsyncDisposable
{
    private const double SlowNanosecondsPerPixel = 100; // of the slowest decoders
    private const int MostDecoders = 8;

    private readonly FfmpegTools.Found _tools;
    private readonly VideoOptions _options;
    private readonly string _path;
    private readonly VideoFormat _format;
    private FfmpegProcess? _waiting;

    public FfmpegKeyframeSource(FfmpegTools.Found tools, VideoOptions options, string path, VideoFormat format)
    {
        _tools = tools;
        _options = options;
        _path = path;
        _format = format;
    }

    /// <summary>
    /// Starts the decoder of a single pass beforehand, which opens the file and then waits for its filters: loading ffmpeg's two hundred
    /// libraries takes as long as decoding a short clip, and can be done while ffprobe lists the packets.
    /// </summary>
    public void Prepare(CancellationToken cancellationToken) => _waiting ??= FfmpegProcess.Start(
        _tools.Ffmpeg, Arguments(Threads(_options.Threads), _tools.FilterOption, "pipe:0"), cancellationToken, waits: true);

    public ValueTask DisposeAsync() => _waiting is null ? ValueTask.CompletedTask : _waiting.DisposeAsync();

    /// <inheritdoc/>
    public async IAsyncEnumerable<LumaFrame> ReadAsync(
        ProbedVideo video, KeyframeSchedule schedule, SamplingPlan plan, IReadOnlyList<SeekGroup> groups, Action<string> damaged,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watchdog = new Watchdog(_options, cancellationToken);
        var job = new Job(video, schedule, LumaFormat.Of(video.PixelFormat), watchdog, damaged);
        var frames = plan switch
        {
            SamplingPlan.Seeking => SeekAsync(job, groups),
            SamplingPlan.KeyFrames when _format.CanLeaveOutPackets() => KeysAsync(job),
            SamplingPlan.KeyFrames => SkipAsync(job),
            _ => PassAsync(job),
        };
        await foreach (var frame in frames.WithCancellation(cancellationToken).ConfigureAwait(false)) yield return frame;
    }

    /// <summary>One decoder for all samples, whose filter repeats and drops frames as the samples want.</summary>
    private async IAsyncEnumerable<LumaFrame> PassAsync(Job job)
    {
        var schedule = job.Schedule;
        var filter = LumaFilter.Samples(job.Video, schedule, job.Luma);
        job.Watchdog.Feed(Patience(job, 0));
        var (process, frame) = await BeginPreparedAsync(job, filter).ConfigureAwait(false);
        process ??= Start(job, Threads(_options.Threads), filter);
        await using var _ = process.ConfigureAwait(false);
        frame ??= await NextAsync(process, job, 0).ConfigureAwait(false);
        var received = 0;
        while (frame is not null)
        {
            if (IsRepeated(schedule, received)) frame.Dispose();
            else yield return frame;
            if (++received == schedule.Frames.Length) break;
            job.Watchdog.Feed(Patience(job, received));
            frame = await NextAsync(process, job, received).ConfigureAwait(false);
        }
        var (code, messages) = await EndAsync(process, job.Watchdog).ConfigureAwait(false);
        if (messages.Length > 0) job.Damaged(FfmpegMessages.Last(messages));
        if (received < schedule.Frames.Length && (received == 0 || code != 0))
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, $"The video can't be decoded ({FfmpegMessages.Last(messages)}).");
    }

    /// <summary>
    /// The prepared decoder and its first frame. Nothing if no frame comes: of a bad file, or of an ffmpeg that reads no filters from standard
    /// input; one that gets them as an argument tells which.
    /// </summary>
    private async Task<(FfmpegProcess? Process, LumaFrame? First)> BeginPreparedAsync(Job job, string filter)
    {
        if (_waiting is not { } process) return default;
        LumaFrame? first = null;
        try
        {
            await process.SendAsync(filter, job.Watchdog.Token).ConfigureAwait(false);
            first = await NextAsync(process, job, 0).ConfigureAwait(false);
            return first is null ? default : (process, first);
        }
        finally
        {
            _waiting = null;
            if (first is null) await process.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The same with a decoder that skips all but key frames, and says which frames it decoded.</summary>
    private async IAsyncEnumerable<LumaFrame> SkipAsync(Job job)
    {
        var schedule = job.Schedule;
        var keys = new KeyFrameCheck(schedule.Timeline);
        var process = Start(job, [.. Threads(_options.Threads), "-skip_frame", "nokey"], $"{LumaFilter.Told},{LumaFilter.Samples(job.Video, schedule, job.Luma)}", keys.Add);
        await using var _ = process.ConfigureAwait(false);
        for (var sample = 0; sample < schedule.Frames.Length; sample++)
        {
            job.Watchdog.Feed(Patience(job, sample));
            var frame = await NextAsync(process, job, sample).ConfigureAwait(false) ?? throw new PlanFailedException();
            if (keys.HasFailed || IsRepeated(schedule, sample)) frame.Dispose();
            else yield return frame;
            if (keys.HasFailed) throw new PlanFailedException();
        }
        // What a decoder says to whom frames are missing isn't the file's fault.
        await EndAsync(process, job.Watchdog).ConfigureAwait(false);
        if (!keys.Reached(schedule.Frames[^1])) throw new PlanFailedException();
    }

    /// <summary>
    /// All key frames of a container whose demuxer leaves out other packets, most of the file thereby unread. It mixes up the times of those that
    /// are left, so the frames are counted: as many must come as there are key frames.
    /// </summary>
    private async IAsyncEnumerable<LumaFrame> KeysAsync(Job job)
    {
        var (schedule, keys) = (job.Schedule, job.Schedule.Timeline.Keys);
        var process = Start(job, [.. Threads(_options.Threads), "-discard", "nokey", "-skip_frame", "nokey"], LumaFilter.All(job.Video, job.Luma));
        await using var _ = process.ConfigureAwait(false);
        var sample = 0;
        for (var key = Array.IndexOf(keys, true); key >= 0; key = Array.IndexOf(keys, true, key + 1))
        {
            job.Watchdog.Feed();
            var frame = await NextAsync(process, job, sample).ConfigureAwait(false) ?? throw new PlanFailedException();
            if (sample < schedule.Frames.Length && schedule.Frames[sample] == key)
            {
                yield return frame;
                while (sample < schedule.Frames.Length && schedule.Frames[sample] == key) sample++;
            }
            else
            {
                frame.Dispose();
            }
        }
        using var more = await NextAsync(process, job, sample).ConfigureAwait(false);
        if (more is not null) throw new PlanFailedException();
    }

    /// <summary>
    /// Short decoders, a few at a time. Each decodes until its first frame doesn't fit its pipe and waits until it is read, so that
    /// order costs no memory here.
    /// </summary>
    private async IAsyncEnumerable<LumaFrame> SeekAsync(Job job, IReadOnlyList<SeekGroup> groups)
    {
        var running = new Queue<(SeekGroup Group, FfmpegProcess Process)>();
        var most = Math.Clamp(_options.Threads == 0 ? Environment.ProcessorCount : _options.Threads, 1, MostDecoders);
        try
        {
            var started = 0;
            for (var current = 0; current < groups.Count; current++)
            {
                for (; started < groups.Count && running.Count < most; started++) running.Enqueue((groups[started], Start(job, groups[started])));
                var (group, process) = running.Peek();
                for (var sample = group.First; sample < group.First + group.Count; sample++)
                {
                    if (IsRepeated(job.Schedule, sample)) continue;
                    job.Watchdog.Feed(Patience(job, sample));
                    yield return await NextAsync(process, job, sample).ConfigureAwait(false) ?? throw new PlanFailedException();
                }
                await process.DisposeAsync().ConfigureAwait(false);
                running.Dequeue();
            }
        }
        finally
        {
            foreach (var (_, process) in running) await process.DisposeAsync().ConfigureAwait(false);
        }
    }

    private FfmpegProcess Start(Job job, SeekGroup group)
    {
        var timeline = job.Schedule.Timeline;
        var wanted = job.Schedule.Frames.AsSpan(group.First, group.Count).ToArray().Distinct().Select(frame => timeline.Times[frame]).Distinct().ToArray();
        // Between the key frame and the next frame, so that no rounding leads to the key frame before.
        var after = group.Start + 1 < timeline.Times.Length ? timeline.Times[group.Start + 1] : timeline.End;
        var seconds = ((decimal)timeline.Times[group.Start] + ((after - timeline.Times[group.Start]) / 2m)) * timeline.Numerator / timeline.Denominator;
        string[] seek = ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", seconds.ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture)];
        return Start(job, [.. Threads(1), .. seek], LumaFilter.Exactly(job.Video, wanted, job.Luma));
    }

    private FfmpegProcess Start(Job job, string[] input, string filter, Action<long>? decoded = null) =>
        FfmpegProcess.Start(_tools.Ffmpeg, Arguments(input, "-vf", filter), job.Watchdog.Token, decoded);

    private string[] Arguments(string[] input, params string[] filter) =>
    [
        "-nostdin", .. FfmpegInput.Global(_options), "-copyts", "-noautorotate", "-reinit_filter", "0", .. input,
        .. FfmpegInput.Options(_format, _options), .. FfmpegInput.File(_path), "-map", "0:V:0",
        .. filter, "-fps_mode", "passthrough", "-blocksize", "1048576", "-f", "rawvideo", "pipe:1",
    ];

    private static bool IsRepeated(KeyframeSchedule schedule, int sample) => sample > 0 && schedule.Frames[sample] == schedule.Frames[sample - 1];

    private static string[] Threads(int threads) => threads == 0 ? [] : ["-threads", FfmpegInput.Text(threads)];

    /// <summary>Where many frames lie between two samples, a slow decoder is silent for long.</summary>
    private static TimeSpan Patience(Job job, int sample)
    {
        var between = job.Schedule.Frames[sample] - (sample == 0 ? 0 : job.Schedule.Frames[sample - 1]);
        return TimeSpan.FromMicroseconds(between * (SlowNanosecondsPerPixel / 1000) * job.Video.CodedWidth * job.Video.CodedHeight);
    }

    private static async Task<LumaFrame?> NextAsync(FfmpegProcess process, Job job, int sample)
    {
        try
        {
            var frame = await LumaFrame.ReadAsync(process.Output, sample, job.Video.Width * job.Video.Height, job.Luma.Depth, job.Watchdog.Token).ConfigureAwait(false);
            if (frame is null) job.Watchdog.ThrowIfOver();
            return frame;
        }
        catch (OperationCanceledException)
        {
            job.Watchdog.ThrowIfOver();
            throw;
        }
    }

    private static async Task<(int Code, string Messages)> EndAsync(FfmpegProcess process, Watchdog watchdog)
    {
        watchdog.Feed();
        try
        {
            return await process.WaitAsync(watchdog.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            watchdog.ThrowIfOver();
            throw;
        }
    }

    private sealed record Job(ProbedVideo Video, KeyframeSchedule Schedule, LumaFormat Luma, Watchdog Watchdog, Action<string> Damaged);

    /// <summary>Whether a decoder of key frames alone shows just the frames that the container calls so.</summary>
    private sealed class KeyFrameCheck(FrameTimeline timeline)
    {
        private int _next;
        private volatile bool _failed;

        public bool HasFailed => _failed;

        /// <summary>A frame was decoded. Called by one thread.</summary>
        public void Add(long time)
        {
            while (_next < timeline.Times.Length && !timeline.Keys[_next]) _next++;
            if (_next == timeline.Times.Length || timeline.Times[_next] != time) _failed = true;
            else _next++;
        }

        /// <summary>Whether all went well, up to and with this frame.</summary>
        public bool Reached(int frame) => !_failed && _next > frame;
    }
}
