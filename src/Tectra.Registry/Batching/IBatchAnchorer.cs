using Tectra.Registry.Storage;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Batching;

/// <summary>What one run of an anchorer changed.</summary>
/// <param name="AnchoredRecords">How many records were anchored.</param>
/// <param name="RetractedBatches">How many batches a chain lost; they will be anchored again.</param>
internal readonly record struct AnchoringOutcome(int AnchoredRecords, int RetractedBatches);

/// <summary>Puts pending records into Merkle batches, and their roots where everybody can see them. Thread-safe.</summary>
internal interface IBatchAnchorer
{
    /// <summary>The most records in one batch.</summary>
    const int MaxLeaves = 10_000;

    /// <summary>The contract to which the batches go; null for the registry's own ledger.</summary>
    AnchoringTarget? Target { get; }

    /// <summary>Goes as far as it can at the moment, and finishes what an earlier run or a crash left undone.</summary>
    ValueTask<AnchoringOutcome> RunAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether more records may have been waiting than the batch could hold. After any other batch a run ends: under load it would else
    /// go on for ever, a few records at a time.
    /// </summary>
    static bool IsFull(FormedBatch batch) => batch.LeafCount == MaxLeaves;

    /// <summary>Forms a batch of the oldest pending records and stores it with their proofs; null if there are none. The caller holds the lock.</summary>
    static async ValueTask<FormedBatch?> FormAsync(IRecordStore store, UtcTimestamp at, CancellationToken cancellationToken) =>
        await store.ReadPendingAsync(MaxLeaves, cancellationToken).ConfigureAwait(false) is { Count: > 0 } leaves
            ? await store.AddBatchAsync(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)], sortLeaves: true, cancellationToken), leaves, at, cancellationToken).ConfigureAwait(false)
            : null;
}
