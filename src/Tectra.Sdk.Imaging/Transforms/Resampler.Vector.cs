using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is every n-th tap of one output sample. Integer sums wrap, so lanes may be added in any order.</summary>
internal static partial class Resampler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector512(ReadOnlySpan<byte> samples, Weights weights)
    {
        if (weights.Count < Weights.Block) return DotScalar(samples, weights.Values);
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var low = ref MemoryMarshal.GetArrayDataReference(weights.Low);
        ref var high = ref MemoryMarshal.GetArrayDataReference(weights.High);
        Vector512<int> lowSum = default, highSum = default;
        nuint last = (nuint)(weights.Low.Length - Weights.Block), i = 0;
        for (; i < last; i += Weights.Block)
        {
            var words = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref sample, i));
            lowSum += Avx512BW.MultiplyAddAdjacent(words, Vector512.LoadUnsafe(ref low, i));
            highSum += Avx512BW.MultiplyAddAdjacent(words, Vector512.LoadUnsafe(ref high, i));
        }
        var rest = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref sample, (nuint)(weights.Count - Weights.Block)));
        lowSum += Avx512BW.MultiplyAddAdjacent(rest, Vector512.LoadUnsafe(ref low, i));
        highSum += Avx512BW.MultiplyAddAdjacent(rest, Vector512.LoadUnsafe(ref high, i));
        return Vector512.Sum(lowSum + (highSum << Weights.LowBits));
    }

    /// <summary>The sums of four rows that lie <paramref name="width"/> samples apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotFourVector512(ReadOnlySpan<byte> samples, int width, Weights weights, Span<int> sums)
    {
        if (weights.Count < Weights.Block)
        {
            for (var k = 0; k < RowGroup; k++) sums[k] = DotScalar(samples.Slice(k * width, weights.Count), weights.Values);
            return;
        }
        ref var row0 = ref MemoryMarshal.GetReference(samples);
        ref var row1 = ref Unsafe.Add(ref row0, width);
        ref var row2 = ref Unsafe.Add(ref row1, width);
        ref var row3 = ref Unsafe.Add(ref row2, width);
        ref var lows = ref MemoryMarshal.GetArrayDataReference(weights.Low);
        ref var highs = ref MemoryMarshal.GetArrayDataReference(weights.High);
        Vector512<int> low0 = default, low1 = default, low2 = default, low3 = default, high0 = default, high1 = default, high2 = default, high3 = default;
        nuint last = (nuint)(weights.Low.Length - Weights.Block), tail = (nuint)(weights.Count - Weights.Block);
        for (nuint i = 0; i <= last; i += Weights.Block)
        {
            var at = i < last ? i : tail;
            Vector512<short> low = Vector512.LoadUnsafe(ref lows, i), high = Vector512.LoadUnsafe(ref highs, i);
            var words = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref row0, at));
            low0 += Avx512BW.MultiplyAddAdjacent(words, low);
            high0 += Avx512BW.MultiplyAddAdjacent(words, high);
            words = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref row1, at));
            low1 += Avx512BW.MultiplyAddAdjacent(words, low);
            high1 += Avx512BW.MultiplyAddAdjacent(words, high);
            words = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref row2, at));
            low2 += Avx512BW.MultiplyAddAdjacent(words, low);
            high2 += Avx512BW.MultiplyAddAdjacent(words, high);
            words = Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref row3, at));
            low3 += Avx512BW.MultiplyAddAdjacent(words, low);
            high3 += Avx512BW.MultiplyAddAdjacent(words, high);
        }
        sums[0] = Vector512.Sum(low0 + (high0 << Weights.LowBits));
        sums[1] = Vector512.Sum(low1 + (high1 << Weights.LowBits));
        sums[2] = Vector512.Sum(low2 + (high2 << Weights.LowBits));
        sums[3] = Vector512.Sum(low3 + (high3 << Weights.LowBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector256(ReadOnlySpan<byte> samples, Weights weights)
    {
        if (weights.Count < Weights.Block) return DotScalar(samples, weights.Values);
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var low = ref MemoryMarshal.GetArrayDataReference(weights.Low);
        ref var high = ref MemoryMarshal.GetArrayDataReference(weights.High);
        Vector256<int> lowSum = default, highSum = default;
        for (int i = 0, last = weights.Count - Weights.Block; i < weights.Low.Length; i += Weights.Block)
        {
            ref var block = ref Unsafe.Add(ref sample, Math.Min(i, last));
            var first = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref block));
            var second = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref block, 16));
            lowSum += Avx2.MultiplyAddAdjacent(first, Vector256.LoadUnsafe(ref low, (nuint)i));
            highSum += Avx2.MultiplyAddAdjacent(first, Vector256.LoadUnsafe(ref high, (nuint)i));
            lowSum += Avx2.MultiplyAddAdjacent(second, Vector256.LoadUnsafe(ref low, (nuint)(i + 16)));
            highSum += Avx2.MultiplyAddAdjacent(second, Vector256.LoadUnsafe(ref high, (nuint)(i + 16)));
        }
        return Vector256.Sum(lowSum + (highSum << Weights.LowBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector128(ReadOnlySpan<byte> samples, Weights weights)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var weight = ref MemoryMarshal.GetArrayDataReference(weights.Values);
        Vector128<int> sum = default;
        var i = 0;
        for (; i + 16 <= weights.Count; i += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref sample, (nuint)i);
            var (low, high) = (Vector128.WidenLower(bytes).AsInt16(), Vector128.WidenUpper(bytes).AsInt16());
            sum += Vector128.WidenLower(low) * Vector128.LoadUnsafe(ref weight, (nuint)i);
            sum += Vector128.WidenUpper(low) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 4));
            sum += Vector128.WidenLower(high) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 8));
            sum += Vector128.WidenUpper(high) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 12));
        }
        return Vector128.Sum(sum) + DotScalar(samples[i..], weights.Values.AsSpan(i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector256(ReadOnlySpan<byte> samples, int weight, Span<int> sums)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i + 16 <= samples.Length; i += 16)
        {
            var words = Vector256.WidenLower(Vector256.Create(Vector128.LoadUnsafe(ref sample, (nuint)i), default)).AsInt16();
            (Vector256.LoadUnsafe(ref sum, (nuint)i) + (Vector256.WidenLower(words) * weight)).StoreUnsafe(ref sum, (nuint)i);
            (Vector256.LoadUnsafe(ref sum, (nuint)(i + 8)) + (Vector256.WidenUpper(words) * weight)).StoreUnsafe(ref sum, (nuint)(i + 8));
        }
        AddScaledScalar(samples[i..], weight, sums[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector128(ReadOnlySpan<byte> samples, int weight, Span<int> sums)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i + 8 <= samples.Length; i += 8)
        {
            var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref sample, i))).AsByte()).AsInt16();
            (Vector128.LoadUnsafe(ref sum, (nuint)i) + (Vector128.WidenLower(words) * weight)).StoreUnsafe(ref sum, (nuint)i);
            (Vector128.LoadUnsafe(ref sum, (nuint)(i + 4)) + (Vector128.WidenUpper(words) * weight)).StoreUnsafe(ref sum, (nuint)(i + 4));
        }
        AddScaledScalar(samples[i..], weight, sums[i..]);
    }
}
