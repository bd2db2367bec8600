using System.Collections.Immutable;
using System.Globalization;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Compares a file's frames with a record's, segment by segment: from beginning to end, and if little agrees so, at the place in the
/// record where the file lies. Pure.
/// </summary>
internal static class VideoJudge
{
    /// <summary>Less than this share of segments verified from beginning to end is a reason to look for the file within the record.</summary>
    public const double InPlaceShare = 0.5;

    /// <summary>The least share of a record's frames that must be there for an offset to be believed.</summary>
    public const double MatchedShare = 0.6;

    /// <summary>The least share of a file's duration that must lie within the record for it to be called a part of it.</summary>
    public const double OverlapShare = 0.8;

    /// <summary>More segments aren't listed: a file that long has lost against any record, and only a malicious one is.</summary>
    public const int MaxSegments = VideoFingerprint.MaxFrames + ObservedVideo.MaxFrames;

    /// <summary>Compares a file with a record.</summary>
    public static VideoComparison Compare(VideoFingerprint record, ObservedVideo observed, int radius)
    {
        var pairing = new FramePairing(record, observed);
        var (reading, evidence) = InPlace(pairing, radius);
        var comparison = new VideoComparison { Pairing = pairing, Radius = radius, Reading = reading, IsRelated = evidence > 0 };
        if (reading.Confidence >= InPlaceShare) return comparison;

        var forward = FrameAlignment.Best(pairing.RecordBits, pairing.Positions, pairing.ObservedBits, 0, 0, radius);
        if (forward is { } alignment && AsExcerpt(pairing, alignment, radius) is { } excerpt && excerpt.Confidence > reading.Confidence && !IsSplice(reading, excerpt))
            return comparison with { Reading = excerpt, Offset = alignment.Offset, IsRelated = true, AlignedFrames = alignment.Matches };
        var backward = FrameAlignment.Best(pairing.RecordBits, pairing.Positions, Reversed(pairing.ObservedBits), 0, 0, radius);
        return comparison with { AlignedFrames = Math.Max(forward?.Matches ?? 0, backward?.Matches ?? 0) };
    }

    /// <summary>The reading of a file that has the record's very bytes: everything follows from them.</summary>
    public static VideoReading SameBytes(VideoFingerprint record) => new()
    {
        Segments = [.. Enumerable.Range(0, record.Chain.Segments.Length).Select(i =>
            new SegmentReading(i, record.TimesOf(i).Start, record.TimesOf(i).End, SegmentOutcome.Exact, 0, "The same bytes."))],
        ChainBrokenAt = null,
    };

    /// <summary>The reading of a file that no record matches.</summary>
    public static VideoReading WithoutRecord(ObservedVideo observed)
    {
        var last = VideoFingerprint.SegmentOf(observed.Rate, observed.Frames.Length - 1);
        var end = observed.Rate.TimeOf(observed.Frames.Length - 1) is var least && observed.Duration < least ? least : observed.Duration;
        return new VideoReading
        {
            Segments = [.. Enumerable.Range(0, Math.Min(last + 1, MaxSegments)).Select(i => new SegmentReading(
                i, VideoFingerprint.StartOf(observed.Rate, i), i == last ? end : VideoFingerprint.StartOf(observed.Rate, i + 1), SegmentOutcome.Added, null, "No known record has it."))],
            ChainBrokenAt = 0,
        };
    }

    /// <summary>The reading with a record that can't be believed: nothing counts.</summary>
    public static VideoReading Blocked(VideoReading reading, string reason) => new()
    {
        Segments = [.. reading.Segments.Select(segment => segment.IsVerified ? segment with { Outcome = SegmentOutcome.Failed, Details = $"It does not count: {reason}" } : segment)],
        ChainBrokenAt = 0,
    };

    public static ulong[] Reversed(ReadOnlySpan<ulong> frames)
    {
        var reversed = frames.ToArray();
        Array.Reverse(reversed);
        return reversed;
    }

    /// <summary>
    /// Whether a file is put together from several parts of the record, one of them in its place: then it isn't one part of the record, and
    /// what was left out between the parts is to be told.
    /// </summary>
    private static bool IsSplice(VideoReading inPlace, VideoReading excerpt) =>
        inPlace.Segments.Zip(excerpt.Segments, (there, here) => there.IsVerified && !here.IsVerified).Any(isOther => isOther);

    private static (VideoReading Reading, int Evidence) InPlace(FramePairing pairing, int radius)
    {
        var record = pairing.Record;
        var chain = record.Chain.Segments;
        var segments = ImmutableArray.CreateBuilder<SegmentReading>();
        var means = new double[chain.Length];
        var frameLimit = pairing.Grid.IsTimely ? SegmentRule.FrameLimit : SegmentRule.LooseFrameLimit;
        var surplus = Surplus.Of(pairing);
        int sample = 0, evidence = 0;
        for (var i = 0; i < chain.Length; i++)
        {
            var comparison = new SegmentComparison();
            foreach (var frame in chain[i].FrameHashes)
            {
                comparison.Add(frame, pairing.Pair(sample, 0), pairing.DigestOf(sample), radius);
                sample++;
            }
            evidence += comparison.Evidence;
            means[i] = comparison.MeanDistance;
            var (start, end) = record.TimesOf(i);
            segments.Add(comparison switch
            {
                { IsReached: false, Outside: > 0 } => new SegmentReading(i, start, end, SegmentOutcome.Missing, null, "The file ends before it."),
                { Outside: > 0 } => comparison.Read(i, start, end, null, radius, frameLimit) with
                {
                    Outcome = SegmentOutcome.Failed,
                    Details = $"The file ends in it, at {VideoTime.Format(pairing.FileEnd)}.",
                },
                _ when i == chain.Length - 1 && surplus.GoesOnInLast => comparison.Read(i, start, end, null, radius, frameLimit) with
                {
                    Outcome = SegmentOutcome.Failed,
                    Details = $"The record ends in it, at {VideoTime.Format(record.Duration)}, and the file goes on.",
                },
                _ => comparison.Read(i, start, end, i < chain.Length - 1 || !surplus.BelongsToLast ? record.SegmentDigests[i] : null, radius, frameLimit),
            });
        }
        if (pairing.Grid.IsTimely) FailOutliers(segments, means);
        for (var i = chain.Length; i <= surplus.LastSegment && i < MaxSegments; i++)
        {
            var start = VideoFingerprint.StartOf(record.Rate, i);
            var end = i == surplus.LastSegment ? pairing.FileEnd : VideoFingerprint.StartOf(record.Rate, i + 1);
            segments.Add(new SegmentReading(i, start, end < start ? start : end, SegmentOutcome.Added, null, "The record ends before it."));
        }
        var reading = new VideoReading { Segments = segments.DrainToImmutable(), ChainBrokenAt = null };
        return (Chained(IsEvidence(evidence, pairing) ? reading : Doubted(reading)), IsEvidence(evidence, pairing) ? evidence : 0);
    }

    /// <summary>Fails the segments whose frames are farther from the record than the file's others are.</summary>
    private static void FailOutliers(ImmutableArray<SegmentReading>.Builder segments, double[] means)
    {
        var limit = SegmentRule.MeanLimit(means.Where((_, i) => segments[i].IsVerified));
        for (var i = 0; i < means.Length; i++)
        {
            if (segments[i].Outcome != SegmentOutcome.Perceptual || means[i] <= limit) continue;
            segments[i] = segments[i] with
            {
                Outcome = SegmentOutcome.Failed,
                Details = string.Create(CultureInfo.InvariantCulture, $"Its frames differ by {means[i]:0.#} of 64 bits on average, much more than those of the rest."),
            };
        }
    }

    /// <summary>Flat and black frames look like those of any video, so segments count only where others say something.</summary>
    private static bool IsEvidence(int evidence, FramePairing pairing)
    {
        var informative = 0;
        foreach (var frame in pairing.RecordBits) informative += FrameInformation.IsInformative(frame) ? 1 : 0;
        return evidence >= Math.Max(1, Math.Min(FrameAlignment.MinMatches, informative));
    }

    private static VideoReading Doubted(VideoReading reading) => reading with
    {
        Segments = [.. reading.Segments.Select(segment => segment.IsVerified
            ? segment with { Outcome = SegmentOutcome.Failed, Details = "It looks the same, but so flat a picture is in many videos, and nothing else of the file is in the record." }
            : segment)],
    };

    private static VideoReading Chained(VideoReading reading)
    {
        var broken = reading.Segments.TakeWhile(segment => segment.Outcome == SegmentOutcome.Exact).Count();
        return reading with { ChainBrokenAt = broken == reading.Segments.Length ? null : broken };
    }

    /// <summary>The reading of a file as a part of the record; null if it isn't one.</summary>
    private static VideoReading? AsExcerpt(FramePairing pairing, Alignment alignment, int radius)
    {
        var record = pairing.Record;
        var offset = -pairing.Grid.TimeOf(alignment.Offset);
        var recordStart = offset > TimeSpan.Zero ? offset : TimeSpan.Zero;
        var recordEnd = offset + pairing.FileEnd < record.Duration ? offset + pairing.FileEnd : record.Duration;
        if (alignment.Share < MatchedShare || (recordEnd - recordStart).Ticks < OverlapShare * pairing.FileEnd.Ticks) return null;

        var total = SegmentAt(record.Rate, pairing.Grid.TimeOf(pairing.Observed.Frames.Length - 1)) + 1;
        if (total > MaxSegments) return null;
        var comparisons = new SegmentComparison?[total];
        for (var sample = 0; sample < record.Frames.Length; sample++)
        {
            var position = pairing.Positions[sample] + alignment.Offset;
            if (position < 0 || position >= pairing.Observed.Frames.Length) continue;
            var comparison = comparisons[SegmentAt(record.Rate, pairing.Grid.TimeOf(position))] ??= new SegmentComparison();
            comparison.Add(record.Frames[sample], pairing.Pair(sample, alignment.Offset), alignment.Offset == 0 ? pairing.DigestOf(sample) : null, radius);
        }
        var segments = ImmutableArray.CreateBuilder<SegmentReading>();
        for (var i = 0; i < comparisons.Length; i++)
        {
            var start = VideoFingerprint.StartOf(record.Rate, i);
            var end = i == comparisons.Length - 1 ? pairing.FileEnd : VideoFingerprint.StartOf(record.Rate, i + 1);
            if (comparisons[i] is { } comparison)
            {
                segments.Add(comparison.Read(i, start, end, IsWholeSegment(record, i, comparison.Count) && alignment.Offset == 0 ? record.SegmentDigests[i] : null, radius, SegmentRule.LooseFrameLimit));
            }
            else if (end + offset <= TimeSpan.Zero || start + offset >= record.Duration)
            {
                segments.Add(new SegmentReading(i, start, end, SegmentOutcome.Added, null, "The record doesn't reach there."));
            }
            else if (i > 0 && i == comparisons.Length - 1)
            {
                // A rest too short to have one of the record's frames belongs to the segment before.
                segments[^1] = segments[^1] with { End = end };
            }
            else
            {
                segments.Add(new SegmentComparison().Read(i, start, end, null, radius, SegmentRule.LooseFrameLimit));
            }
        }
        var reading = new VideoReading
        {
            Segments = segments.DrainToImmutable(),
            ChainBrokenAt = 0,
            Excerpt = new VideoExcerpt(recordStart, recordEnd, offset, alignment.Matches, alignment.Compared),
        };
        // The record goes on, so the chain ends with the file at the latest.
        return reading with { ChainBrokenAt = Chained(reading).ChainBrokenAt ?? reading.TotalSegments };
    }

    private static bool IsWholeSegment(VideoFingerprint record, int segment, int frames) =>
        segment < record.Chain.Segments.Length && record.Chain.Segments[segment].FrameHashes.Length == frames;

    /// <summary>The segment of a file's time line in which a time lies, when its segments are as long as the record's.</summary>
    private static int SegmentAt(SampleRate rate, TimeSpan time)
    {
        var segment = rate.Seconds >= (long)VideoFingerprint.SegmentSeconds * rate.Frames
            ? (decimal)time.Ticks * rate.Frames / ((decimal)rate.Seconds * TimeSpan.TicksPerSecond)
            : (decimal)time.Ticks / (VideoFingerprint.SegmentSeconds * TimeSpan.TicksPerSecond);
        return (int)Math.Min(Math.Floor(segment), int.MaxValue - 1);
    }

    /// <summary>What the file has after the record's last sample.</summary>
    /// <param name="BelongsToLast">Whether frames of it belong to the record's last segment.</param>
    /// <param name="GoesOnInLast">Whether these are more than a copy's end may differ by.</param>
    /// <param name="LastSegment">The file's last segment; -1 when it has no more than the record.</param>
    private readonly record struct Surplus(bool BelongsToLast, bool GoesOnInLast, int LastSegment)
    {
        public static Surplus Of(FramePairing pairing)
        {
            var record = pairing.Record;
            int own = record.Frames.Length, count = pairing.Grid.CountUpTo(pairing.Observed.Frames.Length - 1);
            if (count <= own) return new Surplus(false, false, -1);
            var latest = record.Duration + FramePairing.EndSlack;
            if (record.Rate.TimeOf(count - 1) <= latest) return new Surplus(true, false, -1);
            var last = record.Chain.Segments.Length - 1;
            var goesOn = false;
            for (var sample = own; sample < count && VideoFingerprint.SegmentOf(record.Rate, sample) == last; sample++) goesOn |= record.Rate.TimeOf(sample) > latest;
            return new Surplus(VideoFingerprint.SegmentOf(record.Rate, own) == last, goesOn, VideoFingerprint.SegmentOf(record.Rate, count - 1));
        }
    }
}

/// <summary>How a file compares with a record, and what it takes to say more about it. Immutable.</summary>
internal sealed record VideoComparison
{
    public required FramePairing Pairing { get; init; }

    public required int Radius { get; init; }

    public required VideoReading Reading { get; init; }

    /// <summary>By how many of the file's frames the record is shifted in <see cref="Reading"/>.</summary>
    public long Offset { get; init; }

    /// <summary>Whether the file shows anything of the record at the places of <see cref="Reading"/>.</summary>
    public bool IsRelated { get; init; }

    /// <summary>How many frames agree when the record is laid beside the file, forwards or backwards, as well as can be.</summary>
    public int AlignedFrames { get; init; }
}
