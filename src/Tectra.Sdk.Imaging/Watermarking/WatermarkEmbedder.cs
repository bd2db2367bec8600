using System.Buffers;
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
    private const double TextureSlope = 1.8, MostBelow = -1.8, MostAbove = 1;

    // The mean over the twelve Kodak pictures of what the mask alone implies, in decibels.
    private const double MeanMaskDecibels = 36.71;

    /// <summary>Embeds <paramref name="payload"/> into the pixels.</summary>
    /// <param name="image">The picture; grey, RGB, with or without alpha, 8 or 16 bits.</param>
    /// <param name="luma">Its luma; may be changed.</param>
    /// <param name="payload">What to embed.</param>
    /// <param name="strengthDecibels">See <see cref="ImagingOptions.WatermarkStrengthDecibels"/>.</param>
    /// <param name="cancellationToken">Checked every row.</param>
    public static void Embed(
        ImageBuffer image, Plane<byte> luma, WatermarkPayload payload, double strengthDecibels, CancellationToken cancellationToken = default)
    {
        using var canonical = CanonicalImage.Create(image, luma);
        using var residual = PerceptualMask.Create(canonical);
        Modulate(residual, WatermarkLayout.Tile(payload), Gain(residual.Values, strengthDecibels));
        using var columns = BicubicScaler.ScaleColumns(residual, image.Width);
        var axis = new BicubicScaler.Axis(columns.Height, image.Height);
        var row = ArrayPool<float>.Shared.Rent(image.Width);
        try
        {
            for (var y = 0; y < image.Height; y++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var change = row.AsSpan(0, image.Width);
                if (image.Height == columns.Height) columns.Row(y).CopyTo(change);
                else BicubicScaler.Row(columns, axis, y, change);
                if (image.BitDepth == 16) Add16(image.Row16(y), change, image.Channels, image.ColourChannels);
                else Add(image.Row(y), change, image.Channels, image.ColourChannels);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(row);
        }
    }

    /// <summary>What a mask implies with a tile of mean square one: the mean square of the change, over the pixels that carry any.</summary>
    internal static double MeanSquare(ReadOnlySpan<float> mask)
    {
        double sum = 0;
        long count = 0;
        foreach (var value in mask)
        {
            if (value <= 0) continue;
            sum += (double)value * value;
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>What the product of mask and tile is multiplied with, so that the change has the asked-for strength; 0 for an empty mask.</summary>
    internal static float Gain(ReadOnlySpan<float> mask, double strengthDecibels)
    {
        var implied = MeanSquare(mask);
        if (implied == 0) return 0;
        var texture = (10 * Math.Log10(PeakSquared / implied)) - MeanMaskDecibels;
        var decibels = strengthDecibels + Math.Clamp(TextureSlope * texture, MostBelow, MostAbove);
        var allowed = (PeakSquared / Math.Pow(10, decibels / 10)) - RoundingError;
        // To three digits: the last digits of log and pow may differ between platforms, the embedded bytes must not.
        return (float)Math.Round(Math.Sqrt(Math.Max(allowed, 0) / implied), 3);
    }

    private static void Modulate(Plane<float> mask, ReadOnlySpan<float> tile, float gain)
    {
        const int Side = WatermarkLayout.TileSide;
        for (var y = 0; y < mask.Height; y++)
        {
            var row = mask.Row(y);
            var line = tile.Slice(y % Side * Side, Side);
            for (var x = 0; x < row.Length; x++) row[x] *= gain * line[x % Side];
        }
    }

    private static void Add(Span<byte> pixels, ReadOnlySpan<float> change, int channels, int colours)
    {
        for (var x = 0; x < change.Length; x++)
        {
            var delta = (int)MathF.Floor(change[x] + 0.5f);
            var pixel = pixels.Slice(x * channels, channels);
            if (colours < channels && pixel[colours] == 0) continue; // transparent
            for (var c = 0; c < colours; c++) pixel[c] = (byte)Math.Clamp(pixel[c] + delta, 0, byte.MaxValue);
        }
    }

    private static void Add16(Span<ushort> pixels, ReadOnlySpan<float> change, int channels, int colours)
    {
        const float Scale = 257; // 65535 / 255
        for (var x = 0; x < change.Length; x++)
        {
            var delta = (int)MathF.Floor((change[x] * Scale) + 0.5f);
            var pixel = pixels.Slice(x * channels, channels);
            if (colours < channels && pixel[colours] == 0) continue;
            for (var c = 0; c < colours; c++) pixel[c] = (ushort)Math.Clamp(pixel[c] + delta, 0, ushort.MaxValue);
        }
    }
}
