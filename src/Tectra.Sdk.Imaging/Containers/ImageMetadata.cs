using System.Collections.Immutable;

namespace Tectra.Sdk.Imaging.Containers;

/// <summary>
/// What stands in a file beside its picture, as bytes. When a file is written in its own format again, <see cref="Segments"/>
/// go into it verbatim; in another format, the three kinds that every format knows are carried over.
/// </summary>
internal sealed record ImageMetadata
{
    public static ImageMetadata Empty { get; } = new();

    /// <summary>The format that <see cref="Segments"/> belong to; null when there are none.</summary>
    public ImageFormat? Source { get; init; }

    /// <summary>Every segment, chunk or box to keep, whole (with marker, length and checksum), in file order.</summary>
    public ImmutableArray<MetadataSegment> Segments { get; init; } = [];

    /// <summary>The ICC profile, joined and inflated; null when there is none.</summary>
    public byte[]? Icc { get; init; }

    /// <summary>The EXIF block as a TIFF stream (without the <c>Exif\0\0</c> of JPEG); null when there is none.</summary>
    public byte[]? Exif { get; init; }

    /// <summary>The XMP packet; null when there is none.</summary>
    public byte[]? Xmp { get; init; }

    /// <summary>What a copy can't keep, in words for the user.</summary>
    public ImmutableArray<string> Losses { get; init; } = [];

    /// <summary>Whether there is a C2PA manifest, which a changed picture no longer matches.</summary>
    public bool HasContentCredentials { get; init; }
}

/// <summary>One piece of metadata as it stands in the file.</summary>
/// <param name="Bytes">The whole segment.</param>
/// <param name="AfterPixels">Whether it stood behind the pixel data.</param>
internal sealed record MetadataSegment(byte[] Bytes, bool AfterPixels);
