using Tectra.Sdk.Content;

namespace Tectra.Sdk.Api;

/// <summary>A segment of a registered video, as the registry derived it from the certificate. Immutable.</summary>
/// <param name="Index">Its place in the video, from 0.</param>
/// <param name="Start">When it begins, in whole milliseconds.</param>
/// <param name="End">When it ends, in whole milliseconds.</param>
/// <param name="Hash">Its link of the video's <see cref="SegmentChain"/>.</param>
/// <param name="AggregateHash">The bitwise majority of its frames' perceptual hashes.</param>
/// <param name="FrameCount">How many frames it has; at least 1.</param>
public sealed record SegmentRecord(int Index, TimeSpan Start, TimeSpan End, Sha256Digest Hash, PerceptualHash AggregateHash, int FrameCount);

/// <summary>The segments of a video, in time order.</summary>
internal sealed record SegmentListDocument(SegmentDocument[] Items)
{
    /// <exception cref="FormatException">A segment is null or malformed, or they are out of order, or too many.</exception>
    public static IReadOnlyList<SegmentRecord> ToSegments(SegmentListDocument document)
    {
        if (document.Items.Length > VideoFingerprint.MaxFrames) throw new FormatException($"It has {document.Items.Length} segments; a video has at most {VideoFingerprint.MaxFrames}.");
        var segments = Wire.WithoutNulls(document.Items).Select(SegmentDocument.ToSegment).ToList();
        return segments.Index().All(segment => segment.Item.Index == segment.Index) ? segments : throw new FormatException("The segments are out of order.");
    }
}

/// <summary>The JSON form of a <see cref="SegmentRecord"/>.</summary>
internal sealed record SegmentDocument(int Index, long StartMs, long EndMs, string SegmentHash, string AggregatePhash, int FrameCount)
{
    public static SegmentRecord ToSegment(SegmentDocument document)
    {
        if (document.StartMs < 0 || document.EndMs < document.StartMs || document.EndMs > VideoFingerprint.MaxDurationMilliseconds)
            throw new FormatException("A segment's times are out of range.");
        if (document.FrameCount is < 1 or > VideoFingerprint.MaxFrames) throw new FormatException("A segment's number of frames is out of range.");
        return new SegmentRecord(
            document.Index,
            TimeSpan.FromMilliseconds(document.StartMs),
            TimeSpan.FromMilliseconds(document.EndMs),
            Sha256Digest.Parse(document.SegmentHash),
            PerceptualHash.Parse(document.AggregatePhash),
            document.FrameCount);
    }
}
