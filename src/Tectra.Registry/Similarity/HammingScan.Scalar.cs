using System.Numerics;

namespace Tectra.Registry.Similarity;

internal static partial class HammingScan
{
    public static void FindScalar(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches, int start)
    {
        for (var i = start; i < hashes.Length; i++)
        {
            if (BitOperations.PopCount(hashes[i] ^ query) <= radius) matches.Add(i);
        }
    }

    public static void FindScalar(ReadOnlySpan<UInt128> payloads, UInt128 query, int radius, List<int> matches, int start)
    {
        for (var i = start; i < payloads.Length; i++)
        {
            if ((int)UInt128.PopCount(payloads[i] ^ query) <= radius) matches.Add(i);
        }
    }
}
