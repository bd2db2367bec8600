using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests;

/// <summary>Decoding and making pictures for tests.</summary>
internal static class TestImages
{
    public static IEnumerable<string> Kodak => TestData.Images("images/kodak");

    public static ImageBuffer Decode(ReadOnlySpan<byte> file) => Decode(file, out _);

    public static ImageBuffer Decode(ReadOnlySpan<byte> file, out ImageHeader header)
    {
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        header = codec.ReadHeader(file, ImagingOptions.Default);
        return codec.Decode(file, header, out _);
    }

    /// <summary>A picture with smooth and noisy parts, the same for the same arguments.</summary>
    public static ImageBuffer Synthetic(int width, int height, PixelLayout layout, int bitDepth = 8, int seed = 1)
    {
        var image = new ImageBuffer(width, height, layout, bitDepth);
        var random = new Random(seed);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < image.Channels; c++)
                {
                    var value = 128 + (60 * Math.Sin((x + (20 * c)) / 17.0)) + (40 * Math.Cos(y / 11.0)) + random.Next(-8, 9);
                    if (bitDepth == 16) image.Row16(y)[(x * image.Channels) + c] = (ushort)(Math.Clamp(value, 0, 255) * 257);
                    else image.Row(y)[(x * image.Channels) + c] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }
        return image;
    }

    public static byte[] PixelsOf(ImageBuffer image)
    {
        var bytes = new byte[(int)image.Length];
        for (var y = 0; y < image.Height; y++) image.RawRow(y).CopyTo(bytes.AsSpan(y * image.RowBytes));
        return bytes;
    }

    /// <summary>A JPEG of a picture, without metadata.</summary>
    public static byte[] Jpeg(ImageBuffer image, int quality, int sampling = TurboJpeg.Sampling420) =>
        new JpegCodec().Encode(image, new EncodingProfile { Quality = quality, Sampling = sampling }, ImageMetadata.Empty);
}
