using System.Collections.Immutable;

namespace Tectra.Sdk.Verification;

/// <summary>Puts into words what was done to a video, from what its stretches show of the record. Pure.</summary>
internal static class VideoChanges
{
    /// <summary>A shift by fewer of the file's samples is no more than a shift of the samples.</summary>
    private const int LeastShift = 2;

    /// <summary>The changes, in the order of the file; none if every segment verifies.</summary>
    public static ImmutableArray<VideoChange> Of(VideoComparison comparison)
    {
        if (comparison.Reading.Segments.All(segment => segment.IsVerified)) return [];
        var stretches = new StretchFinder(comparison).Find();
        var changes = new List<VideoChange>();
        var shown = new List<(long Start, long End, long FileEnd)>();
        for (var i = 0; i < stretches.Count; i++)
        {
            var stretch = stretches[i];
            if (stretch.Kind != StretchKind.Unknown)
            {
                AddKnown(comparison, stretch, changes);
                shown.Add((stretch.RecordStart, stretch.RecordEnd, stretch.End));
            }
            else if (AddUnknown(comparison, stretches, i, changes) is var (from, to))
            {
                shown.Add((from, to, stretch.End));
            }
        }
        AddMissing(comparison, stretches, shown, changes);
        return [.. changes.OrderBy(change => change.Start).ThenBy(change => change.End)];
    }

    private static void AddKnown(VideoComparison comparison, VideoStretch stretch, List<VideoChange> changes)
    {
        if (stretch.Kind == StretchKind.InPlace) return;
        var pairing = comparison.Pairing;
        var (start, end) = Times(pairing, stretch.Start, stretch.End);
        var recordStart = Limit(pairing, pairing.Grid.TimeOf(stretch.RecordStart));
        var recordEnd = Limit(pairing, pairing.Grid.TimeOf(stretch.RecordEnd));
        changes.Add(stretch.Kind == StretchKind.Reversed
            ? new VideoChange(VideoChangeKind.Reversed, start, end, recordStart, recordEnd, $"{VideoTime.Format(start, end)} runs backwards: it shows what the record has at {VideoTime.Format(recordStart, recordEnd)}")
            : new VideoChange(VideoChangeKind.Moved, start, end, recordStart, recordEnd, $"{VideoTime.Format(start, end)} shows what the record has at {VideoTime.Format(recordStart, recordEnd)}"));
    }

    /// <summary>Tells what isn't in the record, and gives back in place of what of the record it stands, if anything.</summary>
    private static (long From, long To)? AddUnknown(VideoComparison comparison, List<VideoStretch> stretches, int index, List<VideoChange> changes)
    {
        var pairing = comparison.Pairing;
        var stretch = stretches[index];
        var (start, end) = Times(pairing, stretch.Start, stretch.End);
        var recordEnd = pairing.Grid.StepAt(pairing.Record.Duration);
        VideoStretch? before = index > 0 ? stretches[index - 1] : null, after = index + 1 < stretches.Count ? stretches[index + 1] : null;
        long from = before?.RecordEnd ?? Math.Max(0, -comparison.Offset);
        long to = after?.RecordStart ?? (comparison.Reading.Excerpt is null ? recordEnd : Math.Min(recordEnd, stretch.End - comparison.Offset));
        // A boundary is known to a sample of the record: two stretches that seem to overlap so little follow each other.
        if (to < from && from - to <= pairing.Grid.Interval + LeastShift) to = from;
        if (before is { IsForward: false } || after is { IsForward: false } || to < from)
        {
            from = Math.Clamp(stretch.Start - comparison.Offset, 0, recordEnd);
            to = Math.Clamp(stretch.End - comparison.Offset, 0, recordEnd);
        }
        if (to - from < LeastShift)
        {
            changes.Add(new VideoChange(VideoChangeKind.Inserted, start, end, null, null, $"{VideoTime.Format(start, end)} is not in the record"));
            return null;
        }
        TimeSpan recordStart = Limit(pairing, pairing.Grid.TimeOf(from)), until = Limit(pairing, pairing.Grid.TimeOf(to));
        var isSameLength = Math.Abs((until - recordStart - (end - start)).Ticks) <= pairing.Grid.TimeOf(pairing.Grid.Interval).Ticks;
        var instead = isSameLength ? "" : $": the record has {VideoTime.Format(recordStart, until)} there";
        changes.Add(new VideoChange(VideoChangeKind.Changed, start, end, recordStart, until, $"{VideoTime.Format(start, end)} changed{instead}"));
        return (from, to);
    }

    /// <summary>Tells what of the record no stretch shows.</summary>
    private static void AddMissing(VideoComparison comparison, List<VideoStretch> stretches, List<(long Start, long End, long FileEnd)> shown, List<VideoChange> changes)
    {
        var pairing = comparison.Pairing;
        var isExcerpt = comparison.Reading.Excerpt is not null;
        if (isExcerpt && shown.Count == 0) return;
        shown.Sort();
        var at = isExcerpt ? shown[0].Start : 0;
        var end = isExcerpt ? shown.Max(part => part.End) : pairing.Grid.StepAt(pairing.Record.Duration);
        var fileAt = 0L;
        foreach (var part in shown.Append((end, end, 0)))
        {
            // Between two stretches that follow each other in the file the gap is known to the step, else only to a sample of the record.
            var isJoint = stretches.Exists(stretch => stretch.End == fileAt && stretch.IsForward) && stretches.Exists(stretch => stretch.Start == fileAt && stretch.IsForward && stretch.RecordStart == part.Start);
            if (part.Start - at >= (isJoint ? LeastShift : Math.Max(LeastShift, pairing.Grid.Interval + 1)))
            {
                TimeSpan start = Limit(pairing, pairing.Grid.TimeOf(at)), until = Limit(pairing, pairing.Grid.TimeOf(part.Start)), where = Times(pairing, fileAt, fileAt).Start;
                if (until > start)
                    changes.Add(new VideoChange(VideoChangeKind.Missing, where, where, start, until, $"{VideoTime.Length(until - start)} of the record are missing at {VideoTime.Format(where)}: {VideoTime.Format(start, until)}"));
            }
            if (part.End <= at) continue;
            at = part.End;
            fileAt = part.FileEnd;
        }
    }

    /// <summary>When a stretch of the file begins and ends; what ends with its last sample ends with the file.</summary>
    private static (TimeSpan Start, TimeSpan End) Times(FramePairing pairing, long start, long end) => (TimeAt(pairing, start), TimeAt(pairing, end));

    private static TimeSpan TimeAt(FramePairing pairing, long step) => step >= pairing.Observed.Frames.Length ? pairing.FileEnd : pairing.Grid.TimeOf(step);

    private static TimeSpan Limit(FramePairing pairing, TimeSpan time) =>
        time < TimeSpan.Zero ? TimeSpan.Zero : time > pairing.Record.Duration ? pairing.Record.Duration : time;
}
