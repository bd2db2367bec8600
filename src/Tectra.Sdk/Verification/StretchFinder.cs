using System.Numerics;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Says of the parts of a file that don't verify whether the record has them elsewhere, or backwards: a part is laid beside the whole
/// record, the best stretch of it is taken out, and the rest is looked at in the same way.
/// </summary>
internal sealed class StretchFinder(VideoComparison comparison)
{
    /// <summary>How often the rest of a part is looked at again: bounds the work on a file that was cut into very many pieces.</summary>
    private const int MaxDepth = 12;

    /// <summary>
    /// How many bits nearer on average the frames must be elsewhere than in place for a stretch to be called moved, and backwards than forwards.
    /// Of a fixed shot that was cropped, each frame is about as near to every other as to its own.
    /// </summary>
    private const double ClearlyMoved = 8, ClearlyReversed = 6;

    /// <summary>The distance of pictures that have nothing to do with each other.</summary>
    private const double Unrelated = 32;

    private readonly FramePairing _pairing = comparison.Pairing;
    private readonly int _radius = comparison.Radius;

    /// <summary>All stretches of the file, in order, without gaps.</summary>
    public List<VideoStretch> Find()
    {
        var end = (long)_pairing.Observed.Frames.Length;
        if (comparison.Reading.Confidence < VideoJudge.InPlaceShare && Best(0, end) is { Kind: StretchKind.Reversed } whole && whole.Length >= VideoJudge.OverlapShare * end)
            return [whole];
        var stretches = new List<VideoStretch>();
        var segments = comparison.Reading.Segments;
        for (var i = 0; i < segments.Length;)
        {
            var next = i + 1;
            while (next < segments.Length && segments[next].IsVerified == segments[i].IsVerified) next++;
            var from = Math.Min(_pairing.Grid.StepAt(segments[i].Start), end);
            var to = next == segments.Length ? end : Math.Min(_pairing.Grid.StepAt(segments[next].Start), end);
            if (segments[i].IsVerified) Add(stretches, InPlace(from, to));
            else Explain(from, to, 0, stretches);
            i = next;
        }
        return WithoutSlivers(stretches);
    }

    /// <summary>
    /// Between two samples of the record nobody knows which stretch the file's frames belong to: what is shorter than that, and unknown,
    /// belongs to the one that follows.
    /// </summary>
    private List<VideoStretch> WithoutSlivers(List<VideoStretch> stretches)
    {
        for (var i = stretches.Count - 2; i >= 0; i--)
        {
            if (stretches[i] is not { Kind: StretchKind.Unknown } sliver || sliver.Length > _pairing.Grid.Interval || stretches[i + 1] is not { Kind: StretchKind.Moved } next) continue;
            if (next.RecordStart < sliver.Length) continue;
            stretches[i + 1] = next with { Start = sliver.Start, RecordStart = next.RecordStart - sliver.Length };
            stretches.RemoveAt(i);
        }
        return stretches;
    }

    private static void Add(List<VideoStretch> stretches, VideoStretch stretch)
    {
        if (stretch.Length <= 0) return;
        // What goes on as before is one stretch.
        if (stretches.Count > 0 && stretches[^1] is var last && last.Kind == stretch.Kind
            && (stretch.Kind == StretchKind.Unknown || (stretch.IsForward && last.RecordEnd == stretch.RecordStart)))
        {
            stretches[^1] = last with { End = stretch.End };
            return;
        }
        stretches.Add(stretch);
    }

    private void Explain(long from, long to, int depth, List<VideoStretch> stretches)
    {
        if (to <= from) return;
        if (depth < MaxDepth && Best(from, to) is { } found)
        {
            Explain(from, found.Start, depth + 1, stretches);
            Add(stretches, found);
            Explain(found.End, to, depth + 1, stretches);
            return;
        }
        if (depth == 0)
        {
            Add(stretches, new VideoStretch(StretchKind.Unknown, from, to, 0));
            return;
        }
        // What is left beside a moved stretch begins or ends with frames that are still in place.
        var (head, tail) = InPlaceEnds(from, to);
        Add(stretches, InPlace(from, head));
        Add(stretches, new VideoStretch(StretchKind.Unknown, head, tail, 0));
        Add(stretches, InPlace(tail, to));
    }

    private VideoStretch InPlace(long from, long to) => new(StretchKind.InPlace, from, to, from - comparison.Offset);

    /// <summary>The stretch of a part that the record has elsewhere, or backwards; null when there is none that is clearly so.</summary>
    private VideoStretch? Best(long from, long to)
    {
        var frames = _pairing.ObservedBits[(int)from..(int)to];
        var backwards = VideoJudge.Reversed(frames);
        var forward = FrameAlignment.Best(_pairing.RecordBits, _pairing.Positions, frames, from, comparison.Offset, _radius);
        var backward = FrameAlignment.Best(_pairing.RecordBits, _pairing.Positions, backwards, from, comparison.Offset, _radius);
        if (backward is { } turned && Run(backwards, from, to, turned.Offset) is { } back)
        {
            // Reversed in its place, the part's last frame stands at its beginning.
            var stretch = new VideoStretch(StretchKind.Reversed, from + to - back.End, from + to - back.Start, back.Start - turned.Offset);
            var there = AgreementAt(turned.Offset, backwards, from, back.Start, back.End);
            var ahead = forward is { } other ? AgreementAt(other.Offset, frames, from, stretch.Start, stretch.End).Distance : Unrelated;
            if (there.IsClearlyBetterThan(AgreementAt(comparison.Offset, frames, from, stretch.Start, stretch.End)) && there.Distance + ClearlyReversed <= ahead) return stretch;
        }
        if (forward is not { } best || best.Offset == comparison.Offset || Run(frames, from, to, best.Offset) is not { } run) return null;
        return AgreementAt(best.Offset, frames, from, run.Start, run.End).IsClearlyBetterThan(AgreementAt(comparison.Offset, frames, from, run.Start, run.End))
            ? new VideoStretch(StretchKind.Moved, run.Start, run.End, run.Start - best.Offset)
            : null;
    }

    /// <summary>How well the frames of a stretch agree with the record's at an offset, of those that say something.</summary>
    private Agreement AgreementAt(long offset, ReadOnlySpan<ulong> frames, long first, long from, long to)
    {
        int sum = 0, count = 0, matches = 0;
        for (var sample = 0; sample < _pairing.Positions.Length; sample++)
        {
            var at = _pairing.Positions[sample] + offset;
            if (at < from || at >= to || !FrameInformation.IsInformative(_pairing.RecordBits[sample])) continue;
            sum += BitOperations.PopCount(_pairing.RecordBits[sample] ^ frames[(int)(at - first)]);
            if (IsMatch(_pairing.RecordBits[sample], frames[(int)(at - first)])) matches++;
            count++;
        }
        return new Agreement(matches, count == 0 ? Unrelated : (double)sum / count);
    }

    /// <summary>Whether two frames say something and look the same.</summary>
    private bool IsMatch(ulong record, ulong observed) =>
        FrameInformation.IsInformative(record) && FrameInformation.IsInformative(observed) && BitOperations.PopCount(record ^ observed) <= _radius;

    /// <summary>
    /// The longest run of frames that agree at an offset: where matches outnumber the others by most. Null when it has too few or too small a
    /// share of them.
    /// </summary>
    private FrameRun? Run(ReadOnlySpan<ulong> frames, long from, long to, long offset)
    {
        long start = from, bestStart = from, bestEnd = from;
        int balance = 0, matches = 0, compared = 0, best = 0, bestMatches = 0, bestCompared = 0;
        var isEndOpen = false;
        for (var sample = 0; sample < _pairing.Positions.Length; sample++)
        {
            var at = _pairing.Positions[sample] + offset;
            if (at < from || at >= to || !FrameInformation.IsInformative(_pairing.RecordBits[sample])) continue;
            var isMatch = IsMatch(_pairing.RecordBits[sample], frames[(int)(at - from)]);
            if (isEndOpen)
            {
                bestEnd = at;
                isEndOpen = false;
            }
            compared++;
            balance += isMatch ? 1 : -1;
            if (isMatch) matches++;
            if (balance < 0)
            {
                (balance, matches, compared) = (0, 0, 0);
                start = -1; // the next match begins a run
            }
            else if (start < 0 && isMatch)
            {
                start = at;
            }
            if (balance <= best) continue;
            (best, bestStart, bestMatches, bestCompared, isEndOpen) = (balance, start, matches, compared, true);
        }
        if (bestMatches < FrameAlignment.MinMatches || bestMatches < VideoJudge.MatchedShare * bestCompared) return null;
        return new FrameRun(bestStart, isEndOpen ? to : bestEnd);
    }

    /// <summary>How far the frames at the beginning and at the end of a part are in place.</summary>
    private (long Head, long Tail) InPlaceEnds(long from, long to)
    {
        var observed = _pairing.ObservedBits;
        long? firstOther = null, afterLastOther = null;
        for (var sample = 0; sample < _pairing.Positions.Length; sample++)
        {
            var at = _pairing.Positions[sample] + comparison.Offset;
            if (at < from || at >= to) continue;
            if (IsMatch(_pairing.RecordBits[sample], observed[(int)at]))
            {
                if (firstOther is not null) afterLastOther ??= at;
            }
            else
            {
                firstOther ??= at;
                afterLastOther = null;
            }
        }
        if (firstOther is not { } other) return (to, to);
        return (other, afterLastOther ?? to);
    }

    private readonly record struct FrameRun(long Start, long End);

    /// <param name="Matches">How many frames look the same.</param>
    /// <param name="Distance">By how many bits frames differ on average.</param>
    private readonly record struct Agreement(int Matches, double Distance)
    {
        public bool IsClearlyBetterThan(Agreement inPlace) => Distance + ClearlyMoved <= inPlace.Distance && Matches - FrameAlignment.MinMatches >= inPlace.Matches;
    }
}
