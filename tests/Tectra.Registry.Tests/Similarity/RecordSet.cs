using System.Numerics;
using System.Runtime.InteropServices;
using Tectra.Registry.Similarity;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Similarity;

/// <summary>Records by position, whose sequences are the positions + 1, and what counting every bit finds among them.</summary>
internal sealed class RecordSet
{
    private readonly Random _random;

    public RecordSet(int count, int seed)
    {
        _random = new Random(seed);
        Hashes = new ulong[count];
        Payloads = new UInt128?[count];
        _random.NextBytes(MemoryMarshal.AsBytes(Hashes.AsSpan()));
        for (var i = 0; i < count; i++) Payloads[i] = NextPayload();
    }

    public ulong[] Hashes { get; }

    public UInt128?[] Payloads { get; }

    public UInt128 NextPayload() => new(NextHash(), NextHash());

    public ulong NextHash()
    {
        Span<ulong> value = [0];
        _random.NextBytes(MemoryMarshal.AsBytes(value));
        return value[0];
    }

    public int NextPosition() => _random.Next(Hashes.Length);

    /// <summary>A value with exactly so many of its lowest <paramref name="bits"/> changed.</summary>
    public UInt128 Flip(UInt128 value, int bits, int count)
    {
        var mask = UInt128.Zero;
        while (UInt128.PopCount(mask) < (UInt128)count) mask |= UInt128.One << _random.Next(bits);
        return value ^ mask;
    }

    public void AddTo(SimilarityIndex index, int position) => Assert.That(
        index.Add(position + 1, new PerceptualHash(Hashes[position]), Payloads[position] is { } payload ? new WatermarkPayload(payload) : null), Is.True);

    public SimilarityIndex ToIndex()
    {
        var index = new SimilarityIndex();
        for (var i = 0; i < Hashes.Length; i++) AddTo(index, i);
        return index;
    }

    /// <summary>Asserts that queries with every one of the radii find exactly what counting finds; returns how many they found.</summary>
    public long CheckPictures(SimilarityIndex index, ulong query, IEnumerable<int> radii)
    {
        var distances = Array.ConvertAll(Hashes, hash => BitOperations.PopCount(hash ^ query));
        return Check(distances, radii, radius => index.FindPictures(new PerceptualHash(query), radius, int.MaxValue));
    }

    /// <inheritdoc cref="CheckPictures"/>
    public long CheckPayloads(SimilarityIndex index, UInt128 query, IEnumerable<int> radii)
    {
        var distances = Array.ConvertAll(Payloads, payload => payload is { } bits ? (int)UInt128.PopCount(bits ^ query) : int.MaxValue);
        return Check(distances, radii, radius => index.FindPayloads(new WatermarkPayload(query), radius, int.MaxValue));
    }

    private static long Check(int[] distances, IEnumerable<int> radii, Func<int, SimilarityMatches> find)
    {
        var total = 0L;
        foreach (var radius in radii)
        {
            var expected = new List<long>();
            for (var i = 0; i < distances.Length; i++)
            {
                if (distances[i] <= radius) expected.Add(i + 1);
            }
            var matches = find(radius);
            // Constraints over a hundred thousand numbers take seconds; the messages of those that fail are worth them.
            if (!matches.Sequences.SequenceEqual(expected)) Assert.That(matches.Sequences, Is.EqualTo(expected), $"radius {radius}");
            Assert.That(matches.IsCut, Is.False);
            total += expected.Count;
        }
        return total;
    }
}
