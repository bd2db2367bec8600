using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>Where a frame of the record is in the file.</summary>
internal enum PairState
{
    /// <summary>Before the file or after it.</summary>
    Outside,

    /// <summary>Within it, but the file was sampled too seldom to have a frame of that moment.</summary>
    Unsampled,

    /// <summary>Beside the frame it is compared with.</summary>
    Paired,

    /// <summary>Just after the file's last frame, which it is compared with.</summary>
    AtEnd,
}

/// <summary>A frame of the record and the one of the file beside it. Immutable.</summary>
/// <param name="State">Whether there is one.</param>
/// <param name="Index">Its number among the file's.</param>
/// <param name="Observed">Its hash.</param>
/// <param name="Distance">In how many of 64 bits they differ.</param>
/// <param name="IsSame">Whether it is the frame of exactly that moment, and equal.</param>
internal readonly record struct FramePair(PairState State, int Index, PerceptualHash Observed, int Distance, bool IsSame);

/// <summary>A record's frames and a file's, brought to one time line. Immutable.</summary>
internal sealed class FramePairing
{
    /// <summary>
    /// How much earlier or later a copy may end: encoders drop a last frame, or repeat it. A sample is then missing, or one too many.
    /// </summary>
    public static readonly TimeSpan EndSlack = TimeSpan.FromMilliseconds(500);

    private static readonly FramePair Unsampled = new(PairState.Unsampled, 0, default, 0, false);

    private readonly long[] _positions;
    private readonly long _slackSteps;

    public FramePairing(VideoFingerprint record, ObservedVideo observed)
    {
        Record = record;
        Observed = observed;
        Grid = new SampleGrid(record.Rate, observed.Rate);
        _positions = new long[record.Frames.Length];
        for (var i = 0; i < _positions.Length; i++) _positions[i] = Grid.PositionOf(i);
        _slackSteps = Grid.StepAt(EndSlack + TimeSpan.FromTicks(1)) - 1;
        var last = Grid.TimeOf(observed.Frames.Length - 1);
        FileEnd = observed.Duration > last ? observed.Duration : last;
    }

    public VideoFingerprint Record { get; }

    public ObservedVideo Observed { get; }

    public SampleGrid Grid { get; }

    /// <summary>When the file ends; never before its last sample, whatever it says.</summary>
    public TimeSpan FileEnd { get; }

    /// <summary>Where the record's frames lie among the file's.</summary>
    public ReadOnlySpan<long> Positions => _positions;

    public ReadOnlySpan<ulong> RecordBits => Bits(Record.Frames);

    public ReadOnlySpan<ulong> ObservedBits => Bits(Observed.Frames);

    /// <summary>The frame of the file beside one of the record.</summary>
    /// <param name="sample">The record's frame.</param>
    /// <param name="offset">By how many of the file's frames the record is shifted; 0 compares from the beginning.</param>
    public FramePair Pair(int sample, long offset)
    {
        var position = _positions[sample] + offset;
        var last = Observed.Frames.Length - 1;
        if (position < 0) return default;
        if (position > last)
        {
            // Only what is compared from the beginning ends where the record does.
            if (offset == 0 && position - last <= _slackSteps) return Compare(sample, last) with { State = PairState.AtEnd, IsSame = false };
            return Grid.IsBefore(sample, last + 1 - offset) ? Unsampled : default;
        }
        if (!Grid.IsSampled(sample)) return Unsampled;
        var pair = Compare(sample, (int)position);
        // Another frame rate moves each frame by a few hundredths of a second, and so some across a cut.
        for (var away = 1; away <= Grid.Neighbours && pair.Distance > 0; away++)
        {
            if (position >= away && Compare(sample, (int)position - away) is var before && before.Distance < pair.Distance) pair = before with { IsSame = false };
            if (position + away <= last && Compare(sample, (int)position + away) is var after && after.Distance < pair.Distance) pair = after with { IsSame = false };
        }
        return pair;
    }

    /// <summary>The pixels of the file's frame at the exact moment of one of the record's, compared from the beginning; null where they weren't digested.</summary>
    public PixelDigest? DigestOf(int sample)
    {
        var position = _positions[sample];
        return Grid.IsExact && position % Observed.DigestStep == 0 && position / Observed.DigestStep < Observed.FrameDigests.Length
            ? Observed.FrameDigests[(int)(position / Observed.DigestStep)]
            : null;
    }

    private FramePair Compare(int sample, int index)
    {
        var observed = Observed.Frames[index];
        var distance = observed.DistanceTo(Record.Frames[sample]);
        return new FramePair(PairState.Paired, index, observed, distance, Grid.IsExact && distance == 0);
    }

    private static ReadOnlySpan<ulong> Bits(ImmutableArray<PerceptualHash> frames) => MemoryMarshal.Cast<PerceptualHash, ulong>(frames.AsSpan());
}
