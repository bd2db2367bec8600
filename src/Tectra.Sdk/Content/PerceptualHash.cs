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

    /// <summary>The bitwise majority of hashes; where as many have a bit as lack it, the first hash decides.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PerceptualHash MajorityOf(ReadOnlySpan<PerceptualHash> hashes)
    {
        if (hashes.IsEmpty) throw new ArgumentException("There is no hash.", nameof(hashes));
        if (hashes.Length == 1) return hashes[0];
        Span<int> counts = stackalloc int[LengthBits];
        counts.Clear();
        foreach (var hash in hashes)
        {
            for (var rest = hash.Bits; rest != 0; rest &= rest - 1) counts[BitOperations.TrailingZeroCount(rest)]++;
        }
        var majority = 0UL;
        for (var bit = 0; bit < LengthBits; bit++)
        {
            var twice = 2L * counts[bit];
            if (twice > hashes.Length || (twice == hashes.Length && ((hashes[0].Bits >> bit) & 1) != 0)) majority |= 1UL << bit;
        }
        return new PerceptualHash(majority);
    }

    /// <summary>The hash as 16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString("x16", CultureInfo.InvariantCulture);
}
