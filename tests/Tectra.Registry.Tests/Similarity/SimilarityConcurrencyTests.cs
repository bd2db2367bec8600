using Tectra.Registry.Similarity;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Similarity;

public sealed class SimilarityConcurrencyTests
{
    [Test]
    public async Task Queries_never_miss_what_was_added_before_they_began()
    {
        const int Count = 300_000, Every = 500, Readers = 3;
        var set = new RecordSet(Count, 1);
        var (hash, payload) = (set.NextHash(), set.NextPayload());
        for (var i = 0; i < Count; i += Every)
        {
            set.Hashes[i] = (ulong)set.Flip(hash, 64, i / Every % 9);
            set.Payloads[i] = set.Flip(payload, 128, i / Every % 7);
        }
        var expected = Enumerable.Range(0, Count / Every).Select(i => ((long)i * Every) + 1).ToArray();
        var index = new SimilarityIndex();
        int added = 0, queries = 0;

        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning)).ToArray();
        for (var i = 0; i < Count; i++)
        {
            index.Add(i + 1, new PerceptualHash(set.Hashes[i]), new WatermarkPayload(set.Payloads[i]!.Value));
            if (i % Every == 0) Volatile.Write(ref added, added + 1);
        }
        await Task.WhenAll(readers);
        Assert.That(queries, Is.GreaterThan(Readers * 20));
        Report.Line($"similarity: {queries} queries while {Count} records were added: none missed, none false");

        void Read()
        {
            for (var isComplete = false; !isComplete;)
            {
                var least = Volatile.Read(ref added);
                isComplete = least == expected.Length;
                Check(index.FindPictures(new PerceptualHash(hash), 8, int.MaxValue), least);
                Check(index.FindPayloads(new WatermarkPayload(payload), 6, int.MaxValue), least);
                Interlocked.Increment(ref queries);
            }
        }

        // The matches come in order, so what is found is the first so many of them, and at least those.
        void Check(SimilarityMatches matches, int least)
        {
            Assert.That(matches.Sequences, Has.Count.GreaterThanOrEqualTo(least));
            Assert.That(matches.Sequences, Is.EqualTo(expected.Take(matches.Sequences.Count)));
        }
    }

    [Test]
    public async Task A_number_that_two_add_at_once_is_taken_once()
    {
        const int Count = 50_000;
        var index = new SimilarityIndex();
        var taken = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Enumerable.Range(1, Count).Count(i => index.Add(i, new PerceptualHash((ulong)i), null)))));
        Assert.That(taken.Sum(), Is.EqualTo(Count));
        Assert.That(index.FindPictures(default, 64, int.MaxValue).Sequences, Is.EqualTo(Enumerable.Range(1, Count).Select(i => (long)i)));
    }
}
