using System.Numerics;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Tests;

/// <summary>
/// A picture to which things are done, and where its pixels came from. Each step disposes of the picture before it.
/// </summary>
internal sealed class AttackedPicture : IDisposable
{
    private readonly Matrix3x2 _toSource; // from this picture's pixel indices to the first picture's

    private AttackedPicture(ImageBuffer pixels, Matrix3x2 toSource)
    {
        Pixels = pixels;
        _toSource = toSource;
    }

    public AttackedPicture(ReadOnlySpan<byte> file)
        : this(TestImages.Decode(file), Matrix3x2.Identity)
    {
    }

    public ImageBuffer Pixels { get; }

    public int Width => Pixels.Width;

    public int Height => Pixels.Height;

    /// <summary>Where the first pixel lies in the picture that was opened.</summary>
    public Vector2 FirstPixel => Vector2.Transform(Vector2.Zero, _toSource);

    public byte[] Png() => new PngCodec().Encode(Pixels, new EncodingProfile(), ImageMetadata.Empty);

    public void Dispose() => Pixels.Dispose();

    public AttackedPicture ScaledBy(double across, double down) => Scaled((int)Math.Round(Width * across), (int)Math.Round(Height * down));

    public AttackedPicture ScaledBy(double factor) => ScaledBy(factor, factor);

    public AttackedPicture Scaled(int width, int height)
    {
        var result = new ImageBuffer(width, height, Pixels.Layout, Pixels.BitDepth);
        for (var c = 0; c < Pixels.Channels; c++)
        {
            using Plane<byte> upper = Samples(c, Pixels.BitDepth - 8), lower = Samples(c, 0);
            using var high = BicubicScaler.Scale(upper, width, height);
            using var low = Pixels.BitDepth == 16 ? BicubicScaler.Scale(lower, width, height) : null;
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var at = (x * result.Channels) + c;
                    if (low is null) result.Row(y)[at] = Rounded(high.Row(y)[x]);
                    else result.Row16(y)[at] = (ushort)Math.Clamp(Math.Round((high.Row(y)[x] * 256) + low.Row(y)[x]), 0, 65535);
                }
            }
        }
        double across = (double)Width / width, down = (double)Height / height;
        return Next(result, new Matrix3x2((float)across, 0, 0, (float)down, (float)((across - 1) / 2), (float)((down - 1) / 2)));
    }

    public AttackedPicture Cropped(int left, int top, int width, int height)
    {
        var result = new ImageBuffer(width, height, Pixels.Layout, Pixels.BitDepth);
        var bytes = Pixels.RowBytes / Width;
        for (var y = 0; y < height; y++) Pixels.RawRow(top + y).Slice(left * bytes, width * bytes).CopyTo(result.RawRow(y));
        return Next(result, Matrix3x2.CreateTranslation(left, top));
    }

    /// <summary>Turned anticlockwise around its middle, and cropped to the largest upright rectangle that is all picture.</summary>
    public AttackedPicture Turned(double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (width, height) = LargestUpright(Math.Abs(sin), Math.Abs(cos));
        var result = new ImageBuffer(width, height, Pixels.Layout, 8);
        float middleX = (width - 1) / 2f, middleY = (height - 1) / 2f;
        // Anticlockwise with y downwards: (x, y) comes from (x·cos − y·sin, x·sin + y·cos).
        var map = Matrix3x2.CreateTranslation(-middleX, -middleY)
            * new Matrix3x2((float)cos, (float)sin, (float)-sin, (float)cos, 0, 0)
            * Matrix3x2.CreateTranslation((Width - 1) / 2f, (Height - 1) / 2f);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++) Interpolate(Vector2.Transform(new Vector2(x, y), map), result.Row(y).Slice(x * result.Channels, result.Channels));
        }
        return Next(result, map);
    }

    /// <summary>The pixels as a viewer that heeds the EXIF orientation 1 to 8 would show them.</summary>
    public AttackedPicture Oriented(int orientation)
    {
        int right = Width - 1, bottom = Height - 1;
        var map = orientation switch
        {
            1 => Matrix3x2.Identity,
            2 => new Matrix3x2(-1, 0, 0, 1, right, 0),
            3 => new Matrix3x2(-1, 0, 0, -1, right, bottom),
            4 => new Matrix3x2(1, 0, 0, -1, 0, bottom),
            5 => new Matrix3x2(0, 1, 1, 0, 0, 0),
            6 => new Matrix3x2(0, -1, 1, 0, 0, bottom),
            7 => new Matrix3x2(0, -1, -1, 0, right, bottom),
            _ => new Matrix3x2(0, 1, -1, 0, right, 0),
        };
        var result = orientation < 5 ? new ImageBuffer(Width, Height, Pixels.Layout, Pixels.BitDepth) : new ImageBuffer(Height, Width, Pixels.Layout, Pixels.BitDepth);
        var bytes = Pixels.RowBytes / Width;
        for (var y = 0; y < result.Height; y++)
        {
            for (var x = 0; x < result.Width; x++)
            {
                var from = Vector2.Transform(new Vector2(x, y), map);
                Pixels.RawRow((int)from.Y).Slice((int)from.X * bytes, bytes).CopyTo(result.RawRow(y)[(x * bytes)..]);
            }
        }
        return Next(result, map);
    }

    /// <summary>On a white page with lines that look like text.</summary>
    public AttackedPicture OnPage(int width, int height, int left, int top)
    {
        var result = new ImageBuffer(width, height, Pixels.Layout, 8);
        var random = new Random(width);
        for (var y = 0; y < height; y++)
        {
            var row = result.Row(y);
            row.Fill(255);
            for (var x = 20; y % 22 < 12 && x < width - 20; x += random.Next(2, 6)) row.Slice(x * result.Channels, result.Channels).Fill(40);
            if (y >= top && y < top + Height) Pixels.Row(y - top).CopyTo(row[(left * result.Channels)..]);
        }
        return Next(result, Matrix3x2.CreateTranslation(-left, -top));
    }

    public AttackedPicture Bordered(int pixels, byte value)
    {
        var result = new ImageBuffer(Width + (2 * pixels), Height + (2 * pixels), Pixels.Layout, 8);
        for (var y = 0; y < result.Height; y++)
        {
            result.Row(y).Fill(value);
            if (y >= pixels && y < pixels + Height) Pixels.Row(y - pixels).CopyTo(result.Row(y)[(pixels * result.Channels)..]);
        }
        return Next(result, Matrix3x2.CreateTranslation(-pixels, -pixels));
    }

    public AttackedPicture Inverted()
    {
        var result = Pixels.Clone();
        for (var y = 0; y < Height; y++)
        {
            foreach (ref var value in result.Row(y)) value = (byte)(255 - value);
        }
        return Next(result, Matrix3x2.Identity);
    }

    public AttackedPicture Grey()
    {
        var result = new ImageBuffer(Width, Height, PixelLayout.Gray, 8);
        for (var y = 0; y < Height; y++) Luma.Row(Pixels, y, LumaRule.Standard, result.Row(y));
        return Next(result, Matrix3x2.Identity);
    }

    public AttackedPicture Jpeg(int quality) => Next(TestImages.Decode(TestImages.Jpeg(Pixels, quality)), Matrix3x2.Identity);

    private static byte Rounded(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);

    private AttackedPicture Next(ImageBuffer pixels, Matrix3x2 toThis)
    {
        Dispose();
        return new AttackedPicture(pixels, toThis * _toSource);
    }

    private Plane<byte> Samples(int channel, int shift)
    {
        var plane = new Plane<byte>(Width, Height);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var at = (x * Pixels.Channels) + channel;
                plane.Row(y)[x] = (byte)((Pixels.BitDepth == 16 ? Pixels.Row16(y)[at] : Pixels.Row(y)[at]) >> shift);
            }
        }
        return plane;
    }

    private (int Width, int Height) LargestUpright(double sin, double cos)
    {
        double longSide = Math.Max(Width, Height), shortSide = Math.Min(Width, Height), width, height;
        if (shortSide <= 2 * sin * cos * longSide || Math.Abs(sin - cos) < 1e-9)
        {
            // Two corners touch the long sides.
            (width, height) = Width >= Height ? (shortSide / 2 / sin, shortSide / 2 / cos) : (shortSide / 2 / cos, shortSide / 2 / sin);
        }
        else
        {
            var cosOfDouble = (cos * cos) - (sin * sin);
            (width, height) = (((Width * cos) - (Height * sin)) / cosOfDouble, ((Height * cos) - (Width * sin)) / cosOfDouble);
        }
        return ((int)width - 2, (int)height - 2);
    }

    /// <summary>Catmull and Rom's cubic, like most editors' finest setting.</summary>
    private void Interpolate(Vector2 place, Span<byte> pixel)
    {
        int x0 = (int)MathF.Floor(place.X), y0 = (int)MathF.Floor(place.Y);
        Span<float> across = stackalloc float[4], down = stackalloc float[4], sums = stackalloc float[4];
        Weights(place.X - x0, across);
        Weights(place.Y - y0, down);
        sums.Clear();
        for (var j = 0; j < 4; j++)
        {
            var row = Pixels.Row(Math.Clamp(y0 - 1 + j, 0, Height - 1));
            for (var i = 0; i < 4; i++)
            {
                var from = row[(Math.Clamp(x0 - 1 + i, 0, Width - 1) * pixel.Length)..];
                for (var c = 0; c < pixel.Length; c++) sums[c] += from[c] * across[i] * down[j];
            }
        }
        for (var c = 0; c < pixel.Length; c++) pixel[c] = Rounded(sums[c]);

        static void Weights(float t, Span<float> weights)
        {
            weights[0] = 0.5f * t * ((t * (2 - t)) - 1);
            weights[1] = 0.5f * ((t * t * ((3 * t) - 5)) + 2);
            weights[2] = 0.5f * t * ((t * (4 - (3 * t))) + 1);
            weights[3] = 0.5f * t * t * (t - 1);
        }
    }
}
