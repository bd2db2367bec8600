using System.Numerics;

namespace Tectra.Sdk.Verification;

internal static partial class FrameVotes
{
    public static void AddScalar(ReadOnlySpan<ulong> frames, ReadOnlySpan<ulong> penalties, ulong frame, int radius, Span<ulong> votes, int start)
    {
        var best = One + (ulong)radius + 1;
        for (var i = start; i < frames.Length; i++)
        {
            var distance = (ulong)BitOperations.PopCount(frames[i] ^ frame) + penalties[i];
            if (distance <= (ulong)radius) votes[i] += best - distance;
        }
    }
}
