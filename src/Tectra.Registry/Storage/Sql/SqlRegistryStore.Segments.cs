using System.Collections.Immutable;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    public async ValueTask ReadFramesAsync(IReadOnlyCollection<long>? sequences, Action<long, ImmutableArray<PerceptualHash>> add, CancellationToken cancellationToken)
    {
        if (sequences is { Count: 0 }) return;
        var frames = ImmutableArray.CreateBuilder<PerceptualHash>();
        var current = 0L;
        var session = await _engine.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await session.StreamAsync(
                $"SELECT sequence, frames FROM video_segment{(sequences is null ? "" : $" WHERE sequence {_engine.IsOneOf("@sequences")}")} ORDER BY sequence, segment_index",
                reader =>
                {
                    var sequence = reader.GetInt64(0);
                    if (sequence != current) HandOver();
                    current = sequence;
                    frames.AddRange(FrameHashCoding.Decode(reader.GetFieldValue<byte[]>(1), VideoFingerprint.MaxFrames));
                },
                cancellationToken,
                sequences is null ? [] : [("@sequences", _engine.ToStored(sequences))]).ConfigureAwait(false);
        }
        HandOver();

        void HandOver()
        {
            if (frames.Count > 0) add(current, frames.ToImmutable());
            frames.Clear();
        }
    }

    public async ValueTask<IReadOnlyList<StoredSegment>> ReadSegmentsAsync(long sequence, CancellationToken cancellationToken) => await ReadAsync(
        "SELECT segment_index, start_ms, end_ms, segment_hash, aggregate_phash, frames FROM video_segment WHERE sequence = @sequence ORDER BY segment_index",
        reader => new StoredSegment(
            (int)reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            ReadDigest(reader, 3),
            new PerceptualHash(unchecked((ulong)reader.GetInt64(4))),
            FrameHashCoding.Decode(reader.GetFieldValue<byte[]>(5), VideoFingerprint.MaxFrames).Length),
        cancellationToken, ("@sequence", sequence)).ConfigureAwait(false);
}
