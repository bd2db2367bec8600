namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// The 8×8 lowest frequencies of the unnormalised two-dimensional DCT-II of 32×32 samples, as <c>scipy.fftpack.dct</c> along
/// columns, then rows: <c>y[k] = 2·Σ x[n]·cos(πk(2n + 1)/64)</c>.
/// </summary>
internal static class Dct32
{
    public const int Size = 32, Kept = 8;

    /// <summary>Transforms <paramref name="samples"/> (32 rows of 32) into <paramref name="coefficients"/> (8 rows of 8).</summary>
    public static void LowFrequencies(ReadOnlySpan<byte> samples, Span<double> coefficients)
    {
        Span<double> columns = stackalloc double[Kept * Size];
        for (var k = 0; k < Kept; k++)
        {
            for (var x = 0; x < Size; x++)
            {
                var sum = 0.0;
                for (var n = 0; n < Size; n++) sum += samples[(n * Size) + x] * Cosines.Of(k * ((2 * n) + 1));
                columns[(k * Size) + x] = 2 * sum;
            }
        }
        for (var row = 0; row < Kept; row++)
        {
            for (var k = 0; k < Kept; k++)
            {
                var sum = 0.0;
                for (var n = 0; n < Size; n++) sum += columns[(row * Size) + n] * Cosines.Of(k * ((2 * n) + 1));
                coefficients[(row * Kept) + k] = 2 * sum;
            }
        }
    }
}
