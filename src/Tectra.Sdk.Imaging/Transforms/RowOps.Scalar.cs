namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class RowOps
{
    public static void AddScaledScalar(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
    }

    public static void AddScaledScalar(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
    }

    public static void SymmetricScalar(
        ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination, int start)
    {
        for (var i = start; i < destination.Length; i++)
        {
            var sum = source[offsets[0] + i] * weights[0];
            for (var k = 1; k < weights.Length; k++) sum += (source[offsets[(2 * k) - 1] + i] + source[offsets[2 * k] + i]) * weights[k];
            destination[i] = sum;
        }
    }

    public static void WeightedSumScalar(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination, int start)
    {
        for (var i = start; i < destination.Length; i++)
        {
            var sum = rows[i] * weights[0];
            for (var k = 1; k < weights.Length; k++) sum += rows[(k * stride) + i] * weights[k];
            destination[i] = sum;
        }
    }

    public static void WeightedSumScalar(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination, int start)
    {
        for (var i = start; i < destination.Length; i++)
        {
            var sum = rows[i] * weights[0];
            for (var k = 1; k < weights.Length; k++) sum += rows[(k * stride) + i] * weights[k];
            destination[i] = sum;
        }
    }

    public static void MultiplyScalar(Span<float> values, ReadOnlySpan<float> factors, int start)
    {
        for (var i = start; i < values.Length; i++) values[i] *= factors[i];
    }
}
