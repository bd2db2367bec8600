using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>The JSON form of how a video compares with its record. Times are whole milliseconds.</summary>
internal sealed record VideoReadingDocument(int? ChainBrokenAt, VideoExcerptDocument? Excerpt, VideoChangeDocument[] Changes, SegmentReadingDocument[] Segments)
{
    public static VideoReadingDocument From(VideoReading reading) => new(
        reading.ChainBrokenAt,
        reading.Excerpt is { } excerpt ? VideoExcerptDocument.From(excerpt) : null,
        [.. reading.Changes.Select(VideoChangeDocument.From)],
        [.. reading.Segments.Select(SegmentReadingDocument.From)]);

    public static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);
}

/// <summary>Where in the record the file lies.</summary>
internal sealed record VideoExcerptDocument(long RecordStartMs, long RecordEndMs, long OffsetMs, int MatchedFrames, int ComparedFrames)
{
    public static VideoExcerptDocument From(VideoExcerpt excerpt) => new(
        VideoReadingDocument.Milliseconds(excerpt.RecordStart),
        VideoReadingDocument.Milliseconds(excerpt.RecordEnd),
        VideoReadingDocument.Milliseconds(excerpt.Offset),
        excerpt.MatchedFrames,
        excerpt.ComparedFrames);
}

/// <summary>A stretch that isn't as the record has it.</summary>
internal sealed record VideoChangeDocument(string Kind, long StartMs, long EndMs, long? RecordStartMs, long? RecordEndMs, string Details)
{
    public static VideoChangeDocument From(VideoChange change) => new(
        Name(change.Kind),
        VideoReadingDocument.Milliseconds(change.Start),
        VideoReadingDocument.Milliseconds(change.End),
        change.RecordStart is { } start ? VideoReadingDocument.Milliseconds(start) : null,
        change.RecordEnd is { } end ? VideoReadingDocument.Milliseconds(end) : null,
        change.Details);

    private static string Name(VideoChangeKind kind) => kind switch
    {
        VideoChangeKind.Moved => "moved",
        VideoChangeKind.Reversed => "reversed",
        VideoChangeKind.Missing => "missing",
        VideoChangeKind.Inserted => "inserted",
        _ => "changed",
    };
}

/// <summary>One segment.</summary>
internal sealed record SegmentReadingDocument(int Index, long StartMs, long EndMs, string Outcome, int? Distance, string Details)
{
    public static SegmentReadingDocument From(SegmentReading segment) => new(
        segment.Index,
        VideoReadingDocument.Milliseconds(segment.Start),
        VideoReadingDocument.Milliseconds(segment.End),
        Name(segment.Outcome),
        segment.Distance,
        segment.Details);

    private static string Name(SegmentOutcome outcome) => outcome switch
    {
        SegmentOutcome.Exact => "exact",
        SegmentOutcome.Perceptual => "perceptual",
        SegmentOutcome.Missing => "missing",
        SegmentOutcome.Added => "added",
        _ => "failed",
    };
}
