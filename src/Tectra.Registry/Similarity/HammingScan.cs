using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Registry.Similarity;

/// <summary>Finds every value of 64 or 128 bits within a Hamming radius by looking at all of them: no true match is ever missed.</summary>
internal static partial class HammingScan
{
    /// <summary>Adds the indices of all hashes within <paramref name="radius"/> bits of <paramref name="query"/>, in ascending order.</summary>
    public static void Find(ReadOnlySpan<ulong> hashes, ulong query, int radius, List<int> matches)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) FindVector512(hashes, query, radius, matches);
        else if (Avx2.IsSupported) FindVector256(hashes, query, radius, matches);
        else FindScalar(hashes, query, radius, matches, 0);
    }

    /// <summary>Adds the indices of all payloads within <paramref name="radius"/> bits of <paramref name="query"/>, in ascending order.</summary>
    public static void Find(ReadOnlySpan<UInt128> payloads, UInt128 query, int radius, List<int> matches)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) FindVector512(payloads, query, radius, matches);
        else if (Avx2.IsSupported) FindVector256(payloads, query, radius, matches);
        else FindScalar(payloads, query, radius, matches, 0);
    }
}
