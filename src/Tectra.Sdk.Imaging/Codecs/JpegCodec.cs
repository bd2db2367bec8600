using System.Runtime.InteropServices;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Codecs;

/// <summary>
/// JPEG through TurboJPEG: baseline, extended and progressive, Huffman or arithmetic, 8 bits; grey, YCbCr, RGB, CMYK and
/// YCCK. Always the accurate integer DCT, as Python's Pillow decodes.
/// </summary>
internal sealed class JpegCodec : IImageCodec
{
    private const int MaxDimension = 65500; // libjpeg's own limit
    private const int MaxScans = 500; // TurboJPEG's own limit under FlagLimitScans
    private const long MaxScanPixels = 4_000_000_000; // a 200 megapixel picture of 20 scans

    private static ReadOnlySpan<byte> UnwrittenMarks => [0x5A, 0xA5];

    // The luminance and chrominance tables of ISO/IEC 10918-1 annex K.1, in zigzag order.
    private static ReadOnlySpan<byte> LuminanceBase =>
    [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
        56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
    ];

    private static ReadOnlySpan<byte> ChrominanceBase =>
    [
        17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    public ImageFormat Format => ImageFormat.Jpeg;

    public ImageHeader ReadHeader(ReadOnlySpan<byte> file, ImagingOptions limits)
    {
        var structure = JpegContainer.Read(file);
        ImageCodecs.CheckDimensions(structure.Width, structure.Height, limits);
        if (structure.FrameMarker is not (0xC0 or 0xC1 or 0xC2 or 0xC9 or 0xCA) || structure.Precision != 8)
        {
            throw new InvalidContentException(
                ErrorCodes.UnsupportedVariant,
                $"This JPEG is lossless, hierarchical or of {structure.Precision} bits a sample; 8-bit baseline, extended and progressive JPEG are read.");
        }
        if (structure.ScanCount > MaxScans || structure.ScanCount * (long)structure.Width * structure.Height > MaxScanPixels)
            throw new InvalidContentException(ErrorCodes.TooComplex, $"The JPEG has {structure.ScanCount} scans; decoding it would take unreasonably long.");
        if (structure is { FrameMarker: 0xC0 or 0xC1 or 0xC2, Components.Length: > 0 } && file.Length * 8L < LeastBits(structure))
            throw new InvalidContentException(ErrorCodes.ImageTruncated, $"The JPEG announces {structure.Width}×{structure.Height} pixels, but has too few bytes for so many.");
        return new ImageHeader
        {
            Format = ImageFormat.Jpeg,
            Width = structure.Width,
            Height = structure.Height,
            Layout = structure.Components.Length switch
            {
                1 => PixelLayout.Gray,
                3 => PixelLayout.Rgb,
                4 => PixelLayout.Cmyk,
                var count => throw new InvalidContentException(ErrorCodes.UnsupportedVariant, $"The JPEG has {count} components; 1, 3 and 4 are read."),
            },
            BitDepth = 8,
            Encoding = new EncodingProfile
            {
                Quality = EstimateQuality(structure),
                Sampling = SamplingOf(structure),
                Progressive = structure.FrameMarker is 0xC2 or 0xCA,
            },
            Metadata = JpegContainer.ReadMetadata(file, structure),
        };
    }

    public ImageBuffer Decode(ReadOnlySpan<byte> file, ImageHeader header, out string? damage)
    {
        var handle = TurboJpeg.tjInitDecompress();
        if (handle == 0) throw new InsufficientMemoryException("TurboJPEG could not be initialised.");
        var buffer = new ImageBuffer(header.Width, header.Height, header.Layout, header.BitDepth);
        try
        {
            var result = DecodeOver(UnwrittenMarks[0], handle, file, buffer);
            // Warnings are damage that libjpeg steps over, as every viewer does: the picture then shows what viewers show.
            damage = result == 0 ? null : LastError(handle);
            var unfinished = result != 0 && (TurboJpeg.tjGetErrorCode(handle) != TurboJpeg.ErrorWarning
                || (IsUnwritten(buffer, UnwrittenMarks[0]) && DecodeOver(UnwrittenMarks[1], handle, file, buffer) != 0 && IsUnwritten(buffer, UnwrittenMarks[1])));
            if (unfinished) throw new InvalidContentException(ErrorCodes.ImageCorrupt, $"The JPEG can't be decoded: {damage}.");
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
        finally
        {
            _ = TurboJpeg.tjDestroy(handle);
        }
    }

    public string? WhyNot(ImageBuffer picture) => picture switch
    {
        { HasAlpha: true } => "a JPEG has no transparency",
        { Width: > MaxDimension } or { Height: > MaxDimension } => $"a JPEG has at most {MaxDimension} pixels a side",
        { BitDepth: 16 } => "a JPEG has 8 bits a sample",
        _ => null,
    };

    public unsafe byte[] Encode(ImageBuffer picture, EncodingProfile profile, ImageMetadata metadata)
    {
        var handle = TurboJpeg.tjInitCompress();
        if (handle == 0) throw new InsufficientMemoryException("TurboJPEG could not be initialised.");
        byte* output = null;
        try
        {
            var (format, sampling) = picture.Layout switch
            {
                PixelLayout.Gray => (TurboJpeg.PixelFormatGray, TurboJpeg.SamplingGray),
                PixelLayout.Rgb => (TurboJpeg.PixelFormatRgb, profile.Sampling == TurboJpeg.SamplingGray ? TurboJpeg.Sampling444 : profile.Sampling),
                _ => throw new ArgumentException($"A JPEG can't be written from {picture.Layout}.", nameof(picture)),
            };
            CULong length = default;
            var flags = TurboJpeg.FlagAccurateDct | (profile.Progressive ? TurboJpeg.FlagProgressive : 0);
            var result = TurboJpeg.tjCompress2(
                handle, picture.Pointer, picture.Width, picture.RowBytes, picture.Height, format, &output, &length, sampling, (int)profile.Quality, flags);
            if (result != 0) throw new InvalidContentException(ErrorCodes.EncodingFailed, $"The JPEG could not be written: {LastError(handle)}.");
            return JpegContainer.Attach(new ReadOnlySpan<byte>(output, checked((int)length.Value)), metadata);
        }
        finally
        {
            if (output is not null) TurboJpeg.tjFree(output);
            _ = TurboJpeg.tjDestroy(handle);
        }
    }

    /// <summary>
    /// The lowest quality on the Independent JPEG Group's scale whose tables are, summed, nowhere coarser than the file's.
    /// </summary>
    internal static int EstimateQuality(JpegStructure structure)
    {
        for (var quality = 1; quality < 100; quality++)
        {
            if (!IsCoarser(quality, LuminanceBase, Table(structure, 0)) && !IsCoarser(quality, ChrominanceBase, Table(structure, 1))) return quality;
        }
        return 100;
    }

    /// <summary>A Huffman code has at least one bit, and every 8×8 block of the first component has one for its mean.</summary>
    private static long LeastBits(JpegStructure structure) => ((structure.Width + 7L) / 8) * ((structure.Height + 7L) / 8)
        * Math.Max(1, structure.Components[0].HorizontalSampling) / MaxOf(structure, component => component.HorizontalSampling)
        * Math.Max(1, structure.Components[0].VerticalSampling) / MaxOf(structure, component => component.VerticalSampling);

    private static int MaxOf(JpegStructure structure, Func<JpegComponent, int> sampling) => Math.Max(1, structure.Components.Max(sampling));

    private static ushort[]? Table(JpegStructure structure, int component) =>
        component < structure.Components.Length && structure.Components[component].QuantisationTable is var index and < 4
            ? structure.QuantisationTables[index]
            : null;

    private static bool IsCoarser(int quality, ReadOnlySpan<byte> baseTable, ushort[]? table)
    {
        if (table is null) return false;
        int scale = quality < 50 ? 5000 / quality : 200 - (2 * quality), own = 0, other = 0;
        for (var i = 0; i < 64; i++)
        {
            own += Math.Clamp(((baseTable[i] * scale) + 50) / 100, 1, 255);
            other += Math.Min(table[i], (ushort)255); // tables are written with at most 8 bits
        }
        return own > other;
    }

    private static int SamplingOf(JpegStructure structure)
    {
        if (structure.Components is not [var first, var second, var third]) return TurboJpeg.SamplingGray;
        var plain = second is { HorizontalSampling: 1, VerticalSampling: 1 } && third is { HorizontalSampling: 1, VerticalSampling: 1 };
        return (plain, first.HorizontalSampling, first.VerticalSampling) switch
        {
            (true, 2, 1) => TurboJpeg.Sampling422,
            (true, 2, 2) => TurboJpeg.Sampling420,
            (true, 1, 2) => TurboJpeg.Sampling440,
            (true, 4, 1) => TurboJpeg.Sampling411,
            _ => TurboJpeg.Sampling444, // also for samplings that can't be written: no chroma is lost
        };
    }

    /// <summary>Decodes into a buffer whose last row was filled with a mark before.</summary>
    private static unsafe int DecodeOver(byte mark, nint handle, ReadOnlySpan<byte> file, ImageBuffer buffer)
    {
        buffer.Row(buffer.Height - 1).Fill(mark);
        var format = buffer.Layout switch
        {
            PixelLayout.Gray => TurboJpeg.PixelFormatGray,
            PixelLayout.Rgb => TurboJpeg.PixelFormatRgb,
            _ => TurboJpeg.PixelFormatCmyk,
        };
        fixed (byte* source = file)
        {
            return TurboJpeg.tjDecompress2(
                handle, source, new CULong((nuint)file.Length), buffer.Pointer, buffer.Width, buffer.RowBytes, buffer.Height, format,
                TurboJpeg.FlagAccurateDct | TurboJpeg.FlagLimitScans);
        }
    }

    /// <summary>
    /// TurboJPEG reports an error that follows a warning as a warning, though the rows below it were never written. Rows
    /// come in order, so the last one tells; a picture may hold one mark there, but not two.
    /// </summary>
    private static bool IsUnwritten(ImageBuffer buffer, byte mark) => !buffer.Row(buffer.Height - 1).ContainsAnyExcept(mark);

    private static string LastError(nint handle) => Marshal.PtrToStringUTF8(TurboJpeg.tjGetErrorStr2(handle)) ?? "unknown error";
}
