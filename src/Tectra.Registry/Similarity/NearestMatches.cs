namespace Tectra.Registry.Similarity;

/// <summary>Keeps the nearest of the matches it is given, and of those at equal distance the first positions.</summary>
internal sealed class NearestMatches(int limit)
{
    /// <summary>At least so many are kept in excess of the limit before the farthest are sorted out.</summary>
    private const int LeastExcess = 1024;

    private readonly List<long> _keys = []; // the distance above the position
    private long _farthest = long.MaxValue;
    private bool _isCut;

    /// <summary>Takes a match, once.</summary>
    public void Add(int position, int distance)
    {
        var key = ((long)distance << 32) | (uint)position;
        if (key > _farthest) return;
        _keys.Add(key);
        if (_keys.Count >= limit + (long)Math.Max(limit, LeastExcess)) Cut();
    }

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        _keys.Clear();
        _farthest = long.MaxValue;
        _isCut = false;
    }

    /// <summary>The positions that were kept, in no order.</summary>
    public int[] ToPositions(out bool isCut)
    {
        Cut();
        isCut = _isCut;
        return [.. _keys.Select(key => (int)key)];
    }

    /// <summary>The positions that were kept and their distances, in no order.</summary>
    public (int Position, int Distance)[] ToMatches()
    {
        Cut();
        return [.. _keys.Select(key => ((int)key, (int)(key >> 32)))];
    }

    private void Cut()
    {
        if (_keys.Count <= limit) return;
        _keys.Sort();
        _keys.RemoveRange(limit, _keys.Count - limit);
        _farthest = _keys[^1];
        _isCut = true;
    }
}
