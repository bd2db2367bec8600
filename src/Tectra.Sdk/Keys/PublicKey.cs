using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tectra.Sdk.Content;
using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Keys;

/// <summary>An Ed25519 public key (RFC 8032): 32 bytes, written as 64 lower-case hexadecimal digits. Immutable.</summary>
public readonly struct PublicKey : IEquatable<PublicKey>
{
    /// <summary>The length of a public key in bytes.</summary>
    public const int LengthBytes = 32;

    private const int KeyIdBytes = 8;
    private readonly Bytes32 _bytes;

    /// <summary>Takes over 32 bytes. Whether they are a point of the curve shows when a signature is checked.</summary>
    /// <exception cref="ArgumentException"><paramref name="publicKey"/> isn't 32 bytes long.</exception>
    public PublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != LengthBytes) throw new ArgumentException("An Ed25519 public key has 32 bytes.", nameof(publicKey));
        _bytes = Bytes32.From(publicKey);
    }

    /// <summary>The key's short name: the first eight bytes of its SHA-256 as 16 lower-case hexadecimal digits. A hint, not a proof.</summary>
    public string KeyId
    {
        get
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_bytes, digest);
            return LowerHex.Format(digest[..KeyIdBytes]);
        }
    }

    /// <summary>Whether two keys are the same.</summary>
    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static PublicKey Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var key) ? key : throw new FormatException("A public key is 64 lower-case hexadecimal digits.");

    /// <summary>Reads 64 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = LowerHex.TryParse(text, bytes);
        key = parsed ? new PublicKey(bytes) : default;
        return parsed;
    }

    /// <summary>
    /// Whether <paramref name="signature"/> is this key's signature of <paramref name="message"/>. Non-canonical
    /// signatures (S ≥ L), points of small order and wrong lengths are false, never an exception.
    /// </summary>
    public unsafe bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Sodium.EnsureInitialised();
        if (signature.Length != Signature.LengthBytes) return false;
        fixed (byte* messagePointer = message, signaturePointer = signature, keyPointer = (ReadOnlySpan<byte>)_bytes)
            return Sodium.crypto_sign_verify_detached(signaturePointer, messagePointer, (ulong)message.Length, keyPointer) == 0;
    }

    /// <inheritdoc cref="Verify(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool Verify(ReadOnlySpan<byte> message, Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Signature.LengthBytes];
        signature.CopyTo(bytes);
        return Verify(message, bytes);
    }

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>A new array of the 32 bytes.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <inheritdoc/>
    public bool Equals(PublicKey other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PublicKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The key as 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => LowerHex.Format(_bytes);
}
