using System.Collections.Concurrent;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Records;

/// <summary>A record as it was last read, examined.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Evidence">What there is on it.</param>
/// <param name="IsSubmitted">Whether its batch was sent to a chain; may be late in a record that was kept.</param>
internal sealed record KnownRecord(long Sequence, string UserId, ExaminedEvidence Evidence, bool IsSubmitted);

/// <summary>
/// What was lately asked for by a key. Two generations: when the young one is full it becomes the old one, and what nobody asked
/// for in between is gone. Whoever adds says when they began to read: what was removed since then isn't put back in its old
/// state. A value counts as many times as it weighs. Thread-safe.
/// </summary>
internal sealed class EvidenceCache<TKey, TValue>
    where TKey : notnull
{
    private readonly int _capacity;
    private readonly Func<TValue, int> _weigh;
    private Generation _young = new();
    private Generation _old = new();
    private long _removals;

    /// <param name="capacity">How many values of weight 1 it holds at least, and twice as many at most; 0 holds none.</param>
    /// <param name="weigh">How many values of usual size one is as large as, at least 1; null if all are alike.</param>
    public EvidenceCache(int capacity, Func<TValue, int>? weigh = null)
    {
        _capacity = capacity;
        _weigh = weigh ?? (static _ => 1);
    }

    /// <summary>To be taken before the database is read, and given with what is then added.</summary>
    public long Now => Volatile.Read(ref _removals);

    public bool TryGet(TKey key, out TValue value)
    {
        if (_young.Values.TryGetValue(key, out value!)) return true;
        var before = Now;
        if (!_old.Values.TryGetValue(key, out value!)) return false;
        Add(key, value, before);
        return true;
    }

    public void Add(TKey key, TValue value, long readAt)
    {
        if (_capacity == 0 || readAt != Now) return;
        var young = _young;
        if (young.Values.TryAdd(key, value) && Interlocked.Add(ref young.Count, _weigh(value)) >= _capacity && Interlocked.CompareExchange(ref _young, new Generation(), young) == young)
            _old = young;
        if (readAt != Now) Remove(key); // removed while it was added
    }

    public void Remove(TKey key)
    {
        Interlocked.Increment(ref _removals);
        _young.Values.TryRemove(key, out _);
        _old.Values.TryRemove(key, out _);
    }

    public void RemoveWhere(Func<TValue, bool> condition)
    {
        Interlocked.Increment(ref _removals);
        foreach (var generation in new[] { _young, _old })
        {
            foreach (var (key, value) in generation.Values)
            {
                if (condition(value)) generation.Values.TryRemove(key, out _);
            }
        }
    }

    private sealed class Generation
    {
        public int Count;

        public ConcurrentDictionary<TKey, TValue> Values { get; } = [];
    }
}
