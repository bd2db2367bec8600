namespace Tectra.Registry.Batching;

/// <summary>Counts the records that were registered since the last batching, and wakes who waits for many. Thread-safe; one waits at a time.</summary>
internal sealed class WaitingRecords : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0);
    private readonly Lock _gate = new();
    private long _count;
    private long _enough = long.MaxValue;

    /// <summary>Notes that records were registered.</summary>
    public void Add(int count)
    {
        lock (_gate)
        {
            _count += count;
            if (_count < _enough) return;
            _enough = long.MaxValue;
            _woken.Release();
        }
    }

    /// <summary>Begins to count anew: those before are being batched.</summary>
    public void Reset()
    {
        lock (_gate) _count = 0;
    }

    /// <summary>Ends when so many records wait, at once if they do already.</summary>
    public async Task WaitAsync(int enough, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count >= enough) return;
            _enough = enough;
        }
        try
        {
            await _woken.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Woken in the same moment: that is not to be left for the next one.
                if (_enough == long.MaxValue) _woken.Wait(0, CancellationToken.None);
                _enough = long.MaxValue;
            }
            throw;
        }
    }

    public void Dispose() => _woken.Dispose();
}
