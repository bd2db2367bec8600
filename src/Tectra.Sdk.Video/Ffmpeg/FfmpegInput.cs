namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>
/// How both programs are told to open a file: by the one demuxer that its first bytes call for, as a file and nothing else. A playlist
/// that calls itself a video is thereby only a bad video, and nothing that a file names is opened.
/// </summary>
internal static class FfmpegInput
{
    private const string Formats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,mxf,gif,ivf,h264,hevc,mpegvideo";
    private const int BytesPerPixel = 8; // of the largest frame

    /// <summary>Options that stand first.</summary>
    public static IEnumerable<string> Global(VideoOptions options) =>
        ["-hide_banner", "-v", "error", "-max_alloc", Text(Math.Max(1L << 28, (long)options.MaxPixels * BytesPerPixel))];

    /// <summary>Options of the input that stand before its name.</summary>
    public static IEnumerable<string> Options(VideoFormat format, VideoOptions options) =>
        ["-protocol_whitelist", "file", "-format_whitelist", Formats, "-max_pixels", Text(options.MaxPixels), "-f", format.Demuxer()];

    /// <summary>The input itself. The prefix keeps a name from being taken for an address.</summary>
    public static string[] File(string path) => ["-i", "file:" + Path.GetFullPath(path)];

    public static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
