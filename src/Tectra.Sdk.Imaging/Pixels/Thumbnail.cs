using System.Buffers.Binary;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;

namespace Tectra.Sdk.Imaging.Pixels;

/// <summary>
/// A small JPEG to recognise a picture by, upright and on white. It is made of a few samples of each of its pixels, not of all: it costs
/// the same of any picture.
/// </summary>
internal static class Thumbnail
{
    private const int Grid = 4; // samples a pixel and direction
    private const float Quality = 70;
    private const byte White = byte.MaxValue;

    /// <summary>Makes one whose longer side has at most so many pixels.</summary>
    public static byte[] Create(ImageBuffer picture, ImageMetadata metadata, int side)
    {
        var orientation = OrientationOf(metadata.Exif);
        var turned = orientation >= 5;
        int width = turned ? picture.Height : picture.Width, height = turned ? picture.Width : picture.Height;
        var scale = Math.Min(1, (double)side / Math.Max(width, height));
        using var small = new ImageBuffer(Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)), PixelLayout.Rgb, 8);
        Span<int> sum = stackalloc int[3];
        for (var y = 0; y < small.Height; y++)
        {
            var row = small.Row(y);
            for (var x = 0; x < small.Width; x++)
            {
                sum.Clear();
                for (var i = 0; i < Grid * Grid; i++)
                {
                    var (shownX, shownY) = (Sample(x, i % Grid, small.Width, width), Sample(y, i / Grid, small.Height, height));
                    var (storedX, storedY) = Stored(orientation, shownX, shownY, width, height);
                    Add(picture, storedX, storedY, sum);
                }
                for (var c = 0; c < 3; c++) row[(3 * x) + c] = (byte)((sum[c] + (Grid * Grid / 2)) / (Grid * Grid));
            }
        }
        return ImageCodecs.Of(ImageFormat.Jpeg).Encode(small, new EncodingProfile { Quality = Quality, Sampling = Interop.TurboJpeg.Sampling420 }, ImageMetadata.Empty);
    }

    /// <summary>The orientation of an EXIF block (TIFF 6.0, tag 274), 1 to 8; 1 if it says none.</summary>
    internal static int OrientationOf(ReadOnlySpan<byte> exif)
    {
        const int HeaderBytes = 8, EntryBytes = 12, Tag = 274;
        if (exif.Length < HeaderBytes) return 1;
        var little = exif.StartsWith("II"u8);
        var directory = Number32(exif[4..], little);
        if (directory > exif.Length - 2u) return 1;
        var entries = exif[((int)directory + 2)..];
        for (var left = Number16(exif[(int)directory..], little); left > 0 && entries.Length >= EntryBytes; left--, entries = entries[EntryBytes..])
        {
            if (Number16(entries, little) == Tag) return Number16(entries[8..], little) is var value and >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static int Number16(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>The middle of a part of a pixel of the thumbnail, as a pixel of the picture.</summary>
    private static int Sample(int position, int part, int length, int full) => (int)((((long)position * Grid * 2) + (2 * part) + 1) * full / ((long)length * Grid * 2));

    /// <summary>Where a pixel that is shown is stored (EXIF 2.3, tag Orientation).</summary>
    private static (int X, int Y) Stored(int orientation, int x, int y, int width, int height) => orientation switch
    {
        2 => (width - 1 - x, y),
        3 => (width - 1 - x, height - 1 - y),
        4 => (x, height - 1 - y),
        5 => (y, x),
        6 => (y, width - 1 - x),
        7 => (height - 1 - y, width - 1 - x),
        8 => (height - 1 - y, x),
        _ => (x, y),
    };

    private static void Add(ImageBuffer picture, int x, int y, Span<int> sum)
    {
        var first = x * picture.Channels;
        var alpha = picture.HasAlpha ? picture.Sample8(y, first + picture.ColourChannels) : byte.MaxValue;
        for (var c = 0; c < sum.Length; c++)
        {
            var value = picture.Layout == PixelLayout.Cmyk
                ? picture.Sample8(y, first + c) * picture.Sample8(y, first + 3) / byte.MaxValue // stored inverted, as Adobe does
                : picture.Sample8(y, first + Math.Min(c, picture.ColourChannels - 1));
            sum[c] += ((value * alpha) + (White * (byte.MaxValue - alpha))) / byte.MaxValue;
        }
    }
}
