namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class Resampler
{
    public static int DotScalar(ReadOnlySpan<byte> samples, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++) sum += samples[i] * weights[i];
        return sum;
    }

    public static void AddScaledScalar(ReadOnlySpan<byte> samples, int weight, Span<int> sums)
    {
        for (var i = 0; i < samples.Length; i++) sums[i] += samples[i] * weight;
    }
}
