using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Verification;

/// <summary>
/// The inner loop of <see cref="FrameAlignment"/>: one frame of a record is compared with frames of a file, one after the other, and each
/// that is near adds a vote to the cell beside it. A vote is the nearness in the low half of the cell and a one in the high half.
/// </summary>
internal static partial class FrameVotes
{
    /// <summary>What is added to the distance of a frame that says nothing, so that it never votes.</summary>
    public const ulong Mute = 64;

    /// <summary>One vote, in the high half of a cell.</summary>
    private const ulong One = 1UL << 32;

    /// <summary>Adds <c>radius + 1 − distance</c>, and one, to the cell of each frame within <paramref name="radius"/> bits.</summary>
    /// <param name="frames">The file's frames.</param>
    /// <param name="penalties">Of each frame, 0 or <see cref="Mute"/>.</param>
    /// <param name="frame">The record's frame.</param>
    /// <param name="radius">0 to 63.</param>
    /// <param name="votes">As many cells as frames.</param>
    public static void Add(ReadOnlySpan<ulong> frames, ReadOnlySpan<ulong> penalties, ulong frame, int radius, Span<ulong> votes)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) AddVector512(frames, penalties, frame, radius, votes);
        else if (Avx2.IsSupported) AddVector256(frames, penalties, frame, radius, votes);
        else AddScalar(frames, penalties, frame, radius, votes, 0);
    }
}
