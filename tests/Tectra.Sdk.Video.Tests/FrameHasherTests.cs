using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Tests;

public class FrameHasherTests
{
    private const int Side = 40;

    [TestCase(1)]
    [TestCase(3)]
    public async Task Hashes_keep_their_order_and_few_frames_are_in_memory(int hashers)
    {
        var (produced, hashed, most) = (0, 0, 0);
        async IAsyncEnumerable<LumaFrame> FramesAsync()
        {
            for (var k = 0; k < 500; k++)
            {
                yield return (await FrameAsync(k))!;
                // By now the frame has been taken over.
                most = Math.Max(most, ++produced - Volatile.Read(ref hashed));
            }
        }
        var (hashes, digests) = await FrameHasher.HashAsync(FramesAsync(), Side, Side, Schedule(500, n => n), 1, hashers, _ => Interlocked.Increment(ref hashed), default);
        Assert.That(hashes, Is.EqualTo(Enumerable.Range(0, 500).Select(k => new LumaHasher(Side, Side).Hash(Plane(k)))));
        Assert.That(digests, Is.EqualTo(Enumerable.Range(0, 500).Select(k => PixelDigest.OfFrame(Plane(k)))));
        Assert.That(most, Is.LessThanOrEqualTo(hashers + 2));
    }

    [Test]
    public async Task Samples_that_repeat_a_frame_share_its_hash()
    {
        async IAsyncEnumerable<LumaFrame> FramesAsync(int end)
        {
            for (var k = 0; k < end; k += 3) yield return (await FrameAsync(k))!;
        }
        var schedule = Schedule(13, n => n / 3);
        var (hashes, digests) = await FrameHasher.HashAsync(FramesAsync(13), Side, Side, schedule, 1, 2, _ => { }, default);
        Assert.That(hashes, Is.EqualTo(Enumerable.Range(0, 13).Select(k => new LumaHasher(Side, Side).Hash(Plane(k / 3 * 3)))));
        Assert.That(digests, Is.EqualTo(Enumerable.Range(0, 13).Select(k => PixelDigest.OfFrame(Plane(k / 3 * 3)))));
        Assert.That((await FrameHasher.HashAsync(FramesAsync(7), Side, Side, schedule, 1, 2, _ => { }, default)).Hashes, Is.EqualTo(hashes[..9]));
        for (var step = 2; step < 15; step++)
        {
            var every = (await FrameHasher.HashAsync(FramesAsync(13), Side, Side, schedule, step, 2, _ => { }, default)).Digests;
            Assert.That(every, Is.EqualTo(digests.Where((_, k) => k % step == 0)), $"{step}");
        }
    }

    [TestCase(8)]
    [TestCase(10)]
    [TestCase(16)]
    public async Task Of_deep_samples_the_high_bits_count(int depth)
    {
        var random = new Random(depth);
        var samples = Enumerable.Range(0, 1003).Select(_ => random.Next(1 << depth)).ToArray();
        var bytes = samples.SelectMany(sample => depth > 8 ? new[] { (byte)sample, (byte)(sample >> 8) } : [(byte)sample]).ToArray();
        using var frame = await LumaFrame.ReadAsync(new MemoryStream(bytes), 5, samples.Length, depth, default);
        Assert.That(frame!.Luma.ToArray(), Is.EqualTo(samples.Select(sample => (byte)(sample >> (depth - 8)))));
        Assert.That(await LumaFrame.ReadAsync(new MemoryStream(bytes[1..]), 5, samples.Length, depth, default), Is.Null);
    }

    private static byte[] Plane(int k)
    {
        var plane = new byte[Side * Side];
        new Random(k).NextBytes(plane);
        return plane;
    }

    private static ValueTask<LumaFrame?> FrameAsync(int k) => LumaFrame.ReadAsync(new MemoryStream(Plane(k)), k, Side * Side, 8, default);

    /// <summary>Samples a second apart, each of the frame that is named.</summary>
    private static KeyframeSchedule Schedule(int samples, Func<int, int> frameOf)
    {
        var times = Enumerable.Range(0, samples).Where(n => n == 0 || frameOf(n) != frameOf(n - 1)).Select(n => (long)n).Append(samples - 1).Distinct().ToArray();
        var schedule = KeyframeSchedule.Create(new FrameTimeline(TimeSource.Presentation, 1, 1, times, new bool[times.Length], samples), SampleRate.Of(1), samples);
        Assert.That(schedule.Frames, Has.Length.EqualTo(samples));
        return schedule;
    }
}
