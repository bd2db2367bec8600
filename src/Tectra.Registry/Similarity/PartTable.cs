namespace Tectra.Registry.Similarity;

/// <summary>
/// The positions whose values agree in some bits, as chains: a head for every pattern of the bits, and behind each position
/// the one before it with the same pattern. A chain therefore descends. A table doesn't grow; a larger one takes its place.
/// One thread links; others may read meanwhile.
/// </summary>
internal sealed class PartTable(int bits)
{
    /// <summary>What a position without a value has instead of the one before it.</summary>
    private const int Absent = -1;

    private readonly int[] _heads = new int[1 << bits]; // position + 1; 0 where there is none

    /// <summary>How many bits tell chains apart.</summary>
    public int Bits => bits;

    /// <summary>The position + 1 of the one before in the same chain; 0 at its end.</summary>
    public Column<int> Previous { get; } = new();

    /// <summary>How much memory it takes.</summary>
    public long Bytes => (sizeof(int) * (long)_heads.Length) + Previous.Bytes;

    /// <summary>Puts the next position, which has room, at the head of its chain.</summary>
    public void Link(int position, uint pattern)
    {
        ref var head = ref _heads[pattern];
        Previous[position] = head;
        Volatile.Write(ref head, position + 1);
    }

    /// <summary>Leaves the next position out of all chains.</summary>
    public void LeaveOut(int position) => Previous[position] = Absent;

    /// <summary>True if the position is in a chain.</summary>
    public bool Has(int position) => Previous[position] != Absent;

    /// <summary>The newest position before <paramref name="count"/> in a chain, + 1; 0 if there is none.</summary>
    public int Head(uint pattern, int count)
    {
        var head = Volatile.Read(ref _heads[pattern]);
        while (head > count) head = Previous[head - 1];
        return head;
    }
}
