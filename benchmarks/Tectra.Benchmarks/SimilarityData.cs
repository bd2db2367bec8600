using System.Runtime.InteropServices;

namespace Tectra.Benchmarks;

/// <summary>Hashes and payloads of records, and queries for them; the same in every run.</summary>
internal sealed class SimilarityData
{
    private const int Centres = 1_000, Spread = 4, SharedHashes = 10;

    private readonly Random _random = new(1);
    private readonly bool _isClustered;

    private SimilarityData(int records, bool isClustered)
    {
        _isClustered = isClustered;
        Hashes = Some(records);
        Payloads = new UInt128[records];
        _random.NextBytes(MemoryMarshal.AsBytes(Payloads.AsSpan()));
        ulong[] centres = Some(Centres), shared = Some(SharedHashes);
        for (var i = 0; i < records; i++)
        {
            Hashes[i] = KindOf(i) switch
            {
                Kind.Centred => (ulong)Flip(centres[_random.Next(Centres)], 64, _random.Next(Spread + 1)),
                Kind.Shared => shared[_random.Next(SharedHashes)],
                _ => Hashes[i],
            };
        }
    }

    private enum Kind
    {
        Alone,
        Centred,
        Shared,
    }

    public string Name => _isClustered ? "Clustered" : "Uniform";

    public ulong[] Hashes { get; }

    public UInt128[] Payloads { get; }

    public static SimilarityData Uniform(int records) => new(records, isClustered: false);

    /// <summary>5 % of the hashes are within 4 bits of a thousand centres, 1 % share ten.</summary>
    public static SimilarityData Clustered(int records) => new(records, isClustered: true);

    public ulong[] HashQueries(int radius, int count) => [.. Queries(radius, count, 64, i => Hashes[i]).Select(query => (ulong)query)];

    public UInt128[] PayloadQueries(int radius, int count) => [.. Queries(radius, count, 128, i => Payloads[i])];

    private IEnumerable<UInt128> Queries(int radius, int count, int bits, Func<int, UInt128> valueOf)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 2 == 0)
            {
                yield return new UInt128(Some(1)[0], Some(1)[0]);
                continue;
            }
            var kind = _isClustered ? (Kind)(i / 2 % 3) : Kind.Alone;
            int record;
            do record = _random.Next(Hashes.Length);
            while (KindOf(record) != kind);
            yield return Flip(valueOf(record), bits, _random.Next(radius + 1));
        }
    }

    private Kind KindOf(int record) => (_isClustered, record % 100) switch
    {
        (true, 0) => Kind.Shared,
        (true, <= 5) => Kind.Centred,
        _ => Kind.Alone,
    };

    private UInt128 Flip(UInt128 value, int bits, int count)
    {
        foreach (var bit in Enumerable.Range(0, bits).OrderBy(_ => _random.Next()).Take(count)) value ^= UInt128.One << bit;
        return value;
    }

    private ulong[] Some(int count)
    {
        var values = new ulong[count];
        _random.NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
