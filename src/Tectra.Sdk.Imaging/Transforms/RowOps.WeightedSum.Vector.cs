using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is one column; four vectors of columns at once, so that the additions of one don't wait for each other.</summary>
internal static partial class RowOps
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector512(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 64 <= destination.Length; i += 64)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var w = Vector512.Create(weight);
            Vector512<float> sum0 = Vector512.LoadUnsafe(ref column) * w, sum1 = Vector512.LoadUnsafe(ref column, 16) * w;
            Vector512<float> sum2 = Vector512.LoadUnsafe(ref column, 32) * w, sum3 = Vector512.LoadUnsafe(ref column, 48) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                column = ref Unsafe.Add(ref column, stride);
                w = Vector512.Create(Unsafe.Add(ref weight, k));
                sum0 += Vector512.LoadUnsafe(ref column) * w;
                sum1 += Vector512.LoadUnsafe(ref column, 16) * w;
                sum2 += Vector512.LoadUnsafe(ref column, 32) * w;
                sum3 += Vector512.LoadUnsafe(ref column, 48) * w;
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
            var sum = Vector512.LoadUnsafe(ref column) * weight;
            for (var k = 1; k < weights.Length; k++) sum += Vector512.LoadUnsafe(ref Unsafe.Add(ref column, k * stride)) * Unsafe.Add(ref weight, k);
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector256(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 32 <= destination.Length; i += 32)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var w = Vector256.Create(weight);
            Vector256<float> sum0 = Vector256.LoadUnsafe(ref column) * w, sum1 = Vector256.LoadUnsafe(ref column, 8) * w;
            Vector256<float> sum2 = Vector256.LoadUnsafe(ref column, 16) * w, sum3 = Vector256.LoadUnsafe(ref column, 24) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                column = ref Unsafe.Add(ref column, stride);
                w = Vector256.Create(Unsafe.Add(ref weight, k));
                sum0 += Vector256.LoadUnsafe(ref column) * w;
                sum1 += Vector256.LoadUnsafe(ref column, 8) * w;
                sum2 += Vector256.LoadUnsafe(ref column, 16) * w;
                sum3 += Vector256.LoadUnsafe(ref column, 24) * w;
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
            var sum = Vector256.LoadUnsafe(ref column) * weight;
            for (var k = 1; k < weights.Length; k++) sum += Vector256.LoadUnsafe(ref Unsafe.Add(ref column, k * stride)) * Unsafe.Add(ref weight, k);
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector128(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 16 <= destination.Length; i += 16)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var w = Vector128.Create(weight);
            Vector128<float> sum0 = Vector128.LoadUnsafe(ref column) * w, sum1 = Vector128.LoadUnsafe(ref column, 4) * w;
            Vector128<float> sum2 = Vector128.LoadUnsafe(ref column, 8) * w, sum3 = Vector128.LoadUnsafe(ref column, 12) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                column = ref Unsafe.Add(ref column, stride);
                w = Vector128.Create(Unsafe.Add(ref weight, k));
                sum0 += Vector128.LoadUnsafe(ref column) * w;
                sum1 += Vector128.LoadUnsafe(ref column, 4) * w;
                sum2 += Vector128.LoadUnsafe(ref column, 8) * w;
                sum3 += Vector128.LoadUnsafe(ref column, 12) * w;
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
            var sum = Vector128.LoadUnsafe(ref column) * weight;
            for (var k = 1; k < weights.Length; k++) sum += Vector128.LoadUnsafe(ref Unsafe.Add(ref column, k * stride)) * Unsafe.Add(ref weight, k);
            sum.StoreUnsafe(ref to, (nuint)i);
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector512(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 64 <= destination.Length; i += 64)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var w = Vector512.Create(weight);
            Vector512<float> sum0 = Floats512(ref column) * w, sum1 = Floats512(ref Unsafe.Add(ref column, 16)) * w;
            Vector512<float> sum2 = Floats512(ref Unsafe.Add(ref column, 32)) * w, sum3 = Floats512(ref Unsafe.Add(ref column, 48)) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                column = ref Unsafe.Add(ref column, stride);
                w = Vector512.Create(Unsafe.Add(ref weight, k));
                sum0 += Floats512(ref column) * w;
                sum1 += Floats512(ref Unsafe.Add(ref column, 16)) * w;
                sum2 += Floats512(ref Unsafe.Add(ref column, 32)) * w;
                sum3 += Floats512(ref Unsafe.Add(ref column, 48)) * w;
            }
            ref var result = ref Unsafe.Add(ref to, i);
            sum0.StoreUnsafe(ref result);
            sum1.StoreUnsafe(ref result, 16);
            sum2.StoreUnsafe(ref result, 32);
            sum3.StoreUnsafe(ref result, 48);
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector256(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 32 <= destination.Length; i += 32)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var w = Vector256.Create(weight);
            Vector256<float> sum0 = Floats256(ref column) * w, sum1 = Floats256(ref Unsafe.Add(ref column, 8)) * w;
            Vector256<float> sum2 = Floats256(ref Unsafe.Add(ref column, 16)) * w, sum3 = Floats256(ref Unsafe.Add(ref column, 24)) * w;
            for (var k = 1; k < weights.Length; k++)
            {
                column = ref Unsafe.Add(ref column, stride);
                w = Vector256.Create(Unsafe.Add(ref weight, k));
                sum0 += Floats256(ref column) * w;
                sum1 += Floats256(ref Unsafe.Add(ref column, 8)) * w;
                sum2 += Floats256(ref Unsafe.Add(ref column, 16)) * w;
                sum3 += Floats256(ref Unsafe.Add(ref column, 24)) * w;
            }
            ref var result = ref Unsafe.Add(ref to, i);
            sum0.StoreUnsafe(ref result);
            sum1.StoreUnsafe(ref result, 8);
            sum2.StoreUnsafe(ref result, 16);
            sum3.StoreUnsafe(ref result, 24);
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSumVector128(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var i = 0;
        for (; i + 8 <= destination.Length; i += 8)
        {
            ref var column = ref Unsafe.Add(ref from, i);
            var (low, high) = Floats128(ref column);
            Vector128<float> sum0 = low * weight, sum1 = high * weight;
            for (var k = 1; k < weights.Length; k++)
            {
                (low, high) = Floats128(ref Unsafe.Add(ref column, k * stride));
                sum0 += low * Unsafe.Add(ref weight, k);
                sum1 += high * Unsafe.Add(ref weight, k);
            }
            sum0.StoreUnsafe(ref to, (nuint)i);
            sum1.StoreUnsafe(ref to, (nuint)(i + 4));
        }
        WeightedSumScalar(rows, stride, weights, destination, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyVector(Span<float> values, ReadOnlySpan<float> factors)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        var by = MemoryMarshal.Cast<float, Vector<float>>(factors);
        for (var i = 0; i < wide.Length; i++) wide[i] *= by[i];
        MultiplyScalar(values, factors, wide.Length * Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Floats512(ref byte from) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref from)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Floats256(ref byte from) =>
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref from)).AsByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Floats128(ref byte from)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref from)).AsByte()).AsInt16();
        return (Vector128.ConvertToSingle(Vector128.WidenLower(words)), Vector128.ConvertToSingle(Vector128.WidenUpper(words)));
    }
}
