using Microsoft.Extensions.Logging;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Batching;

/// <summary>
/// Puts pending records into Merkle batches and the batches' roots into the ledger. A batch is stored with its proofs before
/// its root is appended, and noted as anchored after: whatever a crash leaves, the next run finds it and finishes, and no
/// root enters the ledger twice.
/// </summary>
internal sealed partial class BatchAnchorer
{
    /// <summary>The most records in one batch.</summary>
    public const int MaxLeaves = 10_000;

    private readonly IRecordStore _store;
    private readonly LedgerFile _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public BatchAnchorer(IRecordStore store, LedgerFile ledger, TimeProvider time, ILogger logger)
    {
        _store = store;
        _ledger = ledger;
        _time = time;
        _logger = logger;
    }

    /// <summary>Anchors everything that is pending. The caller holds the lock that keeps other processes out.</summary>
    /// <returns>How many records were anchored.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        CheckLedger();
        var anchored = await FinishAsync(cancellationToken).ConfigureAwait(false);
        while (_store.ReadPending(MaxLeaves) is { Count: > 0 } leaves)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _store.AddBatch(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]), leaves, UtcTimestamp.From(_time.GetUtcNow()));
            foreach (var batch in _store.ReadUnanchoredBatches()) anchored += await AppendAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        return anchored;
    }

    /// <summary>A ledger that lost entries must not grow again: the lost ones' places would be taken by others.</summary>
    private void CheckLedger()
    {
        if (_store.ReadLastAnchor() is not { } last) return;
        if (_ledger.Read(last.LedgerIndex).Root != last.Root)
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {last.LedgerIndex} of the ledger is not the one that the registry's database knows: the file was replaced. Put it back from its backup.");
    }

    /// <summary>Finishes batches that an earlier run formed: their roots may or may not have reached the ledger.</summary>
    private async ValueTask<int> FinishAsync(CancellationToken cancellationToken)
    {
        var batches = _store.ReadUnanchoredBatches();
        if (batches.Count == 0) return 0;
        var entries = _ledger.ReadAll();
        var anchored = 0;
        foreach (var batch in batches)
        {
            if (entries.FirstOrDefault(entry => entry.Root == batch.Root) is { } entry)
            {
                LogFoundInLedger(batch.BatchId, entry.Index);
                anchored += Note(batch, entry);
            }
            else
            {
                anchored += await AppendAsync(batch, cancellationToken).ConfigureAwait(false);
            }
        }
        return anchored;
    }

    private async ValueTask<int> AppendAsync(FormedBatch batch, CancellationToken cancellationToken) =>
        Note(batch, await _ledger.AppendAsync(batch.Root, batch.LeafCount, cancellationToken).ConfigureAwait(false));

    private int Note(FormedBatch batch, LedgerEntry entry)
    {
        _store.AddAnchor(batch.BatchId, entry.Index);
        LogAnchored(batch.BatchId, batch.LeafCount, entry.Index);
        return batch.LeafCount;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Batch {BatchId} of {LeafCount} records is anchored as ledger entry {LedgerIndex}")]
    private partial void LogAnchored(long batchId, int leafCount, long ledgerIndex);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Batch {BatchId} was in the ledger already as entry {LedgerIndex}: an earlier run ended before it could note that")]
    private partial void LogFoundInLedger(long batchId, long ledgerIndex);
}
