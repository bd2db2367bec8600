using System.Runtime.InteropServices;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Similarity;

/// <summary>
/// The perceptual hashes and watermark payloads of all records, in memory, in the order of registration. Not thread-safe:
/// its owner serialises access.
/// </summary>
internal sealed class SimilarityIndex
{
    private readonly List<ulong> _hashes = [];
    private readonly List<long> _hashRecords = [];
    private readonly List<UInt128> _payloads = [];
    private readonly List<long> _payloadRecords = [];
    private readonly List<int> _matches = [];

    /// <summary>The sequence number of the newest record in here; 0 when there is none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Adds a record.</summary>
    public void Add(long sequence, PerceptualHash hash, WatermarkPayload? payload)
    {
        _hashes.Add(hash.Bits);
        _hashRecords.Add(sequence);
        if (payload is { } value)
        {
            _payloads.Add(value.Bits);
            _payloadRecords.Add(sequence);
        }
        LastSequence = sequence;
    }

    /// <summary>Every record whose picture lies within <paramref name="radius"/> bits.</summary>
    public IEnumerable<long> FindPictures(PerceptualHash hash, int radius)
    {
        _matches.Clear();
        HammingScan.Find(CollectionsMarshal.AsSpan(_hashes), hash.Bits, radius, _matches);
        return [.. _matches.Select(i => _hashRecords[i])];
    }

    /// <summary>Every record whose payload lies within <paramref name="radius"/> bits; exact ones among them.</summary>
    public IEnumerable<long> FindPayloads(WatermarkPayload payload, int radius)
    {
        var found = new List<long>();
        var payloads = CollectionsMarshal.AsSpan(_payloads);
        for (var i = 0; i < payloads.Length; i++)
        {
            if (payload.DistanceTo(new WatermarkPayload(payloads[i])) <= radius) found.Add(_payloadRecords[i]);
        }
        return found;
    }
}
