namespace Tectra.Registry.Similarity;

/// <summary>
/// Keeps the nearest of the matches it is given, and of those at equal distance the lowest sequences: which ones depends
/// on nothing else, not even on the order of arrival.
/// </summary>
internal sealed class NearestMatches(int limit, Column<uint> sequences)
{
    /// <summary>So many matches are kept at least before the farthest are thrown away, which takes sorting.</summary>
    private const int Slack = 1024;

    private readonly List<ulong> _keys = []; // the distance above the sequence
    private ulong _farthest = ulong.MaxValue;
    private bool _cut;

    /// <summary>Takes a match, once.</summary>
    public void Add(int position, int distance)
    {
        var key = ((ulong)distance << 32) | sequences[position];
        if (key < _farthest) _keys.Add(key);
        if (_keys.Count >= limit + (long)Math.Max(limit, Slack)) Trim();
    }

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        _keys.Clear();
        _farthest = ulong.MaxValue;
        _cut = false;
    }

    /// <summary>What was kept.</summary>
    public SimilarityMatches ToMatches()
    {
        Trim();
        var found = new long[_keys.Count];
        for (var i = 0; i < found.Length; i++) found[i] = (uint)_keys[i];
        Array.Sort(found);
        return new SimilarityMatches(found, _cut);
    }

    private void Trim()
    {
        if (_keys.Count <= limit) return;
        _keys.Sort();
        _keys.RemoveRange(limit, _keys.Count - limit);
        _farthest = _keys[^1];
        _cut = true;
    }
}
