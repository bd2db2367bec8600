using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Registry.Similarity;

/// <summary>A lane is one hash. Bits are counted a nibble at a time by table, and summed by a difference to zero.</summary>
internal static partial class HammingScan
{
    private static Vector128<byte> NibbleCounts => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector512(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches)
    {
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var counts = Vector512.Create(Vector256.Create(NibbleCounts, NibbleCounts), Vector256.Create(NibbleCounts, NibbleCounts));
        Vector512<byte> low = Vector512.Create((byte)0x0F);
        Vector512<ulong> wanted = Vector512.Create(query), limit = Vector512.Create((ulong)radius);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= hashes.Length; i += Vector512<ulong>.Count)
        {
            var difference = (Vector512.LoadUnsafe(ref first, (nuint)i) ^ wanted).AsByte();
            var sums = Avx512BW.Shuffle(counts, difference & low) + Avx512BW.Shuffle(counts, (difference.AsUInt16() >>> 4).AsByte() & low);
            var distances = Avx512BW.SumAbsoluteDifferences(sums, Vector512<byte>.Zero).AsUInt64();
            Add(Vector512.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(hashes, query, radius, matches, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector256(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches)
    {
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var counts = Vector256.Create(NibbleCounts, NibbleCounts);
        Vector256<byte> low = Vector256.Create((byte)0x0F);
        Vector256<ulong> wanted = Vector256.Create(query), limit = Vector256.Create((ulong)radius);
        var i = 0;
        for (; i + Vector256<ulong>.Count <= hashes.Length; i += Vector256<ulong>.Count)
        {
            var difference = (Vector256.LoadUnsafe(ref first, (nuint)i) ^ wanted).AsByte();
            var sums = Avx2.Shuffle(counts, difference & low) + Avx2.Shuffle(counts, (difference.AsUInt16() >>> 4).AsByte() & low);
            var distances = Avx2.SumAbsoluteDifferences(sums, Vector256<byte>.Zero).AsUInt64();
            Add(Vector256.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(hashes, query, radius, matches, i);
    }

    private static void Add(ulong mask, int start, List<int> matches)
    {
        for (; mask != 0; mask &= mask - 1) matches.Add(start + BitOperations.TrailingZeroCount(mask));
    }
}
