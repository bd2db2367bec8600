using System.Buffers;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>Turns a tile's lines into the likelihoods of the coded bits, and those into a payload.</summary>
internal static class PayloadDecoder
{
    private const int Side = WatermarkLayout.TileSide, Square = Side * Side, Pilots = 32;
    private const double MaxRadius = 32, Ridge = 2, LeastGain = 0.05, MostGain = 2;

    /// <summary>Decodes the lines for an offset; the likelihoods go to a span of <see cref="ErrorCorrection.CodedBits"/>.</summary>
    public static (WatermarkPayload Payload, double Agreement) Decode(TileLines lines, in TileOffset offset, Span<float> likelihoods)
    {
        var work = ArrayPool<float>.Shared.Rent(2 * Square);
        Span<float> real = work.AsSpan(0, Square), imaginary = work.AsSpan(Square, Square);
        Align(lines, offset, real, imaginary);
        SquareFft.Transform(imaginary, real); // swapped: the inverse
        Likelihoods(real, likelihoods);
        ArrayPool<float>.Shared.Return(work);
        var payload = ErrorCorrection.Decode(likelihoods);
        return (payload, ErrorCorrection.Confidence(likelihoods, payload));
    }

    /// <summary>The payload's spectrum as if its tile began at the origin, each line weighed by how much of its frequency is left.</summary>
    private static void Align(TileLines lines, in TileOffset offset, Span<float> real, Span<float> imaginary)
    {
        real.Clear();
        imaginary.Clear();
        Span<double> fit = stackalloc double[3];
        FitGain(lines, offset, fit);
        // e^(−2πi(ux + vy)/128) as a product of two short tables.
        Span<double> acrossCos = stackalloc double[Side], acrossSin = stackalloc double[Side], downCos = stackalloc double[Side], downSin = stackalloc double[Side];
        for (var k = 0; k < Side; k++)
        {
            var line = k < Side / 2 ? k : k - Side;
            (acrossSin[k], acrossCos[k]) = Math.SinCos(-2 * Math.PI * line * offset.X / Side);
            (downSin[k], downCos[k]) = Math.SinCos(-2 * Math.PI * line * offset.Y / Side);
        }
        var all = TileLines.All;
        for (var i = Pilots; i < all.Length; i++)
        {
            var (u, v) = all[i];
            int column = u & (Side - 1), row = v & (Side - 1), oppositeColumn = -u & (Side - 1), oppositeRow = -v & (Side - 1);
            double cos = (acrossCos[column] * downCos[row]) - (acrossSin[column] * downSin[row]);
            double sin = (acrossCos[column] * downSin[row]) + (acrossSin[column] * downCos[row]);
            double re = lines.Real[i], im = offset.Turned ? -lines.Imaginary[i] : lines.Imaginary[i];
            var weight = Math.Clamp(Quadratic(fit, Math.Sqrt((u * u) + (v * v)) / MaxRadius), LeastGain, MostGain);
            if (offset.Inverted) weight = -weight;
            float alignedReal = (float)(((re * cos) - (im * sin)) * weight), alignedImaginary = (float)(((re * sin) + (im * cos)) * weight);
            (real[(row * Side) + column], imaginary[(row * Side) + column]) = (alignedReal, alignedImaginary);
            (real[(oppositeRow * Side) + oppositeColumn], imaginary[(oppositeRow * Side) + oppositeColumn]) = (alignedReal, -alignedImaginary);
        }
    }

    /// <summary>
    /// The pilot's gain over the radius relative to its mean, as a quadratic by least squares; curved only as far as 32 noisy
    /// lines can tell (ridge regression).
    /// </summary>
    private static void FitGain(TileLines lines, in TileOffset offset, Span<double> fit)
    {
        Span<double> gains = stackalloc double[Pilots], matrix = stackalloc double[9], powers = stackalloc double[3];
        lines.PilotGains(offset, gains);
        matrix.Clear();
        fit.Clear();
        double sum = 0;
        for (var i = 0; i < Pilots; i++)
        {
            var (u, v, _) = WatermarkLayout.Pilot[i];
            var radius = Math.Sqrt((u * u) + (v * v)) / MaxRadius;
            (powers[0], powers[1], powers[2]) = (1, radius, radius * radius);
            sum += gains[i];
            for (var j = 0; j < 3; j++)
            {
                fit[j] += powers[j] * gains[i];
                for (var k = 0; k < 3; k++) matrix[(3 * j) + k] += powers[j] * powers[k];
            }
        }
        matrix[4] += Ridge;
        matrix[8] += Ridge;
        Solve(matrix, fit);
        var mean = sum / Pilots;
        for (var j = 0; j < 3; j++) fit[j] = mean == 0 ? (j == 0 ? 1 : 0) : fit[j] / mean;
    }

    private static double Quadratic(ReadOnlySpan<double> fit, double x) => fit[0] + (x * (fit[1] + (x * fit[2])));

    /// <summary>Gaussian elimination of a positive definite 3×3 system.</summary>
    private static void Solve(Span<double> matrix, Span<double> values)
    {
        for (var i = 0; i < 3; i++)
        {
            for (var j = i + 1; j < 3; j++)
            {
                var factor = matrix[(3 * j) + i] / matrix[(3 * i) + i];
                for (var k = i; k < 3; k++) matrix[(3 * j) + k] -= factor * matrix[(3 * i) + k];
                values[j] -= factor * values[i];
            }
        }
        for (var i = 2; i >= 0; i--)
        {
            for (var k = i + 1; k < 3; k++) values[i] -= matrix[(3 * i) + k] * values[k];
            values[i] /= matrix[(3 * i) + i];
        }
    }

    private static void Likelihoods(ReadOnlySpan<float> tile, Span<float> likelihoods)
    {
        using var square = new Plane<double>(Side, Side);
        using var band = new Plane<double>(WatermarkLayout.LowLowSide, WatermarkLayout.LowLowSide);
        for (var i = 0; i < Square; i++) square.Values[i] = tile[i];
        var lowLow = band.Values;
        Cdf97Wavelet.AnalyseLowLow(square.Values, Side, lowLow);
        for (var block = 0; block < WatermarkLayout.Blocks; block++) Dct8x8.Forward(lowLow, WatermarkLayout.OffsetOf(block), WatermarkLayout.LowLowSide);
        likelihoods.Clear();
        for (var slot = 0; slot < WatermarkLayout.Slots; slot++)
        {
            var value = (float)lowLow[WatermarkLayout.IndexOf(slot)];
            likelihoods[WatermarkLayout.SlotBits[slot]] += WatermarkLayout.SlotNegative[slot] ? -value : value;
        }
    }
}
