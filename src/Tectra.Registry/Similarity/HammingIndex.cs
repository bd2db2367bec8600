using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tectra.Registry.Similarity;

/// <summary>
/// Values of 64 or 128 bits by position, and all of them within a Hamming radius of another. One thread appends; others
/// query meanwhile without locks.
/// <para>
/// The bits are three disjoint parts, and a <see cref="PartTable"/> chains the values that agree in the lowest bits of a
/// part. A query shares its radius out in thresholds tᵢ ≥ −1 with Σ(tᵢ + 1) = radius + 1. A value with more than tᵢ wrong
/// bits in every part i would have at least Σ(tᵢ + 1) > radius of them; so a value within the radius has at most tᵢ in some
/// part, hence at most tᵢ among those of the part's bits that its table looks at, and looking up every pattern within tᵢ
/// in every table finds it. (Multi-index hashing: Norouzi, Punjani and Fleet 2012; such thresholds: Qin et al. 2018.)
/// </para>
/// </summary>
/// <param name="scan">Adds the indices of all values within a radius to a list, by looking at each.</param>
internal sealed class HammingIndex<T>(Action<ReadOnlySpan<T>, T, int, List<int>> scan)
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    private const int Parts = 3;

    /// <summary>When the chains of a table would be longer on average, one with twice as many takes its place.</summary>
    private const int MeanLength = 8;

    private const int FirstBits = 10, LastBits = 26;

    private static readonly int Width = 8 * Unsafe.SizeOf<T>();

    private readonly Column<T> _values = new();
    private readonly PartTable[] _tables = [new(FirstBits), new(FirstBits), new(FirstBits)];

    /// <summary>How much memory it takes.</summary>
    public long Bytes => _values.Bytes + _tables.Sum(table => table.Bytes);

    /// <summary>Makes room for the next position. If it fails for want of memory, nothing has changed.</summary>
    public void Reserve(int position)
    {
        _values.Reserve(position);
        for (var part = 0; part < Parts; part++)
        {
            var table = _tables[part];
            var most = Math.Min(FirstBit(part + 1) - FirstBit(part), LastBits);
            if (table.Bits < most && position >= MeanLength << table.Bits)
            {
                // Readers are in the old chains, which therefore stay as they are.
                table = Rebuilt(part, table, position);
                Volatile.Write(ref _tables[part], table);
            }
            table.Previous.Reserve(position);
        }
    }

    /// <summary>Writes the next position, which has room and is published afterwards. A null is never found.</summary>
    public void Append(int position, T? value)
    {
        if (value is { } known) _values[position] = known;
        for (var part = 0; part < Parts; part++)
        {
            var table = _tables[part];
            if (value is { } bits) table.Link(position, Pattern(bits, part, table.Bits));
            else table.LeaveOut(position);
        }
    }

    /// <summary>Finds every value within <paramref name="radius"/> bits at the positions before <paramref name="count"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Find(T query, int radius, int count, NearestMatches matches, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        radius = Math.Min(radius, Width);
        var tables = new PartTable[Parts];
        for (var part = 0; part < Parts; part++) tables[part] = Volatile.Read(ref _tables[part]);
        var search = new HammingSearch<T>(_values.Blocks, tables, query, radius, count, matches);
        if (search.TryFollowChains(cancellationToken)) return;
        matches.Clear();
        search.Scan(scan, cancellationToken);
    }

    /// <summary>The lowest bits of a part.</summary>
    public static uint Pattern(T value, int part, int bits) => uint.CreateTruncating(value >>> FirstBit(part)) & ((1U << bits) - 1);

    private static int FirstBit(int part) => part * Width / Parts;

    private PartTable Rebuilt(int part, PartTable smaller, int count)
    {
        var table = new PartTable(smaller.Bits + 1);
        for (var position = 0; position < count; position++)
        {
            table.Previous.Reserve(position);
            if (smaller.Has(position)) table.Link(position, Pattern(_values[position], part, table.Bits));
            else table.LeaveOut(position);
        }
        return table;
    }
}
