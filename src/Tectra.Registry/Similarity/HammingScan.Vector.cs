using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Registry.Similarity;

/// <summary>
/// A lane is a hash, or half a payload. Bits are counted a nibble at a time by table, and summed by a difference to zero.
/// (.NET 10 doesn't offer AVX-512's own count.)
/// </summary>
internal static partial class HammingScan
{
    /// <summary>Exchanges the two halves of each 128 bits, as four 32-bit lanes.</summary>
    private const byte SwapHalves = 0b01_00_11_10;

    private static Vector128<byte> NibbleCounts => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector512(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches)
    {
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var counts = Vector512.Create(Vector256.Create(NibbleCounts, NibbleCounts), Vector256.Create(NibbleCounts, NibbleCounts));
        Vector512<ulong> wanted = Vector512.Create(query), limit = Vector512.Create((ulong)radius);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= hashes.Length; i += Vector512<ulong>.Count)
        {
            var distances = CountBits(Vector512.LoadUnsafe(ref first, (nuint)i) ^ wanted, counts);
            Add(Vector512.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(hashes, query, radius, matches, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector512(ReadOnlySpan<UInt128> payloads, UInt128 query, int radius, List<int> matches)
    {
        ref var first = ref Unsafe.As<UInt128, ulong>(ref MemoryMarshal.GetReference(payloads));
        var counts = Vector512.Create(Vector256.Create(NibbleCounts, NibbleCounts), Vector256.Create(NibbleCounts, NibbleCounts));
        var half = Vector256.Create(Halves(query), Halves(query));
        Vector512<ulong> wanted = Vector512.Create(half, half), limit = Vector512.Create((ulong)radius);
        var i = 0;
        for (; i + (Vector512<ulong>.Count / 2) <= payloads.Length; i += Vector512<ulong>.Count / 2)
        {
            var sums = CountBits(Vector512.LoadUnsafe(ref first, 2 * (nuint)i) ^ wanted, counts);
            var distances = sums + Avx512F.Shuffle(sums.AsUInt32(), SwapHalves).AsUInt64();
            AddPairs(Vector512.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(payloads, query, radius, matches, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector256(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches)
    {
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var counts = Vector256.Create(NibbleCounts, NibbleCounts);
        Vector256<ulong> wanted = Vector256.Create(query), limit = Vector256.Create((ulong)radius);
        var i = 0;
        for (; i + Vector256<ulong>.Count <= hashes.Length; i += Vector256<ulong>.Count)
        {
            var distances = CountBits(Vector256.LoadUnsafe(ref first, (nuint)i) ^ wanted, counts);
            Add(Vector256.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(hashes, query, radius, matches, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FindVector256(ReadOnlySpan<UInt128> payloads, UInt128 query, int radius, List<int> matches)
    {
        ref var first = ref Unsafe.As<UInt128, ulong>(ref MemoryMarshal.GetReference(payloads));
        var counts = Vector256.Create(NibbleCounts, NibbleCounts);
        Vector256<ulong> wanted = Vector256.Create(Halves(query), Halves(query)), limit = Vector256.Create((ulong)radius);
        var i = 0;
        for (; i + (Vector256<ulong>.Count / 2) <= payloads.Length; i += Vector256<ulong>.Count / 2)
        {
            var sums = CountBits(Vector256.LoadUnsafe(ref first, 2 * (nuint)i) ^ wanted, counts);
            var distances = sums + Avx2.Shuffle(sums.AsUInt32(), SwapHalves).AsUInt64();
            AddPairs(Vector256.LessThanOrEqual(distances, limit).ExtractMostSignificantBits(), i, matches);
        }
        FindScalar(payloads, query, radius, matches, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> CountBits(Vector512<ulong> value, Vector512<byte> counts)
    {
        var low = Vector512.Create((byte)0x0F);
        var bytes = value.AsByte();
        var sums = Avx512BW.Shuffle(counts, bytes & low) + Avx512BW.Shuffle(counts, (bytes.AsUInt16() >>> 4).AsByte() & low);
        return Avx512BW.SumAbsoluteDifferences(sums, Vector512<byte>.Zero).AsUInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> CountBits(Vector256<ulong> value, Vector256<byte> counts)
    {
        var low = Vector256.Create((byte)0x0F);
        var bytes = value.AsByte();
        var sums = Avx2.Shuffle(counts, bytes & low) + Avx2.Shuffle(counts, (bytes.AsUInt16() >>> 4).AsByte() & low);
        return Avx2.SumAbsoluteDifferences(sums, Vector256<byte>.Zero).AsUInt64();
    }

    /// <summary>A payload as it lies in memory on these processors, low half first.</summary>
    private static Vector128<ulong> Halves(UInt128 value) => Vector128.Create((ulong)value, (ulong)(value >> 64));

    private static void Add(ulong mask, int start, List<int> matches)
    {
        for (; mask != 0; mask &= mask - 1) matches.Add(start + BitOperations.TrailingZeroCount(mask));
    }

    /// <summary>Two equal bits stand for one payload.</summary>
    private static void AddPairs(ulong mask, int start, List<int> matches)
    {
        for (mask &= 0x5555; mask != 0; mask &= mask - 1) matches.Add(start + (BitOperations.TrailingZeroCount(mask) / 2));
    }
}
