using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>A lane is one place of the mask, or one of the eight partial sums: adding the zero of a place without mask changes none.</summary>
internal static partial class MaskKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SquaredDeviationVector(ReadOnlySpan<float> values, Span<float> means)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(values);
        var to = MemoryMarshal.Cast<float, Vector<float>>(means);
        for (var i = 0; i < to.Length; i++)
        {
            var deviation = from[i] - to[i];
            to[i] = deviation * deviation;
        }
        SquaredDeviationScalar(values, means, to.Length * Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RootOfContrastVector(Span<float> values, float most, float floor)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> largest = new(most), added = new(floor);
        for (var i = 0; i < wide.Length; i++)
        {
            var contrast = Vector.SquareRoot(Vector.MaxNative(wide[i], Vector<float>.Zero));
            wide[i] = Vector.SquareRoot(Vector.MinNative(contrast, largest) + added);
        }
        RootOfContrastScalar(values, most, floor, wide.Length * Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long PositiveSquaresVector512(ReadOnlySpan<float> values, Span<double> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        var sum = Vector512<double>.Zero;
        long count = 0;
        var i = 0;
        for (; i + Sums <= values.Length; i += Sums)
        {
            var value = Vector256.LoadUnsafe(ref from, (nuint)i);
            count += BitOperations.PopCount(Vector256.GreaterThan(value, default).ExtractMostSignificantBits());
            value = Vector256.MaxNative(value, default);
            var wide = Vector512.Create(Vector256.WidenLower(value), Vector256.WidenUpper(value));
            sum += wide * wide;
        }
        sum.CopyTo(sums);
        return count + PositiveSquaresScalar(values[i..], sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long PositiveSquaresVector256(ReadOnlySpan<float> values, Span<double> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        Vector256<double> low = default, high = default;
        long count = 0;
        var i = 0;
        for (; i + Sums <= values.Length; i += Sums)
        {
            var value = Vector256.LoadUnsafe(ref from, (nuint)i);
            count += BitOperations.PopCount(Vector256.GreaterThan(value, default).ExtractMostSignificantBits());
            value = Vector256.MaxNative(value, default);
            var (lower, upper) = (Vector256.WidenLower(value), Vector256.WidenUpper(value));
            low += lower * lower;
            high += upper * upper;
        }
        low.CopyTo(sums);
        high.CopyTo(sums[4..]);
        return count + PositiveSquaresScalar(values[i..], sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long PositiveSquaresVector128(ReadOnlySpan<float> values, Span<double> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(values);
        Vector128<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        long count = 0;
        var i = 0;
        for (; i + Sums <= values.Length; i += Sums)
        {
            Vector128<float> low = Vector128.LoadUnsafe(ref from, (nuint)i), high = Vector128.LoadUnsafe(ref from, (nuint)(i + 4));
            count += BitOperations.PopCount(Vector128.GreaterThan(low, default).ExtractMostSignificantBits());
            count += BitOperations.PopCount(Vector128.GreaterThan(high, default).ExtractMostSignificantBits());
            low = Vector128.MaxNative(low, default);
            high = Vector128.MaxNative(high, default);
            Vector128<double> wide0 = Vector128.WidenLower(low), wide1 = Vector128.WidenUpper(low), wide2 = Vector128.WidenLower(high), wide3 = Vector128.WidenUpper(high);
            sum0 += wide0 * wide0;
            sum1 += wide1 * wide1;
            sum2 += wide2 * wide2;
            sum3 += wide3 * wide3;
        }
        sum0.CopyTo(sums);
        sum1.CopyTo(sums[2..]);
        sum2.CopyTo(sums[4..]);
        sum3.CopyTo(sums[6..]);
        return count + PositiveSquaresScalar(values[i..], sums);
    }
}
