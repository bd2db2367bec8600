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
}
