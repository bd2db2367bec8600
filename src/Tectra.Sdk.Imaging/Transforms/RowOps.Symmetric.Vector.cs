using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is one column; four vectors of columns at once, so that a pair of taps is looked up once for all.</summary>
internal static partial class RowOps
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SymmetricVector512(ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var offset = ref MemoryMarshal.GetReference(offsets);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 64 <= destination.Length; i += 64)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            ref var centre = ref Unsafe.Add(ref column, offset);
            var w = Vector512.Create(weight);
            Vector512<float> sum0 = Vector512.LoadUnsafe(ref centre) * w, sum1 = Vector512.LoadUnsafe(ref centre, 16) * w;
            Vector512<float> sum2 = Vector512.LoadUnsafe(ref centre, 32) * w, sum3 = Vector512.LoadUnsafe(ref centre, 48) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                ref var before = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, (2 * k) - 1));
                ref var after = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, 2 * k));
                w = Vector512.Create(Unsafe.Add(ref weight, k));
                sum0 += (Vector512.LoadUnsafe(ref before) + Vector512.LoadUnsafe(ref after)) * w;
                sum1 += (Vector512.LoadUnsafe(ref before, 16) + Vector512.LoadUnsafe(ref after, 16)) * w;
                sum2 += (Vector512.LoadUnsafe(ref before, 32) + Vector512.LoadUnsafe(ref after, 32)) * w;
                sum3 += (Vector512.LoadUnsafe(ref before, 48) + Vector512.LoadUnsafe(ref after, 48)) * w;
            }
            ref var result = ref Unsafe.Add(ref to, i);
            sum0.StoreUnsafe(ref result);
            sum1.StoreUnsafe(ref result, 16);
            sum2.StoreUnsafe(ref result, 32);
            sum3.StoreUnsafe(ref result, 48);
        }
        for (; i + 16 <= destination.Length; i += 16)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var sum = Vector512.LoadUnsafe(ref column, (nuint)offset) * weight;
            for (var k = 1; k < weights.Length; k++)
                sum += (Vector512.LoadUnsafe(ref column, (nuint)offsets[(2 * k) - 1]) + Vector512.LoadUnsafe(ref column, (nuint)offsets[2 * k])) * weights[k];
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        SymmetricScalar(source, offsets, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SymmetricVector256(ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var offset = ref MemoryMarshal.GetReference(offsets);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 32 <= destination.Length; i += 32)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            ref var centre = ref Unsafe.Add(ref column, offset);
            var w = Vector256.Create(weight);
            Vector256<float> sum0 = Vector256.LoadUnsafe(ref centre) * w, sum1 = Vector256.LoadUnsafe(ref centre, 8) * w;
            Vector256<float> sum2 = Vector256.LoadUnsafe(ref centre, 16) * w, sum3 = Vector256.LoadUnsafe(ref centre, 24) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                ref var before = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, (2 * k) - 1));
                ref var after = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, 2 * k));
                w = Vector256.Create(Unsafe.Add(ref weight, k));
                sum0 += (Vector256.LoadUnsafe(ref before) + Vector256.LoadUnsafe(ref after)) * w;
                sum1 += (Vector256.LoadUnsafe(ref before, 8) + Vector256.LoadUnsafe(ref after, 8)) * w;
                sum2 += (Vector256.LoadUnsafe(ref before, 16) + Vector256.LoadUnsafe(ref after, 16)) * w;
                sum3 += (Vector256.LoadUnsafe(ref before, 24) + Vector256.LoadUnsafe(ref after, 24)) * w;
            }
            ref var result = ref Unsafe.Add(ref to, i);
            sum0.StoreUnsafe(ref result);
            sum1.StoreUnsafe(ref result, 8);
            sum2.StoreUnsafe(ref result, 16);
            sum3.StoreUnsafe(ref result, 24);
        }
        for (; i + 8 <= destination.Length; i += 8)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var sum = Vector256.LoadUnsafe(ref column, (nuint)offset) * weight;
            for (var k = 1; k < weights.Length; k++)
                sum += (Vector256.LoadUnsafe(ref column, (nuint)offsets[(2 * k) - 1]) + Vector256.LoadUnsafe(ref column, (nuint)offsets[2 * k])) * weights[k];
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        SymmetricScalar(source, offsets, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SymmetricVector128(ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var offset = ref MemoryMarshal.GetReference(offsets);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 16 <= destination.Length; i += 16)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            ref var centre = ref Unsafe.Add(ref column, offset);
            var w = Vector128.Create(weight);
            Vector128<float> sum0 = Vector128.LoadUnsafe(ref centre) * w, sum1 = Vector128.LoadUnsafe(ref centre, 4) * w;
            Vector128<float> sum2 = Vector128.LoadUnsafe(ref centre, 8) * w, sum3 = Vector128.LoadUnsafe(ref centre, 12) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                ref var before = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, (2 * k) - 1));
                ref var after = ref Unsafe.Add(ref column, Unsafe.Add(ref offset, 2 * k));
                w = Vector128.Create(Unsafe.Add(ref weight, k));
                sum0 += (Vector128.LoadUnsafe(ref before) + Vector128.LoadUnsafe(ref after)) * w;
                sum1 += (Vector128.LoadUnsafe(ref before, 4) + Vector128.LoadUnsafe(ref after, 4)) * w;
                sum2 += (Vector128.LoadUnsafe(ref before, 8) + Vector128.LoadUnsafe(ref after, 8)) * w;
                sum3 += (Vector128.LoadUnsafe(ref before, 12) + Vector128.LoadUnsafe(ref after, 12)) * w;
            }
            ref var result = ref Unsafe.Add(ref to, i);
            sum0.StoreUnsafe(ref result);
            sum1.StoreUnsafe(ref result, 4);
            sum2.StoreUnsafe(ref result, 8);
            sum3.StoreUnsafe(ref result, 12);
        }
        for (; i + 4 <= destination.Length; i += 4)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var sum = Vector128.LoadUnsafe(ref column, (nuint)offset) * weight;
            for (var k = 1; k < weights.Length; k++)
                sum += (Vector128.LoadUnsafe(ref column, (nuint)offsets[(2 * k) - 1]) + Vector128.LoadUnsafe(ref column, (nuint)offsets[2 * k])) * weights[k];
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        SymmetricScalar(source, offsets, weights, destination, i);
    }
}
