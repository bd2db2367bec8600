namespace Tectra.Registry.Webhooks;

/// <summary>Tells the dispatcher that something may be due, so that it needn't wait until it looks by itself. Thread-safe.</summary>
internal sealed class WebhookSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    /// <summary>Wakes whoever waits, or the next one who will. Costs nothing if it was called before.</summary>
    public void Set()
    {
        try
        {
            if (_set.CurrentCount == 0) _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another caller was a moment faster.
        }
    }

    /// <summary>Waits until it is set, or so long.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => await _set.WaitAsync(atMost, cancellationToken).ConfigureAwait(false);

    public void Dispose() => _set.Dispose();
}
