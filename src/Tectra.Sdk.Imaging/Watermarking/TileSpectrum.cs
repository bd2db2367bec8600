using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>Filters a 128×128 tile by its discrete Fourier transform, computing only the low lines that can stay.</summary>
internal static class TileSpectrum
{
    private const int Side = WatermarkLayout.TileSide;

    /// <summary>The tile with only those lines (u, v) for which <paramref name="keep"/> holds; none beyond ±<paramref name="maxLine"/>.</summary>
    public static double[] Keep(ReadOnlySpan<double> tile, int maxLine, Func<int, int, bool> keep)
    {
        int columns = maxLine + 1, lines = (2 * maxLine) + 1; // u ≥ 0 suffices: the tile is real
        double[] real = new double[columns * Side], imaginary = new double[columns * Side];
        for (var y = 0; y < Side; y++)
        {
            for (var u = 0; u < columns; u++)
            {
                double re = 0, im = 0;
                for (var x = 0; x < Side; x++)
                {
                    var value = tile[(y * Side) + x];
                    re += value * Cos(u * x);
                    im -= value * Sin(u * x);
                }
                real[(u * Side) + y] = re;
                imaginary[(u * Side) + y] = im;
            }
        }
        for (var u = 0; u < columns; u++) FilterColumn(real.AsSpan(u * Side, Side), imaginary.AsSpan(u * Side, Side), u, lines, keep);
        var result = new double[Side * Side];
        for (var y = 0; y < Side; y++)
        {
            for (var u = 0; u < columns; u++)
            {
                // A line u > 0 stands for itself and its conjugate.
                double weight = (u == 0 ? 1.0 : 2.0) / (Side * Side), re = real[(u * Side) + y] * weight, im = imaginary[(u * Side) + y] * weight;
                for (var x = 0; x < Side; x++) result[(y * Side) + x] += (re * Cos(u * x)) - (im * Sin(u * x));
            }
        }
        return result;
    }

    private static void FilterColumn(Span<double> real, Span<double> imaginary, int u, int lines, Func<int, int, bool> keep)
    {
        Span<double> keptReal = stackalloc double[Side], keptImaginary = stackalloc double[Side];
        keptReal.Clear();
        keptImaginary.Clear();
        for (var line = 0; line < lines; line++)
        {
            var v = line - (lines / 2);
            if (!keep(u, v)) continue;
            var wrapped = v & (Side - 1);
            double re = 0, im = 0;
            for (var y = 0; y < Side; y++)
            {
                double cos = Cos(wrapped * y), sin = Sin(wrapped * y);
                re += (real[y] * cos) + (imaginary[y] * sin);
                im += (imaginary[y] * cos) - (real[y] * sin);
            }
            for (var y = 0; y < Side; y++)
            {
                double cos = Cos(wrapped * y), sin = Sin(wrapped * y);
                keptReal[y] += (re * cos) - (im * sin);
                keptImaginary[y] += (im * cos) + (re * sin);
            }
        }
        keptReal.CopyTo(real);
        keptImaginary.CopyTo(imaginary);
    }

    private static double Cos(int k) => Cosines.Of(k);

    private static double Sin(int k) => Cosines.Of(k + (3 * Cosines.Period / 4)); // sin t = cos(t − π/2)
}
