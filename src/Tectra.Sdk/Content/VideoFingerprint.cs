using System.Collections.Immutable;

namespace Tectra.Sdk.Content;

/// <summary>
/// What identifies a video beside its bytes: the perceptual hashes of frames at regular times, grouped into segments of five seconds
/// and chained. A segment is never shorter than the time between two samples. Immutable.
/// </summary>
public sealed class VideoFingerprint
{
    /// <summary>The most frames; they must fit a certificate.</summary>
    public const int MaxFrames = 5000;

    /// <summary>The longest video, in milliseconds: a year.</summary>
    public const long MaxDurationMilliseconds = 365L * 24 * 3600 * 1000;

    /// <summary>How many seconds a segment has, unless samples are further apart.</summary>
    public const int SegmentSeconds = 5;

    private VideoFingerprint(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames)
    {
        Rate = rate;
        Duration = duration;
        Frames = frames;
        Chain = SegmentChain.Build(Group(rate, frames));
        PerceptualHash = PerceptualHash.MajorityOf(frames.AsSpan());
    }

    /// <summary>How often the video was sampled.</summary>
    public SampleRate Rate { get; }

    /// <summary>How long the video is, from its first frame to the end of its last, in whole milliseconds.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The perceptual hash of the frame shown at each sample's time, from the first frame on; never empty.</summary>
    public ImmutableArray<PerceptualHash> Frames { get; }

    /// <summary>The segments and their hash chain.</summary>
    public SegmentChain Chain { get; }

    /// <summary>The bitwise majority of all frames, which stands for the whole video where one hash must.</summary>
    public PerceptualHash PerceptualHash { get; }

    /// <summary>Groups frame hashes into segments and chains them.</summary>
    /// <param name="rate">How often the video was sampled.</param>
    /// <param name="duration">How long it is; cut to whole milliseconds.</param>
    /// <param name="frames">The frame at each sample's time.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no frame, or there are more than <see cref="MaxFrames"/>; or the duration is negative or more than a year.</exception>
    public static VideoFingerprint Create(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames)
    {
        if (frames.IsDefault) throw new ArgumentNullException(nameof(frames));
        ArgumentOutOfRangeException.ThrowIfZero(frames.Length, nameof(frames));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, MaxFrames, nameof(frames));
        var milliseconds = duration.Ticks / TimeSpan.TicksPerMillisecond;
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(duration));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, MaxDurationMilliseconds, nameof(duration));
        return new VideoFingerprint(rate, TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond), frames);
    }

    /// <summary>The segment to which a sample belongs.</summary>
    public static int SegmentOf(SampleRate rate, int sample) =>
        rate.Seconds >= (long)SegmentSeconds * rate.Frames ? sample : (int)((long)sample * rate.Seconds / ((long)SegmentSeconds * rate.Frames));

    /// <summary>When a segment begins.</summary>
    public static TimeSpan StartOf(SampleRate rate, int segment) =>
        rate.Seconds >= (long)SegmentSeconds * rate.Frames ? rate.TimeOf(segment) : TimeSpan.FromSeconds((long)segment * SegmentSeconds);

    /// <summary>When a segment begins and ends; the last ends with the video.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such segment.</exception>
    public (TimeSpan Start, TimeSpan End) TimesOf(int segment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(segment, Chain.Segments.Length);
        var start = StartOf(Rate, segment);
        var end = segment == Chain.Segments.Length - 1 ? Duration : StartOf(Rate, segment + 1);
        return (start, end < start ? start : end);
    }

    /// <summary>Frame hashes by segments, in order.</summary>
    internal static IEnumerable<IReadOnlyList<PerceptualHash>> Group(SampleRate rate, ImmutableArray<PerceptualHash> frames)
    {
        for (var from = 0; from < frames.Length;)
        {
            var segment = SegmentOf(rate, from);
            var to = from + 1;
            while (to < frames.Length && SegmentOf(rate, to) == segment) to++;
            yield return frames[from..to];
            from = to;
        }
    }
}
