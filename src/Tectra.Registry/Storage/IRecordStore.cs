using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage;

/// <summary>A record that has passed every check of the registry, ready to be stored.</summary>
internal sealed record NewRecord(Certificate Certificate, DsseEnvelope Envelope, string? MetadataJson, UtcTimestamp RegisteredAt);

/// <summary>A record as it is stored, with what has been added to it since.</summary>
internal sealed record StoredRecord
{
    public required long Sequence { get; init; }

    public required DsseEnvelope Envelope { get; init; }

    public string? MetadataJson { get; init; }

    public Revocation? Revocation { get; init; }

    /// <summary>The path to its batch's root; null while it is in no batch.</summary>
    public MerkleProof? Proof { get; init; }

    /// <summary>The ledger entry that anchors its batch; null while it isn't anchored.</summary>
    public long? LedgerIndex { get; init; }
}

/// <summary>What the similarity index needs of a record.</summary>
internal readonly record struct IndexedRecord(long Sequence, PerceptualHash Hash, WatermarkPayload? Payload);

/// <summary>A record that waits for a batch.</summary>
internal readonly record struct PendingLeaf(long Sequence, MerkleLeaf Leaf);

/// <summary>A batch whose root isn't known to be in the ledger yet.</summary>
internal readonly record struct FormedBatch(long BatchId, MerkleHash Root, int LeafCount);

/// <summary>Where a batch's root stands in the ledger.</summary>
internal readonly record struct AnchoredBatch(long LedgerIndex, MerkleHash Root);

/// <summary>
/// The port to a database. The contract is in this folder's README. One thread at a time; every call that writes is one
/// durable transaction.
/// </summary>
internal interface IRecordStore : IDisposable
{
    /// <summary>The owner of a key, or null if it isn't registered.</summary>
    string? FindKeyOwner(PublicKey key);

    /// <summary>Registers a key for a user; a key that is registered for another user stays with that one.</summary>
    void AddKey(PublicKey key, string userId, string? keyName, UtcTimestamp at);

    /// <summary>Stores a record. False when one with that id or that certificate exists already; nothing is then changed.</summary>
    bool TryAdd(NewRecord record);

    /// <summary>One record by its id.</summary>
    StoredRecord? Find(RecordId id);

    /// <summary>One record by its sequence number.</summary>
    StoredRecord? Find(long sequence);

    /// <summary>The records whose original or delivered file has this digest.</summary>
    IReadOnlyList<long> FindBySha256(Sha256Digest digest);

    /// <summary>The records after a sequence number, in order.</summary>
    IEnumerable<IndexedRecord> ReadAfter(long sequence);

    /// <summary>Revokes a record unless it is revoked already.</summary>
    void Revoke(long sequence, Revocation revocation);

    /// <summary>The oldest records that are in no batch.</summary>
    IReadOnlyList<PendingLeaf> ReadPending(int limit);

    /// <summary>Stores a batch with all its proofs, before its root goes anywhere.</summary>
    void AddBatch(MerkleTree tree, IReadOnlyList<PendingLeaf> leaves, UtcTimestamp at);

    /// <summary>The batches without a ledger entry, oldest first.</summary>
    IReadOnlyList<FormedBatch> ReadUnanchoredBatches();

    /// <summary>The batch with the highest ledger entry, or null when none is anchored.</summary>
    AnchoredBatch? ReadLastAnchor();

    /// <summary>Notes the ledger entry of a batch.</summary>
    void AddAnchor(long batchId, long ledgerIndex);
}
