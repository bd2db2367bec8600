using Tectra.Registry.Storage;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Batching;

/// <summary>Makes batches of pending records, wherever their roots go then.</summary>
internal static class BatchForming
{
    /// <summary>The most records in one batch.</summary>
    public const int MaxLeaves = 10_000;

    /// <summary>Forms a batch of the oldest pending records and stores it with their proofs; null if there are none. The caller holds the lock.</summary>
    public static async ValueTask<FormedBatch?> FormAsync(IRecordStore store, UtcTimestamp at, CancellationToken cancellationToken) =>
        await store.ReadPendingAsync(MaxLeaves, cancellationToken).ConfigureAwait(false) is { Count: > 0 } leaves
            ? await store.AddBatchAsync(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)], sortLeaves: true, cancellationToken), leaves, at, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>
    /// Whether more records may have been waiting than the batch could hold. After any other batch a run ends: under load it would else
    /// go on for ever, a few records at a time.
    /// </summary>
    public static bool IsFull(FormedBatch batch) => batch.LeafCount == MaxLeaves;
}
