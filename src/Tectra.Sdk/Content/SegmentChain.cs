using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tectra.Sdk.Content;

/// <summary>One segment of a video: the perceptual hashes of its frames and the hash that ends it. Immutable.</summary>
/// <param name="FrameHashes">The frames' perceptual hashes, in time order; never empty.</param>
/// <param name="Hash">SHA-256 of the frame hashes and the previous segment's hash.</param>
public sealed record VideoSegment(ImmutableArray<PerceptualHash> FrameHashes, Sha256Digest Hash)
{
    /// <summary>The bitwise majority of the frame hashes, by which the segment is recognised when its frames have changed a little.</summary>
    public PerceptualHash AggregateHash { get; } = PerceptualHash.MajorityOf(FrameHashes.AsSpan());
}

/// <summary>
/// The hash chain over a video's segments: <c>hash[i] = SHA256(ph_0 ‖ … ‖ ph_k ‖ hash[i−1])</c>, each perceptual hash as
/// eight big-endian bytes, and 32 zero bytes before the first segment. Each hash depends on every earlier frame. Immutable.
/// </summary>
public sealed class SegmentChain
{
    private SegmentChain(ImmutableArray<VideoSegment> segments) => Segments = segments;

    /// <summary>The segments in time order; never empty.</summary>
    public ImmutableArray<VideoSegment> Segments { get; }

    /// <summary>The last segment's hash, which stands for the whole video.</summary>
    public Sha256Digest FinalHash => Segments[^1].Hash;

    /// <summary>Chains frame hashes that are already grouped into segments.</summary>
    /// <exception cref="InvalidEvidenceException">There is no segment, or a segment without a frame (<c>segment_chain_malformed</c>).</exception>
    public static SegmentChain Build(IEnumerable<IReadOnlyList<PerceptualHash>> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var chain = ImmutableArray.CreateBuilder<VideoSegment>();
        var previous = default(Sha256Digest);
        foreach (var frames in segments)
        {
            if (frames.Count == 0)
                throw new InvalidEvidenceException(ErrorCodes.SegmentChainMalformed, $"Segment {chain.Count} has no frame.");
            previous = Link(frames, previous);
            chain.Add(new VideoSegment([.. frames], previous));
        }
        if (chain.Count == 0)
            throw new InvalidEvidenceException(ErrorCodes.SegmentChainMalformed, "A segment chain needs at least one segment.");
        return new SegmentChain(chain.DrainToImmutable());
    }

    /// <summary>One link of the chain: the hash of a segment after a given previous hash.</summary>
    public static Sha256Digest Link(IReadOnlyList<PerceptualHash> frames, Sha256Digest previous)
    {
        ArgumentNullException.ThrowIfNull(frames);
        // In one call: a long video has thousands of links, and a hash object for each would take longer than the hashing.
        var message = new byte[(sizeof(ulong) * frames.Count) + Sha256Digest.LengthBytes];
        for (var i = 0; i < frames.Count; i++) BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(sizeof(ulong) * i), frames[i].Bits);
        previous.CopyTo(message.AsSpan(sizeof(ulong) * frames.Count));
        return Sha256Digest.Compute(message);
    }
}
