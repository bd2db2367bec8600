using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>The frames of one segment, gathered pair by pair, and what follows from them.</summary>
internal sealed class SegmentComparison
{
    private readonly List<PerceptualHash> _record = [], _observed = [];
    private readonly List<int> _distances = [];
    private readonly List<PixelDigest> _digests = [];

    /// <summary>How many frames are compared.</summary>
    public int Count => _record.Count;

    /// <summary>How many frames of the record lie outside of the file.</summary>
    public int Outside { get; private set; }

    /// <summary>Whether the file has any time of it.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Whether every frame of the record was there, at its exact time, and equal.</summary>
    public bool IsSame { get; private set; } = true;

    /// <summary>How many frames that say something look the same.</summary>
    public int Evidence { get; private set; }

    /// <summary>In how many of 64 bits its frames differ on average; 0 without any.</summary>
    public double MeanDistance => _distances.Count == 0 ? 0 : _distances.Average();

    public void Add(PerceptualHash record, FramePair pair, PixelDigest? digest, int radius)
    {
        if (digest is { } pixels) _digests.Add(pixels);
        IsSame &= pair.IsSame;
        IsReached |= pair.State is PairState.Paired or PairState.Unsampled;
        if (pair.State == PairState.Outside) Outside++;
        if (pair.State is PairState.Outside or PairState.Unsampled) return;
        _record.Add(record);
        _observed.Add(pair.Observed);
        _distances.Add(pair.Distance);
        if (pair.Distance <= radius && FrameInformation.IsInformative(record.Bits)) Evidence++;
    }

    /// <summary>What follows from the frames that both have.</summary>
    /// <param name="index">The segment's number.</param>
    /// <param name="start">When it begins.</param>
    /// <param name="end">When it ends.</param>
    /// <param name="pixels">The pixels of the record's segment; null where equal frames don't make it exact.</param>
    /// <param name="radius">The policy's.</param>
    /// <param name="frameLimit">The largest distance of a single frame.</param>
    public SegmentReading Read(int index, TimeSpan start, TimeSpan end, PixelDigest? pixels, int radius, int frameLimit)
    {
        if (Count == 0) return new SegmentReading(index, start, end, SegmentOutcome.Failed, null, "No frame of the file was taken of this time.");
        var distance = PerceptualHash.MajorityOf(_record.ToArray()).DistanceTo(PerceptualHash.MajorityOf(_observed.ToArray()));
        if (IsSame && pixels is { } expected && _digests.Count == Count && PixelDigest.OfSegment(_digests.ToArray()) == expected) return new SegmentReading(index, start, end, SegmentOutcome.Exact, 0, "The same pixels.");
        var distances = _distances.ToArray();
        if (SegmentRule.IsSame(distance, distances, radius, frameLimit))
            return new SegmentReading(index, start, end, SegmentOutcome.Perceptual, distance, $"Looks the same: distance {distance} of 64.");
        return new SegmentReading(index, start, end, SegmentOutcome.Failed, distance, distance > radius
            ? $"Looks different: distance {distance} of 64; at most {radius} is the same."
            : $"Frames in it look different: distance up to {distances[^1]} of 64.");
    }
}
