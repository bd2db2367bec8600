using System.Numerics;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Similarity;

/// <summary>Hashes as frames have them: half of the bits are set.</summary>
internal sealed class VideoFrames(int seed)
{
    private readonly Random _random = new(seed);

    public PerceptualHash Next()
    {
        var bits = 0UL;
        while (BitOperations.PopCount(bits) < 32) bits |= 1UL << _random.Next(64);
        return new PerceptualHash(bits);
    }

    public PerceptualHash[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    /// <summary>The same hash with exactly so many bits changed.</summary>
    public PerceptualHash Flip(PerceptualHash hash, int count)
    {
        var mask = 0UL;
        while (BitOperations.PopCount(mask) < count) mask |= 1UL << _random.Next(64);
        return new PerceptualHash(hash.Bits ^ mask);
    }

    public int NextNumber(int end) => _random.Next(end);
}
