using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Reads the watermark of a picture whose geometry is as it was embedded: folds the whitened luma onto one tile and decodes
/// the tile's DCT coefficients softly.
/// </summary>
internal static class WatermarkDetector
{
    /// <summary>
    /// The confidence from which a reading counts as a watermark: what is read from pictures without one stays well below
    /// (<c>docs/formats.md</c> gives the distribution).
    /// </summary>
    public const double FoundThreshold = 13.4;

    /// <summary>Reads the watermark. The picture must be large enough (see <see cref="WatermarkLayout.Fits"/>).</summary>
    public static WatermarkReading Detect(WhitenedImage image)
    {
        Span<float> likelihoods = stackalloc float[ErrorCorrection.CodedBits];
        Likelihoods(Fold(image.Values), likelihoods);
        var payload = ErrorCorrection.Decode(likelihoods);
        var confidence = ErrorCorrection.Confidence(likelihoods, payload);
        return new WatermarkReading(confidence >= FoundThreshold, payload, Math.Round(confidence, 2));
    }

    private static double[] Fold(Plane<float> whitened)
    {
        const int Side = WatermarkLayout.TileSide;
        var tile = new double[Side * Side];
        for (var y = 0; y < whitened.Height; y++)
        {
            var row = whitened.Row(y);
            var line = tile.AsSpan(y % Side * Side, Side);
            for (var x = 0; x < row.Length; x++) line[x % Side] += row[x];
        }
        return tile;
    }

    private static void Likelihoods(double[] tile, Span<float> likelihoods)
    {
        var lowLow = Cdf97Wavelet.AnalyseLowLow(tile, WatermarkLayout.TileSide);
        for (var block = 0; block < WatermarkLayout.Blocks; block++) Dct8x8.Forward(lowLow, WatermarkLayout.OffsetOf(block), WatermarkLayout.LowLowSide);
        // Each of the 35 frequencies is weighed by its own deviation over the tile's 64 blocks.
        Span<double> squares = stackalloc double[WatermarkLayout.Positions];
        squares.Clear();
        for (var slot = 0; slot < WatermarkLayout.Slots; slot++)
        {
            var value = lowLow[WatermarkLayout.IndexOf(slot)];
            squares[slot % WatermarkLayout.Positions] += value * value;
        }
        likelihoods.Clear();
        for (var slot = 0; slot < WatermarkLayout.Slots; slot++)
        {
            var square = squares[slot % WatermarkLayout.Positions];
            if (square <= 0) continue;
            var value = (float)(lowLow[WatermarkLayout.IndexOf(slot)] / Math.Sqrt(square));
            likelihoods[WatermarkLayout.SlotBits[slot]] += WatermarkLayout.SlotNegative[slot] ? -value : value;
        }
    }
}
