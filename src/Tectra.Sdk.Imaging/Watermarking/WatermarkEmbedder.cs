using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Adds the tile to a picture: built at canonical scale, weighted by the perceptual mask, enlarged bicubically and added
/// with the same amount to every colour channel, so that only luma changes.
/// </summary>
internal static class WatermarkEmbedder
{
    private const double PeakSquared = 255 * 255;
    private const double RoundingError = 1.0 / 12; // mean square of rounding to whole 8-bit steps

    // Textured pictures hide more: their ratio goes below the target by 1.8 dB a decibel of mask, flat ones' above.
    private const double TextureSlope = 1.8, MostBelow = -2, MostAbove = 1.1;

    // Rounding and the mask's edges take a little more than the sums below say.
    private const double Calibration = 0.1;

    // The mean over the twelve Kodak pictures of what the mask alone implies, in decibels.
    private const double MeanMaskDecibels = 36.71;

    /// <summary>Embeds <paramref name="payload"/> into the pixels.</summary>
    /// <param name="image">The picture; grey, RGB, with or without alpha, 8 or 16 bits.</param>
    /// <param name="luma">Its luma; may be changed.</param>
    /// <param name="payload">What to embed.</param>
    /// <param name="strengthDecibels">See <see cref="ImagingOptions.WatermarkStrengthDecibels"/>.</param>
    /// <param name="cancellationToken">Checked every row.</param>
    /// <returns>Whether another watermark was taken out.</returns>
    public static bool Embed(
        ImageBuffer image, Plane<byte> luma, WatermarkPayload payload, double strengthDecibels, CancellationToken cancellationToken = default)
    {
        using var canonical = CanonicalImage.Create(image, luma);
        using var residual = PerceptualMask.Create(canonical);
        using var previous = PreviousWatermark.Find(canonical, cancellationToken);
        Modulate(residual, payload, Gain(residual.Values, strengthDecibels), previous);
        using var enlarged = residual.Width == image.Width && residual.Height == image.Height ? null : new BicubicRows(residual, image.Width, image.Height);
        using var row = new Plane<float>(image.Width, 1);
        using var steps = new Plane<byte>(image.Width, 2);
        using var deepSteps = new Plane<ushort>(image.Width, 2);
        for (var y = 0; y < image.Height; y++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = enlarged is null ? residual.Row(y) : row.Values;
            enlarged?.Row(y, change);
            if (image.BitDepth == 16)
            {
                PixelSteps.Round(change, deepSteps.Row(0), deepSteps.Row(1));
                PixelSteps.Add(image.Row16(y), image.Channels, image.ColourChannels, deepSteps.Row(0), deepSteps.Row(1));
            }
            else
            {
                PixelSteps.Round(change, steps.Row(0), steps.Row(1));
                PixelSteps.Add(image.Row(y), image.Channels, image.ColourChannels, steps.Row(0), steps.Row(1));
            }
        }
        return previous is not null;
    }

    /// <summary>What a mask implies with a tile of mean square one: the mean square of the change, over the pixels that carry any.</summary>
    internal static double MeanSquare(ReadOnlySpan<float> mask)
    {
        var (sum, count) = MaskKernels.PositiveSquares(mask);
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>What the product of mask and tile is multiplied with, so that the change has the asked-for strength; 0 for an empty mask.</summary>
    internal static float Gain(ReadOnlySpan<float> mask, double strengthDecibels)
    {
        var implied = MeanSquare(mask);
        if (implied == 0) return 0;
        var texture = (10 * Math.Log10(PeakSquared / implied)) - MeanMaskDecibels;
        var decibels = strengthDecibels + Calibration + Math.Clamp(TextureSlope * texture, MostBelow, MostAbove);
        var allowed = (PeakSquared / Math.Pow(10, decibels / 10)) - RoundingError;
        // To three digits: the last digits of log and pow may differ between platforms, the embedded bytes must not.
        return (float)Math.Round(Math.Sqrt(Math.Max(allowed, 0) / implied), 3);
    }

    /// <summary>Multiplies a mask with the repeated tile and the gain, less what is there already.</summary>
    private static void Modulate(Plane<float> mask, WatermarkPayload payload, float gain, PreviousWatermark? previous)
    {
        const int Side = WatermarkLayout.TileSide;
        using var tile = new Plane<float>(Side, Side);
        WatermarkLayout.Tile(payload, tile.Values);
        foreach (ref var value in tile.Values) value *= gain;
        previous?.TakeFrom(tile.Values);
        for (var y = 0; y < mask.Height; y++)
        {
            var line = tile.Row(y % Side);
            for (var rest = mask.Row(y); !rest.IsEmpty; rest = rest[Math.Min(Side, rest.Length)..])
                RowOps.Multiply(rest[..Math.Min(Side, rest.Length)], line);
        }
    }
}
