using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace Tectra.Sdk.Imaging.Containers;

/// <summary>One chunk of a PNG file. The offset is of its length field; the length is of the whole chunk (12 bytes more than its data).</summary>
internal readonly record struct PngChunk(uint Type, int Offset, int Length);

/// <summary>The chunk structure of a PNG file (ISO/IEC 15948).</summary>
internal sealed class PngStructure
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required byte BitDepth { get; init; }

    public required byte ColourType { get; init; }

    public required bool Interlaced { get; init; }

    public required ImmutableArray<PngChunk> Chunks { get; init; }

    /// <summary>The length of the file up to and with its IEND chunk.</summary>
    public required int EndOffset { get; init; }

    public bool Has(uint type) => Chunks.Any(chunk => chunk.Type == type);
}

/// <summary>Takes PNG files apart at their chunks and puts metadata around an encoder's bare file.</summary>
internal static class PngContainer
{
    public const uint Ihdr = 0x49484452, Plte = 0x504C5445, Idat = 0x49444154, Iend = 0x49454E44, Trns = 0x74524E53, Actl = 0x6163544C;

    private const uint Fctl = 0x6663544C, Fdat = 0x66644154, Hist = 0x68495354, Bkgd = 0x624B4744, Sbit = 0x73424954;
    private const uint Iccp = 0x69434350, Exif = 0x65584966, Itxt = 0x69545874, Cabx = 0x63614258;
    private const int SignatureBytes = 8, OverheadBytes = 12, MaxChunks = 100_000;
    private const int MaxInflatedIccBytes = 8 * 1024 * 1024;
    private const int TransformMask = 1 << 29; // bit 5 of a type's first letter: 0 is critical
    private const int SafeToCopyMask = 1 << 5; // bit 5 of its last letter: 1 may be kept whatever was done to the pixels

    // Unsafe to copy by their names, but known not to depend on single pixels: cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD sPLT pCAL sCAL tIME caBX.
    private static readonly FrozenSet<uint> KnownUnsafe = new uint[]
    {
        0x6348524D, 0x67414D41, Iccp, Sbit, 0x73524742, 0x63494350, 0x6D444356, 0x634C4C49, Bkgd, 0x73504C54, 0x7043414C, 0x7343414C, 0x74494D45, Cabx,
    }.ToFrozenSet();

    private static readonly uint[] CrcTable = MakeCrcTable();

    private static ReadOnlySpan<byte> XmpKeyword => "XML:com.adobe.xmp\0"u8;

    /// <summary>Walks the chunks up to IEND.</summary>
    /// <exception cref="InvalidContentException">The file is cut off, or has no header, no pixels, or an absurd number of chunks.</exception>
    public static PngStructure Read(ReadOnlySpan<byte> file)
    {
        var chunks = ImmutableArray.CreateBuilder<PngChunk>();
        var position = SignatureBytes;
        PngChunk chunk;
        do
        {
            if (file.Length - position < OverheadBytes)
                throw new InvalidContentException(ErrorCodes.ImageTruncated, "The PNG ends before its IEND chunk: the file was cut off.");
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
            if (length > int.MaxValue - OverheadBytes) throw new InvalidContentException(ErrorCodes.ImageCorrupt, "A PNG chunk announces an impossible length.");
            chunk = new PngChunk(BinaryPrimitives.ReadUInt32BigEndian(file[(position + 4)..]), position, (int)length + OverheadBytes);
            if (chunk.Length > file.Length - position)
                throw new InvalidContentException(ErrorCodes.ImageTruncated, "The PNG ends inside a chunk: the file was cut off.");
            if (chunks.Count == MaxChunks) throw new InvalidContentException(ErrorCodes.TooComplex, $"The PNG has more than {MaxChunks} chunks.");
            chunks.Add(chunk);
            position += chunk.Length;
        }
        while (chunk.Type != Iend);
        return ReadHeader(file, chunks.ToImmutable(), position);
    }

    /// <summary>
    /// The file with only what decoding needs: the header, palette, transparency and pixels, and any unknown critical
    /// chunk, over which the decoder must stumble. Text and profiles never reach the native library.
    /// </summary>
    public static ReadOnlySpan<byte> ForDecoding(ReadOnlySpan<byte> file, PngStructure structure)
    {
        if (structure.Chunks.All(chunk => IsForDecoding(chunk.Type))) return file[..structure.EndOffset];
        using var filtered = new MemoryStream(structure.EndOffset);
        filtered.Write(file[..SignatureBytes]);
        foreach (var chunk in structure.Chunks)
        {
            if (IsForDecoding(chunk.Type)) filtered.Write(file.Slice(chunk.Offset, chunk.Length));
        }
        return filtered.GetBuffer().AsSpan(0, (int)filtered.Length);
    }

    /// <summary>Everything beside the picture, chunk for chunk, byte for byte.</summary>
    /// <param name="file">The file.</param>
    /// <param name="structure">Its chunks.</param>
    /// <param name="keepsSamples">Whether the picture will be written with the same kind of samples; chunks that speak of them go otherwise.</param>
    public static ImageMetadata ReadMetadata(ReadOnlySpan<byte> file, PngStructure structure, bool keepsSamples)
    {
        var segments = ImmutableArray.CreateBuilder<MetadataSegment>();
        var losses = ImmutableArray.CreateBuilder<string>();
        byte[]? icc = null, exif = null, xmp = null;
        bool afterPixels = false, iccSeen = false;
        foreach (var chunk in structure.Chunks)
        {
            afterPixels |= chunk.Type == Idat;
            if (IsForDecoding(chunk.Type) || chunk.Type is Actl or Fctl or Fdat or Hist) continue;
            if (!keepsSamples && chunk.Type is Bkgd or Sbit) continue;
            if ((chunk.Type & SafeToCopyMask) == 0 && !KnownUnsafe.Contains(chunk.Type))
            {
                losses.Add($"The chunk {NameOf(chunk.Type)} is left out: it may describe the old pixels, and what it means is not known here.");
                continue;
            }
            segments.Add(new MetadataSegment(file.Slice(chunk.Offset, chunk.Length).ToArray(), afterPixels));
            var data = file.Slice(chunk.Offset + 8, chunk.Length - OverheadBytes);
            if (chunk.Type == Exif) exif ??= data.ToArray();
            else if (chunk.Type == Iccp && !iccSeen) (icc, iccSeen) = (InflateIcc(data), true); // inflated once, however many there are
            else if (chunk.Type == Itxt) xmp ??= ReadXmp(data);
        }
        if (file.Length > structure.EndOffset) losses.Add($"{file.Length - structure.EndOffset} bytes behind the end of the picture are left out.");
        return new ImageMetadata
        {
            Source = ImageFormat.Png,
            Segments = segments.ToImmutable(),
            Icc = icc,
            Exif = exif,
            Xmp = xmp,
            Losses = losses.ToImmutable(),
            HasContentCredentials = structure.Has(Cabx),
        };
    }

    /// <summary>Puts metadata into a file that an encoder wrote (IHDR, IDAT…, IEND).</summary>
    public static byte[] Attach(ReadOnlySpan<byte> bare, ImageMetadata metadata)
    {
        var segments = metadata.Source == ImageFormat.Png ? metadata.Segments : Translate(metadata);
        var structure = Read(bare);
        var headerEnd = structure.Chunks[0].Offset + structure.Chunks[0].Length;
        var pixelsEnd = structure.Chunks[^1].Offset;
        using var output = new MemoryStream(bare.Length + segments.Sum(segment => segment.Bytes.Length));
        output.Write(bare[..headerEnd]);
        foreach (var segment in segments.Where(segment => !segment.AfterPixels)) output.Write(segment.Bytes);
        output.Write(bare[headerEnd..pixelsEnd]);
        foreach (var segment in segments.Where(segment => segment.AfterPixels)) output.Write(segment.Bytes);
        output.Write(bare[pixelsEnd..structure.EndOffset]);
        return output.ToArray();
    }

    private static bool IsForDecoding(uint type) => type is Ihdr or Plte or Trns or Idat or Iend || (type & TransformMask) == 0;

    private static PngStructure ReadHeader(ReadOnlySpan<byte> file, ImmutableArray<PngChunk> chunks, int end)
    {
        if (chunks[0] is not { Type: Ihdr, Length: 13 + OverheadBytes } || !chunks.Any(chunk => chunk.Type == Idat))
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The PNG has no picture: its header or its pixels are missing.");
        var header = file.Slice(chunks[0].Offset, chunks[0].Length);
        if (Crc(header[4..^4]) != BinaryPrimitives.ReadUInt32BigEndian(header[^4..]))
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The PNG's header fails its checksum.");
        header = header[8..^4];
        uint width = BinaryPrimitives.ReadUInt32BigEndian(header), height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return new PngStructure
        {
            Width = (int)Math.Min(width, int.MaxValue), // larger ones are invalid anyway, and over every limit
            Height = (int)Math.Min(height, int.MaxValue),
            BitDepth = header[8],
            ColourType = header[9],
            Interlaced = header[12] != 0,
            Chunks = chunks,
            EndOffset = end,
        };
    }

    private static string NameOf(uint type)
    {
        Span<byte> name = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(name, type);
        return name.ContainsAnyExceptInRange((byte)'A', (byte)'z') ? $"0x{type:x8}" : Encoding.ASCII.GetString(name);
    }

    private static byte[]? InflateIcc(ReadOnlySpan<byte> data)
    {
        var nameEnd = data.IndexOf((byte)0);
        if (nameEnd < 1 || data.Length < nameEnd + 2) return null;
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(data[(nameEnd + 2)..].ToArray()), CompressionMode.Decompress);
            using var profile = new MemoryStream();
            var block = new byte[16 * 1024];
            while (inflater.Read(block) is > 0 and var read)
            {
                profile.Write(block, 0, read);
                if (profile.Length > MaxInflatedIccBytes) return null;
            }
            return profile.ToArray();
        }
        catch (InvalidDataException)
        {
            return null; // a damaged profile is carried within PNG as it is, but to no other format
        }
    }

    private static byte[]? ReadXmp(ReadOnlySpan<byte> data)
    {
        // keyword \0, compression flag and method, language tag \0, translated keyword \0, text
        if (!data.StartsWith(XmpKeyword) || data.Length < XmpKeyword.Length + 4 || data[XmpKeyword.Length] != 0) return null;
        var rest = data[(XmpKeyword.Length + 2)..];
        for (var i = 0; i < 2; i++)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0) return null;
            rest = rest[(end + 1)..];
        }
        return rest.ToArray();
    }

    private static ImmutableArray<MetadataSegment> Translate(ImageMetadata metadata)
    {
        var segments = ImmutableArray.CreateBuilder<MetadataSegment>();
        if (metadata.Icc is { } icc)
        {
            using var deflated = new MemoryStream();
            using (var deflater = new ZLibStream(deflated, CompressionLevel.Optimal)) deflater.Write(icc);
            segments.Add(Chunk(Iccp, [.. "ICC profile\0\0"u8, .. deflated.ToArray()]));
        }
        if (metadata.Exif is { } exif) segments.Add(Chunk(Exif, exif));
        if (metadata.Xmp is { } xmp) segments.Add(Chunk(Itxt, [.. XmpKeyword, 0, 0, 0, 0, .. xmp]));
        return segments.ToImmutable();
    }

    private static MetadataSegment Chunk(uint type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[data.Length + OverheadBytes];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4), type);
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, data.Length + 4)));
        return new MetadataSegment(chunk, AfterPixels: false);
    }

    /// <summary>CRC-32 as in annex D of the PNG specification.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
