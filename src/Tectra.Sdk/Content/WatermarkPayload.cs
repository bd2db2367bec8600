using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Content;

/// <summary>
/// The 128 bits that a watermark carries: the first 16 bytes of the SHA-256 of a fingerprint signature. Bit 127 is the
/// first bit of the first byte. Immutable.
/// </summary>
/// <param name="Bits">The 128 bits, first byte most significant.</param>
public readonly record struct WatermarkPayload(UInt128 Bits)
{
    /// <summary>The length of a payload in bits.</summary>
    public const int LengthBits = 128;

    /// <summary>The length of a payload in bytes.</summary>
    public const int LengthBytes = 16;

    /// <summary>Takes over 16 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> isn't 16 bytes long.</exception>
    public WatermarkPayload(ReadOnlySpan<byte> bytes)
        : this(bytes.Length == LengthBytes
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ArgumentException("A watermark payload has 16 bytes.", nameof(bytes)))
    {
    }

    /// <summary>The payload that belongs to a fingerprint signature.</summary>
    public static WatermarkPayload FromSignature(Signature signature)
    {
        Span<byte> message = stackalloc byte[Signature.LengthBytes];
        signature.CopyTo(message);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return new WatermarkPayload(digest[..LengthBytes]);
    }

    /// <summary>Reads 32 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static WatermarkPayload Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var payload) ? payload : throw new FormatException("A watermark payload is 32 lower-case hexadecimal digits.");

    /// <summary>Reads 32 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out WatermarkPayload payload)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = LowerHex.TryParse(text, bytes);
        payload = parsed ? new WatermarkPayload(bytes) : default;
        return parsed;
    }

    /// <summary>How many of the 128 bits differ (0 to 128).</summary>
    public int DistanceTo(WatermarkPayload other) => (int)UInt128.PopCount(Bits ^ other.Bits);

    /// <summary>Copies the 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);

    /// <summary>The payload as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString("x32", CultureInfo.InvariantCulture);
}
