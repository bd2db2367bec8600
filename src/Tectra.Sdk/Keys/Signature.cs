using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Keys;

/// <summary>An Ed25519 signature (RFC 8032): 64 bytes, written as 128 lower-case hexadecimal digits. Immutable.</summary>
public readonly struct Signature : IEquatable<Signature>
{
    /// <summary>The length of a signature in bytes.</summary>
    public const int LengthBytes = 64;

    private readonly Bytes64 _bytes;

    /// <summary>Takes over 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="signature"/> isn't 64 bytes long.</exception>
    public Signature(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != LengthBytes) throw new ArgumentException("An Ed25519 signature has 64 bytes.", nameof(signature));
        _bytes = Bytes64.From(signature);
    }

    /// <summary>Whether two signatures are the same.</summary>
    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    /// <summary>Whether two signatures differ.</summary>
    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    /// <summary>Reads 128 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Signature Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var signature) ? signature : throw new FormatException("A signature is 128 lower-case hexadecimal digits.");

    /// <summary>Reads 128 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Signature signature)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = LowerHex.TryParse(text, bytes);
        signature = parsed ? new Signature(bytes) : default;
        return parsed;
    }

    /// <summary>Copies the 64 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>A new array of the 64 bytes.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <inheritdoc/>
    public bool Equals(Signature other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The signature as 128 lower-case hexadecimal digits.</summary>
    public override string ToString() => LowerHex.Format(_bytes);
}
