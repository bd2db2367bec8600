using System.Collections.Immutable;
using System.Globalization;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>What a watermark detector read. Immutable.</summary>
/// <param name="Found">Whether the reading is certain enough to be called a watermark by itself.</param>
/// <param name="Payload">The best candidate; worth a lookup even when <paramref name="Found"/> is false.</param>
/// <param name="Confidence">
/// How certain the reading is: how well the picture agrees with the candidate's code word (0 to 22.6, the square root of 512),
/// and up to 1.6 more where the pilot beside it is clearly there. Pictures without a watermark stay below the threshold of 13.4.
/// </param>
public sealed record WatermarkReading(bool Found, WatermarkPayload Payload, double Confidence)
{
    /// <summary>How the picture was scaled, turned and cropped since it was signed; null when that isn't known.</summary>
    public WatermarkGeometry? Geometry { get; init; }

    /// <summary>
    /// For each of the payload's 128 bits, the first byte's highest first, how much better the best code word with this bit fits
    /// than the best one without: 0 is a guess, 1 about as far from it as noise reaches. Empty when it isn't known.
    /// </summary>
    public ImmutableArray<float> BitReliabilities { get; init; } = [];

    /// <summary>Where the watermark is missing; null when that wasn't judged, or too little of the watermark is left to judge.</summary>
    public AlterationReading? Alteration { get; init; }
}

/// <summary>
/// What was done to a picture since it was signed, as its watermark tells: mirrored, then scaled, then turned, then cropped.
/// Lengths are relative to the signed picture at canonical size (at most 1024 pixels on its long side). Immutable.
/// </summary>
/// <param name="Scale">Pixels of this picture per canonical pixel: 1 for an untouched picture of at most 1024 pixels.</param>
/// <param name="Aspect">Its horizontal scale divided by its vertical one, before turning: 1 unless it was squeezed.</param>
/// <param name="RotationDegrees">How far it was turned anticlockwise, −180 to 180.</param>
/// <param name="Mirrored">Whether left and right were exchanged.</param>
/// <param name="Inverted">Whether dark and light were exchanged.</param>
/// <param name="OffsetX">
/// Where this picture's first pixel lies in the signed one, in canonical pixels modulo 128, as far as a watermark that repeats
/// every 128 pixels can tell: near 0 (or 128) unless it was cropped, mirrored or turned.
/// </param>
/// <param name="OffsetY">The same, down.</param>
/// <param name="AsSigned">Whether, both at canonical size, every place of this picture is where it was in the signed one.</param>
public sealed record WatermarkGeometry(
    double Scale, double Aspect, double RotationDegrees, bool Mirrored, bool Inverted, double OffsetX, double OffsetY, bool AsSigned)
{
    private const double LeastRatio = 0.003, LeastDegrees = 0.05;

    /// <summary>What was done to the picture, in words: "mirrored, scaled to 0.67, turned by 2°"; empty when nothing was.</summary>
    public string Describe()
    {
        if (AsSigned) return "";
        var parts = new List<string>();
        if (Mirrored) parts.Add("mirrored");
        if (Inverted) parts.Add("inverted");
        if (Math.Abs(Scale - 1) > LeastRatio) parts.Add(string.Create(CultureInfo.InvariantCulture, $"scaled to {Scale:0.##}"));
        if (Math.Abs(Aspect - 1) > LeastRatio) parts.Add(string.Create(CultureInfo.InvariantCulture, $"squeezed to {Aspect:0.##}"));
        if (Math.Abs(RotationDegrees) > LeastDegrees) parts.Add(string.Create(CultureInfo.InvariantCulture, $"turned by {RotationDegrees:0.#}°"));
        return parts.Count == 0 ? "cropped or extended" : string.Join(", ", parts);
    }
}

/// <summary>Which parts of a marked picture were changed after marking, and how much of it that can be said of. Immutable.</summary>
/// <param name="Regions">The changed parts, in the picture's pixels; empty when none was found.</param>
/// <param name="JudgedShare">
/// The share of the picture, 0 to 1, in which a change would have been found. In the rest the watermark may have been lost
/// to compression: flat, very dark and very bright parts.
/// </param>
/// <param name="SmallestSide">About how many pixels a side a change must have to be found reliably.</param>
public sealed record AlterationReading(IReadOnlyList<ImageRegion> Regions, double JudgedShare, int SmallestSide);

/// <summary>A rectangle of pixels of the picture as stored. Immutable.</summary>
/// <param name="X">The left edge's column.</param>
/// <param name="Y">The top edge's row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct ImageRegion(int X, int Y, int Width, int Height);

/// <summary>Why something could not be measured. Immutable.</summary>
/// <param name="Code">A stable code, one of <see cref="ErrorCodes"/>.</param>
/// <param name="Reason">What that means for this file.</param>
public sealed record MeasurementProblem(string Code, string Reason);

/// <summary>
/// What was measured on a suspect file. It holds no pixels, so it can be sent to a registry. Each measurement is either
/// there or has a problem that says why not. Immutable.
/// </summary>
public sealed record ObservedContent
{
    /// <summary>The SHA-256 of the file's bytes.</summary>
    public required Sha256Digest Sha256 { get; init; }

    /// <summary>The file's media type, or null when it isn't an image this version reads.</summary>
    public string? MediaType { get; init; }

    /// <summary>Columns of pixels as stored; 0 when unknown.</summary>
    public int Width { get; init; }

    /// <summary>Rows of pixels as stored; 0 when unknown.</summary>
    public int Height { get; init; }

    /// <summary>The perceptual hash of a picture; null for a <see cref="Video"/>, or with a <see cref="PerceptualHashProblem"/>.</summary>
    public PerceptualHash? PerceptualHash { get; init; }

    /// <summary>
    /// Why the perceptual hash may not be of what viewers show, or null. Such a hash recognises nothing but a file whose
    /// bytes are known.
    /// </summary>
    public MeasurementProblem? PerceptualHashDoubt { get; init; }

    /// <summary>The frames of a video; null for a picture, or with a <see cref="PerceptualHashProblem"/>.</summary>
    public ObservedVideo? Video { get; init; }

    /// <summary>Why there is no perceptual hash.</summary>
    public MeasurementProblem? PerceptualHashProblem { get; init; }

    /// <summary>What the watermark detector read, or null with a <see cref="WatermarkProblem"/>.</summary>
    public WatermarkReading? Watermark { get; init; }

    /// <summary>Why the watermark detector didn't run.</summary>
    public MeasurementProblem? WatermarkProblem { get; init; }
}
