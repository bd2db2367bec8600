using System.Numerics;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>
/// Which frame each sample is of. Sample k is the frame that is shown at t = k·seconds/frames after the first frame: the last frame whose
/// time, from the first frame's on, is less than half a millisecond after t. Samples exist for every t up to half a millisecond after the last
/// frame's time. Matroska rounds times to milliseconds; with that half of one a video keeps its samples when it changes containers.
/// <para>
/// Everything is computed in whole units of 1/<see cref="UnitsPerSecond"/> second, in which frame times, half a millisecond and the times of
/// samples are whole numbers, and ffmpeg's filters compute in the same units. Immutable.
/// </para>
/// </summary>
internal sealed class KeyframeSchedule
{
    private const int MostUnitsPerSecond = 1_000_000_000, FallbackUnitsPerSecond = 1_000_000;
    private const int HalfMilliseconds = 2000; // in a second
    private const long MostUnits = 1L << 52; // ffmpeg's expressions are doubles

    private KeyframeSchedule(FrameTimeline timeline, SampleRate rate, int units, int[] frames)
    {
        Timeline = timeline;
        Rate = rate;
        UnitsPerSecond = units;
        Frames = frames;
    }

    public FrameTimeline Timeline { get; }

    public SampleRate Rate { get; }

    /// <summary>The unit of time.</summary>
    public int UnitsPerSecond { get; }

    /// <summary>Half a millisecond in units.</summary>
    public int HalfMillisecond => UnitsPerSecond / HalfMilliseconds;

    /// <summary>For each sample the frame, an index of <see cref="FrameTimeline.Times"/>; ascending, and never empty.</summary>
    public int[] Frames { get; }

    /// <summary>The first frame's time in units, as ffmpeg rounds it.</summary>
    public long Zero => ToUnits(Timeline, Timeline.Zero, UnitsPerSecond);

    /// <summary>How often a video is sampled when it is signed.</summary>
    public static SampleRate AdaptiveRate(TimeSpan duration) => duration.TotalMinutes switch
    {
        <= 5 => SampleRate.Of(1),
        <= 30 => SampleRate.Of(1, 2),
        <= 120 => SampleRate.Of(1, 5),
        _ => SampleRate.Of(1, 10),
    };

    /// <summary>
    /// How often a suspect video is sampled: more often where the decoder passes every frame anyway, and always at the times of
    /// <see cref="AdaptiveRate"/> among others.
    /// </summary>
    public static SampleRate InspectionRate(TimeSpan duration) => duration.TotalMinutes switch
    {
        <= 5 => SampleRate.Of(16),
        <= 30 => SampleRate.Of(8),
        _ => AdaptiveRate(duration),
    };

    /// <summary>Finds every sample's frame.</summary>
    /// <param name="timeline">The frames.</param>
    /// <param name="rate">How often to sample.</param>
    /// <param name="maxSamples">The most samples.</param>
    /// <exception cref="InvalidContentException">There would be more samples (<c>video_too_long</c>), or times are out of all bounds (<c>video_corrupt</c>).</exception>
    public static KeyframeSchedule Create(FrameTimeline timeline, SampleRate rate, int maxSamples)
    {
        var units = Units(timeline.Denominator, rate);
        var zero = ToUnits(timeline, timeline.Zero, units);
        var last = ToUnits(timeline, timeline.Times[^1], units) - zero;
        var half = units / HalfMilliseconds;
        // Sample k exists if k·seconds/frames ≤ last + half, in units.
        var interval = (long)rate.Seconds * (units / rate.Frames);
        var count = ((last + half) / interval) + 1;
        if (count > maxSamples) throw TooLong(rate, (double)last / units, maxSamples);
        var frames = new int[count];
        var frame = 0;
        for (var k = 0; k < frames.Length; k++)
        {
            var limit = (k * interval) + half;
            while (frame + 1 < timeline.Times.Length && ToUnits(timeline, timeline.Times[frame + 1], units) - zero < limit) frame++;
            frames[k] = frame;
        }
        return new KeyframeSchedule(timeline, rate, units, frames);
    }

    /// <summary>A unit in which the time base, half a millisecond and the time between samples are whole; where that is too fine, times are rounded as ffmpeg rounds them.</summary>
    private static int Units(int denominator, SampleRate rate)
    {
        var units = Lcm(Lcm(denominator, HalfMilliseconds), rate.Frames);
        return units <= MostUnitsPerSecond ? (int)units : (int)Lcm(FallbackUnitsPerSecond, rate.Frames);
    }

    private static BigInteger Lcm(BigInteger a, BigInteger b) => a / BigInteger.GreatestCommonDivisor(a, b) * b;

    /// <summary>ffmpeg's rescaling: to the nearest, halves away from zero.</summary>
    private static long ToUnits(FrameTimeline timeline, long time, int units)
    {
        Int128 scaled = (Int128)time * timeline.Numerator * units, magnitude = Int128.Abs(scaled);
        var rounded = (magnitude + (timeline.Denominator / 2)) / timeline.Denominator;
        if (rounded > MostUnits)
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, "The video's time stamps are out of all bounds.");
        return (long)(scaled < 0 ? -rounded : rounded);
    }

    private static InvalidContentException TooLong(SampleRate rate, double seconds, int maxSamples)
    {
        var fits = (int)Math.Min(SampleRate.MaxSeconds + 1.0, Math.Ceiling(seconds / (maxSamples - 1)));
        var advice = fits <= SampleRate.MaxSeconds ? $"Sample it less often: 1/{fits} fits." : "No sample rate fits.";
        return new InvalidContentException(
            ErrorCodes.VideoTooLong, $"At {rate} frames a second the video has more than {maxSamples} samples. {advice}");
    }
}
