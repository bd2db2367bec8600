using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>The columns of a video's segment, in the types that both engines take.</summary>
internal sealed record SegmentRow(long Sequence, long Index, long StartMilliseconds, long EndMilliseconds, byte[] Hash, long AggregateHash, byte[] Frames)
{
    /// <summary>Every segment of a video, in order; times are cut to whole milliseconds.</summary>
    public static IEnumerable<SegmentRow> Of(long sequence, VideoFingerprint video)
    {
        for (var i = 0; i < video.Chain.Segments.Length; i++)
        {
            var segment = video.Chain.Segments[i];
            var (start, end) = video.TimesOf(i);
            yield return new SegmentRow(
                sequence,
                i,
                Milliseconds(start),
                Milliseconds(end),
                segment.Hash.ToArray(),
                unchecked((long)segment.AggregateHash.Bits),
                FrameHashCoding.Encode(segment.FrameHashes.AsSpan()));
        }
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
