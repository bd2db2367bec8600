using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging;

/// <summary>A decoded file: what it announced, its pixels, its luma and its perceptual hash.</summary>
internal sealed class LoadedImage : IDisposable
{
    private LoadedImage(ImageHeader header, ImageBuffer pixels, Plane<byte>? luma, PerceptualHash hash)
    {
        Header = header;
        Pixels = pixels;
        Luma = luma;
        Hash = hash;
    }

    public ImageHeader Header { get; }

    public ImageBuffer Pixels { get; }

    /// <summary>8-bit luma, for the watermark; null where it wasn't asked for or can't be used.</summary>
    public Plane<byte>? Luma { get; }

    public PerceptualHash Hash { get; }

    /// <summary>Why the hash isn't of what a viewer shows, or null.</summary>
    public MeasurementProblem? HashDoubt(CancellationToken cancellationToken) => Hashing.HashDoubt.Of(Pixels, Header, Hash, cancellationToken);

    /// <summary>What the codec stepped over in a damaged file, or null.</summary>
    public string? Damage { get; private init; }

    /// <summary>Why this picture can't carry a watermark, or null if it can.</summary>
    public MeasurementProblem? MarkingObstacle => KindObstacle ?? (WatermarkLayout.Fits(Header.Width, Header.Height) ? null : new MeasurementProblem(
        ErrorCodes.ImageTooSmall,
        $"The picture ({Header.Width}×{Header.Height}) is too small or too narrow for a watermark: scaled to at most {WatermarkLayout.CanonicalLongSide} pixels on its long side, the short side must have at least {WatermarkLayout.MinCanonicalSide}."));

    /// <summary>Why a watermark can't be looked for, or null if it can; pictures may be smaller than they were when signed.</summary>
    public MeasurementProblem? ReadingObstacle => KindObstacle ?? (WatermarkLayout.CanBeRead(Header.Width, Header.Height) ? null : new MeasurementProblem(
        ErrorCodes.ImageTooSmall,
        $"The picture ({Header.Width}×{Header.Height}) is too small or too narrow to read a watermark: scaled to at most {WatermarkLayout.CanonicalLongSide} pixels on its long side, the short side must have at least {WatermarkLayout.MinReadableSide}."));

    private MeasurementProblem? KindObstacle => Header switch
    {
        { IsAnimated: true } => new MeasurementProblem(ErrorCodes.ImageAnimated, "An animation can't carry a watermark; sign its frames as pictures, or the file without one."),
        { Layout: PixelLayout.Cmyk } => new MeasurementProblem(ErrorCodes.ColourModelUnsupported, "A CMYK picture can't carry a watermark; convert it to RGB, or sign the file without one."),
        _ => null,
    };

    /// <summary>Reads a file within the limits.</summary>
    /// <exception cref="InvalidContentException">The file can't be read; the code says why.</exception>
    public static LoadedImage Load(ReadOnlySpan<byte> file, ImagingOptions options, bool withLuma, CancellationToken cancellationToken)
    {
        if (file.Length > options.MaxFileBytes)
            throw new InvalidContentException(ErrorCodes.FileTooLarge, $"The file has {file.Length} bytes; the limit is {options.MaxFileBytes}. Raise ImagingOptions.MaxFileBytes if you trust it.");
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        var header = codec.ReadHeader(file, options);
        cancellationToken.ThrowIfCancellationRequested();
        var pixels = codec.Decode(file, header, out var damage);
        Plane<byte>? luma = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            // The hash's luma serves the watermark too, except of 16-bit grey, which the hash clips.
            if (withLuma && header.Layout != PixelLayout.Cmyk) luma = header.Luma == LumaRule.Standard ? new Plane<byte>(pixels.Width, pixels.Height) : CanonicalImage.LumaOf(pixels);
            var hash = PerceptualHasher.Hash(pixels, header.Luma, header.Luma == LumaRule.Standard ? luma : null, cancellationToken);
            return new LoadedImage(header, pixels, luma, hash) { Damage = damage };
        }
        catch
        {
            luma?.Dispose();
            pixels.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Luma?.Dispose();
        Pixels.Dispose();
    }
}
