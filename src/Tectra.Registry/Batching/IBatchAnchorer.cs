using Tectra.Registry.Storage;

namespace Tectra.Registry.Batching;

/// <summary>What one run of an anchorer changed.</summary>
/// <param name="AnchoredRecords">How many records were anchored.</param>
/// <param name="RetractedBatches">How many batches a chain lost; they will be anchored again.</param>
internal readonly record struct AnchoringOutcome(int AnchoredRecords, int RetractedBatches);

/// <summary>Puts pending records into Merkle batches, and their roots where everybody can see them. Thread-safe.</summary>
internal interface IBatchAnchorer
{
    /// <summary>The contract to which the batches go; null for the registry's own ledger.</summary>
    AnchoringTarget? Target { get; }

    /// <summary>Goes as far as it can at the moment, and finishes what an earlier run or a crash left undone.</summary>
    ValueTask<AnchoringOutcome> RunAsync(CancellationToken cancellationToken);
}
