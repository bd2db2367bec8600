using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tectra.Sdk.Imaging.Containers;

/// <summary>One chunk of a WebP file. The offset is of its FourCC; the data length is without header and padding.</summary>
internal readonly record struct WebPChunk(uint Type, int Offset, int DataLength)
{
    public int DataOffset => Offset + WebPContainer.ChunkHeaderBytes;
}

/// <summary>The chunk structure of a WebP file (RFC 9649).</summary>
internal sealed class WebPStructure
{
    public required ImmutableArray<WebPChunk> Chunks { get; init; }

    /// <summary>The length of the file that the RIFF header announces.</summary>
    public required int EndOffset { get; init; }

    /// <summary>Canvas size from VP8X, or 0 where there is no such chunk.</summary>
    public required int CanvasWidth { get; init; }

    public required int CanvasHeight { get; init; }

    /// <summary>Whether the file is an animation.</summary>
    public required bool IsAnimated { get; init; }

    public WebPChunk? Find(uint type)
    {
        foreach (var chunk in Chunks)
        {
            if (chunk.Type == type) return chunk;
        }
        return null;
    }
}

/// <summary>The first frame of an animation: where it stands on the canvas, and its image chunks.</summary>
internal readonly record struct WebPFrame(int X, int Y, int Width, int Height, int ChunksOffset, int ChunksLength);

/// <summary>Takes WebP files apart at their chunks and puts metadata around an encoder's bare file.</summary>
internal static class WebPContainer
{
    public const int ChunkHeaderBytes = 8;
    public const uint Vp8 = 0x56503820, Vp8L = 0x5650384C, Vp8X = 0x56503858, Anmf = 0x414E4D46;

    private const uint Alph = 0x414C5048, Anim = 0x414E494D, Iccp = 0x49434350, Exif = 0x45584946, Xmp = 0x584D5020, C2pa = 0x43325041;
    private const int RiffHeaderBytes = 12, Vp8XBytes = 10, FrameHeaderBytes = 16, MaxChunks = 100_000;
    private const byte AnimationFlag = 0x02, XmpFlag = 0x04, ExifFlag = 0x08, AlphaFlag = 0x10, IccFlag = 0x20;

    /// <summary>Walks the chunks.</summary>
    /// <exception cref="InvalidContentException">The file is cut off, or has an impossible or absurd structure.</exception>
    public static WebPStructure Read(ReadOnlySpan<byte> file)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (size > (uint)file.Length - ChunkHeaderBytes)
            throw new InvalidContentException(ErrorCodes.ImageTruncated, "The WebP is shorter than its header announces: the file was cut off.");
        var end = (int)size + ChunkHeaderBytes;
        var chunks = ReadChunks(file[..end], RiffHeaderBytes);
        if (chunks.IsEmpty) throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The WebP has no chunk.");
        int width = 0, height = 0;
        var animated = false;
        if (chunks[0] is { Type: Vp8X, DataLength: >= Vp8XBytes } extended)
        {
            var data = file.Slice(extended.DataOffset, Vp8XBytes);
            animated = (data[0] & AnimationFlag) != 0;
            width = ReadUInt24(data[4..]) + 1;
            height = ReadUInt24(data[7..]) + 1;
        }
        return new WebPStructure { Chunks = chunks, EndOffset = end, CanvasWidth = width, CanvasHeight = height, IsAnimated = animated };
    }

    /// <summary>The first frame of an animation.</summary>
    /// <exception cref="InvalidContentException">There is none, or it lies outside the canvas.</exception>
    public static WebPFrame ReadFirstFrame(ReadOnlySpan<byte> file, WebPStructure structure)
    {
        if (structure.Find(Anmf) is not { DataLength: > FrameHeaderBytes } chunk)
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The WebP animation has no frame.");
        var data = file.Slice(chunk.DataOffset, chunk.DataLength);
        var frame = new WebPFrame(
            2 * ReadUInt24(data), 2 * ReadUInt24(data[3..]), ReadUInt24(data[6..]) + 1, ReadUInt24(data[9..]) + 1,
            chunk.DataOffset + FrameHeaderBytes, chunk.DataLength - FrameHeaderBytes);
        if (frame.X + (long)frame.Width > structure.CanvasWidth || frame.Y + (long)frame.Height > structure.CanvasHeight)
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "A frame of the WebP animation lies outside its canvas.");
        return frame;
    }

    /// <summary>A still WebP file of a frame's image chunks, which is what the decoder takes.</summary>
    public static byte[] StillOf(ReadOnlySpan<byte> file, WebPFrame frame)
    {
        var body = file.Slice(frame.ChunksOffset, frame.ChunksLength);
        var alpha = ReadChunks(body, 0).Any(chunk => chunk.Type == Alph);
        using var output = new MemoryStream();
        WriteRiff(output, stream =>
        {
            if (alpha) WriteExtended(stream, AlphaFlag, frame.Width, frame.Height);
        });
        output.Write(body);
        return Close(output);
    }

    /// <summary>Everything beside the picture, chunk for chunk, byte for byte.</summary>
    public static ImageMetadata ReadMetadata(ReadOnlySpan<byte> file, WebPStructure structure)
    {
        var segments = ImmutableArray.CreateBuilder<MetadataSegment>();
        var losses = ImmutableArray.CreateBuilder<string>();
        byte[]? icc = null, exif = null, xmp = null;
        foreach (var chunk in structure.Chunks)
        {
            if (chunk.Type is Vp8 or Vp8L or Vp8X or Alph or Anim or Anmf) continue;
            var data = file.Slice(chunk.DataOffset, chunk.DataLength);
            var whole = new byte[ChunkHeaderBytes + data.Length + (data.Length & 1)];
            file.Slice(chunk.Offset, ChunkHeaderBytes + data.Length).CopyTo(whole);
            segments.Add(new MetadataSegment(whole, AfterPixels: chunk.Type != Iccp));
            if (chunk.Type == Iccp) icc ??= data.ToArray();
            else if (chunk.Type == Exif) exif ??= (data.StartsWith("Exif\0\0"u8) ? data[6..] : data).ToArray();
            else if (chunk.Type == Xmp) xmp ??= data.ToArray();
        }
        if (file.Length > structure.EndOffset) losses.Add($"{file.Length - structure.EndOffset} bytes behind the end of the picture are left out.");
        return new ImageMetadata
        {
            Source = ImageFormat.WebP,
            Segments = segments.ToImmutable(),
            Icc = icc,
            Exif = exif,
            Xmp = xmp,
            Losses = losses.ToImmutable(),
            HasContentCredentials = structure.Find(C2pa) is not null,
        };
    }

    /// <summary>Puts metadata into a file that an encoder wrote.</summary>
    public static byte[] Attach(ReadOnlySpan<byte> bare, ImageMetadata metadata, int width, int height, bool hasAlpha)
    {
        var segments = metadata.Source == ImageFormat.WebP ? metadata.Segments : Translate(metadata);
        if (segments.IsEmpty) return bare.ToArray();
        var structure = Read(bare);
        using var output = new MemoryStream(bare.Length + segments.Sum(segment => segment.Bytes.Length) + 64);
        byte flags = hasAlpha ? AlphaFlag : (byte)0;
        foreach (var segment in segments)
        {
            flags |= BinaryPrimitives.ReadUInt32BigEndian(segment.Bytes) switch { Iccp => IccFlag, Exif => ExifFlag, Xmp => XmpFlag, _ => 0 };
        }
        WriteRiff(output, stream => WriteExtended(stream, flags, width, height));
        foreach (var segment in segments.Where(segment => !segment.AfterPixels)) output.Write(segment.Bytes);
        foreach (var chunk in structure.Chunks.Where(chunk => chunk.Type is Alph or Vp8 or Vp8L))
            output.Write(bare.Slice(chunk.Offset, ChunkHeaderBytes + chunk.DataLength + (chunk.DataLength & 1)));
        foreach (var segment in segments.Where(segment => segment.AfterPixels)) output.Write(segment.Bytes);
        return Close(output);
    }

    private static ImmutableArray<WebPChunk> ReadChunks(ReadOnlySpan<byte> file, int position)
    {
        var chunks = ImmutableArray.CreateBuilder<WebPChunk>();
        while (file.Length - position >= ChunkHeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(position + 4)..]);
            if (length > (uint)(file.Length - position - ChunkHeaderBytes))
                throw new InvalidContentException(ErrorCodes.ImageTruncated, "The WebP ends inside a chunk: the file was cut off.");
            if (chunks.Count == MaxChunks) throw new InvalidContentException(ErrorCodes.TooComplex, $"The WebP has more than {MaxChunks} chunks.");
            chunks.Add(new WebPChunk(BinaryPrimitives.ReadUInt32BigEndian(file[position..]), position, (int)length));
            position = (int)Math.Min(position + ChunkHeaderBytes + (long)length + (length & 1), file.Length);
        }
        return chunks.ToImmutable();
    }

    private static ImmutableArray<MetadataSegment> Translate(ImageMetadata metadata)
    {
        var segments = ImmutableArray.CreateBuilder<MetadataSegment>();
        void Add(uint type, byte[]? data, bool afterPixels)
        {
            if (data is null) return;
            using var chunk = new MemoryStream();
            WriteChunk(chunk, type, data);
            segments.Add(new MetadataSegment(chunk.ToArray(), afterPixels));
        }
        Add(Iccp, metadata.Icc, afterPixels: false);
        Add(Exif, metadata.Exif, afterPixels: true);
        Add(Xmp, metadata.Xmp, afterPixels: true);
        return segments.ToImmutable();
    }

    private static void WriteRiff(MemoryStream output, Action<MemoryStream> writeFirst)
    {
        output.Write("RIFF\0\0\0\0WEBP"u8);
        writeFirst(output);
    }

    private static void WriteExtended(MemoryStream output, byte flags, int width, int height)
    {
        Span<byte> data = stackalloc byte[Vp8XBytes];
        data[0] = flags;
        WriteUInt24(data[4..], width - 1);
        WriteUInt24(data[7..], height - 1);
        WriteChunk(output, Vp8X, data);
    }

    private static void WriteChunk(MemoryStream output, uint type, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[ChunkHeaderBytes];
        BinaryPrimitives.WriteUInt32BigEndian(header, type);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], data.Length);
        output.Write(header);
        output.Write(data);
        if ((data.Length & 1) != 0) output.WriteByte(0);
    }

    private static byte[] Close(MemoryStream output)
    {
        var file = output.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - ChunkHeaderBytes);
        return file;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    private static void WriteUInt24(Span<byte> bytes, int value)
    {
        bytes[0] = (byte)value;
        bytes[1] = (byte)(value >> 8);
        bytes[2] = (byte)(value >> 16);
    }
}
