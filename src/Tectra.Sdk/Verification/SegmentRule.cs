namespace Tectra.Sdk.Verification;

/// <summary>
/// When a segment counts as looking the same: its aggregate is within the radius, most of its frames are, and no frame is one of another
/// picture. The aggregate alone is a majority vote, which a foreign frame among five doesn't sway.
/// </summary>
internal static class SegmentRule
{
    /// <summary>The largest distance of a single frame: re-encoding stays below, other pictures are at about 32.</summary>
    public const int FrameLimit = 20;

    /// <param name="aggregateDistance">Between the aggregates of the frames that both have.</param>
    /// <param name="frameDistances">Of these frames; not empty. They are sorted.</param>
    /// <param name="radius">The policy's.</param>
    public static bool IsSame(int aggregateDistance, Span<int> frameDistances, int radius)
    {
        frameDistances.Sort();
        return aggregateDistance <= radius && frameDistances[frameDistances.Length / 2] <= radius && frameDistances[^1] <= FrameLimit;
    }
}
