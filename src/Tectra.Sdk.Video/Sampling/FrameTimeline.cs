namespace Tectra.Sdk.Video.Sampling;

/// <summary>Where the times of frames come from.</summary>
internal enum TimeSource
{
    /// <summary>Presentation time stamps.</summary>
    Presentation,

    /// <summary>Decoding time stamps, where a container (AVI) has no others: frames are evenly late, so their distances count.</summary>
    Decoding,

    /// <summary>The frame rate alone, of streams without time stamps: frame n is shown at n times <see cref="FrameTimeline.Step"/>.</summary>
    Counted,
}

/// <summary>
/// The frames of a video in the order in which they are shown: when, and which can be decoded without others. All times are whole
/// numbers of the stream's own time base. Immutable.
/// </summary>
internal sealed class FrameTimeline
{
    /// <param name="source">Where the times come from.</param>
    /// <param name="numerator">The time base: a unit is numerator/denominator seconds.</param>
    /// <param name="denominator">Its denominator.</param>
    /// <param name="times">The frames' times in ascending order; at least one.</param>
    /// <param name="keys">Which of them are key frames.</param>
    /// <param name="end">When the last frame ends.</param>
    /// <param name="step">The time between two frames that are <see cref="TimeSource.Counted"/>.</param>
    public FrameTimeline(TimeSource source, int numerator, int denominator, long[] times, bool[] keys, long end, long step = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numerator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        ArgumentOutOfRangeException.ThrowIfZero(times.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, times.Length);
        Source = source;
        Numerator = numerator;
        Denominator = denominator;
        Times = times;
        Keys = keys;
        End = end;
        Step = step;
    }

    public TimeSource Source { get; }

    public int Numerator { get; }

    public int Denominator { get; }

    public long[] Times { get; }

    public bool[] Keys { get; }

    public long End { get; }

    public long Step { get; }

    public long Zero => Times[0];

    /// <summary>From the first frame to the end of the last, cut to milliseconds.</summary>
    public TimeSpan Duration
    {
        get
        {
            var milliseconds = (Int128)(End - Zero) * Numerator * 1000 / Denominator;
            return milliseconds > long.MaxValue / TimeSpan.TicksPerMillisecond ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)milliseconds * TimeSpan.TicksPerMillisecond);
        }
    }
}
