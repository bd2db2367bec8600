using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>What ffprobe says of a file's first video stream. Immutable.</summary>
internal sealed record ProbedVideo
{
    public required string Path { get; init; }

    public required VideoFormat Format { get; init; }

    /// <summary>ffmpeg's name of the codec.</summary>
    public required string Codec { get; init; }

    /// <summary>ffmpeg's name of the pixel format.</summary>
    public required string PixelFormat { get; init; }

    /// <summary>Columns of pixels as coded.</summary>
    public required int CodedWidth { get; init; }

    /// <summary>Rows of pixels as coded.</summary>
    public required int CodedHeight { get; init; }

    /// <summary>How a player turns the frames.</summary>
    public required FrameOrientation Orientation { get; init; }

    /// <summary>When the frames are shown.</summary>
    public required FrameTimeline Timeline { get; init; }

    /// <summary>What ffprobe complained about; empty if nothing.</summary>
    public string Messages { get; init; } = "";

    /// <summary>The last of <see cref="Messages"/>; null if there is none.</summary>
    public string? Damage => Messages.Length == 0 ? null : FfmpegMessages.Last(Messages);

    /// <summary>Whether the file was cut off behind its index.</summary>
    public bool IsTruncated => Messages.Contains("partial file", StringComparison.Ordinal) || Messages.Contains("File ended prematurely", StringComparison.Ordinal);

    /// <summary>Whether ffmpeg can leave out all but the key frames: its decoder, or the demuxer.</summary>
    public bool CanSkipToKeyFrames => Codec is not ("vp9" or "av1") || Format.CanLeaveOutPackets();

    /// <summary>Columns of pixels as shown.</summary>
    public int Width => Orientation.SwapsSides ? CodedHeight : CodedWidth;

    /// <summary>Rows of pixels as shown.</summary>
    public int Height => Orientation.SwapsSides ? CodedWidth : CodedHeight;
}
