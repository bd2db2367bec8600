using System.Globalization;
using System.Numerics;

namespace Tectra.Sdk.Content;

/// <summary>
/// A 64-bit perceptual hash, bit for bit Python <c>imagehash.phash</c> (hash size 8, highfreq factor 4), written as 16
/// lower-case hexadecimal digits. Bit 63 is the hash's first bit (row 0, column 0). Immutable.
/// </summary>
/// <param name="Bits">The 64 bits.</param>
public readonly record struct PerceptualHash(ulong Bits)
{
    /// <summary>The length of a hash in bits.</summary>
    public const int LengthBits = 64;

    /// <summary>Reads 16 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static PerceptualHash Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A perceptual hash is 16 lower-case hexadecimal digits.");

    /// <summary>Reads 16 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PerceptualHash hash)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var parsed = LowerHex.TryParse(text, bytes);
        hash = parsed ? new PerceptualHash(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;
        return parsed;
    }

    /// <summary>How many of the 64 bits differ (0 to 64).</summary>
    public int DistanceTo(PerceptualHash other) => BitOperations.PopCount(Bits ^ other.Bits);

    /// <summary>The hash as 16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString("x16", CultureInfo.InvariantCulture);
}
