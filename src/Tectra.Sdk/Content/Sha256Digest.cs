using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Tectra.Sdk.Content;

/// <summary>A SHA-256 digest (FIPS 180-4): 32 bytes, written as 64 lower-case hexadecimal digits. Immutable.</summary>
public readonly struct Sha256Digest : IEquatable<Sha256Digest>
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int LengthBytes = 32;

    private const int StreamBufferBytes = 128 * 1024;
    private readonly Bytes32 _bytes;

    /// <summary>Takes over the 32 bytes of a digest that was computed elsewhere.</summary>
    /// <exception cref="ArgumentException"><paramref name="digest"/> isn't 32 bytes long.</exception>
    public Sha256Digest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != LengthBytes) throw new ArgumentException("A SHA-256 digest has 32 bytes.", nameof(digest));
        _bytes = Bytes32.From(digest);
    }

    /// <summary>Whether two digests are the same.</summary>
    public static bool operator ==(Sha256Digest left, Sha256Digest right) => left.Equals(right);

    /// <summary>Whether two digests differ.</summary>
    public static bool operator !=(Sha256Digest left, Sha256Digest right) => !left.Equals(right);

    /// <summary>Hashes bytes in memory.</summary>
    public static Sha256Digest Compute(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA256.HashData(content, digest);
        return new Sha256Digest(digest);
    }

    /// <summary>Hashes a stream from its current position to its end in constant memory, whatever its length.</summary>
    public static async ValueTask<Sha256Digest> ComputeAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(StreamBufferBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return new Sha256Digest(hash.GetHashAndReset());
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Sha256Digest Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("A SHA-256 digest is 64 lower-case hexadecimal digits.");

    /// <summary>Reads 64 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sha256Digest digest)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = LowerHex.TryParse(text, bytes);
        digest = parsed ? new Sha256Digest(bytes) : default;
        return parsed;
    }

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>A new array of the 32 bytes.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <inheritdoc/>
    public bool Equals(Sha256Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Sha256Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The digest as 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => LowerHex.Format(_bytes);
}
