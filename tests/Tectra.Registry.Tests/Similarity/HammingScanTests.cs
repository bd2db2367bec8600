using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Tectra.Registry.Similarity;

namespace Tectra.Registry.Tests.Similarity;

public sealed class HammingScanTests
{
    [Test]
    public void Every_path_finds_exactly_what_counting_finds()
    {
        var random = new Random(1);
        foreach (var length in new[] { 0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 1000 })
        {
            var hashes = Enumerable.Range(0, length).Select(_ => (ulong)random.NextInt64()).ToArray();
            foreach (var radius in new[] { 0, 8, 24, 32, 64 })
            {
                foreach (var query in new[] { (ulong)random.NextInt64(), 0UL, ulong.MaxValue, length > 0 ? hashes[length / 2] : 5 })
                {
                    var expected = Enumerable.Range(0, length).Where(i => BitOperations.PopCount(hashes[i] ^ query) <= radius).ToList();
                    List<int> scalar = [], vector256 = [], vector512 = [], chosen = [];
                    HammingScan.FindScalar(hashes, query, radius, scalar, 0);
                    if (Avx2.IsSupported) HammingScan.FindVector256(hashes, query, radius, vector256);
                    else vector256 = expected;
                    if (Avx512BW.IsSupported) HammingScan.FindVector512(hashes, query, radius, vector512);
                    else vector512 = expected;
                    HammingScan.Find(hashes, query, radius, chosen);
                    foreach (var found in new[] { scalar, vector256, vector512, chosen }) Assert.That(found, Is.EqualTo(expected), $"{length} hashes, radius {radius}");
                }
            }
        }
    }

    [Test]
    public void Every_path_finds_exactly_the_payloads_that_counting_finds()
    {
        var random = new Random(2);
        foreach (var length in new[] { 0, 1, 2, 3, 4, 5, 7, 8, 9, 1000 })
        {
            var payloads = Enumerable.Range(0, length).Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())).ToArray();
            var some = length > 0 ? payloads[length / 2] : 5;
            foreach (var radius in new[] { 0, 6, 48, 64, 128 })
            {
                foreach (var query in new[] { some, some ^ 63, some ^ (new UInt128(63, 0) << 58), ~some, UInt128.Zero, UInt128.MaxValue })
                {
                    var expected = Enumerable.Range(0, length).Where(i => UInt128.PopCount(payloads[i] ^ query) <= (UInt128)radius).ToList();
                    List<int> scalar = [], vector256 = [], vector512 = [], chosen = [];
                    HammingScan.FindScalar(payloads, query, radius, scalar, 0);
                    if (Avx2.IsSupported) HammingScan.FindVector256(payloads, query, radius, vector256);
                    else vector256 = expected;
                    if (Avx512BW.IsSupported) HammingScan.FindVector512(payloads, query, radius, vector512);
                    else vector512 = expected;
                    HammingScan.Find(payloads, query, radius, chosen);
                    foreach (var found in new[] { scalar, vector256, vector512, chosen }) Assert.That(found, Is.EqualTo(expected), $"{length} payloads, radius {radius}");
                }
            }
        }
    }
}
