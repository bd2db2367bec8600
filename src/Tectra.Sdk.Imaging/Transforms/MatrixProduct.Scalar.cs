namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class MatrixProduct
{
    public static void MultiplyScalar(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            int row = i / columns, column = i % columns;
            var sum = 0.0;
            for (var k = 0; k < inner; k++) sum += a[(row * inner) + k] * b[(k * columns) + column];
            result[i] = sum;
        }
    }
}
