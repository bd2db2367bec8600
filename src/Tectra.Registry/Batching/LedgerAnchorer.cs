using Microsoft.Extensions.Logging;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;

namespace Tectra.Registry.Batching;

/// <summary>
/// Puts pending records into Merkle batches and the batches' roots into the ledger. A batch is stored with its proofs before
/// its root is appended, and noted as anchored after: whatever a crash leaves, the next run finds it and finishes, and no
/// root enters the ledger twice.
/// </summary>
internal sealed partial class LedgerAnchorer : IBatchAnchorer
{
    private readonly IRegistryStore _store;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public LedgerAnchorer(IRegistryStore store, ILedger ledger, TimeProvider time, ILogger logger)
    {
        _store = store;
        _ledger = ledger;
        _time = time;
        _logger = logger;
    }

    public AnchoringTarget? Target => null;

    /// <summary>Anchors everything that is pending, unless another process is at it, or the batches go to a chain.</summary>
    public async ValueTask<AnchoringOutcome> RunAsync(CancellationToken cancellationToken)
    {
        if (await _store.ReadTargetAsync(cancellationToken).ConfigureAwait(false) is not null) return default;
        var held = await _store.TryLockBatchingAsync(cancellationToken).ConfigureAwait(false);
        if (held is null) return default;
        await using (held.ConfigureAwait(false))
        {
            await CheckLedgerAsync(cancellationToken).ConfigureAwait(false);
            var anchored = await FinishAsync(cancellationToken).ConfigureAwait(false);
            for (var isFull = true; isFull && await BatchForming.FormAsync(_store, Now(), cancellationToken).ConfigureAwait(false) is { } batch;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                anchored += await AppendAsync(batch, cancellationToken).ConfigureAwait(false);
                isFull = BatchForming.IsFull(batch);
            }
            return new AnchoringOutcome(anchored, 0);
        }
    }

    /// <summary>A ledger that lost entries must not grow again: the lost ones' places would be taken by others.</summary>
    private async ValueTask CheckLedgerAsync(CancellationToken cancellationToken)
    {
        if (await _store.ReadLastAnchorAsync(cancellationToken).ConfigureAwait(false) is not { } last) return;
        if ((await _ledger.ReadAsync(last.LedgerIndex, cancellationToken).ConfigureAwait(false)).Root != last.Root)
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {last.LedgerIndex} of the ledger is not the one that the registry's database knows: the ledger was replaced. Put it back from its backup.");
    }

    /// <summary>Finishes batches that an earlier run formed: their roots may or may not have reached the ledger.</summary>
    private async ValueTask<int> FinishAsync(CancellationToken cancellationToken)
    {
        var anchored = 0;
        foreach (var batch in await _store.ReadUnanchoredBatchesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await _ledger.FindAsync(batch.Root, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                LogFoundInLedger(batch.BatchId, entry.Index);
                anchored += await NoteAsync(batch, entry, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                anchored += await AppendAsync(batch, cancellationToken).ConfigureAwait(false);
            }
        }
        return anchored;
    }

    private async ValueTask<int> AppendAsync(FormedBatch batch, CancellationToken cancellationToken) =>
        await NoteAsync(batch, await _ledger.AppendAsync(batch.Root, batch.LeafCount, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async ValueTask<int> NoteAsync(FormedBatch batch, LedgerEntry entry, CancellationToken cancellationToken)
    {
        await _store.AddAnchorAsync(batch, entry, Now(), cancellationToken).ConfigureAwait(false);
        LogAnchored(batch.BatchId, batch.LeafCount, entry.Index);
        return batch.LeafCount;
    }

    private UtcTimestamp Now() => UtcTimestamp.From(_time.GetUtcNow());

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Batch {BatchId} of {LeafCount} records is anchored as ledger entry {LedgerIndex}")]
    private partial void LogAnchored(long batchId, int leafCount, long ledgerIndex);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Batch {BatchId} was in the ledger already as entry {LedgerIndex}: an earlier run ended before it could note that")]
    private partial void LogFoundInLedger(long batchId, long ledgerIndex);
}
