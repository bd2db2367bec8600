namespace Tectra.Sdk.Imaging.Watermarking;

internal static partial class MaskKernels
{
    public static void SquaredDeviationScalar(ReadOnlySpan<float> values, Span<float> means, int start)
    {
        for (var i = start; i < means.Length; i++)
        {
            var deviation = values[i] - means[i];
            means[i] = deviation * deviation;
        }
    }

    public static void RootOfContrastScalar(Span<float> values, float most, float floor, int start)
    {
        for (var i = start; i < values.Length; i++) values[i] = MathF.Sqrt(MathF.Min(MathF.Sqrt(MathF.Max(values[i], 0)), most) + floor);
    }

    public static long PositiveSquaresScalar(ReadOnlySpan<float> values, Span<double> sums)
    {
        long count = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] <= 0) continue;
            sums[i % Sums] += (double)values[i] * values[i];
            count++;
        }
        return count;
    }
}
