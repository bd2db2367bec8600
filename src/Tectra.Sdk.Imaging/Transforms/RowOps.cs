using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// The inner loops of every separable float filter: rows that are added to rows. A result depends on one column only, so
/// all paths agree bit for bit: one multiplication, then one addition, each rounded.
/// </summary>
internal static partial class RowOps
{
    /// <summary><c>sums[i] += row[i] · weight</c>.</summary>
    public static void AddScaled(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        if (Vector512.IsHardwareAccelerated) AddScaledVector512(row, weight, sums);
        else if (Vector256.IsHardwareAccelerated) AddScaledVector256(row, weight, sums);
        else if (Vector128.IsHardwareAccelerated) AddScaledVector128(row, weight, sums);
        else AddScaledScalar(row, weight, sums);
    }

    /// <summary><c>sums[i] += row[i] · weight</c> with bytes.</summary>
    public static void AddScaled(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        if (Vector512.IsHardwareAccelerated) AddScaledVector512(row, weight, sums);
        else if (Vector256.IsHardwareAccelerated) AddScaledVector256(row, weight, sums);
        else if (Vector128.IsHardwareAccelerated) AddScaledVector128(row, weight, sums);
        else AddScaledScalar(row, weight, sums);
    }

    /// <summary>
    /// A symmetric filter: <c>destination[i] = s[o₀ + i]·w₀ + Σₖ (s[o₋ₖ + i] + s[o₊ₖ + i])·wₖ</c>, added in the order of k.
    /// </summary>
    /// <param name="source">Samples of one row or of many.</param>
    /// <param name="offsets">o₀, o₋₁, o₊₁, o₋₂, o₊₂, …: where each tap's samples begin.</param>
    /// <param name="weights">w₀, w₁, w₂, …</param>
    /// <param name="destination">As many results as it has room for; every tap must have as many samples.</param>
    public static void Symmetric(ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination)
    {
        var last = 0u; // a negative offset is the largest
        foreach (var offset in offsets) last = Math.Max(last, (uint)offset);
        _ = source.Slice((int)last, destination.Length); // the vector paths don't check
        if (Vector512.IsHardwareAccelerated) SymmetricVector512(source, offsets, weights, destination);
        else if (Vector256.IsHardwareAccelerated) SymmetricVector256(source, offsets, weights, destination);
        else if (Vector128.IsHardwareAccelerated) SymmetricVector128(source, offsets, weights, destination);
        else SymmetricScalar(source, offsets, weights, destination, 0);
    }

    /// <summary><c>destination[i] = Σₖ rows[k·stride + i]·wₖ</c>, added in the order of k.</summary>
    /// <param name="rows">The first row's first sample and everything behind it.</param>
    /// <param name="stride">The distance of one row to the next.</param>
    /// <param name="weights">One weight a row, at least one.</param>
    /// <param name="destination">As many results as it has room for; every row must have as many samples.</param>
    public static void WeightedSum(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        Check(rows, stride, weights, destination);
        if (Vector512.IsHardwareAccelerated) WeightedSumVector512(rows, stride, weights, destination);
        else if (Vector256.IsHardwareAccelerated) WeightedSumVector256(rows, stride, weights, destination);
        else if (Vector128.IsHardwareAccelerated) WeightedSumVector128(rows, stride, weights, destination);
        else WeightedSumScalar(rows, stride, weights, destination, 0);
    }

    /// <inheritdoc cref="WeightedSum(ReadOnlySpan{float}, int, ReadOnlySpan{float}, Span{float})"/>
    public static void WeightedSum(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination)
    {
        Check(rows, stride, weights, destination);
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) WeightedSumVector512(rows, stride, weights, destination);
        else if (Avx2.IsSupported) WeightedSumVector256(rows, stride, weights, destination);
        else if (Vector128.IsHardwareAccelerated) WeightedSumVector128(rows, stride, weights, destination);
        else WeightedSumScalar(rows, stride, weights, destination, 0);
    }

    /// <summary><c>values[i] *= factors[i]</c>.</summary>
    public static void Multiply(Span<float> values, ReadOnlySpan<float> factors)
    {
        factors = factors[..values.Length];
        if (Vector.IsHardwareAccelerated) MultiplyVector(values, factors);
        else MultiplyScalar(values, factors, 0);
    }

    // The vector paths don't check bounds themselves.
    private static void Check<T>(ReadOnlySpan<T> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination) =>
        _ = rows.Slice(checked((weights.Length - 1) * stride), destination.Length);
}
