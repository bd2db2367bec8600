using System.Numerics;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Where a record's samples lie among a file's, by exact arithmetic: sample k of the record at k·n/d steps from one sample of the file
/// to the next. Immutable.
/// </summary>
internal readonly struct SampleGrid
{
    private readonly SampleRate _observed;
    private readonly long _numerator, _denominator;

    public SampleGrid(SampleRate record, SampleRate observed)
    {
        _observed = observed;
        var numerator = (long)record.Seconds * observed.Frames;
        var denominator = (long)record.Frames * observed.Seconds;
        var divisor = (long)BigInteger.GreatestCommonDivisor(numerator, denominator);
        _numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    /// <summary>Whether every sample of the record lies exactly on one of the file.</summary>
    public bool IsExact => _denominator == 1;

    /// <summary>The time from one of the record's samples to the next, in whole steps, rounded up.</summary>
    public long Interval => (_numerator + _denominator - 1) / _denominator;

    /// <summary>Whether the file was sampled four times a second or more often; its samples beside one are then of nearly the same moment.</summary>
    public bool IsDense => _observed.Seconds * 4 <= _observed.Frames;

    /// <summary>Whether samples that are compared are of the same moment, or nearly so.</summary>
    public bool IsTimely => IsExact || IsDense;

    /// <summary>How many samples of the file on either side of one are of nearly the same moment: those within an eighth of a second, at least one; none if it was sampled seldom.</summary>
    public int Neighbours => IsDense ? Math.Max(1, _observed.Frames / (8 * _observed.Seconds)) : 0;

    /// <summary>The file's sample that is nearest to one of the record's.</summary>
    public long PositionOf(int sample) => ((2 * sample * _numerator) + _denominator) / (2 * _denominator);

    /// <summary>
    /// Whether a sample of the file is near enough to one of the record's to be compared with it: always where the file was sampled as
    /// often as the record or more often.
    /// </summary>
    public bool IsSampled(int sample) =>
        2 * Math.Abs((sample * _numerator) - (PositionOf(sample) * _denominator)) <= Math.Min(_numerator, _denominator);

    /// <summary>Whether one of the record's samples is earlier than one of the file's.</summary>
    public bool IsBefore(int sample, long position) => sample * _numerator < position * _denominator;

    /// <summary>How many samples a record of the file would have whose last sample has the given number.</summary>
    public int CountUpTo(int last) => (int)Math.Min((last * _denominator / _numerator) + 1, int.MaxValue);

    /// <summary>The time of a number of steps, negative too, rounded to a tick.</summary>
    public TimeSpan TimeOf(long steps) => TimeSpan.FromTicks((long)Math.Round((decimal)steps * _observed.Seconds * TimeSpan.TicksPerSecond / _observed.Frames));

    /// <summary>The first step at or after a time.</summary>
    public long StepAt(TimeSpan time) => (long)Math.Ceiling((decimal)time.Ticks * _observed.Frames / ((decimal)_observed.Seconds * TimeSpan.TicksPerSecond));
}
