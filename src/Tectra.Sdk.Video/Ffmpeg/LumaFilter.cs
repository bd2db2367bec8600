using System.Globalization;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>The chains of filters that make samples of decoded frames.</summary>
internal static class LumaFilter
{
    /// <summary>
    /// Has ffmpeg write the time of every frame that was decoded to standard error, where <see cref="MessageTail"/> finds it. Only frames with
    /// metadata are told of, so they get some.
    /// </summary>
    public const string Told = @"metadata=mode=add:key=tectra:value=1,metadata=mode=print:key=tectra:direct=1:file=pipe\\:2";

    /// <summary>
    /// For a decoder that passes all frames: of each sample the frame. The times are brought to the schedule's unit, in which
    /// everything is whole; then "less than half a millisecond after t" is "at or before t, when moved forward by half a millisecond less one".
    /// </summary>
    public static string Samples(ProbedVideo video, KeyframeSchedule schedule, LumaFormat luma) => string.Join(',',
    [
        string.Create(CultureInfo.InvariantCulture, $"settb=1/{schedule.UnitsPerSecond}"),
        $"setpts={Times(schedule)}",
        // Once more the last frame, a little later: the rate filter sometimes loses the last one that it is given.
        "tpad=stop=1:stop_mode=clone",
        string.Create(CultureInfo.InvariantCulture, $"fps=fps={schedule.Rate}:round=up:start_time=0"),
        string.Create(CultureInfo.InvariantCulture, $"trim=end_frame={schedule.Frames.Length}"),
        .. Picture(video, luma),
    ]);

    /// <summary>For a decoder all of whose frames are wanted.</summary>
    public static string All(ProbedVideo video, LumaFormat luma) => string.Join(',', ["setpts=N", .. Picture(video, luma)]);

    /// <summary>For a decoder that was placed before them: the frames with exactly these times.</summary>
    public static string Exactly(ProbedVideo video, long[] times, LumaFormat luma) => string.Join(',',
    [
        $"select={string.Join('+', times.Select(time => string.Create(CultureInfo.InvariantCulture, $"eq(pts\\,{time})")))}",
        string.Create(CultureInfo.InvariantCulture, $"trim=end_frame={times.Length}"),
        .. Picture(video, luma),
    ]);

    /// <summary>How the line begins that follows each report.</summary>
    internal static ReadOnlySpan<byte> ToldKey => "tectra="u8;

    private static string Times(KeyframeSchedule schedule)
    {
        var forward = schedule.HalfMillisecond - 1;
        var timeline = schedule.Timeline;
        return timeline.Source switch
        {
            TimeSource.Presentation => string.Create(CultureInfo.InvariantCulture, $"PTS-({schedule.Zero + forward})"),
            TimeSource.Decoding => string.Create(CultureInfo.InvariantCulture, $"PTS-STARTPTS-{forward}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"floor(N*{(long)timeline.Step * timeline.Numerator * schedule.UnitsPerSecond}/{timeline.Denominator}+0.5)-{forward}"),
        };
    }

    /// <summary>
    /// Luma as shown. The scaler comes first and does nothing to frames of the announced size and format; others, which a stream may switch to,
    /// must not reach filters that were set up for these.
    /// </summary>
    private static IEnumerable<string> Picture(ProbedVideo video, LumaFormat luma) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"scale={video.CodedWidth}:{video.CodedHeight}:flags=bicubic+accurate_rnd+bitexact"),
        .. luma.Filters, .. video.Orientation.Filters,
    ];
}
