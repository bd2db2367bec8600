using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// The low-low band of one level of the biorthogonal 4.4 wavelet (Cohen, Daubechies, Feauveau 9/7), periodised: analysis of
/// a square to a square of half its side, and synthesis back with empty detail bands. Synthesis, then analysis, is exact.
/// </summary>
internal static class Cdf97Wavelet
{
    // Low-pass filters, from the centre outwards; each sums to √2 (Daubechies 1992, table 8.3).
    private static readonly double[] AnalysisLow =
        [0.8526986790088938, 0.37740285561283066, -0.11062440441843718, -0.023849465019556843, 0.03782845550726404];

    private static readonly double[] SynthesisLow =
        [0.7884856164055829, 0.41809227322161724, -0.04068941760916406, -0.06453888262869706];

    /// <summary>The low-low band of a <paramref name="side"/>×<paramref name="side"/> square, at least 8×8.</summary>
    public static void AnalyseLowLow(ReadOnlySpan<double> square, int side, Span<double> result)
    {
        var half = side / 2;
        using var rows = new Plane<double>(half, side);
        for (var y = 0; y < side; y++)
        {
            var row = square.Slice(y * side, side);
            var to = rows.Row(y);
            for (var x = 0; x < half; x++) to[x] = Tap(row, 2 * x);
        }
        for (var y = 0; y < half; y++)
        {
            var to = result.Slice(y * half, half);
            to.Clear();
            for (var k = 1 - AnalysisLow.Length; k < AnalysisLow.Length; k++)
            {
                ReadOnlySpan<double> row = rows.Row(((2 * y) + k + side) % side);
                var weight = AnalysisLow[Math.Abs(k)];
                for (var x = 0; x < to.Length; x++) to[x] += row[x] * weight;
            }
        }
    }

    /// <summary>The square whose low-low band this is and whose detail bands are zero, of twice <paramref name="half"/> rows and columns, at least four.</summary>
    public static void SynthesiseLowLow(ReadOnlySpan<double> lowLow, int half, Span<double> result)
    {
        var side = 2 * half;
        using var rows = new Plane<double>(side, half);
        rows.Values.Clear();
        result.Clear();
        for (var y = 0; y < half; y++)
        {
            var row = rows.Row(y);
            for (var x = 0; x < half; x++) Spread(lowLow[(y * half) + x], row, 2 * x);
        }
        for (var y = 0; y < half; y++)
        {
            for (var k = 1 - SynthesisLow.Length; k < SynthesisLow.Length; k++)
            {
                var to = result.Slice(((2 * y) + k + side) % side * side, side);
                var weight = SynthesisLow[Math.Abs(k)];
                ReadOnlySpan<double> row = rows.Row(y);
                for (var x = 0; x < to.Length; x++) to[x] += row[x] * weight;
            }
        }
    }

    private static double Tap(ReadOnlySpan<double> values, int centre)
    {
        var sum = values[centre] * AnalysisLow[0];
        for (var k = 1; k < AnalysisLow.Length; k++)
        {
            int before = centre - k, after = centre + k;
            sum += (values[before < 0 ? before + values.Length : before] + values[after >= values.Length ? after - values.Length : after]) * AnalysisLow[k];
        }
        return sum;
    }

    private static void Spread(double value, Span<double> values, int centre)
    {
        for (var k = 1 - SynthesisLow.Length; k < SynthesisLow.Length; k++)
        {
            var i = centre + k;
            if (i < 0) i += values.Length;
            else if (i >= values.Length) i -= values.Length;
            values[i] += value * SynthesisLow[Math.Abs(k)];
        }
    }
}
