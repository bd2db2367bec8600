using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Watermarking;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging;

/// <summary>How much is measured.</summary>
public enum InspectionDepth
{
    /// <summary>The SHA-256 and the perceptual hash.</summary>
    Hashes,

    /// <summary>Also the watermark.</summary>
    Watermark,

    /// <summary>Also where the watermark is missing, which shows parts that were changed.</summary>
    Full,
}

/// <summary>
/// Measures a suspect file: hashes, watermark, altered parts. A file that can't be read is measured as far as it goes, and
/// the result says what is missing and why; no file makes it throw. Thread-safe.
/// </summary>
public sealed class ImageInspector
{
    private readonly ImagingOptions _options;

    /// <summary>Creates an inspector; without options, with <see cref="ImagingOptions.Default"/>.</summary>
    public ImageInspector(ImagingOptions? options = null) => _options = options ?? ImagingOptions.Default;

    /// <summary>Measures a file in memory. Takes processor time on the calling thread.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="NativeLibraryException">A codec isn't installed.</exception>
    public ObservedContent Inspect(ReadOnlySpan<byte> file, InspectionDepth depth = InspectionDepth.Full, CancellationToken cancellationToken = default)
    {
        var sha256 = Sha256Digest.Compute(file);
        try
        {
            using var image = LoadedImage.Load(file, _options, depth != InspectionDepth.Hashes, cancellationToken);
            var observed = new ObservedContent
            {
                Sha256 = sha256,
                MediaType = image.Header.Format.MediaType(),
                Width = image.Header.Width,
                Height = image.Header.Height,
                PerceptualHash = image.Hash,
                PerceptualHashDoubt = image.HashDoubt(cancellationToken),
            };
            if (depth == InspectionDepth.Hashes)
                return observed with { WatermarkProblem = new MeasurementProblem(ErrorCodes.NotAskedFor, "The watermark was not looked for.") };
            return image.ReadingObstacle is { } obstacle
                ? observed with { WatermarkProblem = obstacle }
                : observed with { Watermark = Read(image, depth, cancellationToken) };
        }
        catch (InvalidContentException e)
        {
            return Unreadable(sha256, e);
        }
    }

    /// <summary>Measures a file on disk, or what comes out of a pipe. A file that is over the length limit is only hashed, in constant memory.</summary>
    /// <exception cref="InvalidContentException">More came out of a pipe than the length limit (<c>file_too_large</c>).</exception>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <inheritdoc cref="Inspect" path="/exception"/>
    public async Task<ObservedContent> InspectFileAsync(string path, InspectionDepth depth = InspectionDepth.Full, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (bytes, digest, error) = await ImageFile.ReadOrHashAsync(path, _options, cancellationToken).ConfigureAwait(false);
        return error is null ? Inspect(bytes, depth, cancellationToken) : Unreadable(digest, error);
    }

    private static ObservedContent Unreadable(Sha256Digest sha256, InvalidContentException error)
    {
        var problem = new MeasurementProblem(error.Code, error.Message);
        return new ObservedContent { Sha256 = sha256, PerceptualHashProblem = problem, WatermarkProblem = problem };
    }

    private WatermarkReading Read(LoadedImage image, InspectionDepth depth, CancellationToken cancellationToken)
    {
        using var canonical = CanonicalImage.Create(image.Pixels, image.Luma!);
        var detection = _options.SearchGeometry ? WatermarkDetector.Detect(image.Luma!, canonical, cancellationToken) : WatermarkDetector.DetectAsSigned(canonical);
        var reading = detection.ToReading(image.Pixels.Width, image.Pixels.Height);
        return depth == InspectionDepth.Full && reading.Found ? reading with { Alteration = Alterations(image, canonical, detection) } : reading;
    }

    private AlterationReading? Alterations(LoadedImage image, CanonicalImage canonical, Detection detection)
    {
        var (payload, strength) = (detection.Payload, _options.WatermarkStrengthDecibels);
        if (!detection.IsAsSigned)
        {
            using var aligned = AlignedPicture.Create(canonical, detection);
            return aligned?.FindAlterations(payload, strength, image.Pixels.Width, image.Pixels.Height);
        }
        using var whitened = WhitenedImage.Create(canonical);
        return AlterationMap.Find(image.Pixels, canonical, whitened, WatermarkLayout.Tile(payload), strength);
    }
}
