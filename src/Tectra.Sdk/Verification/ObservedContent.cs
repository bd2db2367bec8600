using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>What a watermark detector read. Immutable.</summary>
/// <param name="Found">Whether the reading is certain enough to be called a watermark by itself.</param>
/// <param name="Payload">The best candidate; worth a lookup even when <paramref name="Found"/> is false.</param>
/// <param name="Confidence">
/// How well the picture agrees with the candidate: 0 to 22.6 (the square root of 512). Pictures without a watermark stay
/// below the threshold of 13.4.
/// </param>
public sealed record WatermarkReading(bool Found, WatermarkPayload Payload, double Confidence)
{
    /// <summary>Where the watermark is missing; null when that wasn't judged, or too little of the watermark is left to judge.</summary>
    public AlterationReading? Alteration { get; init; }
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

    /// <summary>The perceptual hash, or null with a <see cref="PerceptualHashProblem"/>.</summary>
    public PerceptualHash? PerceptualHash { get; init; }

    /// <summary>
    /// Why the perceptual hash may not be of what viewers show, or null. Such a hash recognises nothing but a file whose
    /// bytes are known.
    /// </summary>
    public MeasurementProblem? PerceptualHashDoubt { get; init; }

    /// <summary>Why there is no perceptual hash.</summary>
    public MeasurementProblem? PerceptualHashProblem { get; init; }

    /// <summary>What the watermark detector read, or null with a <see cref="WatermarkProblem"/>.</summary>
    public WatermarkReading? Watermark { get; init; }

    /// <summary>Why the watermark detector didn't run.</summary>
    public MeasurementProblem? WatermarkProblem { get; init; }
}
