using System.Collections.Immutable;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage;

/// <summary>A record that has passed every check of the registry, ready to be stored.</summary>
internal sealed record NewRecord(Certificate Certificate, DsseEnvelope Envelope, string? MetadataJson, string? OriginalFileName, UtcTimestamp RegisteredAt);

/// <summary>How the storing of a record ended.</summary>
internal enum AddOutcome
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>The very same certificate is there already.</summary>
    Repeated,

    /// <summary>Another certificate has that id.</summary>
    Conflict,
}

/// <summary>What became of a record that was given to be stored.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Sequence">Its sequence number if it is new; 0 otherwise.</param>
internal readonly record struct AddResult(AddOutcome Outcome, long Sequence);

/// <summary>A request that its sender may repeat under the same name.</summary>
/// <param name="UserId">Whose name it is.</param>
/// <param name="Key">The name.</param>
/// <param name="RequestSha256">What was asked; the same name for something else is refused.</param>
internal sealed record IdempotencyKey(string UserId, string Key, Sha256Digest RequestSha256);

/// <summary>A record as it is stored, with what has been added to it since.</summary>
internal sealed record StoredRecord
{
    public required long Sequence { get; init; }

    public required string UserId { get; init; }

    public required DsseEnvelope Envelope { get; init; }

    public string? MetadataJson { get; init; }

    public string? OriginalFileName { get; init; }

    public required string RegisteredAt { get; init; }

    public Revocation? Revocation { get; init; }

    /// <summary>The path to its batch's root; null while it is in no batch.</summary>
    public MerkleProof? Proof { get; init; }

    /// <summary>Whether its batch's root was sent to a chain.</summary>
    public bool IsSubmitted { get; init; }

    /// <summary>The anchor of its batch on a chain; null while there is none that stands.</summary>
    public EvmAnchor? ChainAnchor { get; init; }

    /// <summary>The ledger entry that anchors its batch; null while it isn't anchored.</summary>
    public long? LedgerIndex { get; init; }
}

/// <summary>What the similarity index needs of a record.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Hash">A picture's perceptual hash; null for a video, which is found by its frames.</param>
/// <param name="Payload">What its watermark carries; null without one.</param>
internal readonly record struct IndexedRecord(long Sequence, PerceptualHash? Hash, WatermarkPayload? Payload)
{
    public bool IsVideo => Hash is null;
}

/// <summary>A record that was added since: what the index needs, and the digests by which it is found.</summary>
internal readonly record struct AddedRecord(IndexedRecord Indexed, Sha256Digest OriginalSha256, Sha256Digest? WatermarkedSha256)
{
    /// <summary>A video's frames where they are at hand; otherwise <see cref="IRecordStore.ReadFramesAsync"/> has them.</summary>
    public ImmutableArray<PerceptualHash>? Frames { get; init; }
}

/// <summary>A segment of a video as it is stored.</summary>
/// <param name="Index">Its place in the video, from 0.</param>
/// <param name="StartMilliseconds">When it begins.</param>
/// <param name="EndMilliseconds">When it ends.</param>
/// <param name="Hash">Its link of the chain.</param>
/// <param name="AggregateHash">The majority of its frames.</param>
/// <param name="FrameCount">How many frames it has.</param>
internal readonly record struct StoredSegment(int Index, long StartMilliseconds, long EndMilliseconds, Sha256Digest Hash, PerceptualHash AggregateHash, int FrameCount);

/// <summary>How far the changes of a store have been read. What the numbers mean is the store's own affair.</summary>
internal sealed record ChangeCursor(params long[] Marks);

/// <summary>
/// What changed in a store, beside the records that were added. Nothing that was committed before the reading is ever left out;
/// something that was read before may come again.
/// </summary>
/// <param name="Revoked">Sequence numbers of records that were revoked.</param>
/// <param name="HasAnchored">Whether batches were anchored, in the ledger or on a chain.</param>
/// <param name="HasRetracted">Whether a chain lost an anchor.</param>
/// <param name="Cursor">Where to go on.</param>
internal sealed record Changes(IReadOnlyList<long> Revoked, bool HasAnchored, bool HasRetracted, ChangeCursor Cursor);

/// <summary>A record that waits for a batch.</summary>
internal readonly record struct PendingLeaf(long Sequence, MerkleLeaf Leaf);

/// <summary>A batch whose root isn't known to be anchored yet.</summary>
internal readonly record struct FormedBatch(long BatchId, MerkleHash Root, int LeafCount, UtcTimestamp FormedAt);

/// <summary>Where a batch's root stands in the ledger.</summary>
internal readonly record struct AnchoredBatch(long LedgerIndex, MerkleHash Root);

/// <summary>What to list; a null filters nothing.</summary>
internal sealed record RecordQuery
{
    public string? UserId { get; init; }

    public string? OriginType { get; init; }

    /// <summary>True for anchored ones, false for pending ones.</summary>
    public bool? IsAnchored { get; init; }

    /// <summary>Of those that aren't anchored: true for those that were sent to a chain, false for those that weren't.</summary>
    public bool? IsSubmitted { get; init; }

    public bool IsRevoked { get; init; }

    public long? FromMilliseconds { get; init; }

    public long? UntilMilliseconds { get; init; }

    public Sha256Digest? Sha256 { get; init; }

    public PublicKey? PublicKey { get; init; }

    /// <summary>Only records with a smaller sequence number; null for the newest.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 50;
}

/// <summary>How many records a user has.</summary>
internal sealed record RecordCounts(long Total, long Anchored, long Revoked, IReadOnlyDictionary<string, long> ByOriginType);

/// <summary>
/// The port to a database's records. The contract is in this folder's README. Thread-safe; every call that writes is one
/// durable transaction.
/// </summary>
internal interface IRecordStore
{
    /// <summary>The user whose key this is, or null if it isn't registered.</summary>
    ValueTask<string?> FindKeyOwnerAsync(PublicKey key, CancellationToken cancellationToken);

    /// <summary>Registers a key for a user; a key that is registered for another user stays with that one.</summary>
    ValueTask AddKeyAsync(NewSigningKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Stores records in one transaction, with the segments of videos, lines them up for a batch, and leaves an event for each webhook
    /// that listens: all or nothing.
    /// </summary>
    /// <exception cref="Sdk.RegistryException">The idempotency key was used for another request (<c>idempotency_key_reused</c>).</exception>
    ValueTask<IReadOnlyList<AddResult>> AddRecordsAsync(IReadOnlyList<NewRecord> records, IdempotencyKey? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>One record by its id.</summary>
    ValueTask<StoredRecord?> FindAsync(RecordId id, CancellationToken cancellationToken);

    /// <summary>Records by their sequence numbers, in ascending order; those there aren't are left out.</summary>
    ValueTask<IReadOnlyList<StoredRecord>> FindAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken);

    /// <summary>Which of some records exist.</summary>
    ValueTask<IReadOnlySet<RecordId>> FindExistingAsync(IReadOnlyCollection<RecordId> ids, CancellationToken cancellationToken);

    /// <summary>The records whose original or delivered file has this digest, oldest first, at most so many.</summary>
    ValueTask<IReadOnlyList<long>> FindBySha256Async(Sha256Digest digest, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Streams every record for the index, and returns where the changes go on from there.
    /// </summary>
    ValueTask<ChangeCursor> ReadIndexAsync(Action<IndexedRecord> add, CancellationToken cancellationToken);

    /// <summary>What changed since a cursor; the records that were added go to <paramref name="add"/>, some perhaps once more.</summary>
    ValueTask<Changes> ReadChangesAsync(ChangeCursor since, Action<AddedRecord> add, CancellationToken cancellationToken);

    /// <summary>
    /// Streams the frames of videos in time order, video by video; of every video if <paramref name="sequences"/> is null. Whoever read a
    /// video's record before finds its frames here.
    /// </summary>
    ValueTask ReadFramesAsync(IReadOnlyCollection<long>? sequences, Action<long, ImmutableArray<PerceptualHash>> add, CancellationToken cancellationToken);

    /// <summary>A video's segments in time order; none for any other record.</summary>
    ValueTask<IReadOnlyList<StoredSegment>> ReadSegmentsAsync(long sequence, CancellationToken cancellationToken);

    /// <summary>Records, newest first.</summary>
    ValueTask<IReadOnlyList<StoredRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>How many records a user has.</summary>
    ValueTask<RecordCounts> CountAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Revokes a record unless it is revoked already.</summary>
    ValueTask RevokeAsync(long sequence, Revocation revocation, CancellationToken cancellationToken);

    /// <summary>The oldest records that are in no batch.</summary>
    ValueTask<IReadOnlyList<PendingLeaf>> ReadPendingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Stores a batch with all its proofs, before its root goes anywhere.</summary>
    ValueTask<FormedBatch> AddBatchAsync(MerkleTree tree, IReadOnlyList<PendingLeaf> leaves, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>The batches without an anchor that stands, oldest first.</summary>
    ValueTask<IReadOnlyList<FormedBatch>> ReadUnanchoredBatchesAsync(CancellationToken cancellationToken);

    /// <summary>The batch with the highest ledger entry, or null when none is anchored.</summary>
    ValueTask<AnchoredBatch?> ReadLastAnchorAsync(CancellationToken cancellationToken);

    /// <summary>Notes the ledger entry of a batch, and leaves an event for each webhook that listens.</summary>
    ValueTask AddAnchorAsync(FormedBatch batch, LedgerEntry entry, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>Adds a ledger entry; false if there is one of that index.</summary>
    ValueTask<bool> TryAddLedgerEntryAsync(long index, byte[] entry, CancellationToken cancellationToken);

    /// <summary>Ledger entries from an index on, in order.</summary>
    ValueTask<IReadOnlyList<byte[]>> ReadLedgerEntriesAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>How many ledger entries there are.</summary>
    ValueTask<long> CountLedgerEntriesAsync(CancellationToken cancellationToken);

    /// <summary>Keeps every other process from batching until it is disposed of; null if one is at it.</summary>
    ValueTask<IAsyncDisposable?> TryLockBatchingAsync(CancellationToken cancellationToken);
}
