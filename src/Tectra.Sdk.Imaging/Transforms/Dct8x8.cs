namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>The orthonormal 8×8 DCT-II and its inverse, of blocks inside a larger square.</summary>
internal static class Dct8x8
{
    public const int Size = 8;

    // Basis[k, n] = c(k)·cos((2n + 1)kπ/16), c(0) = √⅛, else ½.
    private static readonly double[] Basis = MakeBasis();

    private static readonly double[] Transposed = [.. Enumerable.Range(0, Size * Size).Select(i => Basis[(i % Size * Size) + (i / Size)])];

    /// <summary>Replaces the block at <paramref name="offset"/> by its coefficients (row: vertical frequency).</summary>
    public static void Forward(Span<double> values, int offset, int stride) => Transform(values, offset, stride, Basis);

    /// <summary>Replaces the coefficients at <paramref name="offset"/> by their block.</summary>
    public static void Inverse(Span<double> values, int offset, int stride) => Transform(values, offset, stride, Transposed);

    private static void Transform(Span<double> values, int offset, int stride, ReadOnlySpan<double> basis)
    {
        Span<double> half = stackalloc double[Size * Size];
        for (var y = 0; y < Size; y++)
        {
            var row = values.Slice(offset + (y * stride), Size);
            for (var k = 0; k < Size; k++)
            {
                var sum = 0.0;
                for (var n = 0; n < Size; n++) sum += row[n] * basis[(k * Size) + n];
                half[(y * Size) + k] = sum;
            }
        }
        for (var k = 0; k < Size; k++)
        {
            var row = values.Slice(offset + (k * stride), Size);
            for (var x = 0; x < Size; x++)
            {
                var sum = 0.0;
                for (var n = 0; n < Size; n++) sum += half[(n * Size) + x] * basis[(k * Size) + n];
                row[x] = sum;
            }
        }
    }

    private static double[] MakeBasis()
    {
        var basis = new double[Size * Size];
        for (var k = 0; k < Size; k++)
        {
            for (var n = 0; n < Size; n++) basis[(k * Size) + n] = (k == 0 ? Math.Sqrt(0.125) : 0.5) * Cosines.Of(4 * k * ((2 * n) + 1));
        }
        return basis;
    }
}
