using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tectra.Sdk.Imaging.Codecs;

namespace Tectra.Sdk.Imaging;

public sealed partial class ImageSigner
{
    /// <summary>
    /// Signs pictures side by side. They are taken from the sequence only as fast as the results are taken from here: a few are in memory at
    /// a time, however many there are. Results come as they are ready, not in order. A picture that can't be signed is a result
    /// with an error and stops nothing; a key that can't sign ends everything.
    /// </summary>
    /// <param name="pictures">The pictures; one is asked for at a time.</param>
    /// <param name="options">How many at a time; null for <see cref="SignManyOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the signing; so does leaving the loop over the results.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="KeyAccessException">The key can't sign.</exception>
    public async IAsyncEnumerable<SignOutcome> SignManyAsync(
        IAsyncEnumerable<PictureToSign> pictures, SignManyOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var limits = options ?? SignManyOptions.Default;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var budget = new PixelBudget(limits.MaxPixelsInMemory);
        using var turn = new SemaphoreSlim(1, 1);
        var source = pictures.GetAsyncEnumerator(stop.Token);
        var results = Channel.CreateBounded<SignOutcome>(1);
        var workers = Task.WhenAll(Enumerable.Range(0, limits.Jobs).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        _ = workers.ContinueWith(
            ended => results.Writer.Complete(ended.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return result;
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
        }

        async Task WorkAsync()
        {
            try
            {
                while (await NextAsync().ConfigureAwait(false) is { } picture)
                    await results.Writer.WriteAsync(await TrySignAsync(picture, budget, stop.Token).ConfigureAwait(false), stop.Token).ConfigureAwait(false);
            }
            catch
            {
                // What the others sign would reach nobody any more.
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        async Task<PictureToSign?> NextAsync()
        {
            await turn.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                return await source.MoveNextAsync().ConfigureAwait(false) ? source.Current : null;
            }
            finally
            {
                turn.Release();
            }
        }
    }

    private async Task<SignOutcome> TrySignAsync(PictureToSign picture, PixelBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await picture.ReadAsync(_options, cancellationToken).ConfigureAwait(false);
            var pixels = PixelsOf(bytes.Span);
            await budget.EnterAsync(pixels, cancellationToken).ConfigureAwait(false);
            try
            {
                return new SignOutcome(picture, await SignAsync(bytes, picture.Request, cancellationToken).ConfigureAwait(false), null);
            }
            finally
            {
                budget.Leave(pixels);
            }
        }
        catch (Exception e) when (e is InvalidContentException or IOException or UnauthorizedAccessException or ArgumentException or OutOfMemoryException)
        {
            return new SignOutcome(picture, null, e);
        }
    }

    private long PixelsOf(ReadOnlySpan<byte> file)
    {
        var header = ImageCodecs.Of(ImageFormats.Detect(file)).ReadHeader(file, _options);
        return (long)header.Width * header.Height;
    }
}
