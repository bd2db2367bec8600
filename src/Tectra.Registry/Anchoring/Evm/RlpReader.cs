namespace Tectra.Registry.Anchoring.Evm;

/// <summary>What is wrong with an encoding.</summary>
internal enum RlpFailure
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It ends before an item does.</summary>
    Truncated,

    /// <summary>There is a shorter encoding of the same: a long header for a short length, leading zeros, a header before a small byte.</summary>
    NotCanonical,

    /// <summary>There is a list where a text should be, or the other way round.</summary>
    WrongKind,

    /// <summary>A text has another length than the field, or an integer is larger.</summary>
    OutOfRange,

    /// <summary>Something follows the last item.</summary>
    TrailingBytes,
}

/// <summary>
/// Reads items of a recursive length prefix encoding one after the other, accepting each only in its one canonical form
/// (Yellow Paper, appendix B). Nothing is allocated, whatever lengths are announced. The first failure stays in
/// <see cref="Failure"/>; every later reading gives nothing, so it is enough to look at it at the end.
/// </summary>
internal ref struct RlpReader(ReadOnlySpan<byte> encoded)
{
    private ReadOnlySpan<byte> _rest = encoded;

    /// <summary>The first thing that was wrong.</summary>
    public RlpFailure Failure { get; private set; }

    /// <summary>Whether every item was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads a text of bytes, whatever its length.</summary>
    public ReadOnlySpan<byte> ReadBytes() => ReadItem(list: false);

    /// <summary>Reads a text of exactly <paramref name="length"/> bytes, or of none.</summary>
    public ReadOnlySpan<byte> ReadOptionalBytes(int length)
    {
        var bytes = ReadBytes();
        return bytes.IsEmpty || bytes.Length == length ? bytes : Fail(RlpFailure.OutOfRange);
    }

    /// <summary>Reads an integer of at most <paramref name="maxBytes"/> bytes as its bytes, big-endian without leading zeros.</summary>
    public ReadOnlySpan<byte> ReadInteger(int maxBytes)
    {
        var bytes = ReadItem(list: false);
        if (bytes is [0, ..]) return Fail(RlpFailure.NotCanonical);
        return bytes.Length > maxBytes ? Fail(RlpFailure.OutOfRange) : bytes;
    }

    /// <summary>Reads an integer below 2⁶⁴.</summary>
    public ulong ReadUInt64()
    {
        ulong value = 0;
        foreach (var digit in ReadInteger(sizeof(ulong))) value = (value << 8) | digit;
        return value;
    }

    /// <summary>Reads an integer below 2¹²⁸.</summary>
    public UInt128 ReadUInt128()
    {
        UInt128 value = 0;
        foreach (var digit in ReadInteger(maxBytes: 16)) value = (value << 8) | digit;
        return value;
    }

    /// <summary>Reads a list; its items are read from the reader that is returned, whose <see cref="Failure"/> is its own.</summary>
    public RlpReader ReadList()
    {
        var items = new RlpReader(ReadItem(list: true));
        items.Failure = Failure;
        return items;
    }

    /// <summary>Fails unless every item was read.</summary>
    public void ReadEnd()
    {
        if (!_rest.IsEmpty) Fail(RlpFailure.TrailingBytes);
    }

    private ReadOnlySpan<byte> ReadItem(bool list)
    {
        if (Failure != RlpFailure.None) return [];
        if (_rest.IsEmpty) return Fail(RlpFailure.Truncated);
        var first = _rest[0];
        if (first >= Rlp.List != list) return Fail(RlpFailure.WrongKind);
        if (first < Rlp.Text) return Take(0, 1);
        var code = first - (list ? Rlp.List : Rlp.Text);
        if (code <= Rlp.MaxShortLength)
        {
            // A single byte below 0x80 is its own encoding.
            if (!list && code == 1 && _rest is [_, < Rlp.Text, ..]) return Fail(RlpFailure.NotCanonical);
            return Take(1, code);
        }
        var lengthBytes = code - Rlp.MaxShortLength;
        if (_rest.Length < 1 + lengthBytes) return Fail(RlpFailure.Truncated);
        ulong length = 0;
        foreach (var digit in _rest.Slice(1, lengthBytes)) length = (length << 8) | digit;
        if (_rest[1] == 0 || length <= Rlp.MaxShortLength) return Fail(RlpFailure.NotCanonical);
        return length > (ulong)_rest.Length ? Fail(RlpFailure.Truncated) : Take(1 + lengthBytes, (int)length);
    }

    private ReadOnlySpan<byte> Take(int offset, int length)
    {
        if (_rest.Length - offset < length) return Fail(RlpFailure.Truncated);
        var item = _rest.Slice(offset, length);
        _rest = _rest[(offset + length)..];
        return item;
    }

    private ReadOnlySpan<byte> Fail(RlpFailure failure)
    {
        if (Failure == RlpFailure.None) Failure = failure;
        _rest = [];
        return [];
    }
}
