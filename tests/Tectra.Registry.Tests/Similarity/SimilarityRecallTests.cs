using Tectra.Registry.Similarity;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Similarity;

/// <summary>The index beside counting every bit of every record: it finds the same, no more and no less.</summary>
public sealed class SimilarityRecallTests
{
    private const int MostDistance = 12;

    private static readonly int[] AllRadii = [.. Enumerable.Range(0, MostDistance + 1)];

    [Test]
    public void Everything_within_the_radius_is_found_and_nothing_else()
    {
        const int Queries = 12, Planted = 3;
        var count = TestData.IsFull ? 1_000_000 : 200_000;
        var set = new RecordSet(count, 1);
        for (var i = 0; i < count; i += 7) set.Payloads[i] = null;
        var hashes = Enumerable.Range(0, Queries).Select(_ => set.NextHash()).ToList();
        var payloads = Enumerable.Range(0, Queries).Select(_ => set.NextPayload()).ToList();
        for (var query = 0; query < Queries; query++)
        {
            for (var distance = 0; distance <= MostDistance; distance++)
            {
                for (var i = 0; i < Planted; i++)
                {
                    set.Hashes[set.NextPosition()] = (ulong)set.Flip(hashes[query], 64, distance);
                    set.Payloads[set.NextPosition()] = set.Flip(payloads[query], 128, distance);
                }
            }
        }
        var index = set.ToIndex();
        var pictures = hashes.Sum(query => set.CheckPictures(index, query, AllRadii));
        var marks = payloads.Sum(query => set.CheckPayloads(index, query, AllRadii));
        // A few planted ones may have taken each other's place.
        Assert.That(payloads.Sum(query => set.CheckPayloads(index, query, [VerificationPolicy.WatermarkRadius])), Is.InRange((Queries * Planted * 7) - 5, Queries * Planted * 7));
        Assert.That(pictures, Is.GreaterThan(Queries * Planted * 90));
        Report.Line($"similarity: {count} records, {pictures} pictures and {marks} payloads at distances 0 to {MostDistance}: all found, none false");
    }

    [Test]
    public void Wrong_bits_are_found_however_they_are_shared_out_among_the_parts()
    {
        var set = new RecordSet(200_000, 2);
        var (hash, payload) = (set.NextHash(), set.NextPayload());
        var position = 0;
        foreach (var shares in Shares(MostDistance)) set.Hashes[position++] = hash ^ (ulong)Runs([0, 21, 42], shares);
        Assert.That(position, Is.EqualTo(455));
        foreach (var shares in Shares(MostDistance)) set.Payloads[--position] = payload ^ Runs([0, 42, 85], shares);
        var index = set.ToIndex();
        Assert.That(set.CheckPictures(index, hash, [MostDistance]), Is.EqualTo(455));
        Assert.That(set.CheckPayloads(index, payload, [MostDistance]), Is.EqualTo(455));
        set.CheckPictures(index, hash, AllRadii);
        set.CheckPayloads(index, payload, AllRadii);

        // Where each part begins, its table looks in any case.
        static IEnumerable<int[]> Shares(int most) =>
            from a in Enumerable.Range(0, most + 1)
            from b in Enumerable.Range(0, most + 1 - a)
            from c in Enumerable.Range(0, most + 1 - a - b)
            select new[] { a, b, c };

        static UInt128 Runs(int[] starts, int[] lengths) =>
            starts.Zip(lengths).Aggregate(UInt128.Zero, (bits, run) => bits | (((UInt128.One << run.Second) - 1) << run.First));
    }

    [Test]
    public void Hashes_that_crowd_together_are_all_found()
    {
        const int Count = 200_000, Crowd = 100_000;
        var set = new RecordSet(Count, 3);
        var (same, part, centre) = (set.NextHash(), set.NextHash(), set.NextHash());
        for (var i = 0; i < Crowd; i++) set.Hashes[2 * i] = same;
        for (var i = 0; i < 50_000; i++) set.Hashes[(2 * i) + 1] = (set.Hashes[(2 * i) + 1] & ~0x1F_FFFFUL) | (part & 0x1F_FFFF);
        for (var i = 50_000; i < 60_000; i++) set.Hashes[(2 * i) + 1] = (ulong)set.Flip(centre, 64, i % 5);
        var index = set.ToIndex();
        foreach (var near in new[] { same, part, centre })
        {
            foreach (var distance in new[] { 0, 3, 8, 12 }) set.CheckPictures(index, (ulong)set.Flip(near, 64, distance), AllRadii);
        }
        Assert.That(index.FindPictures(new(same), 0, int.MaxValue).Sequences, Has.Count.EqualTo(Crowd));
    }

    [Test]
    public void Payloads_that_were_made_to_crowd_together_are_all_found()
    {
        const int Count = 100_000;
        var set = new RecordSet(Count, 4);
        var payload = set.NextPayload();
        for (var i = 0; i < Count; i += 2) set.Payloads[i] = ((set.Payloads[i]!.Value >> 42) << 42) | (payload & ((UInt128.One << 42) - 1));
        for (var i = 1; i < 1000; i += 2) set.Payloads[i] = set.Flip(payload, 128, i % 9);
        set.Payloads[5] = null;
        var index = set.ToIndex();
        for (var distance = 0; distance <= 8; distance++) set.CheckPayloads(index, set.Flip(payload, 128, distance), [0, 3, 6, 12]);
    }

    [Test]
    public void Records_are_found_at_every_size_while_the_tables_grow()
    {
        const int Count = 70_000; // the tables double at 8,192 records, 16,384, 32,768 and 65,536, a block of a column ends every 32,768
        var set = new RecordSet(Count, 5);
        var (hash, payload) = (set.NextHash(), set.NextPayload());
        for (var i = 0; i < Count; i += 100)
        {
            set.Hashes[i] = (ulong)set.Flip(hash, 64, i / 100 % 13);
            set.Payloads[i] = set.Flip(payload, 128, i / 100 % 13);
        }
        var index = new SimilarityIndex();
        int[] sizes = [0, 1, 2, 101, 8_191, 8_192, 8_193, 16_384, 16_385, 32_767, 32_768, 32_769, 65_536, 65_537, Count];
        foreach (var size in sizes)
        {
            while (index.Count < size) set.AddTo(index, index.Count);
            foreach (var radius in new[] { 0, 6, 8, 12 })
            {
                var near = Enumerable.Range(0, size).Where(i => i % 100 == 0 && i / 100 % 13 <= radius).Select(i => i + 1L).ToList();
                Assert.That(index.FindPictures(new(hash), radius, int.MaxValue).Sequences, Is.EqualTo(near), $"{size} records, radius {radius}");
                Assert.That(index.FindPayloads(new(payload), radius, int.MaxValue).Sequences, Is.EqualTo(near), $"{size} records, radius {radius}");
            }
        }
    }
}
