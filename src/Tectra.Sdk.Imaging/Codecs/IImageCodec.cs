using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Codecs;

/// <summary>Reads and writes one image format. The contract is in this folder's README. Implementations are stateless.</summary>
internal interface IImageCodec
{
    ImageFormat Format { get; }

    /// <summary>Reads what the file announces and checks it against the limits, before anything is allocated.</summary>
    ImageHeader ReadHeader(ReadOnlySpan<byte> file, ImagingOptions limits);

    /// <summary>Decodes the picture (the first frame of an animation) as stored: not turned, not colour-converted.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">What <see cref="ReadHeader"/> said of it.</param>
    /// <param name="damage">What the codec stepped over in a damaged file, or null.</param>
    ImageBuffer Decode(ReadOnlySpan<byte> file, ImageHeader header, out string? damage);

    /// <summary>Whether the format can hold such a picture; the reason if it can't.</summary>
    string? WhyNot(ImageBuffer picture);

    /// <summary>Encodes a picture that the format can hold and puts the metadata around it.</summary>
    byte[] Encode(ImageBuffer picture, EncodingProfile profile, ImageMetadata metadata);
}

/// <summary>The codecs, listed once.</summary>
internal static class ImageCodecs
{
    /// <summary>The longest side that is decoded, as libpng's default: the work per row must stay in proportion.</summary>
    public const int MaxSide = 1_000_000;

    public static IReadOnlyList<IImageCodec> All { get; } = [new JpegCodec(), new PngCodec(), new WebPCodec()];

    public static IImageCodec Of(ImageFormat format) => All.First(codec => codec.Format == format);

    /// <summary>Checks a picture's size against the limit.</summary>
    /// <exception cref="InvalidContentException">A dimension is zero (<c>image_corrupt</c>) or there are too many pixels (<c>too_many_pixels</c>).</exception>
    public static void CheckDimensions(long width, long height, ImagingOptions limits)
    {
        if (width <= 0 || height <= 0)
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, $"The picture announces a size of {width}×{height} pixels.");
        if (Math.Max(width, height) > MaxSide || width > limits.MaxPixels / height)
        {
            throw new InvalidContentException(
                ErrorCodes.TooManyPixels,
                $"The picture announces {width}×{height} pixels; the limits are {limits.MaxPixels} in all (ImagingOptions.MaxPixels) and {MaxSide} a side.");
        }
    }
}
