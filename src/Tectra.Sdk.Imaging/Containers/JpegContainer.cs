using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tectra.Sdk.Imaging.Containers;

/// <summary>One component of a JPEG frame.</summary>
internal readonly record struct JpegComponent(byte Id, int HorizontalSampling, int VerticalSampling, int QuantisationTable);

/// <summary>The marker structure of a JPEG file (ISO/IEC 10918-1 annex B), without its entropy-coded data.</summary>
internal sealed class JpegStructure
{
    public required byte FrameMarker { get; init; }

    public required int Precision { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required JpegComponent[] Components { get; init; }

    /// <summary>The quantisation tables by destination, each of 64 values in zigzag order; null where none was defined.</summary>
    public required ushort[]?[] QuantisationTables { get; init; }

    /// <summary>The colour transform of the Adobe marker (0 none, 1 YCbCr, 2 YCCK); null without such a marker.</summary>
    public required byte? AdobeTransform { get; init; }

    public required int ScanCount { get; init; }

    /// <summary>The length of the file up to and with its EOI marker.</summary>
    public required int EndOffset { get; init; }

    public required ImmutableArray<(byte Marker, int Offset, int Length)> Segments { get; init; }
}

/// <summary>Takes JPEG files apart at their markers and puts metadata around an encoder's bare file.</summary>
internal static class JpegContainer
{
    private const byte Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, Dqt = 0xDB, Dht = 0xC4, Dac = 0xCC, App0 = 0xE0, App1 = 0xE1, App2 = 0xE2, App11 = 0xEB, App14 = 0xEE, App15 = 0xEF, Com = 0xFE;
    private const int MaxSegments = 4096;
    private const int MaxSegmentPayload = 65533;
    private const int IccHeaderBytes = 14, IccChunkBytes = MaxSegmentPayload - IccHeaderBytes;

    private static ReadOnlySpan<byte> ExifHeader => "Exif\0\0"u8;

    private static ReadOnlySpan<byte> XmpHeader => "http://ns.adobe.com/xap/1.0/\0"u8;

    private static ReadOnlySpan<byte> IccHeader => "ICC_PROFILE\0"u8;

    private static ReadOnlySpan<byte> JfifHeader => "JFIF\0"u8;

    /// <summary>Walks the markers up to EOI.</summary>
    /// <exception cref="InvalidContentException">There is no frame, no scan, no EOI, or an absurd number of segments.</exception>
    public static JpegStructure Read(ReadOnlySpan<byte> file)
    {
        var segments = ImmutableArray.CreateBuilder<(byte, int, int)>();
        var tables = new ushort[]?[4];
        (byte Marker, int Offset, int Length)? frame = null;
        byte? adobe = null;
        int scans = 0, position = 2;
        while (true)
        {
            position = FindMarker(file, position);
            var marker = file[position + 1];
            if (marker == Eoi) break;
            if (marker is Soi or 0x01 or (>= 0xD0 and <= 0xD7))
            {
                position += 2; // stand-alone markers
                continue;
            }
            var length = SegmentLength(file, position);
            if (segments.Count == MaxSegments)
                throw new InvalidContentException(ErrorCodes.TooComplex, $"The JPEG has more than {MaxSegments} segments.");
            segments.Add((marker, position, length));
            var payload = file.Slice(position + 4, length - 4);
            if (marker == Dqt) ReadTables(payload, tables);
            else if (marker == App14 && payload.Length >= 12 && payload.StartsWith("Adobe"u8)) adobe = payload[11];
            else if (IsFrame(marker)) frame ??= (marker, position, length);
            else if (marker == Sos) scans++;
            position += length;
        }
        if (frame is not { } start || scans == 0)
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The JPEG has no picture: a frame header or a scan is missing.");
        return ReadFrame(file, start, adobe, tables, scans, position + 2, segments.ToImmutable());
    }

    /// <summary>Everything beside the picture: application segments and comments, byte for byte.</summary>
    public static ImageMetadata ReadMetadata(ReadOnlySpan<byte> file, JpegStructure structure)
    {
        var segments = ImmutableArray.CreateBuilder<MetadataSegment>();
        var losses = ImmutableArray.CreateBuilder<string>();
        var iccChunks = new SortedDictionary<byte, byte[]>();
        byte[]? exif = null, xmp = null;
        var credentials = false;
        foreach (var (marker, offset, length) in structure.Segments)
        {
            if (marker is not ((>= App0 and <= App15) or Com)) continue;
            var payload = file.Slice(offset + 4, length - 4);
            if (marker == App2 && payload.StartsWith("MPF\0"u8))
            {
                losses.Add("The index of further pictures in the file (MPF) is left out: it points at bytes behind the main picture.");
                continue;
            }
            if (marker == App14 && payload.StartsWith("Adobe"u8) && structure.AdobeTransform != 1) continue; // says how the old encoder stored colour
            segments.Add(new MetadataSegment(file.Slice(offset, length).ToArray(), AfterPixels: false));
            if (marker == App1 && payload.StartsWith(ExifHeader)) exif ??= payload[ExifHeader.Length..].ToArray();
            else if (marker == App1 && payload.StartsWith(XmpHeader)) xmp ??= payload[XmpHeader.Length..].ToArray();
            else if (marker == App2 && payload.StartsWith(IccHeader) && payload.Length >= IccHeaderBytes) iccChunks.TryAdd(payload[IccHeader.Length], payload[IccHeaderBytes..].ToArray());
            else if (marker == App11 && payload.IndexOf("c2pa"u8) >= 0) credentials = true;
        }
        var trailing = file.Length - structure.EndOffset;
        if (trailing > 0) losses.Add($"{trailing} bytes behind the end of the picture are left out.");
        return new ImageMetadata
        {
            Source = ImageFormat.Jpeg,
            Segments = segments.ToImmutable(),
            Icc = iccChunks.Count > 0 ? [.. iccChunks.Values.SelectMany(chunk => chunk)] : null,
            Exif = exif,
            Xmp = xmp,
            Losses = losses.ToImmutable(),
            HasContentCredentials = credentials,
        };
    }

    /// <summary>Puts metadata into a file that an encoder wrote (SOI, JFIF, tables, …).</summary>
    public static byte[] Attach(ReadOnlySpan<byte> bare, ImageMetadata metadata)
    {
        var segments = metadata.Source == ImageFormat.Jpeg ? [.. metadata.Segments.Select(segment => segment.Bytes)] : Translate(metadata);
        var jfifLength = FindMarker(bare, 2) == 2 && bare[3] == App0 ? SegmentLength(bare, 2) : 0;
        // An EXIF or JFIF segment of the source takes the place of the encoder's JFIF segment.
        var keepJfif = !segments.Any(segment => IsSegment(segment, App0, JfifHeader) || IsSegment(segment, App1, ExifHeader));
        using var output = new MemoryStream(bare.Length + segments.Sum(segment => segment.Length));
        output.Write(bare[..(keepJfif ? 2 + jfifLength : 2)]);
        foreach (var segment in segments) output.Write(segment);
        output.Write(bare[(2 + jfifLength)..]);
        return output.ToArray();
    }

    private static bool IsSegment(ReadOnlySpan<byte> segment, byte marker, ReadOnlySpan<byte> header) =>
        segment[1] == marker && segment[4..].StartsWith(header);

    /// <summary>The three kinds of metadata that every format knows, as JPEG segments. A block that is too long is left out.</summary>
    private static List<byte[]> Translate(ImageMetadata metadata)
    {
        var segments = new List<byte[]>();
        if (metadata.Exif is { } exif && exif.Length + ExifHeader.Length <= MaxSegmentPayload) segments.Add(Segment(App1, ExifHeader, exif));
        if (metadata.Xmp is { } xmp && xmp.Length + XmpHeader.Length <= MaxSegmentPayload) segments.Add(Segment(App1, XmpHeader, xmp));
        if (metadata.Icc is { } icc && (icc.Length + IccChunkBytes - 1) / IccChunkBytes is var count and <= 255)
        {
            for (var i = 0; i < count; i++)
            {
                var chunk = icc.AsSpan(i * IccChunkBytes, Math.Min(IccChunkBytes, icc.Length - (i * IccChunkBytes)));
                segments.Add(Segment(App2, [.. IccHeader, (byte)(i + 1), (byte)count], chunk));
            }
        }
        return segments;
    }

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var length = header.Length + payload.Length + 2;
        return [0xFF, marker, (byte)(length >> 8), (byte)length, .. header, .. payload];
    }

    /// <summary>The offset of the next marker's 0xFF, skipping entropy-coded data, stuffed zeros and fill bytes.</summary>
    private static int FindMarker(ReadOnlySpan<byte> file, int position)
    {
        while (true)
        {
            var next = position < file.Length ? file[position..].IndexOf((byte)0xFF) : -1;
            if (next < 0 || position + next + 1 >= file.Length)
                throw new InvalidContentException(ErrorCodes.ImageTruncated, "The JPEG ends before its end-of-image marker: the file was cut off.");
            position += next;
            var marker = file[position + 1];
            if (marker == 0xFF) position++;
            else if (marker == 0 || marker is >= 0xD0 and <= 0xD7) position += 2;
            else return position;
        }
    }

    private static int SegmentLength(ReadOnlySpan<byte> file, int position)
    {
        if (position + 4 > file.Length || BinaryPrimitives.ReadUInt16BigEndian(file[(position + 2)..]) is var length && position + 2 + length > file.Length)
            throw new InvalidContentException(ErrorCodes.ImageTruncated, "The JPEG ends inside a segment: the file was cut off.");
        if (length < 2) throw new InvalidContentException(ErrorCodes.ImageCorrupt, "A JPEG segment announces an impossible length.");
        return length + 2;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not Dht and not 0xC8 and not Dac;

    private static void ReadTables(ReadOnlySpan<byte> payload, ushort[]?[] tables)
    {
        while (payload.Length > 0)
        {
            int wide = payload[0] >> 4, destination = payload[0] & 0x0F, bytes = wide == 0 ? 64 : 128;
            if (wide > 1 || destination > 3 || payload.Length < 1 + bytes) return; // the decoder will say what is wrong
            var table = new ushort[64];
            for (var i = 0; i < 64; i++) table[i] = wide == 0 ? payload[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(payload[(1 + (2 * i))..]);
            tables[destination] = table;
            payload = payload[(1 + bytes)..];
        }
    }

    private static JpegStructure ReadFrame(
        ReadOnlySpan<byte> file, (byte Marker, int Offset, int Length) frame, byte? adobe, ushort[]?[] tables, int scans, int end, ImmutableArray<(byte, int, int)> segments)
    {
        var payload = file.Slice(frame.Offset + 4, frame.Length - 4);
        if (payload.Length < 6 || payload.Length < 6 + (3 * payload[5]))
            throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The JPEG's frame header is too short.");
        var components = new JpegComponent[payload[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var component = payload.Slice(6 + (3 * i), 3);
            components[i] = new JpegComponent(component[0], component[1] >> 4, component[1] & 0x0F, component[2]);
        }
        return new JpegStructure
        {
            FrameMarker = frame.Marker,
            Precision = payload[0],
            Height = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]),
            Width = BinaryPrimitives.ReadUInt16BigEndian(payload[3..]),
            Components = components,
            QuantisationTables = tables,
            AdobeTransform = adobe,
            ScanCount = scans,
            EndOffset = end,
            Segments = segments,
        };
    }
}
