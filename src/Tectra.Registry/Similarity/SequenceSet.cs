namespace Tectra.Registry.Similarity;

/// <summary>Sequence numbers below 2³², a bit for each in pages of 4 kB. For one thread.</summary>
internal sealed class SequenceSet
{
    private const int PageBits = 15, PageWords = 1 << (PageBits - 6), PageMask = (1 << PageBits) - 1;

    private ulong[]?[] _pages = [];
    private int _used;

    /// <summary>How much memory it takes.</summary>
    public long Bytes => ((long)Volatile.Read(ref _used) * PageWords * sizeof(ulong)) + ((long)Volatile.Read(ref _pages).Length * IntPtr.Size);

    public bool Contains(uint sequence)
    {
        var page = (int)(sequence >> PageBits);
        return page < _pages.Length && _pages[page] is { } words && (words[Word(sequence)] & Bit(sequence)) != 0;
    }

    /// <summary>Makes room for a number.</summary>
    public void Reserve(uint sequence)
    {
        var page = (int)(sequence >> PageBits);
        if (page >= _pages.Length) Array.Resize(ref _pages, Math.Max(2 * _pages.Length, page + 1));
        if (_pages[page] is not null) return;
        _pages[page] = new ulong[PageWords];
        _used++;
    }

    /// <summary>Adds a number that has room.</summary>
    public void Add(uint sequence) => _pages[sequence >> PageBits]![Word(sequence)] |= Bit(sequence);

    private static int Word(uint sequence) => (int)(sequence & PageMask) >> 6;

    private static ulong Bit(uint sequence) => 1UL << (int)(sequence & 63);
}
