using Tectra.Sdk.Imaging.Codecs;

namespace Tectra.Sdk.Imaging.Pixels;

/// <summary>Fits a picture into what a format can hold, where that loses nothing that is seen.</summary>
internal static class PixelConversion
{
    /// <summary>A copy that the codec can write: 16 bits become 8 where they must, an alpha channel that hides nothing goes.</summary>
    /// <exception cref="InvalidContentException">The format can't hold the picture (<c>format_cannot_hold</c>).</exception>
    public static ImageBuffer CopyFor(IImageCodec codec, ImageBuffer picture)
    {
        if (codec.WhyNot(picture) is null) return picture.Clone();
        var copy = picture;
        try
        {
            if (codec.Format != ImageFormat.Png && copy.BitDepth == 16) copy = Replace(picture, copy, To8Bits(copy));
            if (codec.Format == ImageFormat.Jpeg && copy.HasAlpha && IsOpaque(copy)) copy = Replace(picture, copy, WithoutAlpha(copy));
            if (codec.WhyNot(copy) is { } reason)
                throw new InvalidContentException(ErrorCodes.FormatCannotHold, $"The picture can't be written as {codec.Format}: {reason}. Choose another output format.");
            return copy;
        }
        catch
        {
            if (copy != picture) copy.Dispose();
            throw;
        }
    }

    /// <summary>What a viewer shows of a grey or RGB picture on a background of one grey: 8 bits, opaque.</summary>
    public static ImageBuffer Flatten(ImageBuffer picture, byte background)
    {
        var shown = new ImageBuffer(picture.Width, picture.Height, picture.ColourChannels == 1 ? PixelLayout.Gray : PixelLayout.Rgb, 8);
        for (var y = 0; y < picture.Height; y++)
        {
            var to = shown.Row(y);
            for (int x = 0, i = 0; x < picture.Width; x++)
            {
                int first = x * picture.Channels, alpha = picture.HasAlpha ? picture.Sample8(y, first + picture.ColourChannels) : byte.MaxValue;
                for (var c = 0; c < picture.ColourChannels; c++, i++)
                    to[i] = (byte)(((picture.Sample8(y, first + c) * alpha) + (background * (byte.MaxValue - alpha)) + 127) / byte.MaxValue);
            }
        }
        return shown;
    }

    private static ImageBuffer Replace(ImageBuffer original, ImageBuffer current, ImageBuffer next)
    {
        if (current != original) current.Dispose();
        return next;
    }

    private static ImageBuffer To8Bits(ImageBuffer picture)
    {
        var result = new ImageBuffer(picture.Width, picture.Height, picture.Layout, 8);
        for (var y = 0; y < picture.Height; y++)
        {
            Span<ushort> from = picture.Row16(y);
            var to = result.Row(y);
            for (var i = 0; i < to.Length; i++) to[i] = (byte)((from[i] + 128) / 257);
        }
        return result;
    }

    private static bool IsOpaque(ImageBuffer picture)
    {
        for (var y = 0; y < picture.Height; y++)
        {
            var row = picture.Row(y);
            for (var i = picture.Channels - 1; i < row.Length; i += picture.Channels)
            {
                if (row[i] != byte.MaxValue) return false;
            }
        }
        return true;
    }

    private static ImageBuffer WithoutAlpha(ImageBuffer picture)
    {
        var result = new ImageBuffer(picture.Width, picture.Height, picture.Layout == PixelLayout.Rgba ? PixelLayout.Rgb : PixelLayout.Gray, 8);
        for (var y = 0; y < picture.Height; y++)
        {
            Span<byte> from = picture.Row(y), to = result.Row(y);
            for (var x = 0; x < picture.Width; x++) from.Slice(x * picture.Channels, result.Channels).CopyTo(to[(x * result.Channels)..]);
        }
        return result;
    }
}
