using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// A lane is one row. Turning moves blocks of four rows and four columns: unpacking pairs twice turns one in each 128 bits
/// of a vector, and the blocks of one vector are four rows apart.
/// </summary>
internal static partial class TurnedRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnVector512(ReadOnlySpan<float> rows, int width, Span<float> turned)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var destination = ref MemoryMarshal.GetReference(turned);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            ref var to = ref Unsafe.Add(ref destination, x * Count);
            var (column0, column1, column2, column3) = Turn(
                Load512(ref Unsafe.Add(ref source, x), width),
                Load512(ref Unsafe.Add(ref source, width + x), width),
                Load512(ref Unsafe.Add(ref source, (2 * width) + x), width),
                Load512(ref Unsafe.Add(ref source, (3 * width) + x), width));
            column0.StoreUnsafe(ref to);
            column1.StoreUnsafe(ref to, Count);
            column2.StoreUnsafe(ref to, 2 * Count);
            column3.StoreUnsafe(ref to, 3 * Count);
        }
        TurnScalar(rows, width, turned, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnBackVector512(ReadOnlySpan<float> turned, int width, Span<float> rows)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var destination = ref MemoryMarshal.GetReference(rows);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            ref var from = ref Unsafe.Add(ref source, x * Count);
            var (row0, row1, row2, row3) = Turn(
                Vector512.LoadUnsafe(ref from), Vector512.LoadUnsafe(ref from, Count),
                Vector512.LoadUnsafe(ref from, 2 * Count), Vector512.LoadUnsafe(ref from, 3 * Count));
            Store512(row0, ref Unsafe.Add(ref destination, x), width);
            Store512(row1, ref Unsafe.Add(ref destination, width + x), width);
            Store512(row2, ref Unsafe.Add(ref destination, (2 * width) + x), width);
            Store512(row3, ref Unsafe.Add(ref destination, (3 * width) + x), width);
        }
        TurnBackScalar(turned, width, rows, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnVector256(ReadOnlySpan<float> rows, int width, Span<float> turned)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var destination = ref MemoryMarshal.GetReference(turned);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            for (var row = 0; row < Count; row += 8)
            {
                ref var from = ref Unsafe.Add(ref source, (row * width) + x);
                ref var to = ref Unsafe.Add(ref destination, (x * Count) + row);
                var (column0, column1, column2, column3) = Turn(
                    Load256(ref Unsafe.Add(ref from, 0), width), Load256(ref Unsafe.Add(ref from, width), width),
                    Load256(ref Unsafe.Add(ref from, 2 * width), width), Load256(ref Unsafe.Add(ref from, 3 * width), width));
                column0.StoreUnsafe(ref to);
                column1.StoreUnsafe(ref to, Count);
                column2.StoreUnsafe(ref to, 2 * Count);
                column3.StoreUnsafe(ref to, 3 * Count);
            }
        }
        TurnScalar(rows, width, turned, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnBackVector256(ReadOnlySpan<float> turned, int width, Span<float> rows)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var destination = ref MemoryMarshal.GetReference(rows);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            for (var row = 0; row < Count; row += 8)
            {
                ref var from = ref Unsafe.Add(ref source, (x * Count) + row);
                ref var to = ref Unsafe.Add(ref destination, (row * width) + x);
                var (row0, row1, row2, row3) = Turn(
                    Vector256.LoadUnsafe(ref from), Vector256.LoadUnsafe(ref from, Count),
                    Vector256.LoadUnsafe(ref from, 2 * Count), Vector256.LoadUnsafe(ref from, 3 * Count));
                Store256(row0, ref Unsafe.Add(ref to, 0), width);
                Store256(row1, ref Unsafe.Add(ref to, width), width);
                Store256(row2, ref Unsafe.Add(ref to, 2 * width), width);
                Store256(row3, ref Unsafe.Add(ref to, 3 * width), width);
            }
        }
        TurnBackScalar(turned, width, rows, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnVector128(ReadOnlySpan<float> rows, int width, Span<float> turned)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var destination = ref MemoryMarshal.GetReference(turned);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            for (var row = 0; row < Count; row += 4)
            {
                ref var from = ref Unsafe.Add(ref source, (row * width) + x);
                ref var to = ref Unsafe.Add(ref destination, (x * Count) + row);
                var (column0, column1, column2, column3) = Turn(
                    Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 0)), Vector128.LoadUnsafe(ref Unsafe.Add(ref from, width)),
                    Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 2 * width)), Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 3 * width)));
                column0.StoreUnsafe(ref to);
                column1.StoreUnsafe(ref to, Count);
                column2.StoreUnsafe(ref to, 2 * Count);
                column3.StoreUnsafe(ref to, 3 * Count);
            }
        }
        TurnScalar(rows, width, turned, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TurnBackVector128(ReadOnlySpan<float> turned, int width, Span<float> rows)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var destination = ref MemoryMarshal.GetReference(rows);
        var x = 0;
        for (; x + 4 <= width; x += 4)
        {
            for (var row = 0; row < Count; row += 4)
            {
                ref var from = ref Unsafe.Add(ref source, (x * Count) + row);
                ref var to = ref Unsafe.Add(ref destination, (row * width) + x);
                var (row0, row1, row2, row3) = Turn(
                    Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref from, Count),
                    Vector128.LoadUnsafe(ref from, 2 * Count), Vector128.LoadUnsafe(ref from, 3 * Count));
                row0.StoreUnsafe(ref Unsafe.Add(ref to, 0));
                row1.StoreUnsafe(ref Unsafe.Add(ref to, width));
                row2.StoreUnsafe(ref Unsafe.Add(ref to, 2 * width));
                row3.StoreUnsafe(ref Unsafe.Add(ref to, 3 * width));
            }
        }
        TurnBackScalar(turned, width, rows, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleVector512(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var start = ref MemoryMarshal.GetReference(axis.Starts);
        ref var weight = ref MemoryMarshal.GetReference(axis.Weights);
        int outputs = axis.Outputs, taps = axis.Taps;
        for (var output = 0; output < outputs; output++)
        {
            ref var input = ref Unsafe.Add(ref source, Unsafe.Add(ref start, output) * Count);
            var w = Vector512.Create(weight);
            Vector512<float> sum = Vector512.LoadUnsafe(ref input) * w;
            for (var k = 1; k < taps; k++)
            {
                input = ref Unsafe.Add(ref input, Count);
                w = Vector512.Create(Unsafe.Add(ref weight, k));
                sum += Vector512.LoadUnsafe(ref input) * w;
            }
            sum.StoreUnsafe(ref to);
            to = ref Unsafe.Add(ref to, Count);
            weight = ref Unsafe.Add(ref weight, taps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleVector256(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var start = ref MemoryMarshal.GetReference(axis.Starts);
        ref var weight = ref MemoryMarshal.GetReference(axis.Weights);
        int outputs = axis.Outputs, taps = axis.Taps;
        for (var output = 0; output < outputs; output++)
        {
            ref var input = ref Unsafe.Add(ref source, Unsafe.Add(ref start, output) * Count);
            var w = Vector256.Create(weight);
            Vector256<float> sum0 = Vector256.LoadUnsafe(ref input) * w, sum1 = Vector256.LoadUnsafe(ref input, 8) * w;
            for (var k = 1; k < taps; k++)
            {
                input = ref Unsafe.Add(ref input, Count);
                w = Vector256.Create(Unsafe.Add(ref weight, k));
                sum0 += Vector256.LoadUnsafe(ref input) * w;
                sum1 += Vector256.LoadUnsafe(ref input, 8) * w;
            }
            sum0.StoreUnsafe(ref to);
            sum1.StoreUnsafe(ref to, 8);
            to = ref Unsafe.Add(ref to, Count);
            weight = ref Unsafe.Add(ref weight, taps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleVector128(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination)
    {
        ref var source = ref MemoryMarshal.GetReference(turned);
        ref var to = ref MemoryMarshal.GetReference(destination);
        ref var start = ref MemoryMarshal.GetReference(axis.Starts);
        ref var weight = ref MemoryMarshal.GetReference(axis.Weights);
        int outputs = axis.Outputs, taps = axis.Taps;
        for (var output = 0; output < outputs; output++)
        {
            ref var input = ref Unsafe.Add(ref source, Unsafe.Add(ref start, output) * Count);
            var w = Vector128.Create(weight);
            Vector128<float> sum0 = Vector128.LoadUnsafe(ref input) * w, sum1 = Vector128.LoadUnsafe(ref input, 4) * w;
            Vector128<float> sum2 = Vector128.LoadUnsafe(ref input, 8) * w, sum3 = Vector128.LoadUnsafe(ref input, 12) * w;
            for (var k = 1; k < taps; k++)
            {
                input = ref Unsafe.Add(ref input, Count);
                w = Vector128.Create(Unsafe.Add(ref weight, k));
                sum0 += Vector128.LoadUnsafe(ref input) * w;
                sum1 += Vector128.LoadUnsafe(ref input, 4) * w;
                sum2 += Vector128.LoadUnsafe(ref input, 8) * w;
                sum3 += Vector128.LoadUnsafe(ref input, 12) * w;
            }
            sum0.StoreUnsafe(ref to);
            sum1.StoreUnsafe(ref to, 4);
            sum2.StoreUnsafe(ref to, 8);
            sum3.StoreUnsafe(ref to, 12);
            to = ref Unsafe.Add(ref to, Count);
            weight = ref Unsafe.Add(ref weight, taps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Turn(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<float> lowAC = Avx512F.UnpackLow(a, c), highAC = Avx512F.UnpackHigh(a, c), lowBD = Avx512F.UnpackLow(b, d), highBD = Avx512F.UnpackHigh(b, d);
        return (Avx512F.UnpackLow(lowAC, lowBD), Avx512F.UnpackHigh(lowAC, lowBD), Avx512F.UnpackLow(highAC, highBD), Avx512F.UnpackHigh(highAC, highBD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>) Turn(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        Vector256<float> lowAC = Avx.UnpackLow(a, c), highAC = Avx.UnpackHigh(a, c), lowBD = Avx.UnpackLow(b, d), highBD = Avx.UnpackHigh(b, d);
        return (Avx.UnpackLow(lowAC, lowBD), Avx.UnpackHigh(lowAC, lowBD), Avx.UnpackLow(highAC, highBD), Avx.UnpackHigh(highAC, highBD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>) Turn(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> lowAC = Sse.UnpackLow(a, c), highAC = Sse.UnpackHigh(a, c), lowBD = Sse.UnpackLow(b, d), highBD = Sse.UnpackHigh(b, d);
        return (Sse.UnpackLow(lowAC, lowBD), Sse.UnpackHigh(lowAC, lowBD), Sse.UnpackLow(highAC, highBD), Sse.UnpackHigh(highAC, highBD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load512(ref float from, int width) =>
        Vector512.Create(Load256(ref from, width), Load256(ref Unsafe.Add(ref from, 8 * width), width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load256(ref float from, int width) =>
        Vector256.Create(Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref Unsafe.Add(ref from, 4 * width)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store512(Vector512<float> value, ref float to, int width)
    {
        Store256(value.GetLower(), ref to, width);
        Store256(value.GetUpper(), ref Unsafe.Add(ref to, 8 * width), width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store256(Vector256<float> value, ref float to, int width)
    {
        value.GetLower().StoreUnsafe(ref to);
        value.GetUpper().StoreUnsafe(ref Unsafe.Add(ref to, 4 * width));
    }
}
