using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is one column; four rows at once.</summary>
internal static partial class MatrixProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyVector512(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result)
    {
        ref var right = ref MemoryMarshal.GetReference(b);
        var rows = result.Length / columns;
        for (var i = 0; i < rows; i += RowGroup)
        {
            ref var left = ref MemoryMarshal.GetReference(a[(i * inner)..]);
            ref var to = ref MemoryMarshal.GetReference(result[(i * columns)..]);
            for (var j = 0; j < columns; j += 8)
            {
                Vector512<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var k = 0; k < inner; k++)
                {
                    var row = Vector512.LoadUnsafe(ref right, (nuint)((k * columns) + j));
                    ref var factor = ref Unsafe.Add(ref left, k);
                    sum0 += row * Vector512.Create(factor);
                    sum1 += row * Vector512.Create(Unsafe.Add(ref factor, inner));
                    sum2 += row * Vector512.Create(Unsafe.Add(ref factor, 2 * inner));
                    sum3 += row * Vector512.Create(Unsafe.Add(ref factor, 3 * inner));
                }
                sum0.StoreUnsafe(ref to, (nuint)j);
                sum1.StoreUnsafe(ref to, (nuint)(columns + j));
                sum2.StoreUnsafe(ref to, (nuint)((2 * columns) + j));
                sum3.StoreUnsafe(ref to, (nuint)((3 * columns) + j));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyVector256(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result)
    {
        ref var right = ref MemoryMarshal.GetReference(b);
        var rows = result.Length / columns;
        for (var i = 0; i < rows; i += RowGroup)
        {
            ref var left = ref MemoryMarshal.GetReference(a[(i * inner)..]);
            ref var to = ref MemoryMarshal.GetReference(result[(i * columns)..]);
            for (var j = 0; j < columns; j += 4)
            {
                Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var k = 0; k < inner; k++)
                {
                    var row = Vector256.LoadUnsafe(ref right, (nuint)((k * columns) + j));
                    ref var factor = ref Unsafe.Add(ref left, k);
                    sum0 += row * Vector256.Create(factor);
                    sum1 += row * Vector256.Create(Unsafe.Add(ref factor, inner));
                    sum2 += row * Vector256.Create(Unsafe.Add(ref factor, 2 * inner));
                    sum3 += row * Vector256.Create(Unsafe.Add(ref factor, 3 * inner));
                }
                sum0.StoreUnsafe(ref to, (nuint)j);
                sum1.StoreUnsafe(ref to, (nuint)(columns + j));
                sum2.StoreUnsafe(ref to, (nuint)((2 * columns) + j));
                sum3.StoreUnsafe(ref to, (nuint)((3 * columns) + j));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyVector128(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result)
    {
        ref var right = ref MemoryMarshal.GetReference(b);
        var rows = result.Length / columns;
        for (var i = 0; i < rows; i += RowGroup)
        {
            ref var left = ref MemoryMarshal.GetReference(a[(i * inner)..]);
            ref var to = ref MemoryMarshal.GetReference(result[(i * columns)..]);
            for (var j = 0; j < columns; j += 2)
            {
                Vector128<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (var k = 0; k < inner; k++)
                {
                    var row = Vector128.LoadUnsafe(ref right, (nuint)((k * columns) + j));
                    ref var factor = ref Unsafe.Add(ref left, k);
                    sum0 += row * Vector128.Create(factor);
                    sum1 += row * Vector128.Create(Unsafe.Add(ref factor, inner));
                    sum2 += row * Vector128.Create(Unsafe.Add(ref factor, 2 * inner));
                    sum3 += row * Vector128.Create(Unsafe.Add(ref factor, 3 * inner));
                }
                sum0.StoreUnsafe(ref to, (nuint)j);
                sum1.StoreUnsafe(ref to, (nuint)(columns + j));
                sum2.StoreUnsafe(ref to, (nuint)((2 * columns) + j));
                sum3.StoreUnsafe(ref to, (nuint)((3 * columns) + j));
            }
        }
    }
}
