using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// Keccak-256 of many leaves or many pairs of nodes at once, each a lane of its own. All of them are shorter than the sponge's
/// rate, so each is one block. All widths give the same bytes.
/// </summary>
internal static class MerkleHasher
{
    private const int HashWords = MerkleHash.LengthBytes / sizeof(ulong), PairWords = 2 * HashWords, RateWords = Keccak256.RateBytes / sizeof(ulong);

    /// <summary>The node of each leaf.</summary>
    /// <param name="leaves">Any number.</param>
    /// <param name="hashes">As many.</param>
    public static void HashLeaves(ReadOnlySpan<MerkleLeaf> leaves, Span<MerkleHash> hashes)
    {
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) HashLeaves<Vector512<ulong>, KeccakLanes8>(leaves, hashes);
        else if (Vector256.IsHardwareAccelerated) HashLeaves<Vector256<ulong>, KeccakLanes4>(leaves, hashes);
        else if (Vector128.IsHardwareAccelerated) HashLeaves<Vector128<ulong>, KeccakLanes2>(leaves, hashes);
        else HashLeaves<ulong, KeccakLanes1>(leaves, hashes);
    }

    /// <summary>The parent of each pair of neighbours.</summary>
    /// <param name="children">An even number.</param>
    /// <param name="parents">Half as many.</param>
    public static void HashPairs(ReadOnlySpan<MerkleHash> children, Span<MerkleHash> parents)
    {
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) HashPairs<Vector512<ulong>, KeccakLanes8>(children, parents);
        else if (Vector256.IsHardwareAccelerated) HashPairs<Vector256<ulong>, KeccakLanes4>(children, parents);
        else if (Vector128.IsHardwareAccelerated) HashPairs<Vector128<ulong>, KeccakLanes2>(children, parents);
        else HashPairs<ulong, KeccakLanes1>(children, parents);
    }

    /// <summary><see cref="HashLeaves(ReadOnlySpan{MerkleLeaf}, Span{MerkleHash})"/> of a given width.</summary>
    public static void HashLeaves<TWord, TLanes>(ReadOnlySpan<MerkleLeaf> leaves, Span<MerkleHash> hashes)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = stackalloc TWord[KeccakF1600.Words];
        ref var words = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<TWord, ulong>(state));
        for (; leaves.Length > 0; leaves = leaves[Math.Min(TLanes.Count, leaves.Length)..])
        {
            var group = leaves[..Math.Min(TLanes.Count, leaves.Length)];
            state[PairWords..].Clear(); // lanes without a leaf are hashed too, whatever is in them, and not read
            for (var lane = 0; lane < group.Length; lane++)
            {
                var leaf = MemoryMarshal.AsBytes(group.Slice(lane, 1));
                Load<TWord, TLanes>(leaf[..MerkleHash.LengthBytes], ref Unsafe.Add(ref words, lane));
                Load<TWord, TLanes>(leaf[MerkleHash.LengthBytes..], ref Unsafe.Add(ref words, (HashWords * TLanes.Count) + lane));
            }
            HashBlock<TWord, TLanes>(state, PairWords);
            state[HashWords..].Clear();
            HashBlock<TWord, TLanes>(state, HashWords);
            Store<TWord, TLanes>(ref words, hashes[..group.Length]);
            hashes = hashes[group.Length..];
        }
    }

    /// <summary><see cref="HashPairs(ReadOnlySpan{MerkleHash}, Span{MerkleHash})"/> of a given width.</summary>
    public static void HashPairs<TWord, TLanes>(ReadOnlySpan<MerkleHash> children, Span<MerkleHash> parents)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = stackalloc TWord[KeccakF1600.Words];
        ref var words = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<TWord, ulong>(state));
        while (parents.Length > 0)
        {
            var group = parents[..Math.Min(TLanes.Count, parents.Length)];
            state[PairWords..].Clear();
            for (var lane = 0; lane < group.Length; lane++)
            {
                // Which comes first is as good as random: an index costs less than a branch that is guessed wrong.
                var first = children[2 * lane].IsAfter(in children[(2 * lane) + 1]) ? 1 : 0;
                Load<TWord, TLanes>(MemoryMarshal.AsBytes(children.Slice((2 * lane) + first, 1)), ref Unsafe.Add(ref words, lane));
                Load<TWord, TLanes>(MemoryMarshal.AsBytes(children.Slice((2 * lane) + 1 - first, 1)), ref Unsafe.Add(ref words, (HashWords * TLanes.Count) + lane));
            }
            HashBlock<TWord, TLanes>(state, PairWords);
            Store<TWord, TLanes>(ref words, group);
            parents = parents[group.Length..];
            children = children[(2 * group.Length)..];
        }
    }

    /// <summary>Pads a message of so many words, beyond which the state must be zero, and permutes.</summary>
    private static void HashBlock<TWord, TLanes>(Span<TWord> state, int messageWords)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        state[messageWords] = TLanes.Create(Keccak256.FirstPadding);
        state[RateWords - 1] = TLanes.Create((ulong)Keccak256.LastPadding << 56);
        KeccakF1600.Permute<TWord, TLanes>(state);
    }

    /// <summary>Spreads the four words of a hash over four vectors; <paramref name="first"/> is the lane in the first of them.</summary>
    private static void Load<TWord, TLanes>(ReadOnlySpan<byte> hash, ref ulong first)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        for (var i = 0; i < HashWords; i++)
            Unsafe.Add(ref first, i * TLanes.Count) = BinaryPrimitives.ReadUInt64LittleEndian(hash[(i * sizeof(ulong))..]);
    }

    /// <summary>Gathers the first four words of each lane.</summary>
    private static void Store<TWord, TLanes>(ref ulong words, Span<MerkleHash> hashes)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        for (var lane = 0; lane < hashes.Length; lane++)
        {
            var hash = MemoryMarshal.AsBytes(hashes.Slice(lane, 1));
            for (var i = 0; i < HashWords; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(hash[(i * sizeof(ulong))..], Unsafe.Add(ref words, (i * TLanes.Count) + lane));
        }
    }
}
