namespace Tectra.Sdk.Video;

/// <summary>The kinds of files that videos come in, as their first bytes tell. What is in them only a decoder knows.</summary>
public enum VideoFormat
{
    /// <summary>MPEG-4 (ISO/IEC 14496-12 and -14).</summary>
    Mp4,

    /// <summary>QuickTime.</summary>
    QuickTime,

    /// <summary>3GPP and 3GPP2 files.</summary>
    ThreeGpp,

    /// <summary>WebM.</summary>
    WebM,

    /// <summary>Matroska (RFC 9559).</summary>
    Matroska,

    /// <summary>AVI.</summary>
    Avi,

    /// <summary>MPEG-2 transport stream (ISO/IEC 13818-1).</summary>
    MpegTransport,

    /// <summary>MPEG program stream or MPEG-1 system stream.</summary>
    MpegProgram,

    /// <summary>Flash video.</summary>
    Flv,

    /// <summary>Ogg (RFC 3533).</summary>
    Ogg,

    /// <summary>Advanced Systems Format: WMV.</summary>
    Asf,

    /// <summary>Material Exchange Format (SMPTE 377).</summary>
    Mxf,

    /// <summary>GIF.</summary>
    Gif,

    /// <summary>IVF, the plain container of VP8, VP9 and AV1.</summary>
    Ivf,

    /// <summary>A bare H.264 stream (ISO/IEC 14496-10, annex B).</summary>
    H264Stream,

    /// <summary>A bare H.265 stream (ISO/IEC 23008-2, annex B).</summary>
    HevcStream,

    /// <summary>A bare MPEG-1 or MPEG-2 video stream.</summary>
    MpegVideoStream,
}

/// <summary>Tells videos from other files and names their formats.</summary>
public static class VideoFormats
{
    /// <summary>How many bytes <see cref="TryDetect"/> wants to see, of files that have as many.</summary>
    public const int HeaderBytes = 1024;

    private const int TransportPacket = 188, TimedTransportPacket = 192;

    /// <summary>
    /// Tells the format from a file's first bytes, never from a name; false for anything else, pictures of the HEIF family among them.
    /// </summary>
    /// <param name="header">The first <see cref="HeaderBytes"/> bytes, or the whole of a shorter file.</param>
    /// <param name="format">The format.</param>
    public static bool TryDetect(ReadOnlySpan<byte> header, out VideoFormat format)
    {
        var found = Detect(header);
        format = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>The media type, such as <c>video/mp4</c>.</summary>
    public static string MediaType(this VideoFormat format) => format switch
    {
        VideoFormat.Mp4 => "video/mp4",
        VideoFormat.QuickTime => "video/quicktime",
        VideoFormat.ThreeGpp => "video/3gpp",
        VideoFormat.WebM => "video/webm",
        VideoFormat.Matroska => "video/x-matroska",
        VideoFormat.Avi => "video/x-msvideo",
        VideoFormat.MpegTransport => "video/mp2t",
        VideoFormat.MpegProgram or VideoFormat.MpegVideoStream => "video/mpeg",
        VideoFormat.Flv => "video/x-flv",
        VideoFormat.Ogg => "video/ogg",
        VideoFormat.Asf => "video/x-ms-asf",
        VideoFormat.Mxf => "application/mxf",
        VideoFormat.Gif => "image/gif",
        VideoFormat.Ivf => "video/x-ivf",
        VideoFormat.H264Stream => "video/h264",
        VideoFormat.HevcStream => "video/h265",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The one demuxer of ffmpeg that reads the format. It is named to ffmpeg, so that no other has a look at the file.</summary>
    internal static string Demuxer(this VideoFormat format) => format switch
    {
        VideoFormat.Mp4 or VideoFormat.QuickTime or VideoFormat.ThreeGpp => "mov",
        VideoFormat.WebM or VideoFormat.Matroska => "matroska",
        VideoFormat.Avi => "avi",
        VideoFormat.MpegTransport => "mpegts",
        VideoFormat.MpegProgram => "mpeg",
        VideoFormat.Flv => "flv",
        VideoFormat.Ogg => "ogg",
        VideoFormat.Asf => "asf",
        VideoFormat.Mxf => "mxf",
        VideoFormat.Gif => "gif",
        VideoFormat.Ivf => "ivf",
        VideoFormat.H264Stream => "h264",
        VideoFormat.HevcStream => "hevc",
        VideoFormat.MpegVideoStream => "mpegvideo",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Whether ffmpeg's demuxer of the format can leave out all packets but those of key frames.</summary>
    internal static bool CanLeaveOutPackets(this VideoFormat format) => format is VideoFormat.Mp4 or VideoFormat.QuickTime or VideoFormat.ThreeGpp;

    /// <summary>Whether files of the format usually have an index of their key frames.</summary>
    internal static bool HasIndex(this VideoFormat format) =>
        format is VideoFormat.Mp4 or VideoFormat.QuickTime or VideoFormat.ThreeGpp or VideoFormat.Matroska or VideoFormat.WebM;

    /// <summary>Whether files of the format are a stream without a container, and so without time stamps.</summary>
    internal static bool IsBare(this VideoFormat format) => format is VideoFormat.H264Stream or VideoFormat.HevcStream or VideoFormat.MpegVideoStream;

    private static VideoFormat? Detect(ReadOnlySpan<byte> file)
    {
        if (file.Length >= 8 && DetectBoxes(file) is { } boxes) return boxes;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return file.IndexOf("webm"u8) >= 0 ? VideoFormat.WebM : VideoFormat.Matroska;
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("AVI "u8)) return VideoFormat.Avi;
        if (file.StartsWith("FLV\u0001"u8)) return VideoFormat.Flv;
        if (file.StartsWith("OggS\0"u8)) return VideoFormat.Ogg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11])) return VideoFormat.Asf;
        if (file.IndexOf((ReadOnlySpan<byte>)[0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02, 0x01, 0x01, 0x02]) >= 0) return VideoFormat.Mxf;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)) return VideoFormat.Gif;
        if (file.StartsWith("DKIF\0\0"u8)) return VideoFormat.Ivf;
        if (IsTransport(file, 0, TransportPacket) || IsTransport(file, 4, TimedTransportPacket)) return VideoFormat.MpegTransport;
        return DetectStream(file);
    }

    /// <summary>The files of boxes (ISO/IEC 14496-12): the brand tells videos from the pictures that share the container.</summary>
    private static VideoFormat? DetectBoxes(ReadOnlySpan<byte> file)
    {
        var type = file[4..8];
        if (type.SequenceEqual("ftyp"u8) && file.Length >= 12)
        {
            var brand = file[8..12];
            if (brand.SequenceEqual("qt  "u8)) return VideoFormat.QuickTime;
            if (brand.StartsWith("3g"u8)) return VideoFormat.ThreeGpp;
            return IsPictureBrand(brand) ? null : VideoFormat.Mp4;
        }
        // QuickTime before 2001 has no brand.
        return type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8) || type.SequenceEqual("wide"u8) || type.SequenceEqual("pnot"u8)
            || type.SequenceEqual("free"u8) || type.SequenceEqual("skip"u8)
            ? VideoFormat.QuickTime
            : null;
    }

    /// <summary>HEIF and AVIF (pictures and their sequences), JPEG 2000 and XL, Canon's raw pictures.</summary>
    private static bool IsPictureBrand(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("avi"u8) || brand.StartsWith("jp2"u8) || brand.StartsWith("jpx"u8)
        || brand.StartsWith("jxl"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("mif2"u8) || brand.SequenceEqual("msf1"u8)
        || brand.SequenceEqual("crx "u8) || brand.SequenceEqual("jpm "u8);

    private static bool IsTransport(ReadOnlySpan<byte> file, int offset, int packet)
    {
        const byte Sync = 0x47;
        var packets = 0;
        for (var at = offset; at < file.Length; at += packet, packets++)
        {
            if (file[at] != Sync) return false;
        }
        return packets > 1;
    }

    /// <summary>Start codes and what follows them: 00 00 01 and a byte.</summary>
    private static VideoFormat? DetectStream(ReadOnlySpan<byte> file)
    {
        const int AvcSequence = 7, AvcDelimiter = 9, HevcParameters = 0x40, HevcDelimiter = 0x46;
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 1])) file = file[1..];
        if (file.Length < 5 || !file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1])) return null;
        var code = file[3];
        if (code == 0xBA) return VideoFormat.MpegProgram;
        if (code == 0xB3) return VideoFormat.MpegVideoStream;
        if (code is HevcParameters or HevcDelimiter && file[4] == 1) return VideoFormat.HevcStream;
        return (code & 0x80) == 0 && (code & 0x1F) is AvcSequence or AvcDelimiter ? VideoFormat.H264Stream : null;
    }
}
