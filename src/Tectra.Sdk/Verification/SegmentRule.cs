namespace Tectra.Sdk.Verification;

/// <summary>
/// When a segment counts as looking the same: its aggregate is within the radius, most of its frames are, and no frame is one of another
/// picture. The aggregate alone is a majority vote, which a foreign frame among five doesn't sway.
/// </summary>
internal static class SegmentRule
{
    /// <summary>
    /// The largest distance of a single frame where samples are of the same moments: encoding again stays below 7 on real clips, a pasted
    /// object is mostly above, other pictures are at about 32.
    /// </summary>
    public const int FrameLimit = 14;

    /// <summary>The same where samples lie beside the record's, as those of clips do: what moves quickly has moved on.</summary>
    public const int LooseFrameLimit = 20;

    private const double MeanAllowance = 5, TypicalFactor = 2;

    /// <param name="aggregateDistance">Between the aggregates of the frames that both have.</param>
    /// <param name="frameDistances">Of these frames; not empty. They are sorted.</param>
    /// <param name="radius">The policy's.</param>
    /// <param name="frameLimit">The largest distance of a single frame.</param>
    public static bool IsSame(int aggregateDistance, Span<int> frameDistances, int radius, int frameLimit)
    {
        frameDistances.Sort();
        return aggregateDistance <= radius && frameDistances[frameDistances.Length / 2] <= radius && frameDistances[^1] <= frameLimit;
    }

    /// <summary>
    /// The largest mean distance of a segment's frames, given the mean distances of all of a file's segments that look the same. Encoding
    /// again touches a whole video much alike; a segment that stands out was touched by somebody.
    /// </summary>
    public static double MeanLimit(IEnumerable<double> means)
    {
        double[] sorted = [.. means.Order()];
        return MeanAllowance + (sorted.Length == 0 ? 0 : TypicalFactor * sorted[(sorted.Length - 1) / 2]);
    }
}
