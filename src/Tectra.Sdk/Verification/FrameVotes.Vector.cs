using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Verification;

/// <summary>A lane is a frame. Bits are counted a nibble at a time by table, and summed by a difference to zero.</summary>
internal static partial class FrameVotes
{
    private static Vector128<byte> NibbleCounts => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddVector512(ReadOnlySpan<ulong> frames, ReadOnlySpan<ulong> penalties, ulong frame, int radius, Span<ulong> votes)
    {
        ref var first = ref MemoryMarshal.GetReference(frames);
        ref var penalty = ref MemoryMarshal.GetReference(penalties[..frames.Length]);
        ref var cell = ref MemoryMarshal.GetReference(votes[..frames.Length]);
        var counts = Vector512.Create(Vector256.Create(NibbleCounts, NibbleCounts), Vector256.Create(NibbleCounts, NibbleCounts));
        Vector512<ulong> wanted = Vector512.Create(frame), limit = Vector512.Create((ulong)radius), best = Vector512.Create(One + (ulong)radius + 1);
        var low = Vector512.Create((byte)0x0F);
        var i = 0;
        for (; i + Vector512<ulong>.Count <= frames.Length; i += Vector512<ulong>.Count)
        {
            var bytes = (Vector512.LoadUnsafe(ref first, (nuint)i) ^ wanted).AsByte();
            var sums = Avx512BW.Shuffle(counts, bytes & low) + Avx512BW.Shuffle(counts, (bytes.AsUInt16() >>> 4).AsByte() & low);
            var distances = Avx512BW.SumAbsoluteDifferences(sums, Vector512<byte>.Zero).AsUInt64() + Vector512.LoadUnsafe(ref penalty, (nuint)i);
            var near = Vector512.LessThanOrEqual(distances, limit);
            (Vector512.LoadUnsafe(ref cell, (nuint)i) + ((best - distances) & near)).StoreUnsafe(ref cell, (nuint)i);
        }
        AddScalar(frames, penalties, frame, radius, votes, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddVector256(ReadOnlySpan<ulong> frames, ReadOnlySpan<ulong> penalties, ulong frame, int radius, Span<ulong> votes)
    {
        ref var first = ref MemoryMarshal.GetReference(frames);
        ref var penalty = ref MemoryMarshal.GetReference(penalties[..frames.Length]);
        ref var cell = ref MemoryMarshal.GetReference(votes[..frames.Length]);
        var counts = Vector256.Create(NibbleCounts, NibbleCounts);
        Vector256<ulong> wanted = Vector256.Create(frame), best = Vector256.Create(One + (ulong)radius + 1);
        var limit = Vector256.Create((long)radius);
        var low = Vector256.Create((byte)0x0F);
        var i = 0;
        for (; i + Vector256<ulong>.Count <= frames.Length; i += Vector256<ulong>.Count)
        {
            var bytes = (Vector256.LoadUnsafe(ref first, (nuint)i) ^ wanted).AsByte();
            var sums = Avx2.Shuffle(counts, bytes & low) + Avx2.Shuffle(counts, (bytes.AsUInt16() >>> 4).AsByte() & low);
            var distances = Avx2.SumAbsoluteDifferences(sums, Vector256<byte>.Zero).AsUInt64() + Vector256.LoadUnsafe(ref penalty, (nuint)i);
            // Signed, since that is what AVX2 compares; no distance is above 128.
            var far = Avx2.CompareGreaterThan(distances.AsInt64(), limit).AsUInt64();
            (Vector256.LoadUnsafe(ref cell, (nuint)i) + Avx2.AndNot(far, best - distances)).StoreUnsafe(ref cell, (nuint)i);
        }
        AddScalar(frames, penalties, frame, radius, votes, i);
    }
}
