namespace Tectra.Sdk.Imaging;

/// <summary>Limits and strengths for reading and marking images. Immutable; an impossible value throws.</summary>
public sealed record ImagingOptions
{
    /// <summary>The default of <see cref="MaxFileBytes"/>: 50 MB, as the specification says.</summary>
    public const long DefaultMaxFileBytes = 50L * 1024 * 1024;

    /// <summary>The default of <see cref="MaxPixels"/>: 200 megapixels.</summary>
    public const long DefaultMaxPixels = 200_000_000;

    /// <summary>The default of <see cref="WatermarkStrengthDecibels"/>.</summary>
    public const double DefaultWatermarkStrengthDecibels = 44;

    /// <summary>The defaults.</summary>
    public static ImagingOptions Default { get; } = new();

    /// <summary>The longest file that is opened, in bytes (1 byte to 2 GB).</summary>
    public long MaxFileBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
            field = value;
        }
    } = DefaultMaxFileBytes;

    /// <summary>The most pixels (columns times rows) that are decoded (1 to 2³¹ − 1). Decoding takes 1 to 8 bytes a pixel, of a progressive JPEG up to 6 more while it lasts; marking about 10 more.</summary>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, int.MaxValue);
            field = value;
        }
    } = DefaultMaxPixels;

    /// <summary>
    /// How faint the watermark is: the mean peak signal-to-noise ratio over photographs, in decibels (36 to 52). More
    /// decibels are fainter and less robust. Each picture may lie up to 2 dB below, where its texture hides more.
    /// </summary>
    public double WatermarkStrengthDecibels
    {
        get;
        init
        {
            if (!(value is >= 36 and <= 52)) throw new ArgumentOutOfRangeException(nameof(value), value, "The strength is 36 to 52 dB.");
            field = value;
        }
    } = DefaultWatermarkStrengthDecibels;

    /// <summary>Whether marking also measures the quality of the result, which takes about as long as marking itself.</summary>
    public bool MeasureQuality { get; init; } = true;

    /// <summary>
    /// Whether a watermark is also looked for in copies that were scaled, turned, mirrored or cropped. Without, an unmarked
    /// picture is read ten to thirty times as fast, and only copies in the geometry they were signed in are recognised.
    /// </summary>
    public bool SearchGeometry { get; init; } = true;
}
