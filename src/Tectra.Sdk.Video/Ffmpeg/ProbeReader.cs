using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>Takes what ffprobe prints, line by line (<c>packet|pts=0|dts=-512|…</c>), and makes a video of it. For one file.</summary>
internal sealed class ProbeReader
{
    private const int MaxPackets = 4_000_000;
    private const int MaxSide = 65_535;
    private const int FewOf = 8;
    private const long MostTime = 1L << 60; // sums of two still fit

    private readonly List<long> _presented = [];
    private readonly List<long> _decoded = [];
    private readonly List<bool> _keys = [];
    private readonly Dictionary<string, string> _stream = new(StringComparer.Ordinal);
    private long _presentedEnd = long.MinValue;
    private long _duration;
    private int _withoutTime;
    private (int At, long Time)? _firstKey;

    /// <summary>How many packets were shown to it, discarded ones not counted.</summary>
    public int Packets => _keys.Count;

    /// <summary>Whether the stream was described.</summary>
    public bool HasStream => _stream.ContainsKey("codec_name") || _stream.ContainsKey("width");

    public void Line(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("packet|"u8)) Packet(line["packet|"u8.Length..]);
        else if (line.StartsWith("stream|"u8)) Stream(Encoding.UTF8.GetString(line));
    }

    /// <summary>The video.</summary>
    /// <exception cref="InvalidContentException">It can't be used; the code says why.</exception>
    public ProbedVideo ToVideo(string path, VideoFormat format, string messages, VideoOptions options)
    {
        if (!TryNumber("width", out var width) || !TryNumber("height", out var height) || width is < 1 or > MaxSide || height is < 1 or > MaxSide)
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, $"The video's size can't be read ({FfmpegMessages.Last(messages)}).");
        if (width * height > options.MaxPixels)
            throw TooManyPixels(string.Create(CultureInfo.InvariantCulture, $"{width}×{height}"), options);
        if (!_stream.TryGetValue("pix_fmt", out var pixels) || pixels == "N/A" || !_stream.TryGetValue("codec_name", out var codec) || codec == "unknown")
            throw new InvalidContentException(ErrorCodes.UnsupportedVariant, "This ffmpeg has no decoder for the video, or finds nothing to decode.");
        var timeline = Timeline(format);
        if (timeline.Duration > options.MaxDuration)
            throw new InvalidContentException(ErrorCodes.VideoTooLong, $"The video lasts {timeline.Duration}; the limit is {options.MaxDuration}. Raise VideoOptions.MaxDuration if you trust the file.");
        return new ProbedVideo
        {
            Path = path,
            Format = format,
            Codec = codec,
            PixelFormat = pixels,
            CodedWidth = (int)width,
            CodedHeight = (int)height,
            Orientation = _stream.TryGetValue("displaymatrix", out var matrix) ? FrameOrientation.Parse(matrix) : default,
            Timeline = timeline,
            Messages = messages,
        };
    }

    /// <summary>The error of a frame that is too large.</summary>
    public static InvalidContentException TooManyPixels(string size, VideoOptions options) => new(
        ErrorCodes.TooManyPixels, $"Frames have more pixels ({size}) than the limit of {options.MaxPixels}. Raise VideoOptions.MaxPixels if you trust the file.");

    private void Packet(ReadOnlySpan<byte> fields)
    {
        long? presented = null, decoded = null, duration = null;
        bool key = false, discarded = false;
        while (!fields.IsEmpty)
        {
            var length = fields.IndexOf((byte)'|');
            var field = length < 0 ? fields : fields[..length];
            fields = length < 0 ? default : fields[(length + 1)..];
            if (field.StartsWith("pts="u8)) presented = Number(field["pts="u8.Length..]);
            else if (field.StartsWith("dts="u8)) decoded = Number(field["dts="u8.Length..]);
            else if (field.StartsWith("duration="u8)) duration = Number(field["duration="u8.Length..]);
            else if (field.StartsWith("flags="u8)) (key, discarded) = (field.Contains((byte)'K'), field.Contains((byte)'D'));
        }
        if (key) _firstKey ??= (Packets, presented ?? long.MinValue);
        if (discarded) return; // an edit list leaves it out
        if (Packets == MaxPackets) throw new InvalidContentException(ErrorCodes.TooComplex, $"The video has more than {MaxPackets} frames.");
        _presented.Add(presented ?? long.MinValue);
        _decoded.Add(decoded ?? long.MinValue);
        _keys.Add(key);
        if (presented is null) _withoutTime++;
        else _presentedEnd = Math.Max(_presentedEnd, presented.Value + Math.Max(duration ?? 0, 0));
        _duration = duration ?? _duration;
    }

    /// <summary>A time; one that is out of all bounds is as good as none.</summary>
    private static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length && number is > -MostTime and < MostTime ? number : null;

    private void Stream(string line)
    {
        // A field without a name is of the side data, whose own fields follow.
        foreach (var field in line.Split('|'))
        {
            var at = field.IndexOf('=');
            if (at > 0) _stream.TryAdd(field[..at], field[(at + 1)..]);
        }
    }

    private bool TryNumber(string name, out long number)
    {
        number = 0;
        return _stream.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private bool TryFraction(string name, out int numerator, out int denominator)
    {
        numerator = denominator = 0;
        var parts = _stream.GetValueOrDefault(name, "").Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out numerator)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out denominator) && numerator > 0 && denominator > 0;
    }

    private FrameTimeline Timeline(VideoFormat format)
    {
        if (Packets == 0) throw new InvalidContentException(ErrorCodes.VideoTruncated, "The file has no frame of its video.");
        // A bare stream has times that ffmpeg made up of its rate. AVI has times of decoding, which ffmpeg takes for times of presentation where
        // it can't know better; elsewhere few packets lack a time, which are parts of frames.
        if (format.IsBare()) return Counted();
        if (_withoutTime <= Packets / FewOf) return Presented();
        if (_decoded.Contains(long.MinValue)) return Counted();
        var times = _decoded.ToArray();
        Array.Sort(times);
        var step = times.Length > 1 ? times[1] - times[0] : 0;
        return Based(TimeSource.Decoding, times, LateKeys(), times[^1] + Math.Max(step, _duration));
    }

    private FrameTimeline Presented()
    {
        // What comes before the first key frame, or is shown before it, lacks what it refers to and is never shown.
        var (from, least) = _firstKey ?? (0, long.MinValue);
        var count = 0;
        for (var i = from; i < Packets; i++)
        {
            if (_presented[i] != long.MinValue && _presented[i] >= least) count++;
        }
        if (count == 0) throw new InvalidContentException(ErrorCodes.VideoCorrupt, "No frame of the video says when it is shown.");
        var times = new long[count];
        var keys = new bool[count];
        for (int i = from, to = 0; i < Packets; i++)
        {
            if (_presented[i] == long.MinValue || _presented[i] < least) continue;
            times[to] = _presented[i];
            keys[to++] = _keys[i];
        }
        Array.Sort(times, keys);
        var end = _presentedEnd;
        if (end == times[^1] && times.Length > 1) end += times[^1] - times[^2];
        return Based(TimeSource.Presentation, times, keys, end);
    }

    private FrameTimeline Counted()
    {
        if (!TryFraction("avg_frame_rate", out var frames, out var seconds) && !TryFraction("r_frame_rate", out frames, out seconds))
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, "The video has neither time stamps nor a frame rate.");
        // One unit a frame: its time base is the time of a frame.
        var times = new long[Packets];
        for (var i = 0; i < times.Length; i++) times[i] = i;
        return new FrameTimeline(TimeSource.Counted, seconds, frames, times, LateKeys(), times.Length, 1);
    }

    /// <summary>Without presentation times it isn't known which frame is which packet's, unless all are key frames.</summary>
    private bool[] LateKeys()
    {
        var keys = new bool[Packets];
        keys.AsSpan().Fill(!_keys.Contains(false));
        return keys;
    }

    private FrameTimeline Based(TimeSource source, long[] times, bool[] keys, long end)
    {
        if (!TryFraction("time_base", out var numerator, out var denominator))
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, "The video's time base can't be read.");
        return new FrameTimeline(source, numerator, denominator, times, keys, end);
    }
}
