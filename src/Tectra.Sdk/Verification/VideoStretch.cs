namespace Tectra.Sdk.Verification;

/// <summary>What a stretch of a file shows.</summary>
internal enum StretchKind
{
    /// <summary>What the record has there.</summary>
    InPlace,

    /// <summary>What the record has elsewhere.</summary>
    Moved,

    /// <summary>What the record has, backwards.</summary>
    Reversed,

    /// <summary>Nothing that is found in the record.</summary>
    Unknown,
}

/// <summary>A stretch of a file, in steps from one of its samples to the next, and what of the record it shows. Immutable.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Start">Its first sample.</param>
/// <param name="End">The one after its last.</param>
/// <param name="RecordStart">Where what it shows begins in the record; of no meaning if that is unknown.</param>
internal readonly record struct VideoStretch(StretchKind Kind, long Start, long End, long RecordStart)
{
    public long Length => End - Start;

    public long RecordEnd => RecordStart + Length;

    /// <summary>Whether it shows the record forwards.</summary>
    public bool IsForward => Kind is StretchKind.InPlace or StretchKind.Moved;
}
