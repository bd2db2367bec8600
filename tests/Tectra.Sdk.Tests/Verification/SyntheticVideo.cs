using System.Collections.Immutable;
using System.Numerics;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

/// <summary>
/// The frames of a video that was never filmed: scenes whose hashes drift, so that neighbours are similar, and cuts between them. As in
/// pictures, half of a hash's bits are ones. 24 frames a second.
/// </summary>
internal sealed class SyntheticVideo
{
    public const int FramesPerSecond = 24;

    private SyntheticVideo(ImmutableArray<ulong> frames) => Frames = frames;

    public ImmutableArray<ulong> Frames { get; }

    public TimeSpan Duration => TimeSpan.FromSeconds(Frames.Length / (double)FramesPerSecond);

    /// <param name="seed">Another one is another video.</param>
    /// <param name="seconds">How long it is.</param>
    /// <param name="bitsPerSecond">How fast a scene drifts; 0 for a fixed camera, with only a little noise.</param>
    /// <param name="hasCuts">Whether a new scene begins every two to nine seconds.</param>
    public static SyntheticVideo Film(int seed, double seconds, double bitsPerSecond = 6, bool hasCuts = true)
    {
        var random = new Random(seed);
        var frames = ImmutableArray.CreateBuilder<ulong>();
        var hash = Picture(random);
        var untilCut = Scene(random);
        while (frames.Count < (int)Math.Round(seconds * FramesPerSecond))
        {
            if (hasCuts && untilCut-- == 0)
            {
                hash = Picture(random);
                untilCut = Scene(random);
            }
            // A swap of a one and a zero is two bits.
            if (random.NextDouble() < bitsPerSecond / 2 / FramesPerSecond) hash = Swapped(hash, random);
            frames.Add(bitsPerSecond == 0 && random.Next(4) == 0 ? Swapped(hash, random) : hash);
        }
        return new SyntheticVideo(frames.DrainToImmutable());
    }

    public static ulong Picture(Random random)
    {
        var hash = 0UL;
        while (BitOperations.PopCount(hash) < 32) hash |= 1UL << random.Next(64);
        return hash;
    }

    /// <summary>The stretch from one second to another.</summary>
    public SyntheticVideo Cut(double from, double to) => new(Frames[At(from)..At(to)]);

    public SyntheticVideo Then(SyntheticVideo other) => new([.. Frames, .. other.Frames]);

    /// <summary>The same with another video in place of a stretch, or put in between if it is empty.</summary>
    public SyntheticVideo Replaced(double from, double to, SyntheticVideo? by = null) => new([.. Frames[..At(from)], .. by?.Frames ?? [], .. Frames[At(to)..]]);

    public SyntheticVideo Backwards() => new([.. Frames.Reverse()]);

    /// <summary>The same after encoding again: up to so many bits of each frame differ, a few frames running alike.</summary>
    public SyntheticVideo ReEncoded(int seed = 1, int bits = 6)
    {
        var random = new Random(seed);
        return new SyntheticVideo([.. Frames.Select(frame =>
        {
            for (var swaps = random.Next((bits / 2) + 1); swaps > 0; swaps--) frame = Swapped(frame, random);
            return frame;
        })]);
    }

    /// <summary>The same with some bits of every frame turned round, as cropping and logos do.</summary>
    public SyntheticVideo Masked(ulong bits) => new([.. Frames.Select(frame => frame ^ bits)]);

    public VideoFingerprint Record(SampleRate? rate = null)
    {
        var chosen = rate ?? SampleRate.Of(1);
        return TestVideos.Fingerprint(chosen, Duration, Sample(chosen));
    }

    public ObservedVideo Observe(SampleRate? rate = null)
    {
        var chosen = rate ?? SampleRate.Of(8);
        return TestVideos.Observed(chosen, Duration, Sample(chosen));
    }

    private static int Scene(Random random) => random.Next(2 * FramesPerSecond, 9 * FramesPerSecond);

    private static int At(double seconds) => (int)Math.Round(seconds * FramesPerSecond);

    private static ulong Swapped(ulong hash, Random random)
    {
        int one, zero;
        do one = random.Next(64);
        while (((hash >> one) & 1) == 0);
        do zero = random.Next(64);
        while (((hash >> zero) & 1) == 1);
        return hash ^ (1UL << one) ^ (1UL << zero);
    }

    /// <summary>The frame shown at each sample's time, up to the last frame's.</summary>
    private ImmutableArray<PerceptualHash> Sample(SampleRate rate)
    {
        var samples = ImmutableArray.CreateBuilder<PerceptualHash>();
        for (var k = 0L; k * rate.Seconds * FramesPerSecond / rate.Frames < Frames.Length && k * rate.Seconds * FramesPerSecond <= (Frames.Length - 1) * (long)rate.Frames; k++)
            samples.Add(new PerceptualHash(Frames[(int)(k * rate.Seconds * FramesPerSecond / rate.Frames)]));
        return samples.DrainToImmutable();
    }
}
