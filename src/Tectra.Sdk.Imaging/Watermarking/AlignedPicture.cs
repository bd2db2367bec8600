using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// A picture that was scaled, squeezed, mirrored or turned since it was signed, brought back to the geometry of its tile, so
/// that altered parts show in it as they would in an untouched copy. Grey, with what lies outside the picture transparent.
/// </summary>
internal sealed class AlignedPicture : IDisposable
{
    private const int Side = WatermarkLayout.TileSide;

    private readonly ImageBuffer _pixels;
    private readonly Detection _detection;
    private readonly double _left, _top, _sign; // the tile position of its first pixel

    private AlignedPicture(ImageBuffer pixels, Detection detection, double left, double top)
    {
        (_pixels, _detection, _left, _top) = (pixels, detection, left, top);
        _sign = detection.Offset.Turned ? -1 : 1;
    }

    /// <summary>Brings a picture back; null when it was found at another size than canonical or inverted, or would become larger than a signed picture is.</summary>
    public static AlignedPicture? Create(CanonicalImage image, Detection detection)
    {
        if (detection.Offset.Inverted || detection.Size != (image.Luma.Width, image.Luma.Height)) return null;
        var sign = detection.Offset.Turned ? -1 : 1;
        var (x0, y0) = detection.FirstPixel;
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (var (cornerX, cornerY) in new[] { (0, 0), (image.Luma.Width - 1, 0), (0, image.Luma.Height - 1), (image.Luma.Width - 1, image.Luma.Height - 1) })
        {
            var (x, y) = detection.Lattice.ToTile(sign * cornerX, sign * cornerY);
            (left, right) = (Math.Min(left, x0 + x), Math.Max(right, x0 + x));
            (top, bottom) = (Math.Min(top, y0 + y), Math.Max(bottom, y0 + y));
        }
        (left, top) = (Math.Floor(left), Math.Floor(top));
        int width = (int)Math.Ceiling(right - left) + 1, height = (int)Math.Ceiling(bottom - top) + 1;
        if (Math.Max(width, height) > WatermarkLayout.CanonicalLongSide || !WatermarkLayout.Fits(width, height)) return null;
        var aligned = new AlignedPicture(new ImageBuffer(width, height, PixelLayout.GrayAlpha, 8), detection, left, top);
        aligned.Fill(image.Luma);
        return aligned;
    }

    /// <summary>What was altered, in pixels of a picture of the given size; null when it can't be judged.</summary>
    public AlterationReading? FindAlterations(WatermarkPayload payload, double strengthDecibels, int width, int height)
    {
        using var luma = CanonicalImage.LumaOf(_pixels);
        using var canonical = CanonicalImage.Create(_pixels, luma);
        using var whitened = WhitenedImage.Create(canonical);
        var tile = Shifted(WatermarkLayout.Tile(payload));
        if (AlterationMap.Find(_pixels, canonical, whitened, tile, strengthDecibels) is not { } reading) return null;
        double across = (double)width / _detection.Size.Width, down = (double)height / _detection.Size.Height;
        var scale = Math.Sqrt(across * down / Math.Abs(_detection.Lattice.Determinant));
        return new AlterationReading(
            [.. reading.Regions.Select(region => ToPicture(region, across, down, width, height))], reading.JudgedShare, (int)Math.Ceiling(reading.SmallestSide * scale));
    }

    public void Dispose() => _pixels.Dispose();

    private void Fill(Plane<float> source)
    {
        for (var y = 0; y < _pixels.Height; y++)
        {
            var row = _pixels.Row(y);
            for (var x = 0; x < _pixels.Width; x++)
            {
                var (px, py) = ToSource(x, y);
                var inside = px >= 0 && py >= 0 && px <= source.Width - 1 && py <= source.Height - 1;
                row[2 * x] = inside ? (byte)Math.Clamp(Cubic(source, px, py) + 0.5, 0, byte.MaxValue) : (byte)0;
                row[(2 * x) + 1] = inside ? byte.MaxValue : (byte)0;
            }
        }
    }

    /// <summary>Where a pixel of this picture lies in the one that it is made of.</summary>
    private (double X, double Y) ToSource(double x, double y)
    {
        var lattice = _detection.Lattice;
        var (startX, startY) = _detection.FirstPixel;
        double tx = (x + _left - startX) * _sign, ty = (y + _top - startY) * _sign;
        return (((lattice.Yv * tx) - (lattice.Yu * ty)) / lattice.Determinant, ((lattice.Xu * ty) - (lattice.Xv * tx)) / lattice.Determinant);
    }

    private ImageRegion ToPicture(ImageRegion region, double across, double down, int width, int height)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (var (cornerX, cornerY) in new[] { (0, 0), (region.Width, 0), (0, region.Height), (region.Width, region.Height) })
        {
            var (x, y) = ToSource(region.X + cornerX, region.Y + cornerY);
            (left, right) = (Math.Min(left, x * across), Math.Max(right, x * across));
            (top, bottom) = (Math.Min(top, y * down), Math.Max(bottom, y * down));
        }
        int x0 = Math.Clamp((int)left, 0, width - 1), y0 = Math.Clamp((int)top, 0, height - 1);
        return new ImageRegion(x0, y0, Math.Clamp((int)right, x0 + 1, width) - x0, Math.Clamp((int)bottom, y0 + 1, height) - y0);
    }

    /// <summary>The tile as it repeats from this picture's first pixel on.</summary>
    private float[] Shifted(float[] tile)
    {
        var shifted = new float[tile.Length];
        int left = (int)_left & (Side - 1), top = (int)_top & (Side - 1);
        for (var i = 0; i < shifted.Length; i++) shifted[i] = tile[(((i / Side) + top) % Side * Side) + (((i % Side) + left) % Side)];
        return shifted;
    }

    /// <summary>Cubic convolution (Keys 1981, a = −½) between pixels, the edges repeated.</summary>
    private static double Cubic(Plane<float> source, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        Span<double> across = stackalloc double[4], down = stackalloc double[4];
        Weights(x - left, across);
        Weights(y - top, down);
        var sum = 0.0;
        for (var j = 0; j < 4; j++)
        {
            var row = source.Row(Math.Clamp(top - 1 + j, 0, source.Height - 1));
            var line = 0.0;
            for (var i = 0; i < 4; i++) line += row[Math.Clamp(left - 1 + i, 0, source.Width - 1)] * across[i];
            sum += line * down[j];
        }
        return sum;

        static void Weights(double t, Span<double> weights)
        {
            weights[0] = t * (-0.5 + (t * (1 - (0.5 * t))));
            weights[1] = 1 + (t * t * (-2.5 + (1.5 * t)));
            weights[2] = t * (0.5 + (t * (2 - (1.5 * t))));
            weights[3] = t * t * (-0.5 + (0.5 * t));
        }
    }
}
