using System.Threading.Channels;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Hashing;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>Hashes frames side by side while the next are decoded; a few are in memory at a time.</summary>
internal static class FrameHasher
{
    /// <summary>The perceptual hash of every frame that comes, in their order.</summary>
    /// <param name="frames">The frames of the samples, from the first on.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="schedule">Tells which samples repeat a frame and therefore don't come.</param>
    /// <param name="hashers">How many frames are hashed side by side.</param>
    /// <param name="hashed">Is told of each sample whose hash is known, in any order.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<PerceptualHash[]> HashAsync(
        IAsyncEnumerable<LumaFrame> frames, int width, int height, KeyframeSchedule schedule, int hashers, Action<int> hashed, CancellationToken cancellationToken)
    {
        var results = new PerceptualHash[schedule.Frames.Length];
        var hasher = new LumaHasher(width, height);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queue = Channel.CreateBounded<LumaFrame>(new BoundedChannelOptions(1) { SingleWriter = true });
        var workers = Enumerable.Range(0, hashers).Select(_ => Task.Run(() => WorkAsync(queue.Reader, hasher, results, hashed, stop), CancellationToken.None)).ToArray();
        var count = 0;
        try
        {
            await foreach (var frame in frames.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                count = frame.Sample + 1;
                await queue.Writer.WriteAsync(frame, stop.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            queue.Writer.Complete();
            await Task.WhenAll(workers).ConfigureAwait(false);
            while (queue.Reader.TryRead(out var left)) left.Dispose();
        }
        for (var k = 1; k < results.Length; k++)
        {
            if (schedule.Frames[k] != schedule.Frames[k - 1]) continue;
            results[k] = results[k - 1];
            if (count == k) count++;
        }
        return results[..count];
    }

    private static async Task WorkAsync(ChannelReader<LumaFrame> queue, LumaHasher hasher, PerceptualHash[] results, Action<int> hashed, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var frame in queue.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                using (frame) results[frame.Sample] = hasher.Hash(frame.Luma);
                hashed(frame.Sample);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever cancelled says why.
        }
        catch
        {
            // Nobody would take what is decoded any more.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
