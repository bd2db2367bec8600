using System.Globalization;
using System.Numerics;

namespace Tectra.Sdk.Content;

/// <summary>
/// How often a video is sampled: exactly <see cref="Frames"/> frames every <see cref="Seconds"/> seconds, in lowest terms, from one
/// frame in an hour to 60 a second. Sample k is of the time k·Seconds/Frames. Immutable; made by <see cref="Of"/> or <see cref="Parse"/>.
/// </summary>
public readonly record struct SampleRate
{
    /// <summary>The most of <see cref="Frames"/>.</summary>
    public const int MaxFrames = 60;

    /// <summary>The most of <see cref="Seconds"/>.</summary>
    public const int MaxSeconds = 3600;

    private readonly int _lessFrame; // so that the default value is a rate too: one frame a second
    private readonly int _lessSecond;

    private SampleRate(int frames, int seconds)
    {
        _lessFrame = frames - 1;
        _lessSecond = seconds - 1;
    }

    /// <summary>How many frames (1 to 60) are taken in <see cref="Seconds"/>.</summary>
    public int Frames => _lessFrame + 1;

    /// <summary>In how many seconds (1 to 3600).</summary>
    public int Seconds => _lessSecond + 1;

    /// <summary>The time between two samples, rounded to a tick of 100 ns.</summary>
    public TimeSpan Interval => TimeOf(1);

    /// <summary>A rate in lowest terms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">In lowest terms the frames aren't 1 to 60, or the seconds not 1 to 3600.</exception>
    public static SampleRate Of(int frames, int seconds = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        var divisor = (int)BigInteger.GreatestCommonDivisor(frames, seconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames / divisor, MaxFrames, nameof(frames));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds / divisor, MaxSeconds, nameof(seconds));
        return new SampleRate(frames / divisor, seconds / divisor);
    }

    /// <summary>Reads <c>frames/seconds</c> in lowest terms, such as <c>1/2</c>.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static SampleRate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var frames)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && frames is >= 1 and <= MaxFrames && seconds is >= 1 and <= MaxSeconds
            && new SampleRate(frames, seconds) is var rate && rate.ToString() == text && BigInteger.GreatestCommonDivisor(frames, seconds).IsOne)
        {
            return rate;
        }
        throw new FormatException("A sample rate is frames/seconds in lowest terms, such as 1/1 or 1/2, from 1/3600 to 60/1.");
    }

    /// <summary>The time of a sample, rounded to a tick of 100 ns.</summary>
    public TimeSpan TimeOf(int sample) => TimeSpan.FromTicks((long)Math.Round((decimal)sample * Seconds * TimeSpan.TicksPerSecond / Frames));

    /// <summary>The rate as <c>frames/seconds</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Frames}/{Seconds}");
}
