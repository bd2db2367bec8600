using System.Runtime.Intrinsics;

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
        foreach (var offset in offsets) _ = source.Slice(offset, destination.Length); // the vector paths don't check
        if (Vector512.IsHardwareAccelerated) SymmetricVector512(source, offsets, weights, destination);
        else if (Vector256.IsHardwareAccelerated) SymmetricVector256(source, offsets, weights, destination);
        else if (Vector128.IsHardwareAccelerated) SymmetricVector128(source, offsets, weights, destination);
        else SymmetricScalar(source, offsets, weights, destination, 0);
    }
}
