using System.Collections.Immutable;

namespace Tectra.Sdk.Content;

/// <summary>
/// What identifies a video beside its bytes: the perceptual hashes of frames at regular times, grouped into segments of five seconds
/// and chained, and for each segment a digest of these frames' very pixels. A segment is never shorter than the time between two samples. Immutable.
/// </summary>
public sealed class VideoFingerprint
{
    /// <summary>The most frames; they must fit a certificate.</summary>
    public const int MaxFrames = 4096;

    /// <summary>The longest video, in milliseconds: a year.</summary>
    public const long MaxDurationMilliseconds = 365L * 24 * 3600 * 1000;

    /// <summary>How many seconds a segment has, unless samples are further apart.</summary>
    public const int SegmentSeconds = 5;

    private VideoFingerprint(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames, SegmentChain chain, ImmutableArray<PixelDigest> digests)
    {
        SegmentDigests = digests;
        Rate = rate;
        Duration = duration;
        Frames = frames;
        Chain = chain;
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

    /// <summary>
    /// For each segment the digest of its frames' pixels. The perceptual hash of a frame survives encoding again, and small changes; this
    /// doesn't.
    /// </summary>
    public ImmutableArray<PixelDigest> SegmentDigests { get; }

    /// <summary>The bitwise majority of all frames, which stands for the whole video where one hash must.</summary>
    public PerceptualHash PerceptualHash { get; }

    /// <summary>Groups frame hashes into segments and chains them.</summary>
    /// <param name="rate">How often the video was sampled.</param>
    /// <param name="duration">How long it is; cut to whole milliseconds.</param>
    /// <param name="frames">The frame at each sample's time.</param>
    /// <param name="digests">The pixels of each of these frames.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no frame, or there are more than <see cref="MaxFrames"/>; or the duration is negative or more than a year.</exception>
    /// <exception cref="ArgumentException">There are not as many digests as frames.</exception>
    public static VideoFingerprint Create(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames, ReadOnlySpan<PixelDigest> digests)
    {
        CheckFrames(frames);
        if (digests.Length != frames.Length) throw new ArgumentException("Each frame has one digest.", nameof(digests));
        var chain = SegmentChain.Build(Group(rate, frames));
        var ofSegments = ImmutableArray.CreateBuilder<PixelDigest>(chain.Segments.Length);
        foreach (var segment in chain.Segments)
        {
            ofSegments.Add(PixelDigest.OfSegment(digests[..segment.FrameHashes.Length]));
            digests = digests[segment.FrameHashes.Length..];
        }
        return new VideoFingerprint(rate, WholeMilliseconds(duration), frames, chain, ofSegments.MoveToImmutable());
    }

    /// <summary>The same from what a certificate holds.</summary>
    /// <exception cref="FormatException">There are not as many digests as segments.</exception>
    internal static VideoFingerprint Restore(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames, ImmutableArray<PixelDigest> segmentDigests)
    {
        CheckFrames(frames);
        var chain = SegmentChain.Build(Group(rate, frames));
        return segmentDigests.Length == chain.Segments.Length
            ? new VideoFingerprint(rate, WholeMilliseconds(duration), frames, chain, segmentDigests)
            : throw new FormatException("There are not as many pixel digests as segments.");
    }

    private static void CheckFrames(ImmutableArray<PerceptualHash> frames)
    {
        if (frames.IsDefault) throw new ArgumentNullException(nameof(frames));
        ArgumentOutOfRangeException.ThrowIfZero(frames.Length, nameof(frames));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, MaxFrames, nameof(frames));
    }

    private static TimeSpan WholeMilliseconds(TimeSpan duration)
    {
        var milliseconds = duration.Ticks / TimeSpan.TicksPerMillisecond;
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(duration));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, MaxDurationMilliseconds, nameof(duration));
        return TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);
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
