namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>Asks ffprobe once for the stream, and for the times of all its frames, which come from the container alone. Thread-safe.</summary>
internal sealed class FfmpegProbe
{
    private const int BufferBytes = 64 * 1024;
    private const string Entries =
        "stream=codec_name,width,height,pix_fmt,time_base,avg_frame_rate,r_frame_rate:stream_side_data=displaymatrix:packet=pts,dts,duration,flags";

    private readonly FfmpegTools _tools;
    private readonly VideoOptions _options;

    public FfmpegProbe(FfmpegTools tools, VideoOptions options)
    {
        _tools = tools;
        _options = options;
    }

    /// <summary>Reads the stream and the times of its frames.</summary>
    /// <exception cref="InvalidContentException">There is no video that can be read, or it is over a limit; the code says which.</exception>
    /// <exception cref="MissingToolException">ffmpeg isn't there (<c>ffmpeg_missing</c>).</exception>
    public async Task<ProbedVideo> ReadAsync(string path, VideoFormat format, CancellationToken cancellationToken)
    {
        var tools = await _tools.FindAsync(cancellationToken).ConfigureAwait(false);
        using var watchdog = new Watchdog(_options, cancellationToken);
        string[] arguments =
        [
            .. FfmpegInput.Global(_options), .. FfmpegInput.Options(format, _options), "-select_streams", "V:0", "-show_entries", Entries, "-of", "compact",
            .. FfmpegInput.File(path),
        ];
        var reader = new ProbeReader();
        var (code, messages) = await RunAsync(tools.Ffprobe, arguments, reader, watchdog, cancellationToken).ConfigureAwait(false);
        // Its decoder refuses such frames before their size is known here.
        if (messages.Contains("exceeds specified max pixel count", StringComparison.Ordinal)) throw ProbeReader.TooManyPixels(FfmpegMessages.Last(messages), _options);
        if (reader.Packets == 0 && !reader.HasStream)
        {
            throw code == 0
                ? new InvalidContentException(ErrorCodes.VideoStreamMissing, "The file has no video stream; sound alone can't be signed or verified.")
                : Unreadable(messages);
        }
        return reader.ToVideo(path, format, messages, _options);
    }

    private static async Task<(int Code, string Messages)> RunAsync(
        string program, string[] arguments, ProbeReader reader, Watchdog watchdog, CancellationToken cancellationToken)
    {
        try
        {
            var process = FfmpegProcess.Start(program, arguments, watchdog.Token);
            await using var _ = process.ConfigureAwait(false);
            var buffer = new byte[BufferBytes];
            int used = 0, read;
            while ((read = await process.Output.ReadAsync(buffer.AsMemory(used), watchdog.Token).ConfigureAwait(false)) > 0)
            {
                watchdog.Feed();
                used += read;
                used = Lines(buffer, used, reader);
            }
            watchdog.ThrowIfOver();
            return await process.WaitAsync(watchdog.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw watchdog.Timeout();
        }
    }

    /// <summary>Hands out whole lines and moves the rest to the front.</summary>
    private static int Lines(byte[] buffer, int used, ProbeReader reader)
    {
        var from = 0;
        for (int length; (length = buffer.AsSpan(from, used - from).IndexOf((byte)'\n')) >= 0; from += length + 1) reader.Line(buffer.AsSpan(from, length));
        if (from == 0 && used == buffer.Length)
            throw new InvalidContentException(ErrorCodes.VideoCorrupt, "ffprobe says more of the video than can be read.");
        buffer.AsSpan(from, used - from).CopyTo(buffer);
        return used - from;
    }

    private static InvalidContentException Unreadable(string messages)
    {
        var said = FfmpegMessages.Last(messages);
        if (messages.Contains("not on whitelist", StringComparison.Ordinal))
            return new InvalidContentException(ErrorCodes.UnsupportedFormat, $"This video format isn't read ({said}).");
        return messages.Contains("moov atom not found", StringComparison.Ordinal)
            ? new InvalidContentException(ErrorCodes.VideoTruncated, "The file ends before its index, so nothing of it can be read. It was not copied or recorded to its end.")
            : new InvalidContentException(ErrorCodes.VideoCorrupt, $"The video can't be read ({said}).");
    }
}
