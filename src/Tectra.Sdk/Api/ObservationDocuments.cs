using System.Text.Json.Serialization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>
/// The JSON form of what was measured on a suspect file, and of how to look for it. It holds no pixels and nothing they could
/// be rebuilt from.
/// </summary>
internal sealed record ObservationDocument(
    string Sha256,
    string? MediaType = null,
    int Width = 0,
    int Height = 0,
    string? PerceptualHash = null,
    ProblemOfMeasurementDocument? PerceptualHashDoubt = null,
    ProblemOfMeasurementDocument? PerceptualHashProblem = null,
    WatermarkReadingDocument? Watermark = null,
    ProblemOfMeasurementDocument? WatermarkProblem = null,
    int PerceptualRadius = VerificationPolicy.DefaultPerceptualRadius,
    bool Exhaustive = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ObservedVideoDocument? Video = null)
{
    public static ObservationDocument From(ObservedContent observed, LookupOptions options) => new(
        observed.Sha256.ToString(),
        observed.MediaType,
        observed.Width,
        observed.Height,
        observed.PerceptualHash?.ToString(),
        ProblemOfMeasurementDocument.From(observed.PerceptualHashDoubt),
        ProblemOfMeasurementDocument.From(observed.PerceptualHashProblem),
        observed.Watermark is { } reading ? WatermarkReadingDocument.From(reading) : null,
        ProblemOfMeasurementDocument.From(observed.WatermarkProblem),
        options.PerceptualRadius,
        options.IsExhaustive,
        observed.Video is { } video ? ObservedVideoDocument.From(video) : null);

    /// <exception cref="FormatException">A value is malformed.</exception>
    public static ObservedContent ToObserved(ObservationDocument document)
    {
        if (document.Width < 0 || document.Height < 0) throw new FormatException("The dimensions are negative.");
        if (document.PerceptualHash is not null && document.Video is not null) throw new FormatException("What was observed is a picture or a video, not both.");
        return new ObservedContent
        {
            Sha256 = Sha256Digest.Parse(document.Sha256),
            MediaType = document.MediaType,
            Width = document.Width,
            Height = document.Height,
            PerceptualHash = document.PerceptualHash is { } hash ? Content.PerceptualHash.Parse(hash) : null,
            PerceptualHashDoubt = ProblemOfMeasurementDocument.ToProblem(document.PerceptualHashDoubt),
            PerceptualHashProblem = ProblemOfMeasurementDocument.ToProblem(document.PerceptualHashProblem),
            Video = document.Video is { } video ? ObservedVideoDocument.ToVideo(video) : null,
            Watermark = document.Watermark is { } reading ? WatermarkReadingDocument.ToReading(reading) : null,
            WatermarkProblem = ProblemOfMeasurementDocument.ToProblem(document.WatermarkProblem),
        };
    }

    /// <exception cref="FormatException">The radius is out of range.</exception>
    public static LookupOptions ToOptions(ObservationDocument document) => document.PerceptualRadius is < 0 or > VerificationPolicy.MaxPerceptualRadius
        ? throw new FormatException($"The perceptual radius is 0 to {VerificationPolicy.MaxPerceptualRadius}.")
        : new LookupOptions { PerceptualRadius = document.PerceptualRadius, IsExhaustive = document.Exhaustive };
}

/// <summary>The frames of a suspect video.</summary>
internal sealed record ObservedVideoDocument(long DurationMs, string SampleRate, byte[] Frames, byte[] PixelDigests, int DigestStep)
{
    public static ObservedVideoDocument From(ObservedVideo video) => new(
        video.Duration.Ticks / TimeSpan.TicksPerMillisecond,
        video.Rate.ToString(),
        FrameHashCoding.Encode(video.Frames.AsSpan()),
        PixelDigest.Join(video.FrameDigests.AsSpan()),
        video.DigestStep);

    public static ObservedVideo ToVideo(ObservedVideoDocument document)
    {
        if (document.DurationMs is < 0 or > VideoFingerprint.MaxDurationMilliseconds) throw new FormatException("The video's duration is out of range.");
        if (document.DigestStep < 1) throw new FormatException("The step from one pixel digest to the next is at least 1.");
        var frames = FrameHashCoding.Decode(document.Frames, ObservedVideo.MaxFrames);
        var digests = PixelDigest.Split(document.PixelDigests);
        if (digests.Length > 0 && digests.Length != ((frames.Length - 1) / document.DigestStep) + 1) throw new FormatException("There are not as many pixel digests as their step says.");
        return new ObservedVideo(Content.SampleRate.Parse(document.SampleRate), TimeSpan.FromMilliseconds(document.DurationMs), frames)
        {
            FrameDigests = [.. digests],
            DigestStep = document.DigestStep,
        };
    }
}

/// <summary>Why something could not be measured.</summary>
internal sealed record ProblemOfMeasurementDocument(string Code, string Reason)
{
    private const int MaxCodeLength = 64, MaxReasonLength = 512;

    public static ProblemOfMeasurementDocument? From(MeasurementProblem? problem) => problem is null ? null : new(problem.Code, problem.Reason);

    public static MeasurementProblem? ToProblem(ProblemOfMeasurementDocument? document) => document switch
    {
        null => null,
        { Code.Length: > 0 and <= MaxCodeLength, Reason.Length: <= MaxReasonLength } => new MeasurementProblem(document.Code, document.Reason),
        _ => throw new FormatException($"A problem has a code of at most {MaxCodeLength} characters and a reason of at most {MaxReasonLength}."),
    };
}

/// <summary>What a watermark detector read.</summary>
internal sealed record WatermarkReadingDocument(
    bool Found, string Payload, double Confidence, WatermarkGeometryDocument? Geometry = null, AlterationDocument? Alteration = null)
{
    public static WatermarkReadingDocument From(WatermarkReading reading) => new(
        reading.Found,
        reading.Payload.ToString(),
        reading.Confidence,
        reading.Geometry is { } geometry ? WatermarkGeometryDocument.From(geometry) : null,
        reading.Alteration is { } alteration ? AlterationDocument.From(alteration) : null);

    public static WatermarkReading ToReading(WatermarkReadingDocument document) => new(document.Found, WatermarkPayload.Parse(document.Payload), Finite(document.Confidence))
    {
        Geometry = document.Geometry is { } geometry ? WatermarkGeometryDocument.ToGeometry(geometry) : null,
        Alteration = document.Alteration is { } alteration ? AlterationDocument.ToAlteration(alteration) : null,
    };

    /// <summary>JSON has no infinity, but <c>1e999</c> is read as one, and no report could then be written.</summary>
    public static double Finite(double value) => double.IsFinite(value) ? value : throw new FormatException("A number is too large.");
}

/// <summary>What was done to a picture since it was signed.</summary>
internal sealed record WatermarkGeometryDocument(
    double Scale, double Aspect, double RotationDegrees, bool Mirrored, bool Inverted, double OffsetX, double OffsetY, bool AsSigned)
{
    public static WatermarkGeometryDocument From(WatermarkGeometry geometry) => new(
        geometry.Scale, geometry.Aspect, geometry.RotationDegrees, geometry.Mirrored, geometry.Inverted, geometry.OffsetX, geometry.OffsetY, geometry.AsSigned);

    public static WatermarkGeometry ToGeometry(WatermarkGeometryDocument document) => new(
        WatermarkReadingDocument.Finite(document.Scale),
        WatermarkReadingDocument.Finite(document.Aspect),
        WatermarkReadingDocument.Finite(document.RotationDegrees),
        document.Mirrored,
        document.Inverted,
        WatermarkReadingDocument.Finite(document.OffsetX),
        WatermarkReadingDocument.Finite(document.OffsetY),
        document.AsSigned);
}

/// <summary>Where a watermark is missing.</summary>
internal sealed record AlterationDocument(RegionDocument[] Regions, double JudgedShare, int SmallestSide)
{
    private const int MaxRegions = 1024;

    public static AlterationDocument From(AlterationReading reading) => new(
        [.. reading.Regions.Take(MaxRegions).Select(region => new RegionDocument(region.X, region.Y, region.Width, region.Height))], reading.JudgedShare, reading.SmallestSide);

    public static AlterationReading ToAlteration(AlterationDocument document) => document.Regions.Length > MaxRegions || document.JudgedShare is not (>= 0 and <= 1)
        ? throw new FormatException($"An alteration has at most {MaxRegions} regions and a judged share of 0 to 1.")
        : new AlterationReading(
            [.. Wire.WithoutNulls(document.Regions).Select(region => new ImageRegion(region.X, region.Y, region.Width, region.Height))], document.JudgedShare, document.SmallestSide);
}
