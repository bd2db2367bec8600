using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging;

/// <summary>A picture with a watermark that was embedded by itself, without signing. Immutable.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Quality">How near it is to the source; null if it wasn't measured.</param>
/// <param name="Notices">What it couldn't keep of the source.</param>
public sealed record WatermarkedImage(ReadOnlyMemory<byte> Bytes, ImageFormat Format, ImageQuality? Quality, ImmutableArray<string> Notices);

/// <summary>
/// The watermark alone: 128 bits in, 128 bits out. <see cref="ImageSigner"/> and <see cref="ImageInspector"/> use it with
/// everything else around it. Thread-safe.
/// </summary>
public sealed class ImageWatermarker
{
    private readonly ImagingOptions _options;

    /// <summary>Creates a watermarker; without options, with <see cref="ImagingOptions.Default"/>.</summary>
    public ImageWatermarker(ImagingOptions? options = null) => _options = options ?? ImagingOptions.Default;

    /// <summary>Embeds a payload and checks that it can be read back from the result.</summary>
    /// <param name="file">A JPEG, PNG or WebP file.</param>
    /// <param name="payload">What to embed.</param>
    /// <param name="outputFormat">The format of the result; null keeps the source's.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <exception cref="InvalidContentException">The file can't be read or can't carry a watermark; the code says why.</exception>
    public WatermarkedImage Embed(
        ReadOnlySpan<byte> file, WatermarkPayload payload, ImageFormat? outputFormat = null, CancellationToken cancellationToken = default)
    {
        using var image = LoadedImage.Load(file, _options, withLuma: true, cancellationToken);
        var format = outputFormat ?? image.Header.Format;
        var marked = new ImageMarker(_options).Mark(image, payload, format, cancellationToken);
        return new WatermarkedImage(marked.Bytes, format, marked.Quality, marked.Notices);
    }

    /// <summary>Reads the best candidate for a payload, and whether it is certain enough to be called found.</summary>
    /// <exception cref="InvalidContentException">The file can't be read or can't carry a watermark; the code says why.</exception>
    public WatermarkReading Extract(ReadOnlySpan<byte> file, CancellationToken cancellationToken = default)
    {
        var observed = new ImageInspector(_options).Inspect(file, InspectionDepth.Watermark, cancellationToken);
        return observed.Watermark ?? throw new InvalidContentException(observed.WatermarkProblem!.Code, observed.WatermarkProblem.Reason);
    }
}
