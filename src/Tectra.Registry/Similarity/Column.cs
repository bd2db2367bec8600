using System.Runtime.CompilerServices;

namespace Tectra.Registry.Similarity;

/// <summary>
/// Values by position, in blocks of <see cref="BlockLength"/>: growing copies no value, and never holds two copies. One
/// thread writes; others may read every position that was published to them (by a volatile write) after it was written.
/// </summary>
internal sealed class Column<T>
    where T : unmanaged
{
    /// <summary>The length of a block, and how a position is split: <c>position >> BlockBits</c> and <c>position &amp; BlockMask</c>.</summary>
    public const int BlockBits = 15, BlockLength = 1 << BlockBits, BlockMask = BlockLength - 1;

    private T[][] _blocks = [];
    private int _used;

    /// <summary>The blocks as they are now: all that hold a published position, and possibly empty entries after them.</summary>
    public T[][] Blocks => Volatile.Read(ref _blocks);

    /// <summary>How much memory the blocks take.</summary>
    public long Bytes => (long)Volatile.Read(ref _used) * BlockLength * Unsafe.SizeOf<T>();

    public ref T this[int position] => ref Blocks[position >> BlockBits][position & BlockMask];

    /// <summary>Makes room for the next position. Positions come one after the other.</summary>
    public void Reserve(int position)
    {
        if (position >> BlockBits < _used) return;
        var block = new T[BlockLength];
        var blocks = _blocks;
        if (_used == blocks.Length) Array.Resize(ref blocks, Math.Max(2 * _used, 4));
        blocks[_used] = block;
        Volatile.Write(ref _blocks, blocks);
        Volatile.Write(ref _used, _used + 1);
    }
}
