using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video;

/// <summary>Where ffmpeg is, how often videos are sampled, and what a video may cost. Immutable; an impossible value throws.</summary>
public sealed record VideoOptions
{
    /// <summary>The default of <see cref="MaxBytes"/>: 5 GB.</summary>
    public const long DefaultMaxBytes = 5L * 1024 * 1024 * 1024;

    /// <summary>The default of <see cref="MaxPixels"/>: 36 megapixels, a frame of 8K.</summary>
    public const int DefaultMaxPixels = 36_000_000;

    /// <summary>The most <see cref="Threads"/> and <see cref="Hashers"/>.</summary>
    public const int MostThreads = 256;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(30);

    /// <summary>The defaults.</summary>
    public static VideoOptions Default { get; } = new();

    /// <summary>The ffmpeg program; null looks for <c>ffmpeg</c> in the folders of <c>PATH</c>.</summary>
    public string? FfmpegPath { get; init; }

    /// <summary>The ffprobe program; null looks beside <see cref="FfmpegPath"/>, or for <c>ffprobe</c> in the folders of <c>PATH</c>.</summary>
    public string? FfprobePath { get; init; }

    /// <summary>How often a video is sampled; null follows its duration: a frame a second up to five minutes, fewer of longer ones.</summary>
    public SampleRate? SampleRate { get; init; }

    /// <summary>The longest file that is decoded, in bytes (at least 1).</summary>
    public long MaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = DefaultMaxBytes;

    /// <summary>The most pixels (columns times rows) of a frame (1 to 2³¹ − 1). A decoder keeps up to about 20 frames, of 1.5 to 6 bytes a pixel.</summary>
    public int MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = DefaultMaxPixels;

    /// <summary>The longest video (up to a year).</summary>
    public TimeSpan MaxDuration
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(VideoFingerprint.MaxDurationMilliseconds));
            field = value;
        }
    } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long ffmpeg may be silent before it is ended (up to 30 days). Where many frames lie between two samples, the time that a slow
    /// decoder needs for them is added.
    /// </summary>
    public TimeSpan StallTimeout { get; init => field = CheckTime(value); } = TimeSpan.FromSeconds(60);

    /// <summary>How long a video may take altogether (up to 30 days).</summary>
    public TimeSpan MaxProcessingTime { get; init => field = CheckTime(value); } = TimeSpan.FromHours(4);

    /// <summary>How many threads ffmpeg decodes with (0 to 256); 0 leaves it to ffmpeg, which takes one a processor.</summary>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostThreads);
            field = value;
        }
    }

    /// <summary>How many frames are hashed side by side (1 to 256).</summary>
    public int Hashers
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostThreads);
            field = value;
        }
    } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private static TimeSpan CheckTime(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(value));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestTime, nameof(value));
        return value;
    }
}
