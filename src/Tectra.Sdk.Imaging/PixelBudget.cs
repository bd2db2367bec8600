namespace Tectra.Sdk.Imaging;

/// <summary>Lets pictures in as long as they have no more pixels together than a limit; whoever came first goes first. Thread-safe.</summary>
internal sealed class PixelBudget(long limit) : IDisposable
{
    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private long _inside, _wanted;

    /// <summary>Waits until there is room. A picture above the limit gets in when it is alone.</summary>
    public async ValueTask EnterAsync(long pixels, CancellationToken cancellationToken)
    {
        await _entrance.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Task room;
            lock (_lock)
            {
                if (Fits(pixels))
                {
                    _inside += pixels;
                    return;
                }
                _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _wanted = pixels;
                room = _room.Task;
            }
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _entrance.Release();
        }
    }

    /// <summary>A picture has gone.</summary>
    public void Leave(long pixels)
    {
        lock (_lock)
        {
            _inside -= pixels;
            if (_room is null || !Fits(_wanted)) return;
            _inside += _wanted;
            _room.SetResult();
            _room = null;
        }
    }

    public void Dispose() => _entrance.Dispose();

    private bool Fits(long pixels) => _inside == 0 || _inside + pixels <= limit;
}
