using Tectra.Registry.Records;

namespace Tectra.Registry.Tests.Records;

public sealed class EvidenceCacheTests
{
    [Test]
    public void What_is_asked_for_stays_and_the_rest_makes_room()
    {
        var cache = new EvidenceCache<int, string>(20);
        for (var i = 0; i < 1000; i++)
        {
            cache.Add(i, $"value {i}", cache.Now);
            Assert.That(cache.TryGet(0, out var kept) && kept == "value 0", Is.True, $"after {i}");
        }
        Assert.That(Enumerable.Range(0, 1000).Count(i => cache.TryGet(i, out _)), Is.InRange(20, 40));
        Assert.That(cache.TryGet(999, out var last) && last == "value 999", Is.True);
    }

    [Test]
    public void As_many_as_it_holds_stay_however_they_are_asked_for_in_turn()
    {
        var cache = new EvidenceCache<int, int>(100);
        for (var i = 0; i < 100; i++) cache.Add(i, i, cache.Now);
        for (var round = 0; round < 5; round++) Assert.That(Enumerable.Range(0, 100).Count(i => cache.TryGet(i, out _)), Is.EqualTo(100));
    }

    [Test]
    public void A_value_counts_as_many_times_as_it_weighs()
    {
        var cache = new EvidenceCache<int, int>(100, weight => weight);
        for (var i = 0; i < 1000; i++) cache.Add(i, 25, cache.Now);
        Assert.That(Enumerable.Range(0, 1000).Count(i => cache.TryGet(i, out _)), Is.InRange(4, 8));
    }

    [Test]
    public void A_value_read_before_a_removal_is_not_put_back()
    {
        var cache = new EvidenceCache<int, string>(20);
        var readAt = cache.Now;
        cache.Remove(1);
        cache.Add(1, "as it was before", readAt);
        Assert.That(cache.TryGet(1, out _), Is.False);
        cache.Add(1, "as it is", cache.Now);
        Assert.That(cache.TryGet(1, out _), Is.True);
        cache.RemoveWhere(value => value == "as it is");
        Assert.That(cache.TryGet(1, out _), Is.False);
    }

    [Test]
    public void Without_room_nothing_is_kept()
    {
        var cache = new EvidenceCache<int, string>(0);
        cache.Add(1, "value", cache.Now);
        Assert.That(cache.TryGet(1, out _), Is.False);
    }

    [Test]
    public async Task Threads_that_add_and_remove_leave_nothing_stale()
    {
        var cache = new EvidenceCache<int, long>(64);
        var versions = new long[256];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 50_000; i++)
            {
                var key = random.Next(versions.Length);
                if (random.Next(8) == 0)
                {
                    Interlocked.Increment(ref versions[key]);
                    cache.Remove(key);
                }
                else
                {
                    var readAt = cache.Now;
                    cache.Add(key, Volatile.Read(ref versions[key]), readAt);
                }
            }
        })));
        for (var key = 0; key < versions.Length; key++)
        {
            if (cache.TryGet(key, out var version)) Assert.That(version, Is.EqualTo(versions[key]), $"key {key}");
        }
    }
}
