using System.Collections.Immutable;

namespace Tectra.Sdk.Verification;

/// <summary>How one segment of a video fares.</summary>
public enum SegmentOutcome
{
    /// <summary>It looks different, or couldn't be compared; the words say why.</summary>
    Failed,

    /// <summary>The record has it, and the file ends before it.</summary>
    Missing,

    /// <summary>The file has it, and the record doesn't.</summary>
    Added,

    /// <summary>It looks the same.</summary>
    Perceptual,

    /// <summary>Its frames have the same pixels, or the whole file the same bytes.</summary>
    Exact,
}

/// <summary>One segment of a video. Immutable.</summary>
/// <param name="Index">Its number, from 0 on.</param>
/// <param name="Start">When it begins, from the beginning of the record, or with a <see cref="VideoReading.Excerpt"/> of the file.</param>
/// <param name="End">When it ends.</param>
/// <param name="Outcome">How it fares.</param>
/// <param name="Distance">By how many of 64 bits its aggregate perceptual hash differs over the frames both have; null where there are none.</param>
/// <param name="Details">The outcome in words.</param>
public sealed record SegmentReading(int Index, TimeSpan Start, TimeSpan End, SegmentOutcome Outcome, int? Distance, string Details)
{
    /// <summary>Whether it counts for the file: <see cref="SegmentOutcome.Exact"/> or <see cref="SegmentOutcome.Perceptual"/>.</summary>
    public bool IsVerified => Outcome is SegmentOutcome.Exact or SegmentOutcome.Perceptual;
}

/// <summary>Where in the record's video a file lies that shows a part of it. Immutable.</summary>
/// <param name="RecordStart">What the record's time is when the part begins.</param>
/// <param name="RecordEnd">What it is when the part ends.</param>
/// <param name="Offset">The record's time when the file begins; negative when the file begins with something else.</param>
/// <param name="MatchedFrames">How many frames of the record the file shows there.</param>
/// <param name="ComparedFrames">Out of how many that say something.</param>
public sealed record VideoExcerpt(TimeSpan RecordStart, TimeSpan RecordEnd, TimeSpan Offset, int MatchedFrames, int ComparedFrames);

/// <summary>What was done to a stretch of a video.</summary>
public enum VideoChangeKind
{
    /// <summary>It shows something else than the record there.</summary>
    Changed,

    /// <summary>It shows what the record has at another time: it was moved, or what stands before it was cut or lengthened.</summary>
    Moved,

    /// <summary>It runs backwards.</summary>
    Reversed,

    /// <summary>Something of the record is missing.</summary>
    Missing,

    /// <summary>It was put in between, or at an end.</summary>
    Inserted,
}

/// <summary>A stretch of a video that isn't as the record has it. Immutable.</summary>
/// <param name="Kind">What was done to it.</param>
/// <param name="Start">When it begins in the file.</param>
/// <param name="End">When it ends in the file; where something is missing, the same.</param>
/// <param name="RecordStart">When what it shows, or what is missing, begins in the record; null when the record doesn't have it.</param>
/// <param name="RecordEnd">When that ends in the record; null likewise.</param>
/// <param name="Details">The same in words, such as <c>00:20–00:30 shows what the record has at 00:40–00:50</c>.</param>
public sealed record VideoChange(VideoChangeKind Kind, TimeSpan Start, TimeSpan End, TimeSpan? RecordStart, TimeSpan? RecordEnd, string Details);

/// <summary>How a video compares with a record, segment by segment. Immutable.</summary>
public sealed record VideoReading
{
    /// <summary>
    /// The segments in order: all that the record or the file has, or with an <see cref="Excerpt"/> the file's.
    /// </summary>
    public required ImmutableArray<SegmentReading> Segments { get; init; }

    /// <summary>Whether the frames of all segments have exactly the record's pixels, and none is missing or added.</summary>
    public bool ChainIntact => ChainBrokenAt is null;

    /// <summary>The number of the first segment that isn't exactly the record's, as is the hash chain of everything up to it; null when the chain is intact.</summary>
    public required int? ChainBrokenAt { get; init; }

    /// <summary>Where in the record the file lies; null when it was compared from beginning to end.</summary>
    public VideoExcerpt? Excerpt { get; init; }

    /// <summary>What was done to the video, in the order of the file.</summary>
    public ImmutableArray<VideoChange> Changes { get; init; } = [];

    /// <summary>How many segments there are.</summary>
    public int TotalSegments => Segments.Length;

    /// <summary>How many of them verify, exactly or perceptually.</summary>
    public int VerifiedSegments => Segments.Count(segment => segment.IsVerified);

    /// <summary>The verified share of the segments, 0 to 1.</summary>
    public double Confidence => TotalSegments == 0 ? 0 : (double)VerifiedSegments / TotalSegments;
}
