using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Thirty-two bytes that an EVM chain names something by: the hash of a transaction, of a block, of a contract's code, or a log's
/// topic. Written as <c>0x</c> and 64 lower-case hexadecimal digits. Immutable.
/// </summary>
public readonly struct EvmHash : IEquatable<EvmHash>
{
    /// <summary>The length in bytes.</summary>
    public const int LengthBytes = 32;

    private const string Prefix = "0x";
    private readonly Bytes32 _bytes;

    /// <summary>Takes over 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> isn't 32 bytes long.</exception>
    public EvmHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != LengthBytes) throw new ArgumentException("A hash has 32 bytes.", nameof(hash));
        _bytes = Bytes32.From(hash);
    }

    /// <summary>Whether two hashes are the same.</summary>
    public static bool operator ==(EvmHash left, EvmHash right) => left.Equals(right);

    /// <summary>Whether two hashes differ.</summary>
    public static bool operator !=(EvmHash left, EvmHash right) => !left.Equals(right);

    /// <summary>Reads <c>0x</c> and 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static EvmHash Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A hash of the chain is 0x and 64 lower-case hexadecimal digits.");

    /// <summary>Reads <c>0x</c> and 64 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EvmHash hash)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = text.StartsWith(Prefix, StringComparison.Ordinal) && LowerHex.TryParse(text[Prefix.Length..], bytes);
        hash = parsed ? new EvmHash(bytes) : default;
        return parsed;
    }

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(EvmHash other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is EvmHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The hash as <c>0x</c> and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Prefix + LowerHex.Format(_bytes);
}
