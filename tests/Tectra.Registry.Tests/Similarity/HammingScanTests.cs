using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Tectra.Registry.Similarity;
using Tectra.Sdk.Content;

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
    public void Matches_that_a_prefix_filter_would_lose_are_found()
    {
        var index = new SimilarityIndex();
        var hash = new PerceptualHash(0xFFFF_0000_1234_5678);
        index.Add(7, hash, null);
        // Eight bits off, all of them in the first four hexadecimal digits.
        Assert.That(index.FindPictures(new PerceptualHash(hash.Bits ^ 0xFF00_0000_0000_0000), 8), Is.EqualTo(new[] { 7L }));
        Assert.That(index.FindPictures(new PerceptualHash(hash.Bits ^ 0xFF80_0000_0000_0000), 8), Is.Empty);
    }

    [Test]
    public void Payloads_are_found_within_six_bits()
    {
        var index = new SimilarityIndex();
        var payload = new WatermarkPayload(((UInt128)0xFEEDFACE << 96) | 42);
        index.Add(1, default, null);
        index.Add(2, default, payload);
        index.Add(3, default, new WatermarkPayload(~payload.Bits));
        for (var bits = 0; bits <= 8; bits++)
        {
            var query = new WatermarkPayload(payload.Bits ^ (((UInt128.One << bits) - 1) << 60));
            Assert.That(index.FindPayloads(query, 6), bits <= 6 ? Is.EqualTo(new[] { 2L }) : Is.Empty, $"{bits} bits");
        }
    }
}
