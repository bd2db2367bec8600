using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Similarity;

/// <summary>
/// The perceptual hashes of all pictures and watermark payloads of all records, in memory: about 57 bytes a record. Every record within a
/// radius is found, and none outside it. Thread-safe: queries wait for nothing, and see all records that were added before
/// they began. Adding takes half a microsecond, but up to a second when tables double (at 8,192 records and so on).
/// </summary>
internal sealed class SimilarityIndex
{
    private readonly Lock _adding = new();
    private readonly SequenceSet _known = new();
    private readonly Column<uint> _sequences = new();
    private readonly HammingIndex<ulong> _pictures = new(HammingScan.Find);
    private readonly HammingIndex<UInt128> _payloads = new(HammingScan.Find);
    private int _count; // published last: a reader of it sees all positions before it

    /// <summary>How many records are in here.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How much memory the index takes.</summary>
    public long Bytes => _known.Bytes + _sequences.Bytes + _pictures.Bytes + _payloads.Bytes;

    /// <summary>Adds a record, unless its sequence number is here. Numbers may come in any order. What is null is never found.</summary>
    /// <returns>False if it was here.</returns>
    /// <exception cref="RegistryException">The number is above 4,294,967,295 (<c>similarity_index_full</c>).</exception>
    public bool Add(long sequence, PerceptualHash? hash, WatermarkPayload? payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequence);
        lock (_adding)
        {
            var position = _count;
            if (sequence > uint.MaxValue || position == int.MaxValue)
            {
                throw new RegistryException(
                    ErrorCodes.SimilarityIndexFull,
                    $"Record {sequence} can't be looked up by similarity: the index ends at number {uint.MaxValue} and {int.MaxValue} records. Begin another registry.");
            }
            var number = (uint)sequence;
            if (_known.Contains(number)) return false;
            _known.Reserve(number);
            _sequences.Reserve(position);
            _pictures.Reserve(position);
            _payloads.Reserve(position);
            // From here on nothing can fail.
            _sequences[position] = number;
            _pictures.Append(position, hash?.Bits);
            _payloads.Append(position, payload?.Bits);
            Volatile.Write(ref _count, position + 1);
            _known.Add(number);
            return true;
        }
    }

    /// <summary>The records whose perceptual hash lies within <paramref name="radius"/> of 64 bits; the nearest if they are more than <paramref name="limit"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SimilarityMatches FindPictures(PerceptualHash hash, int radius, int limit, CancellationToken cancellationToken = default) =>
        Find(_pictures, hash.Bits, radius, limit, cancellationToken);

    /// <summary>The records whose payload lies within <paramref name="radius"/> of 128 bits; the nearest if they are more than <paramref name="limit"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SimilarityMatches FindPayloads(WatermarkPayload payload, int radius, int limit, CancellationToken cancellationToken = default) =>
        Find(_payloads, payload.Bits, radius, limit, cancellationToken);

    private SimilarityMatches Find<T>(HammingIndex<T> index, T query, int radius, int limit, CancellationToken cancellationToken)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IUnsignedNumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var nearest = new NearestMatches(limit);
        index.Find(query, radius, Count, nearest, cancellationToken);
        var positions = nearest.ToPositions(out var isCut);
        var sequences = Array.ConvertAll(positions, position => (long)_sequences[position]);
        Array.Sort(sequences);
        return new SimilarityMatches(sequences, isCut);
    }
}
