using System.Numerics;

namespace Tectra.Sdk.Verification;

/// <summary>
/// Whether a frame's hash says something. A picture's hash has about as many ones as zeros, since each bit compares with the median;
/// flat and black frames have few of either, whatever video they are of, or are decided by noise.
/// </summary>
internal static class FrameInformation
{
    public const int MinOnes = 24, MaxOnes = 40;

    public static bool IsInformative(ulong hash) => BitOperations.PopCount(hash) is >= MinOnes and <= MaxOnes;
}
