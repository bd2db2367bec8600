using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// Sorts nodes as bytes; equal ones keep their order. Each becomes an entry, its first four bytes over its index, and a radix
/// sort orders those. As hashes are as good as random, few agree in four bytes, and only those are compared as a whole.
/// </summary>
internal static class MerkleOrder
{
    private const int IndexBits = 32, DigitBits = 8;

    /// <summary>Entries of the first <paramref name="count"/> nodes in ascending order of the nodes; see <see cref="IndexOf"/>.</summary>
    public static ulong[] Sort(MerkleHash[] nodes, int count)
    {
        var entries = GC.AllocateUninitializedArray<ulong>(count);
        for (var i = 0; i < count; i++) entries[i] = ((ulong)PrefixOf(in nodes[i]) << IndexBits) | (uint)i;
        entries = SortByPrefix(entries);
        var comparer = new EntryComparer(nodes);
        for (int start = 0, end; start < count; start = end)
        {
            for (end = start + 1; end < count && entries[end] >> IndexBits == entries[start] >> IndexBits; end++) continue;
            if (end - start > 1) Array.Sort(entries, start, end - start, comparer);
        }
        return entries;
    }

    /// <summary>The index of the node that an entry stands for.</summary>
    public static int IndexOf(ulong entry) => (int)entry;

    private static uint PrefixOf(in MerkleHash node) => BinaryPrimitives.ReadUInt32BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<MerkleHash>(in node)));

    /// <summary>Digit by digit from the lowest, each pass keeping the order of equal digits.</summary>
    private static ulong[] SortByPrefix(ulong[] entries)
    {
        var (from, to) = (entries, GC.AllocateUninitializedArray<ulong>(entries.Length));
        Span<int> places = stackalloc int[1 << DigitBits];
        for (var shift = IndexBits; shift < 8 * sizeof(ulong); shift += DigitBits)
        {
            places.Clear();
            foreach (var entry in from) places[(byte)(entry >> shift)]++;
            var place = 0;
            foreach (ref var next in places) (next, place) = (place, place + next);
            foreach (var entry in from) to[places[(byte)(entry >> shift)]++] = entry;
            (from, to) = (to, from);
        }
        return from;
    }

    private sealed class EntryComparer(MerkleHash[] nodes) : IComparer<ulong>
    {
        public int Compare(ulong x, ulong y) => nodes[IndexOf(x)].CompareTo(nodes[IndexOf(y)]) is var order and not 0 ? order : x.CompareTo(y);
    }
}
