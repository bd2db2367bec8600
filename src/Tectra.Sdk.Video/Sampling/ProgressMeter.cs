using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>Adds up what hashers and the reader of the file report from their threads. Thread-safe; reports come one at a time and never fall.</summary>
internal sealed class ProgressMeter
{
    private const double FrameShare = 0.9;

    private readonly IProgress<VideoProgress>? _progress;
    private readonly long _length;
    private readonly Lock _lock = new();
    private SampleRate _rate;
    private long _bytes;
    private int _frames, _total;

    public ProgressMeter(IProgress<VideoProgress>? progress, long length)
    {
        _progress = progress;
        _length = length;
    }

    /// <summary>The probe knows how many samples there will be.</summary>
    public void Expect(SampleRate rate, int samples)
    {
        lock (_lock) (_rate, _total) = (rate, samples);
    }

    /// <summary>A sample has its hash, and so, but for the last few, have those before it.</summary>
    public void Hashed(int sample)
    {
        if (_progress is null) return;
        lock (_lock)
        {
            if (sample < _frames) return;
            _frames = sample + 1;
            Report();
        }
    }

    /// <summary>So much of the file has gone into its SHA-256.</summary>
    public void Read(long bytes)
    {
        if (_progress is null) return;
        lock (_lock)
        {
            _bytes = bytes;
            Report();
        }
    }

    private void Report()
    {
        var frames = _total == 0 ? 0 : (double)_frames / _total;
        var bytes = _length == 0 ? 1 : Math.Min(1, (double)_bytes / _length);
        _progress!.Report(new VideoProgress((FrameShare * frames) + ((1 - FrameShare) * bytes), _rate.TimeOf(Math.Max(_frames - 1, 0)), _frames, _total));
    }
}
