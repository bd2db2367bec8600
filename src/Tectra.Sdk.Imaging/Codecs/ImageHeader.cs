using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Codecs;

/// <summary>How Python's Pillow, and so the perceptual hash, turns the samples of a file into 8-bit luma.</summary>
internal enum LumaRule
{
    /// <summary>ITU-R 601 weights on 8-bit samples; 16-bit samples keep their high byte.</summary>
    Standard,

    /// <summary>16-bit grey without alpha: clipped at 255, not scaled.</summary>
    ClippedGray16,
}

/// <summary>What a file announces about its picture, read without decoding pixels.</summary>
internal sealed record ImageHeader
{
    public required ImageFormat Format { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>The layout that the codec decodes to.</summary>
    public required PixelLayout Layout { get; init; }

    /// <summary>8 or 16.</summary>
    public required int BitDepth { get; init; }

    public LumaRule Luma { get; init; }

    public bool IsAnimated { get; init; }

    /// <summary>How to write the picture so that it stays what it was.</summary>
    public required EncodingProfile Encoding { get; init; }

    public required ImageMetadata Metadata { get; init; }
}

/// <summary>
/// The choices of an encoder. Each format uses its own members; the defaults are for pictures that come from another format.
/// </summary>
internal sealed record EncodingProfile
{
    public const int DefaultQuality = 92;

    /// <summary>JPEG: 1 to 100 on the Independent JPEG Group's scale. WebP, if lossy: 0 to 100 on libwebp's scale.</summary>
    public float Quality { get; init; } = DefaultQuality;

    /// <summary>JPEG: one of TurboJPEG's sampling constants.</summary>
    public int Sampling { get; init; } = Interop.TurboJpeg.Sampling444;

    /// <summary>JPEG: several scans. PNG: Adam7.</summary>
    public bool Progressive { get; init; }

    /// <summary>WebP: no loss. (PNG never has any.)</summary>
    public bool Lossless { get; init; }
}
