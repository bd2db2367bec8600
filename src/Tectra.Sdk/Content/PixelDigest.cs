using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tectra.Sdk.Content;

/// <summary>
/// The first 12 bytes of a SHA-256 over a frame's luma, or over the digests of a segment's frames: equal only for pixels that are equal.
/// Written as 24 lower-case hexadecimal digits. Immutable.
/// </summary>
public readonly record struct PixelDigest
{
    /// <summary>The length in bytes.</summary>
    public const int LengthBytes = 12;

    private readonly ulong _high;
    private readonly uint _low;

    /// <summary>Takes the first <see cref="LengthBytes"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public PixelDigest(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, LengthBytes, nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[sizeof(ulong)..]);
    }

    /// <summary>The digest of a frame: of its luma, eight bits a pixel, row by row without gaps, as it is shown.</summary>
    public static PixelDigest OfFrame(ReadOnlySpan<byte> luma)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(luma, hash);
        return new PixelDigest(hash);
    }

    /// <summary>The digest of a segment: of its frames' digests, one behind the other.</summary>
    public static PixelDigest OfSegment(ReadOnlySpan<PixelDigest> frames) => OfFrame(Join(frames));

    /// <summary>Writes the digest.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for <see cref="LengthBytes"/> bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt32BigEndian(destination[sizeof(ulong)..], _low);
    }

    /// <summary>The digest as 24 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Digests one behind the other.</summary>
    internal static byte[] Join(ReadOnlySpan<PixelDigest> digests)
    {
        var bytes = new byte[digests.Length * LengthBytes];
        for (var i = 0; i < digests.Length; i++) digests[i].CopyTo(bytes.AsSpan(i * LengthBytes));
        return bytes;
    }

    /// <summary>The same, apart again.</summary>
    /// <exception cref="FormatException">The bytes aren't a whole number of digests.</exception>
    internal static PixelDigest[] Split(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % LengthBytes != 0) throw new FormatException($"Pixel digests have {LengthBytes} bytes each.");
        var digests = new PixelDigest[bytes.Length / LengthBytes];
        for (var i = 0; i < digests.Length; i++) digests[i] = new PixelDigest(bytes.Slice(i * LengthBytes, LengthBytes));
        return digests;
    }
}
