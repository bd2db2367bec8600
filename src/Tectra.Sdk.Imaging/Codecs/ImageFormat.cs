
namespace Tectra.Sdk.Imaging;

/// <summary>The image formats that are read and written.</summary>
public enum ImageFormat
{
    /// <summary>JPEG (ISO/IEC 10918-1).</summary>
    Jpeg,

    /// <summary>PNG (ISO/IEC 15948).</summary>
    Png,

    /// <summary>WebP (RFC 9649).</summary>
    WebP,
}

/// <summary>Tells formats apart and names them.</summary>
public static class ImageFormats
{
    /// <summary>Tells the format from the first bytes, never from a name.</summary>
    /// <exception cref="InvalidContentException">The bytes are of no format that is read (<c>file_empty</c>, <c>unsupported_format</c>).</exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty) throw new InvalidContentException(ErrorCodes.FileEmpty, "The file is empty.");
        if (Find(file) is { } format) return format;
        throw new InvalidContentException(
            ErrorCodes.UnsupportedFormat,
            $"This is {Describe(file)}. Tectra reads JPEG, PNG and WebP; convert the picture to one of these.");
    }

    /// <summary>Whether the first bytes are of a format that is read.</summary>
    internal static bool IsKnown(ReadOnlySpan<byte> file) => Find(file) is not null;

    /// <summary>The media type, such as <c>image/jpeg</c>.</summary>
    public static string MediaType(this ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Png => "image/png",
        ImageFormat.WebP => "image/webp",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The usual file extension, with its dot.</summary>
    public static string Extension(this ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => ".jpg",
        ImageFormat.Png => ".png",
        ImageFormat.WebP => ".webp",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The format that a file extension asks for; false for any other extension.</summary>
    public static bool TryFromExtension(string? extension, out ImageFormat format)
    {
        ImageFormat? known = extension?.ToUpperInvariant() switch
        {
            ".JPG" or ".JPEG" or ".JPE" or ".JFIF" => ImageFormat.Jpeg,
            ".PNG" => ImageFormat.Png,
            ".WEBP" => ImageFormat.WebP,
            _ => null,
        };
        format = known.GetValueOrDefault();
        return known is not null;
    }

    private static ImageFormat? Find(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return ImageFormat.Jpeg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return ImageFormat.Png;
        return file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? ImageFormat.WebP : null;
    }

    private static string Describe(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("GIF8"u8)) return "a GIF";
        if (file.StartsWith("BM"u8)) return "a BMP";
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8)) return "a TIFF";
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0])) return "an ICO";
        if (file.StartsWith("%PDF"u8)) return "a PDF";
        if (file.Length >= 12 && file[4..].StartsWith("ftyp"u8)) return "an HEIF, AVIF or MP4";
        var text = file[..Math.Min(file.Length, 256)];
        if (text.IndexOf("<svg"u8) >= 0) return "an SVG";
        if (text.IndexOf("<html"u8) >= 0 || text.IndexOf("<!DOCTYPE"u8) >= 0) return "an HTML page";
        return "no image format known here";
    }
}
