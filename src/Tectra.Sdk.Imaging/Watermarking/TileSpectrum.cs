using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Filters a 128×128 tile by its discrete Fourier transform. Only lines up to ±32 can stay, so the transform and its
/// inverse are four products with narrow matrices of cosines and sines.
/// </summary>
internal sealed class TileSpectrum
{
    /// <summary>The highest line that can stay.</summary>
    public const int MaxLine = 32;

    private const int Side = WatermarkLayout.TileSide, Lines = MaxLine + 1;
    private const int Columns = 72, Imaginary = Columns / 2; // u ≥ 0 suffices: the tile is real. Real parts, then imaginary ones
    private const int Rows = 68, Sines = Rows / 2; // v ≥ 0 too: cosines, then sines

    private static readonly double[] Across = Make(Side, Columns, (x, c) => Wave(c % Imaginary, x, c >= Imaginary, -1));
    private static readonly double[] AcrossBack = Make(Columns, Side, (c, x) => Wave(c % Imaginary, x, c >= Imaginary, -1));
    private static readonly double[] Down = Make(Rows, Side, (r, y) => Wave(r % Sines, y, r >= Sines, 1));
    private static readonly double[] DownBack = Make(Side, Rows, (y, r) => Wave(r % Sines, y, r >= Sines, 1));

    // What the lines (u, v) and (u, −v), at v·33 + u, are multiplied with: zero, or the inverse transform's factor.
    private readonly double[] _positive;
    private readonly double[] _negative;

    /// <summary>A filter that keeps those lines (u, v), u ≥ 0, for which <paramref name="keep"/> holds.</summary>
    public TileSpectrum(Func<int, int, bool> keep)
    {
        _positive = Make(Lines, Lines, (v, u) => keep(u, v) ? Weight(u) : 0);
        _negative = Make(Lines, Lines, (v, u) => v > 0 && keep(u, -v) ? Weight(u) : 0);

        // A line u > 0 stands for itself and its conjugate.
        static double Weight(int u) => (u == 0 ? 1.0 : 2.0) / (Side * Side);
    }

    /// <summary>Filters a tile in place.</summary>
    public void Apply(Span<double> tile)
    {
        using Plane<double> rows = new(Columns, Side), lines = new(Columns, Rows);
        MatrixProduct.Multiply(tile, Across, Side, Columns, rows.Values);
        MatrixProduct.Multiply(Down, rows.Values, Side, Columns, lines.Values);
        for (var v = 0; v < Lines; v++) Filter(lines.Row(v), lines.Row(Sines + v), _positive.AsSpan(v * Lines, Lines), _negative.AsSpan(v * Lines, Lines));
        MatrixProduct.Multiply(DownBack, lines.Values, Rows, Columns, rows.Values);
        MatrixProduct.Multiply(rows.Values, AcrossBack, Columns, Side, tile);
    }

    /// <summary>From the sums with cosines and with sines of ±v to the lines F(u, v) and F(u, −v), and back to what cosines and sines are multiplied with.</summary>
    private static void Filter(Span<double> cosines, Span<double> sines, ReadOnlySpan<double> positive, ReadOnlySpan<double> negative)
    {
        for (var u = 0; u < Lines; u++)
        {
            double cosRe = cosines[u], cosIm = cosines[Imaginary + u], sinRe = sines[u], sinIm = sines[Imaginary + u];
            double re = (cosRe + sinIm) * positive[u], im = (cosIm - sinRe) * positive[u];
            double mirroredRe = (cosRe - sinIm) * negative[u], mirroredIm = (cosIm + sinRe) * negative[u];
            cosines[u] = re + mirroredRe;
            cosines[Imaginary + u] = im + mirroredIm;
            sines[u] = mirroredIm - im;
            sines[Imaginary + u] = re - mirroredRe;
        }
    }

    /// <summary>cos or ± sin of a line at a place; zero for the lines that only fill up the matrix.</summary>
    private static double Wave(int line, int place, bool sine, int sign)
    {
        if (line >= Lines) return 0;
        return sine ? sign * Cosines.Of((line * place) + (3 * Cosines.Period / 4)) : Cosines.Of(line * place); // sin t = cos(t − π/2)
    }

    private static double[] Make(int rows, int columns, Func<int, int, double> value)
    {
        var matrix = new double[rows * columns];
        for (var i = 0; i < matrix.Length; i++) matrix[i] = value(i / columns, i % columns);
        return matrix;
    }
}
