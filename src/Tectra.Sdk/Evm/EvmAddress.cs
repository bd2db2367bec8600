using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evm;

/// <summary>
/// An account or contract of an EVM chain: 20 bytes, written as <c>0x</c> and 40 hexadecimal digits whose letters' case is
/// a checksum (EIP-55). The default value is the zero address. Immutable.
/// </summary>
public readonly struct EvmAddress : IEquatable<EvmAddress>
{
    /// <summary>The length of an address in bytes.</summary>
    public const int LengthBytes = 20;

    /// <summary>The length of an uncompressed secp256k1 public key without its leading 0x04: the coordinates X and Y.</summary>
    public const int PublicKeyLengthBytes = 64;

    private const string Prefix = "0x";
    private const int Digits = 2 * LengthBytes;
    private readonly Bytes20 _bytes;

    /// <summary>Takes over 20 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="address"/> isn't 20 bytes long.</exception>
    public EvmAddress(ReadOnlySpan<byte> address)
    {
        if (address.Length != LengthBytes) throw new ArgumentException("An EVM address has 20 bytes.", nameof(address));
        address.CopyTo(_bytes);
    }

    /// <summary>Whether this is the zero address, whose key nobody has.</summary>
    public bool IsZero => !((ReadOnlySpan<byte>)_bytes).ContainsAnyExcept((byte)0);

    /// <summary>Whether two addresses are the same.</summary>
    public static bool operator ==(EvmAddress left, EvmAddress right) => left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(EvmAddress left, EvmAddress right) => !left.Equals(right);

    /// <summary>
    /// Reads <c>0x</c> and 40 hexadecimal digits. Letters of one case are taken as they are; of both cases, they must be
    /// the checksum of EIP-55.
    /// </summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static EvmAddress Parse(ReadOnlySpan<char> text) => TryParse(text, out var address)
        ? address
        : throw new FormatException("An EVM address is 0x and 40 hexadecimal digits, in one case or with the right EIP-55 checksum.");

    /// <summary>Reads what <see cref="Parse"/> reads; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EvmAddress address)
    {
        address = default;
        if (text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var digits = text[Prefix.Length..];
        Span<byte> bytes = stackalloc byte[LengthBytes];
        if (Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done) return false;
        var read = new EvmAddress(bytes);
        if (digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F'))
        {
            Span<char> expected = stackalloc char[Digits];
            read.WriteDigits(expected);
            if (!digits.SequenceEqual(expected)) return false;
        }
        address = read;
        return true;
    }

    /// <summary>The account of a secp256k1 key: the last 20 bytes of the public key's Keccak-256 (Yellow Paper, appendix F).</summary>
    /// <param name="uncompressed64">X and Y, 32 bytes big-endian each, without a leading 0x04. Not checked to be on the curve.</param>
    /// <exception cref="ArgumentException"><paramref name="uncompressed64"/> isn't 64 bytes long.</exception>
    public static EvmAddress FromPublicKey(ReadOnlySpan<byte> uncompressed64)
    {
        if (uncompressed64.Length != PublicKeyLengthBytes)
            throw new ArgumentException("An uncompressed secp256k1 public key has 64 bytes after its leading 0x04.", nameof(uncompressed64));
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(uncompressed64, digest);
        return new EvmAddress(digest[^LengthBytes..]);
    }

    /// <summary>Copies the 20 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(EvmAddress other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is EvmAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The address as <c>0x</c> and 40 hexadecimal digits with the checksum of EIP-55.</summary>
    public override string ToString() => string.Create(Prefix.Length + Digits, this, static (text, address) =>
    {
        Prefix.CopyTo(text);
        address.WriteDigits(text[Prefix.Length..]);
    });

    // EIP-55: a letter is upper case where the digit at its place in the Keccak-256 of the lower-case digits is 8 or more.
    private void WriteDigits(Span<char> digits)
    {
        Convert.TryToHexStringLower(_bytes, digits, out _);
        Span<byte> ascii = stackalloc byte[Digits];
        for (var i = 0; i < Digits; i++) ascii[i] = (byte)digits[i];
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(ascii, digest);
        for (var i = 0; i < Digits; i++)
        {
            var nibble = digest[i / 2] >> (4 * (1 - (i % 2)));
            if ((nibble & 8) != 0) digits[i] = char.ToUpperInvariant(digits[i]);
        }
    }

    [InlineArray(LengthBytes)]
    private struct Bytes20
    {
        private byte _first;
    }
}
