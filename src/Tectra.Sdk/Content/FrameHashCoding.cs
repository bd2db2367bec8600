using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tectra.Sdk.Content;

/// <summary>
/// Frame hashes as bytes, run-length coded: eight big-endian bytes of a hash, then how often it follows itself, as LEB128 (seven bits
/// a byte, the lowest first, the highest bit set in all but the last byte). Each sequence has one coding: runs are as long as they
/// can be, and numbers as short.
/// </summary>
internal static class FrameHashCoding
{
    public static byte[] Encode(ReadOnlySpan<PerceptualHash> frames)
    {
        var bytes = new MemoryStream();
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < frames.Length;)
        {
            var run = 1;
            while (i + run < frames.Length && frames[i + run] == frames[i]) run++;
            BinaryPrimitives.WriteUInt64BigEndian(word, frames[i].Bits);
            bytes.Write(word);
            var repeats = run - 1;
            for (; repeats >= 0x80; repeats >>= 7) bytes.WriteByte((byte)(repeats | 0x80));
            bytes.WriteByte((byte)repeats);
            i += run;
        }
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The bytes aren't the coding of 1 to <paramref name="maxFrames"/> hashes.</exception>
    public static ImmutableArray<PerceptualHash> Decode(ReadOnlySpan<byte> bytes, int maxFrames)
    {
        var frames = ImmutableArray.CreateBuilder<PerceptualHash>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length <= sizeof(ulong)) throw new FormatException("The frame hashes end in the middle of a run.");
            var hash = new PerceptualHash(BinaryPrimitives.ReadUInt64BigEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
            if (frames.Count > 0 && frames[^1] == hash) throw new FormatException("Two runs of frame hashes are one.");
            long repeats = 0;
            for (var shift = 0; ; shift += 7)
            {
                if (bytes.IsEmpty || shift > 21) throw new FormatException("A run of frame hashes has no length, or too long a one.");
                var digit = bytes[0];
                bytes = bytes[1..];
                if (digit == 0 && shift > 0) throw new FormatException("A run's length isn't written in the shortest form.");
                repeats |= (long)(digit & 0x7f) << shift;
                if (digit < 0x80) break;
            }
            if (frames.Count + repeats + 1 > maxFrames) throw new FormatException($"There are more than {maxFrames} frame hashes.");
            for (var i = 0L; i <= repeats; i++) frames.Add(hash);
        }
        return frames.Count > 0 ? frames.DrainToImmutable() : throw new FormatException("There is no frame hash.");
    }
}
