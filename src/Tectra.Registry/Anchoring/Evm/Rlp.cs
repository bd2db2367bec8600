using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// The recursive length prefix (Yellow Paper, appendix B): how long things become. A list's header holds the length of what
/// follows, so lengths are added up first, and <see cref="RlpWriter"/> then writes once into the right place.
/// </summary>
internal static class Rlp
{
    /// <summary>Texts and lists up to this length have a header of one byte.</summary>
    internal const int MaxShortLength = 55;

    internal const byte Text = 0x80, List = 0xC0;

    /// <summary>The length of an empty list, or of an empty text.</summary>
    public const int EmptyLength = 1;

    /// <summary>The encoded length of a text of bytes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => bytes is [< Text] ? 1 : HeaderLength(bytes.Length) + bytes.Length;

    /// <summary>The encoded length of an integer: big-endian without leading zeros, 0 being the empty text.</summary>
    public static int LengthOf(UInt128 integer) => integer < Text ? 1 : 1 + SignificantBytes(integer);

    /// <summary>The encoded length of a list whose items have <paramref name="payloadLength"/> bytes together.</summary>
    public static int LengthOfList(int payloadLength) => HeaderLength(payloadLength) + payloadLength;

    /// <summary>An integer's bytes without leading zeros.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bigEndian) => bigEndian.TrimStart((byte)0);

    internal static int SignificantBytes(UInt128 integer) => 16 - ((int)UInt128.LeadingZeroCount(integer) / 8);

    internal static int LengthBytes(int length) => 4 - (BitOperations.LeadingZeroCount((uint)length) / 8);

    private static int HeaderLength(int length) => length <= MaxShortLength ? 1 : 1 + LengthBytes(length);
}

/// <summary>Writes items one after the other into memory that the caller has measured with <see cref="Rlp"/>.</summary>
internal ref struct RlpWriter(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    /// <summary>What hasn't been written to yet; empty once everything is.</summary>
    public readonly int RemainingBytes => _rest.Length;

    /// <summary>Begins a list whose items, which follow, have <paramref name="payloadLength"/> bytes together.</summary>
    public void WriteListHeader(int payloadLength) => WriteHeader(Rlp.List, payloadLength);

    /// <summary>Writes a text of bytes.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [< Rlp.Text]) WriteHeader(Rlp.Text, bytes.Length);
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }

    /// <summary>Writes an integer.</summary>
    public void Write(UInt128 integer)
    {
        Span<byte> bigEndian = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bigEndian, integer);
        Write(Rlp.Trim(bigEndian));
    }

    private void WriteHeader(byte kind, int length)
    {
        Debug.Assert(length >= 0, "Lengths are of spans.");
        if (length <= Rlp.MaxShortLength)
        {
            _rest[0] = (byte)(kind + length);
            _rest = _rest[1..];
            return;
        }
        var bytes = Rlp.LengthBytes(length);
        _rest[0] = (byte)(kind + Rlp.MaxShortLength + bytes);
        for (var i = bytes; i > 0; i--, length >>= 8) _rest[i] = (byte)length;
        _rest = _rest[(1 + bytes)..];
    }
}
