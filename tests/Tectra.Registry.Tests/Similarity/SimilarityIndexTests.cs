using Tectra.Registry.Similarity;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Similarity;

public sealed class SimilarityIndexTests
{
    private const int NoLimit = int.MaxValue;

    private static readonly PerceptualHash Hash = new(0xFFFF_0000_1234_5678);

    private static readonly WatermarkPayload Payload = new(((UInt128)0xFEEDFACE << 96) | 42);

    [Test]
    public void An_empty_index_finds_nothing()
    {
        var index = new SimilarityIndex();
        Assert.That(index.FindPictures(Hash, 64, 1), Is.EqualTo(new SimilarityMatches([], IsCut: false)).Using<SimilarityMatches>(AreSame));
        Assert.That(index.FindPayloads(Payload, 128, 1).Sequences, Is.Empty);
        Assert.That(index.Count, Is.Zero);
    }

    [Test]
    public void Matches_that_a_prefix_filter_would_lose_are_found()
    {
        var index = new SimilarityIndex();
        index.Add(7, Hash, null);
        // Eight bits off, all of them in the first four hexadecimal digits.
        Assert.That(index.FindPictures(new PerceptualHash(Hash.Bits ^ 0xFF00_0000_0000_0000), 8, NoLimit).Sequences, Is.EqualTo(new[] { 7L }));
        Assert.That(index.FindPictures(new PerceptualHash(Hash.Bits ^ 0xFF80_0000_0000_0000), 8, NoLimit).Sequences, Is.Empty);
    }

    [Test]
    public void Payloads_are_found_within_six_bits()
    {
        var index = new SimilarityIndex();
        index.Add(1, default, null);
        index.Add(2, default, Payload);
        index.Add(3, default, new WatermarkPayload(~Payload.Bits));
        for (var bits = 0; bits <= 8; bits++)
        {
            var query = new WatermarkPayload(Payload.Bits ^ (((UInt128.One << bits) - 1) << 60));
            Assert.That(index.FindPayloads(query, 6, NoLimit).Sequences, bits <= 6 ? Is.EqualTo(new[] { 2L }) : Is.Empty, $"{bits} bits");
        }
    }

    [Test]
    public void A_record_without_payload_is_no_match_for_a_payload_of_zeros()
    {
        var index = new SimilarityIndex();
        for (var i = 1; i <= 20_000; i++) index.Add(i, Hash, i % 2 == 0 ? null : new WatermarkPayload(~Payload.Bits));
        index.Add(20_001, Hash, new WatermarkPayload(UInt128.Zero));
        foreach (var radius in new[] { 0, 6, 40, 128 })
        {
            var expected = radius == 128 ? Enumerable.Range(1, 20_001).Where(i => i % 2 == 1).Select(i => (long)i) : [20_001L];
            Assert.That(index.FindPayloads(default, radius, NoLimit).Sequences, Is.EqualTo(expected), $"radius {radius}");
        }
    }

    [Test]
    public void Radii_beyond_all_bits_find_all()
    {
        var index = new SimilarityIndex();
        for (var i = 1; i <= 100; i++) index.Add(i, new PerceptualHash((ulong)i * 0x9E37_79B9_7F4A_7C15), Payload);
        foreach (var radius in new[] { 64, 128, int.MaxValue })
        {
            Assert.That(index.FindPictures(Hash, radius, NoLimit).Sequences, Has.Count.EqualTo(100), $"radius {radius}");
            Assert.That(index.FindPayloads(new WatermarkPayload(~Payload.Bits), radius, NoLimit).Sequences, Has.Count.EqualTo(radius >= 128 ? 100 : 0), $"radius {radius}");
        }
    }

    [Test]
    public void Repeats_are_ignored_and_late_numbers_are_taken()
    {
        var index = new SimilarityIndex();
        foreach (var sequence in new long[] { 2, 5, 1, 40_000, 3 }) Assert.That(index.Add(sequence, Hash, Payload), Is.True, $"{sequence}");
        foreach (var sequence in new long[] { 1, 2, 3, 5, 40_000 }) Assert.That(index.Add(sequence, Hash, Payload), Is.False, $"{sequence}");
        Assert.That(index.FindPictures(Hash, 0, NoLimit).Sequences, Is.EqualTo(new long[] { 1, 2, 3, 5, 40_000 }), "ascending, whatever the order of arrival");
        Assert.That(index.FindPayloads(Payload, 0, NoLimit).Sequences, Is.EqualTo(new long[] { 1, 2, 3, 5, 40_000 }));
        Assert.That(index.Count, Is.EqualTo(5));
    }

    [Test]
    public void Numbers_from_one_to_the_last_of_four_bytes_are_held()
    {
        var index = new SimilarityIndex();
        Assert.That(index.Add(uint.MaxValue, Hash, null), Is.True);
        Assert.That(index.Add(uint.MaxValue, Hash, null), Is.False);
        Assert.That(index.Add(1, Hash, null), Is.True);
        Assert.That(() => index.Add(uint.MaxValue + 1L, Hash, null), Throws.TypeOf<RegistryException>().With.Property(nameof(RegistryException.Code)).EqualTo(ErrorCodes.SimilarityIndexFull));
        Assert.That(() => index.Add(0, Hash, null), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(index.FindPictures(Hash, 0, NoLimit).Sequences, Is.EqualTo(new[] { 1L, uint.MaxValue }));
    }

    [Test]
    public void Radius_and_limit_are_checked()
    {
        var index = new SimilarityIndex();
        Assert.That(() => index.FindPictures(Hash, -1, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => index.FindPayloads(Payload, 6, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_cancelled_query_ends([Values] bool isCrowded)
    {
        var index = new SimilarityIndex();
        for (var i = 1; i <= 50_000; i++) index.Add(i, isCrowded ? Hash : new PerceptualHash((ulong)i * 0x9E37_79B9_7F4A_7C15), Payload);
        using var source = new CancellationTokenSource();
        Assert.That(() => index.FindPictures(Hash, 8, 10, source.Token), Throws.Nothing);
        source.Cancel();
        Assert.That(() => index.FindPictures(Hash, 8, 10, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => index.FindPayloads(Payload, 6, 10, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_limit_keeps_the_nearest_and_of_equals_the_first_that_came([Values(100, 5_000, 60_000)] int others)
    {
        // In a large index the matches come from chains, the newest first; in a small one from a scan.
        const int EachDistance = 400;
        var random = new Random(1);
        var index = new SimilarityIndex();
        for (var i = 0; i < others; i++) index.Add(100_000 + i, new PerceptualHash((ulong)random.NextInt64() | 1UL << 63), null);
        for (var i = 0; i < EachDistance; i++)
        {
            for (var distance = 8; distance >= 0; distance--)
                index.Add(1 + (distance * EachDistance) + i, new PerceptualHash(((1UL << distance) - 1) << (i % 50)), null);
        }
        foreach (var limit in new[] { 1, 2, 399, 400, 401, 1000, 3599 })
        {
            var matches = index.FindPictures(default, 8, limit);
            Assert.That(matches.Sequences, Is.EqualTo(Enumerable.Range(1, limit).Select(i => (long)i)), $"limit {limit}");
            Assert.That(matches.IsCut, Is.True, $"limit {limit}");
        }
        Assert.That(index.FindPictures(default, 8, 9 * EachDistance).IsCut, Is.False);
        Assert.That(index.FindPictures(default, 7, 8 * EachDistance).IsCut, Is.False);
    }

    [Test]
    public void A_picture_that_everybody_has_is_cut_to_the_first_that_came()
    {
        const int Count = 200_000;
        var index = new SimilarityIndex();
        for (var i = Count; i > 0; i--) index.Add(i, Hash, Payload);
        var matches = index.FindPictures(new PerceptualHash(Hash.Bits ^ 0xF), 8, 1000);
        Assert.That(matches.Sequences, Is.EqualTo(Enumerable.Range(Count - 999, 1000).Select(i => (long)i)));
        Assert.That(matches.IsCut, Is.True);
        Assert.That(index.FindPayloads(Payload, 6, 1).Sequences, Is.EqualTo(new long[] { Count }));
    }

    [Test]
    public void A_record_takes_at_most_sixty_bytes()
    {
        const int Count = 1_000_000;
        var set = new RecordSet(Count, 6);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = set.ToIndex();
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;
        GC.KeepAlive(set);
        Assert.That(bytes, Is.LessThanOrEqualTo(60));
        Assert.That(index.Bytes / (double)Count, Is.EqualTo(bytes).Within(2));
        Report.Line($"similarity: {bytes:F1} bytes a record at {Count} records");
    }

    private static bool AreSame(SimilarityMatches one, SimilarityMatches other) => one.IsCut == other.IsCut && one.Sequences.SequenceEqual(other.Sequences);
}
