namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class TurnedRows
{
    public static void TurnScalar(ReadOnlySpan<float> rows, int width, Span<float> turned, int start)
    {
        for (var row = 0; row < rows.Length / width; row++)
        {
            for (var x = start; x < width; x++) turned[(x * Count) + row] = rows[(row * width) + x];
        }
    }

    public static void TurnBackScalar(ReadOnlySpan<float> turned, int width, Span<float> rows, int start)
    {
        for (var row = 0; row < rows.Length / width; row++)
        {
            for (var x = start; x < width; x++) rows[(row * width) + x] = turned[(x * Count) + row];
        }
    }

    public static void ScaleScalar(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination)
    {
        for (var output = 0; output < axis.Outputs; output++)
        {
            var inputs = turned.Slice(axis.Starts[output] * Count, axis.Taps * Count);
            var weights = axis.WeightsOf(output);
            for (var row = 0; row < Count; row++)
            {
                var sum = inputs[row] * weights[0];
                for (var k = 1; k < weights.Length; k++) sum += inputs[(k * Count) + row] * weights[k];
                destination[(output * Count) + row] = sum;
            }
        }
    }
}
