namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>Cancels when work takes too long altogether, or when nobody has fed it for too long. Fed by one thread.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _total;
    private readonly CancellationTokenSource _stall;
    private readonly VideoOptions _options;

    public Watchdog(VideoOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _outer = cancellationToken;
        _total = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _total.CancelAfter(options.MaxProcessingTime);
        _stall = CancellationTokenSource.CreateLinkedTokenSource(_total.Token);
        Feed();
    }

    public CancellationToken Token => _stall.Token;

    /// <summary>Something has moved; the next time it must within <see cref="VideoOptions.StallTimeout"/> and what is allowed beside.</summary>
    public void Feed(TimeSpan beside = default)
    {
        var left = _options.StallTimeout + beside;
        _stall.CancelAfter(left < _options.MaxProcessingTime ? left : _options.MaxProcessingTime);
    }

    /// <summary>Throws if the work was cancelled or took too long.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled it.</exception>
    /// <exception cref="InvalidContentException">It took too long (<c>video_timeout</c>).</exception>
    public void ThrowIfOver()
    {
        _outer.ThrowIfCancellationRequested();
        if (_stall.IsCancellationRequested) throw Timeout();
    }

    /// <summary>Why the work was ended.</summary>
    public InvalidContentException Timeout() => new(
        ErrorCodes.VideoTimeout,
        _total.IsCancellationRequested
            ? $"The video took longer than {_options.MaxProcessingTime}. Raise VideoOptions.MaxProcessingTime, or sample it less often."
            : $"ffmpeg stood still for {_options.StallTimeout} and was ended.");

    public void Dispose()
    {
        _stall.Dispose();
        _total.Dispose();
    }
}
