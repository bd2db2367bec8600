using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging;

/// <summary>A file with a watermark in it.</summary>
internal sealed record MarkedFile(byte[] Bytes, ImmutableArray<string> Notices)
{
    /// <summary>How near it is to the source; null if it wasn't measured.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>The perceptual hash of the marked picture; the source's own if it wasn't marked.</summary>
    public required PerceptualHash Hash { get; init; }
}

/// <summary>
/// Embeds, encodes, and reads the watermark back from the bytes that will be delivered: a file that comes out of here
/// carries its payload. Where the source's own compression is too coarse for that, the quality is raised.
/// </summary>
internal sealed class ImageMarker
{
    private readonly ImagingOptions _options;

    public ImageMarker(ImagingOptions options) => _options = options;

    // Small pictures show the tile too few times for the usual strength; these steps below it are tried in turn.
    private static ReadOnlySpan<double> BoostsDecibels => [0, 1.5, 3];

    // Tried in turn above the source's own quality.
    private static ReadOnlySpan<float> Qualities => [75, 85, 92, 97];

    /// <summary>Marks a picture.</summary>
    /// <exception cref="InvalidContentException">
    /// The picture can't carry a watermark, the format can't hold it, or the watermark couldn't be read back (<c>watermark_not_readable</c>).
    /// </exception>
    public MarkedFile Mark(LoadedImage image, WatermarkPayload payload, ImageFormat format, CancellationToken cancellationToken)
    {
        if (image.MarkingObstacle is { } obstacle) throw new InvalidContentException(obstacle.Code, obstacle.Reason);
        var codec = ImageCodecs.Of(format);
        foreach (var boost in BoostsDecibels.ToArray())
        {
            using var picture = PixelConversion.CopyFor(codec, image.Pixels);
            bool replaced;
            using (var luma = CopyOf(image.Luma!))
                replaced = WatermarkEmbedder.Embed(picture, luma, payload, _options.WatermarkStrengthDecibels - boost, cancellationToken);
            foreach (var profile in Profiles(image.Header, format))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = codec.Encode(picture, profile, image.Header.Metadata);
                if (ReadBack(codec, bytes, image, payload, cancellationToken) is not var (hash, quality)) continue;
                return new MarkedFile(bytes, Notices(image.Header, format, profile, bytes.Length, boost, replaced)) { Quality = quality, Hash = hash };
            }
        }
        throw new InvalidContentException(
            ErrorCodes.WatermarkNotReadable,
            "A watermark was embedded but can't be read back: the picture is too small, too flat or too transparent to carry one.");
    }

    /// <summary>Writes the picture in another format, without a watermark.</summary>
    public MarkedFile Convert(LoadedImage image, ImageFormat format)
    {
        var codec = ImageCodecs.Of(format);
        using var picture = PixelConversion.CopyFor(codec, image.Pixels);
        var profile = Profiles(image.Header, format).First();
        var bytes = codec.Encode(picture, profile, image.Header.Metadata);
        return new MarkedFile(bytes, Notices(image.Header, format, profile, bytes.Length)) { Hash = image.Hash };
    }

    private static IEnumerable<EncodingProfile> Profiles(ImageHeader header, ImageFormat format)
    {
        var own = header.Format == format
            ? header.Encoding
            : new EncodingProfile { Lossless = format == ImageFormat.WebP && header.Encoding.Lossless };
        yield return own;
        if (format == ImageFormat.Png || own.Lossless) yield break;
        foreach (var quality in Qualities.ToArray())
        {
            if (quality > own.Quality) yield return own with { Quality = quality };
        }
    }

    private static Plane<byte> CopyOf(Plane<byte> plane)
    {
        var copy = new Plane<byte>(plane.Width, plane.Height);
        plane.Values.CopyTo(copy.Values);
        return copy;
    }

    private ImmutableArray<string> Notices(ImageHeader header, ImageFormat format, EncodingProfile profile, int length, double boost = 0, bool replaced = false)
    {
        var notices = header.Metadata.Losses.ToBuilder();
        if (header.Metadata.HasContentCredentials && header.Format == format)
            notices.Add("The file's C2PA manifest is kept as it was, but no longer matches the changed pixels.");
        if (header.Format != format && header.Metadata.Segments.Length > 0)
            notices.Add($"Of the metadata, ICC profile, EXIF and XMP are carried over to {format}; other kinds are left out.");
        if (header.Format == format && profile.Quality > header.Encoding.Quality)
            notices.Add($"The source is so strongly compressed (quality {header.Encoding.Quality:0}) that a watermark would not survive it; the signed file is written at quality {profile.Quality:0}.");
        if (boost > 0) notices.Add($"The picture is small, so the watermark is {boost} dB stronger than asked for.");
        if (replaced) notices.Add("The picture carried a watermark already; it was taken out, and copies of the new file name the new record alone.");
        if (length > _options.MaxFileBytes)
            notices.Add($"The signed file has {length} bytes and is over the limit of {_options.MaxFileBytes}: verifying it needs a higher ImagingOptions.MaxFileBytes.");
        return notices.ToImmutable();
    }

    /// <summary>Null when the payload can't be read back from the bytes.</summary>
    private (PerceptualHash Hash, ImageQuality? Quality)? ReadBack(
        IImageCodec codec, byte[] bytes, LoadedImage source, WatermarkPayload payload, CancellationToken cancellationToken)
    {
        var header = codec.ReadHeader(bytes, _options);
        using var pixels = codec.Decode(bytes, header, out _);
        using var luma = CanonicalImage.LumaOf(pixels);
        using var canonical = CanonicalImage.Create(pixels, luma);
        var reading = WatermarkDetector.DetectAsSigned(canonical);
        // Where that leaves doubts an extraction looks on, and might prefer another reading.
        if (reading.Found && reading.Payload == payload && !reading.Settled) reading = WatermarkDetector.Detect(luma, canonical, cancellationToken);
        if (!reading.Found || reading.Payload != payload) return null;
        return (PerceptualHasher.Hash(pixels, header.Luma, null, cancellationToken),
            _options.MeasureQuality ? ImageQuality.Compare(source.Pixels, pixels, cancellationToken) : null);
    }
}
