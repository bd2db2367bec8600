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
}
