using System.Numerics;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Similarity;

/// <summary>A video that has a frame within the radius.</summary>
/// <param name="Sequence">Its record's number.</param>
/// <param name="Distance">How many bits the nearest of its frames differs in.</param>
internal readonly record struct FrameMatch(long Sequence, int Distance);

/// <summary>
/// The perceptual hashes of the frames of all videos, in memory: less than 30 bytes a frame. A video's equal frames are one; frames that
/// no informative hash can be near aren't there. Thread-safe: queries wait for nothing, and see all videos that were added before they began.
/// </summary>
internal sealed class FrameIndex
{
    private readonly Lock _adding = new();
    private readonly SequenceSet _known = new();
    private readonly Column<uint> _sequences = new();
    private readonly HammingIndex<ulong> _frames = new(HammingScan.Find);
    private int _count; // published last: a reader of it sees all positions before it

    /// <summary>How many frames are in here.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How much memory the index takes.</summary>
    public long Bytes => _known.Bytes + _sequences.Bytes + _frames.Bytes;

    /// <summary>Whether a hash says something about where it is from, by the verifier's own rule.</summary>
    public static bool IsInformative(PerceptualHash hash) => FrameInformation.IsInformative(hash.Bits);

    /// <summary>Whether a video is here.</summary>
    public bool Contains(long sequence)
    {
        lock (_adding) return sequence <= uint.MaxValue && _known.Contains((uint)sequence);
    }

    /// <summary>Adds a video's frames, unless it is here. Videos may come in any order.</summary>
    /// <returns>False if it was here.</returns>
    /// <exception cref="RegistryException">The number is above 4,294,967,295, or there are too many frames (<c>similarity_index_full</c>).</exception>
    public bool Add(long sequence, IEnumerable<PerceptualHash> frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequence);
        var distinct = frames.Where(IsReachable).ToHashSet();
        lock (_adding)
        {
            if (sequence > uint.MaxValue || _count > int.MaxValue - distinct.Count)
            {
                throw new RegistryException(
                    ErrorCodes.SimilarityIndexFull,
                    $"Video {sequence} can't be looked up by its frames: the index ends at number {uint.MaxValue} and {int.MaxValue} frames. Begin another registry.");
            }
            var number = (uint)sequence;
            if (_known.Contains(number)) return false;
            _known.Reserve(number);
            foreach (var frame in distinct)
            {
                // Frame by frame, so that one for which there is no memory leaves the index whole: added again, the earlier ones are
                // here twice, which changes no answer.
                var position = _count;
                _sequences.Reserve(position);
                _frames.Reserve(position);
                _sequences[position] = number;
                _frames.Append(position, frame.Bits);
                Volatile.Write(ref _count, position + 1);
            }
            _known.Add(number);
            return true;
        }
    }

    /// <summary>
    /// The videos with a frame within <paramref name="radius"/> of 64 bits of an informative hash, in no order; if more than
    /// <paramref name="limit"/> frames are, those of the nearest.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyCollection<FrameMatch> Find(PerceptualHash hash, int radius, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var nearest = new NearestMatches(limit);
        _frames.Find(hash.Bits, radius, Count, nearest, cancellationToken);
        var videos = new Dictionary<uint, int>();
        foreach (var (position, distance) in nearest.ToMatches())
        {
            var sequence = _sequences[position];
            if (!videos.TryGetValue(sequence, out var least) || distance < least) videos[sequence] = distance;
        }
        return [.. videos.Select(video => new FrameMatch(video.Key, video.Value))];
    }

    private static bool IsReachable(PerceptualHash hash) =>
        BitOperations.PopCount(hash.Bits) is >= FrameInformation.MinOnes - VerificationPolicy.MaxPerceptualRadius and <= FrameInformation.MaxOnes + VerificationPolicy.MaxPerceptualRadius;
}
