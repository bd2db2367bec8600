using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>The inner loops of the perceptual mask. Roots are rounded exactly everywhere, so all paths agree bit for bit.</summary>
internal static partial class MaskKernels
{
    // Partial sums of squares: a power of two that every vector of doubles divides.
    private const int Sums = 8;

    /// <summary><c>means[i] = (values[i] − means[i])²</c>.</summary>
    public static void SquaredDeviation(ReadOnlySpan<float> values, Span<float> means)
    {
        values = values[..means.Length];
        if (Vector.IsHardwareAccelerated) SquaredDeviationVector(values, means);
        else SquaredDeviationScalar(values, means, 0);
    }

    /// <summary><c>values[i] = √(min(√values[i], most) + floor)</c> of values that are not negative.</summary>
    public static void RootOfContrast(Span<float> values, float most, float floor)
    {
        if (Vector.IsHardwareAccelerated) RootOfContrastVector(values, most, floor);
        else RootOfContrastScalar(values, most, floor, 0);
    }

    /// <summary>The sum of the squares of all values above zero, and their number.</summary>
    /// <remarks>Value i goes to sum i mod 8; the eight are added in order at last.</remarks>
    public static (double Sum, long Count) PositiveSquares(ReadOnlySpan<float> values)
    {
        Span<double> sums = stackalloc double[Sums];
        sums.Clear();
        long count;
        if (Vector512.IsHardwareAccelerated) count = PositiveSquaresVector512(values, sums);
        else if (Vector256.IsHardwareAccelerated) count = PositiveSquaresVector256(values, sums);
        else if (Vector128.IsHardwareAccelerated) count = PositiveSquaresVector128(values, sums);
        else count = PositiveSquaresScalar(values, sums);
        var sum = 0.0;
        foreach (var part in sums) sum += part;
        return (sum, count);
    }
}
