namespace Tectra.Sdk.Verification;

/// <summary>One way of laying a record's frames beside a file's. Immutable.</summary>
/// <param name="Offset">The record's frame at position p is laid beside the file's at p + offset.</param>
/// <param name="Score">The sum of radius + 1 − distance over all frames of the record within the radius there.</param>
/// <param name="Matches">How many they are.</param>
/// <param name="Compared">Out of how many of the record's that say something and lie within the file.</param>
internal readonly record struct Alignment(long Offset, int Score, int Matches, int Compared)
{
    /// <summary>The matched share, 0 to 1.</summary>
    public double Share => Compared == 0 ? 0 : (double)Matches / Compared;
}

/// <summary>
/// Finds where in a record a file lies by trying every offset: each pair of a record's and a file's frame that look the same votes for the
/// offset that lays them together. Nothing is skipped or guessed. Frames that say nothing (<see cref="FrameInformation"/>) don't vote.
/// </summary>
internal static class FrameAlignment
{
    /// <summary>Fewer frames than this prove no offset.</summary>
    public const int MinMatches = 3;

    /// <summary>
    /// Offsets are judged so many at a time: cells that fit a processor's cache, and a bound to memory however far apart the record's
    /// frames are.
    /// </summary>
    private const int TileLength = 1 << 15;

    /// <summary>The offset with the highest score among those with at least <see cref="MinMatches"/>; null if there is none.</summary>
    /// <param name="record">The record's frames.</param>
    /// <param name="positions">Where they lie, in steps from one frame of the file to the next; ascending.</param>
    /// <param name="observed">The file's frames, or some of them in a row.</param>
    /// <param name="start">The position of the first of them.</param>
    /// <param name="preferred">Of equally good offsets the one nearest to this is taken; of two such, the lower.</param>
    /// <param name="radius">At how many bits (0 to 63) two frames look the same.</param>
    public static Alignment? Best(ReadOnlySpan<ulong> record, ReadOnlySpan<long> positions, ReadOnlySpan<ulong> observed, long start, long preferred, int radius)
    {
        if (!CanMatch(positions, observed.Length)) return null;
        var penalties = new ulong[observed.Length];
        for (var j = 0; j < observed.Length; j++) penalties[j] = FrameInformation.IsInformative(observed[j]) ? 0 : FrameVotes.Mute;
        long first = start - positions[^1], last = start + observed.Length - 1 - positions[0];
        var votes = new ulong[(int)Math.Min(TileLength, last - first + 1)];
        var best = default(Alignment);
        for (var from = first; from <= last; from += votes.Length)
        {
            var cells = votes.AsSpan(0, (int)Math.Min(votes.Length, last - from + 1));
            cells.Clear();
            Vote(record, positions, observed, penalties, start, radius, from, cells);
            for (var i = 0; i < cells.Length; i++)
            {
                int score = (int)(uint)cells[i], matches = (int)(cells[i] >> 32);
                if (matches < MinMatches || score < best.Score) continue;
                var offset = from + i;
                if (score > best.Score || Math.Abs(offset - preferred) < Math.Abs(best.Offset - preferred)) best = new Alignment(offset, score, matches, 0);
            }
        }
        return best.Matches == 0 ? null : best with { Compared = CountCompared(record, positions, start, observed.Length, best.Offset) };
    }

    /// <summary>Adds the votes for the offsets from <paramref name="from"/> on, as many as there are cells.</summary>
    private static void Vote(
        ReadOnlySpan<ulong> record, ReadOnlySpan<long> positions, ReadOnlySpan<ulong> observed, ReadOnlySpan<ulong> penalties, long start, int radius, long from, Span<ulong> cells)
    {
        // A frame at position p has a say in this tile if some frame of the file, at start + j, is at an offset of the tile from it.
        var begin = LowerBound(positions, start - (from + cells.Length - 1));
        for (var i = begin; i < record.Length && positions[i] <= start + observed.Length - 1 - from; i++)
        {
            if (!FrameInformation.IsInformative(record[i])) continue;
            var shift = start - positions[i] - from; // the cell of the file's first frame
            var low = (int)Math.Max(0, -shift);
            var high = (int)Math.Min(observed.Length, cells.Length - shift);
            if (low < high) FrameVotes.Add(observed[low..high], penalties[low..high], record[i], radius, cells.Slice((int)(low + shift), high - low));
        }
    }

    /// <summary>Whether enough frames of the record lie close enough together to be in the file at once.</summary>
    private static bool CanMatch(ReadOnlySpan<long> positions, int length)
    {
        for (var i = MinMatches - 1; i < positions.Length; i++)
        {
            if (positions[i] - positions[i - (MinMatches - 1)] < length) return true;
        }
        return false;
    }

    private static int CountCompared(ReadOnlySpan<ulong> record, ReadOnlySpan<long> positions, long start, int length, long offset)
    {
        var compared = 0;
        for (var i = 0; i < record.Length; i++)
        {
            var at = positions[i] + offset - start;
            if (at >= 0 && at < length && FrameInformation.IsInformative(record[i])) compared++;
        }
        return compared;
    }

    private static int LowerBound(ReadOnlySpan<long> positions, long value)
    {
        int low = 0, high = positions.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (positions[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
