using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// A watermark that a picture already carries at its own scale, possibly cropped, mirrored or turned by quarters. It is taken
/// out before another goes in: two would cost twice the quality, and a reader could find either.
/// </summary>
internal sealed class PreviousWatermark : IDisposable
{
    private const int Side = WatermarkLayout.TileSide;
    private const double MaxShare = 8; // what even the strongest setting doesn't exceed on its strongest picture

    private static readonly GaussianBlur LocalMean = new(2.5);

    private readonly Plane<float> _tile;

    private PreviousWatermark(Plane<float> tile) => _tile = tile;

    /// <summary>The old watermark, or null; an unmarked picture costs a look at its middle.</summary>
    public static PreviousWatermark? Find(CanonicalImage image, CancellationToken cancellationToken)
    {
        if (WatermarkDetector.DetectAtOwnScale(image, cancellationToken) is not { } detection) return null;
        var previous = new PreviousWatermark(AsSeen(detection));
        var share = Share(image, previous._tile.Values);
        foreach (ref var value in previous._tile.Values) value *= share;
        return previous;
    }

    /// <summary>Takes it out of a tile that is about to be embedded, both before the mask.</summary>
    public void TakeFrom(Span<float> tile)
    {
        var old = _tile.Values;
        for (var i = 0; i < tile.Length; i++) tile[i] -= old[i];
    }

    public void Dispose() => _tile.Dispose();

    /// <summary>The old tile as it repeats in this picture from its first pixel on: turned, mirrored and shifted.</summary>
    private static Plane<float> AsSeen(Detection detection)
    {
        using var tile = new Plane<float>(Side, Side);
        WatermarkLayout.Tile(detection.Payload, tile.Values);
        var seen = new Plane<float>(Side, Side);
        var (startX, startY) = detection.FirstPixel;
        double sign = detection.Offset.Turned ? -1 : 1;
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = detection.Lattice.ToTile(sign * x, sign * y);
                var value = Between(tile, startX + dx, startY + dy);
                seen.Row(y)[x] = detection.Offset.Inverted ? -value : value;
            }
        }
        return seen;
    }

    private static float Between(Plane<float> tile, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float across = (float)(x - left), down = (float)(y - top);
        var upper = (At(left, top) * (1 - across)) + (At(left + 1, top) * across);
        var lower = (At(left, top + 1) * (1 - across)) + (At(left + 1, top + 1) * across);
        return (upper * (1 - down)) + (lower * down);

        float At(int column, int row) => tile.Values[((row & (Side - 1)) * Side) + (column & (Side - 1))];
    }

    /// <summary>How strongly it is still there, by least squares between the whitened picture and the same filters' answer to the mask times the tile.</summary>
    private static float Share(CanonicalImage image, ReadOnlySpan<float> tile)
    {
        using var whitened = WhitenedImage.Create(image);
        using var expected = PerceptualMask.Create(image);
        using var mean = new Plane<float>(expected.Width, expected.Height);
        for (var y = 0; y < expected.Height; y++)
        {
            var row = expected.Row(y);
            var line = tile.Slice(y % Side * Side, Side);
            for (var x = 0; x < row.Length; x++) row[x] *= line[x % Side];
        }
        LocalMean.Apply(expected, mean);
        double product = 0, square = 0;
        for (var i = 0; i < mean.Values.Length; i++)
        {
            var value = (expected.Values[i] - mean.Values[i]) / whitened.Deviations.Values[i];
            product += whitened.Values.Values[i] * value;
            square += value * value;
        }
        // To three digits, as the strength of what is embedded: bytes must not depend on the platform.
        return square > 0 ? (float)Math.Round(Math.Clamp(product / square, 0, MaxShare), 3) : 0;
    }
}
