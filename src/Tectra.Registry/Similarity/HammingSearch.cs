using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tectra.Registry.Similarity;

/// <summary>One query of a <see cref="HammingIndex{T}"/>, on the tables and positions that there were when it began.</summary>
internal sealed class HammingSearch<T>
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    /// <summary>So many chains are followed side by side: reads of memory that don't need each other's result overlap.</summary>
    private const int FrontLength = 128;

    /// <summary>Looking at one value of a chain takes about as long as scanning so many bytes of values (some 30 ns, measured at ten million).</summary>
    private const int VisitBytes = 1024;

    /// <summary>A step along few chains takes as long as one along so many: it waits for memory once.</summary>
    private const int LeastVisits = 8;

    private readonly T[][] _values;
    private readonly PartTable[] _tables;
    private readonly T _query;
    private readonly int _radius, _count;
    private readonly NearestMatches _matches;
    private double _visits, _mostVisits;

    public HammingSearch(T[][] values, PartTable[] tables, T query, int radius, int count, NearestMatches matches) =>
        (_values, _tables, _query, _radius, _count, _matches) = (values, tables, query, radius, count, matches);

    /// <summary>
    /// Finds the values through the tables; false, with some of them found, when looking at all is quicker. That may show
    /// late: where many values agree in their bits, chains are long. This gives up after twice the visits that evenly
    /// distributed values need, or a quarter of what a scan takes, and before it has taken as long as a scan.
    /// </summary>
    public bool TryFollowChains(CancellationToken cancellationToken)
    {
        double expected = 0, scan = (double)_count * Unsafe.SizeOf<T>() / VisitBytes;
        for (var part = 0; part < _tables.Length; part++) expected += PatternsOf(part) * (1 + Math.ScaleB(_count, -_tables[part].Bits));
        if (expected > scan) return false;
        _mostVisits = Math.Clamp(2 * expected, scan / 4, scan);
        Span<int> front = stackalloc int[FrontLength];
        for (var part = 0; part < _tables.Length; part++)
        {
            if (!TryFollowChains(part, front, cancellationToken)) return false;
        }
        return true;
    }

    /// <summary>Finds the values by looking at all of them.</summary>
    public void Scan(Action<ReadOnlySpan<T>, T, int, List<int>> scan, CancellationToken cancellationToken)
    {
        List<int> found = [];
        for (var start = 0; start < _count; start += Column<T>.BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = _values[start >> Column<T>.BlockBits].AsSpan(0, Math.Min(_count - start, Column<T>.BlockLength));
            found.Clear();
            scan(values, _query, _radius, found);
            foreach (var i in found)
            {
                // A position without a value reads as zero.
                if (!T.IsZero(values[i]) || _tables[0].Has(start + i)) _matches.Add(start + i, Distance(values[i], _query));
            }
        }
    }

    /// <summary>Looks up every pattern within a part's threshold and follows its chain.</summary>
    private bool TryFollowChains(int part, Span<int> front, CancellationToken cancellationToken)
    {
        var table = _tables[part];
        var previous = table.Previous.Blocks;
        var centre = HammingIndex<T>.Pattern(_query, part, table.Bits);
        var length = 0;
        for (var wrong = 0; wrong <= Math.Min(Threshold(part), table.Bits); wrong++)
        {
            var lowest = (1U << wrong) - 1;
            var highest = lowest << (table.Bits - wrong);
            for (var mask = lowest; ; mask = NextOfEqualCount(mask))
            {
                var head = table.Head(centre ^ mask, _count);
                if (head != 0) front[length++] = head;
                if (length == front.Length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!TryFollow(part, front, previous)) return false;
                    length = 0;
                }
                if (mask == highest) break;
            }
        }
        return TryFollow(part, front[..length], previous);
    }

    /// <summary>Follows chains to their ends, a step along all of them at a time. What it overwrites is the front.</summary>
    private bool TryFollow(int part, Span<int> front, int[][] previous)
    {
        while (front.Length > 0)
        {
            _visits += Math.Max(front.Length, LeastVisits);
            if (_visits > _mostVisits) return false;
            var kept = 0;
            foreach (var head in front)
            {
                int block = (head - 1) >> Column<T>.BlockBits, offset = (head - 1) & Column<T>.BlockMask;
                var next = previous[block][offset];
                if (next != 0) front[kept++] = next;
                var value = _values[block][offset];
                var distance = Distance(value, _query);
                if (distance <= _radius && !IsFoundBefore(part, value)) _matches.Add(head - 1, distance);
            }
            front = front[..kept];
        }
        return true;
    }

    /// <summary>True if an earlier part's table has led to the value: its bits tell.</summary>
    private bool IsFoundBefore(int part, T value)
    {
        while (--part >= 0)
        {
            var wrong = HammingIndex<T>.Pattern(value ^ _query, part, _tables[part].Bits);
            if (BitOperations.PopCount(wrong) <= Threshold(part)) return true;
        }
        return false;
    }

    /// <summary>A part's share of the radius: how many wrong bits are looked for in its table; −1 where none needs to be.</summary>
    private int Threshold(int part) => ((_radius + _tables.Length - part) / _tables.Length) - 1;

    /// <summary>How many patterns lie within a part's threshold: Σₖ C(bits, k).</summary>
    private double PatternsOf(int part)
    {
        double sum = 0, choices = 1;
        for (var wrong = 0; wrong <= Threshold(part); wrong++)
        {
            sum += choices;
            choices = choices * (_tables[part].Bits - wrong) / (wrong + 1);
        }
        return sum;
    }

    /// <summary>The next larger number with as many bits set (Gosper's hack); 0 for 0.</summary>
    private static uint NextOfEqualCount(uint mask)
    {
        var carried = mask + (mask & (~mask + 1));
        return carried | (((mask ^ carried) >> 2) >> BitOperations.TrailingZeroCount(mask));
    }

    private static int Distance(T value, T other) => int.CreateTruncating(T.PopCount(value ^ other));
}
