using System.Threading.Channels;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Hashing;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>What was computed of samples.</summary>
/// <param name="Hashes">The perceptual hash of each.</param>
/// <param name="Digests">The pixels of the first and of every one a whole number of steps after it.</param>
internal sealed record HashedFrames(PerceptualHash[] Hashes, PixelDigest[] Digests);

/// <summary>Hashes frames side by side while the next are decoded; a few are in memory at a time.</summary>
internal static class FrameHasher
{
    /// <summary>Hashes every frame that comes, in their order.</summary>
    /// <param name="frames">The frames of the samples, from the first on.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="schedule">Tells which samples repeat a frame and therefore don't come.</param>
    /// <param name="step">From one sample whose pixels are digested to the next.</param>
    /// <param name="hashers">How many frames are hashed side by side.</param>
    /// <param name="hashed">Is told of each sample whose hash is known, in any order.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<HashedFrames> HashAsync(
        IAsyncEnumerable<LumaFrame> frames, int width, int height, KeyframeSchedule schedule, int step, int hashers, Action<int> hashed, CancellationToken cancellationToken)
    {
        var results = new HashedFrames(new PerceptualHash[schedule.Frames.Length], new PixelDigest[((schedule.Frames.Length - 1) / step) + 1]);
        var hasher = new LumaHasher(width, height);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queue = Channel.CreateBounded<LumaFrame>(new BoundedChannelOptions(1) { SingleWriter = true });
        var workers = Enumerable.Range(0, hashers).Select(_ => Task.Run(() => WorkAsync(queue.Reader, frame => Hash(frame, hasher, schedule, step, results), hashed, stop), CancellationToken.None)).ToArray();
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
        for (var k = 1; k < results.Hashes.Length; k++)
        {
            if (schedule.Frames[k] != schedule.Frames[k - 1]) continue;
            results.Hashes[k] = results.Hashes[k - 1];
            if (count == k) count++;
        }
        return new HashedFrames(results.Hashes[..count], results.Digests[..((count + step - 1) / step)]);
    }

    /// <summary>Hashes a frame, and digests its pixels for all samples that show it.</summary>
    private static void Hash(LumaFrame frame, LumaHasher hasher, KeyframeSchedule schedule, int step, HashedFrames results)
    {
        results.Hashes[frame.Sample] = hasher.Hash(frame.Luma);
        PixelDigest? digest = null;
        for (var sample = frame.Sample; sample < schedule.Frames.Length && schedule.Frames[sample] == schedule.Frames[frame.Sample]; sample++)
        {
            if (sample % step == 0) results.Digests[sample / step] = digest ??= PixelDigest.OfFrame(frame.Luma);
        }
    }

    private static async Task WorkAsync(ChannelReader<LumaFrame> queue, Action<LumaFrame> hash, Action<int> hashed, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var frame in queue.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                using (frame) hash(frame);
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
