using System.Buffers.Binary;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Reads what a contract returned or logged: words of 32 bytes by the contract ABI. Strict: values must fit their type, and padding must
/// be zero. Anything else throws a <see cref="FormatException"/>. A value for the length of one reading.
/// </summary>
/// <param name="data">The words.</param>
internal readonly ref struct AbiReader(ReadOnlySpan<byte> data)
{
    public const int WordBytes = 32;

    private readonly ReadOnlySpan<byte> _data = data;

    public int Length => _data.Length;

    /// <summary>A word as it is.</summary>
    /// <param name="index">Its place, counted in words.</param>
    public ReadOnlySpan<byte> Word(int index) => (index + 1L) * WordBytes <= _data.Length
        ? _data.Slice(index * WordBytes, WordBytes)
        : throw new FormatException("It is shorter than its type.");

    /// <summary>A uint256 that is below 2⁶³.</summary>
    public long Number(int index)
    {
        var word = Word(index);
        var value = BinaryPrimitives.ReadUInt64BigEndian(word[^sizeof(ulong)..]);
        return word[..^sizeof(ulong)].ContainsAnyExcept((byte)0) || value > long.MaxValue ? throw new FormatException("A number is greater than can be.") : (long)value;
    }

    /// <summary>A uint256 that is a moment in seconds since 1970.</summary>
    public DateTimeOffset Time(int index) => EvmHex.ToTime((UInt128)Number(index));

    public bool Boolean(int index) => Number(index) switch
    {
        0 => false,
        1 => true,
        _ => throw new FormatException("A boolean is neither 0 nor 1."),
    };

    public EvmAddress Address(int index)
    {
        var word = Word(index);
        const int Padding = WordBytes - EvmAddress.LengthBytes;
        return word[..Padding].ContainsAnyExcept((byte)0) ? throw new FormatException("An address is longer than 20 bytes.") : new EvmAddress(word[Padding..]);
    }

    /// <summary>An offset, which must be the one that every compiler writes.</summary>
    public void Offset(int index, int expectedBytes)
    {
        if (Number(index) != expectedBytes) throw new FormatException("An offset leads elsewhere than it should.");
    }

    /// <summary>The bytes that end the data: their length, then they themselves, filled up to whole words with zeros.</summary>
    /// <param name="index">The place of the length.</param>
    /// <param name="maxLength">The most bytes they can be.</param>
    public ReadOnlySpan<byte> LastBytes(int index, int maxLength)
    {
        var length = Number(index);
        if (length > maxLength) throw new FormatException($"A value has more than {maxLength} bytes.");
        var rest = _data[((index + 1) * WordBytes)..];
        if (rest.Length != (length + WordBytes - 1) / WordBytes * WordBytes) throw new FormatException("It is longer or shorter than its type.");
        return rest[(int)length..].ContainsAnyExcept((byte)0) ? throw new FormatException("The padding isn't zero.") : rest[..(int)length];
    }

    /// <summary>Refuses data of another length.</summary>
    public void ExpectWords(int count)
    {
        if (_data.Length != count * WordBytes) throw new FormatException("It is longer or shorter than its type.");
    }
}
