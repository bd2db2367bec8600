namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// How certain a reading is. Two things speak for a watermark, and chance makes them independently: how well the bits agree
/// with a code word, and how well the pilot's phases agree with one place of the tile. <c>docs/watermark.md</c> has their
/// distributions.
/// </summary>
internal static class WatermarkConfidence
{
    /// <summary>The confidence from which a reading counts as a watermark.</summary>
    public const double FoundThreshold = 13.4;

    /// <summary>The agreement from which the code has corrected every bit, so that no other way of reading could do better.</summary>
    public const double SettledAgreement = 15;

    private const double LeastAgreement = 12.3; // below, the payload is a guess even if the pilot shows that there is one
    private const double PilotFrom = 5.75, PilotWorth = 0.7; // chance gives less than one reading in fifty thousand as much

    /// <summary>The agreement of the bits (0 to 22.6), and what a pilot beyond chance adds to it.</summary>
    public static double Of(double agreement, double pilotScore) => agreement + (PilotWorth * Math.Max(0, pilotScore - PilotFrom));

    public static bool IsFound(double agreement, double pilotScore) => agreement >= LeastAgreement && Of(agreement, pilotScore) >= FoundThreshold;
}
