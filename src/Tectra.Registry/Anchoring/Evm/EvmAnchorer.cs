using Microsoft.Extensions.Logging;
using Tectra.Registry.Batching;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// Brings batches to the contract on a chain, a round at a time. Everything it must not forget is in the database before it acts on
/// it: a batch with its proofs before its transaction, a transaction before it is sent. So whatever a crash leaves, the next round
/// goes on with the same bytes, and the contract takes a root only once.
/// </summary>
internal sealed partial class EvmAnchorer : IBatchAnchorer
{
    /// <summary>How many transactions may be on their way at once: nodes keep no more of one sender (16 slots in geth and bor).</summary>
    internal const int MaxInFlight = 16;

    private const int MaxDoublings = 10;

    private readonly IRegistryStore _store;
    private readonly EvmNodes _nodes;
    private readonly BatchSender _sender;
    private readonly EvmAnchoringOptions _options;
    private readonly AnchoringTarget _target;
    private readonly ReorganisationWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<EvmHash, long> _overtakenSince = []; // in the clock's ticks
    private long _height;

    public EvmAnchorer(IRegistryStore store, EvmNodes nodes, BatchSender sender, EvmAnchoringOptions options, TimeProvider time, ILogger logger)
    {
        _store = store;
        _nodes = nodes;
        _sender = sender;
        _options = options;
        _target = new AnchoringTarget(options.ChainId, options.Contract);
        _watch = new ReorganisationWatch(store, _target, options.StuckAfter, time, logger);
        _time = time;
        _logger = logger;
    }

    /// <summary>Where a batch is on its way.</summary>
    private enum Stage
    {
        /// <summary>No transaction of it can get into a block any more, or there is none.</summary>
        Unsent,

        /// <summary>Its transaction is in no block yet.</summary>
        Waiting,

        /// <summary>It is in a block, but not deep enough.</summary>
        Mined,

        /// <summary>Its transaction failed, and it isn't time yet for another.</summary>
        Failed,

        /// <summary>It is anchored.</summary>
        Anchored,
    }

    AnchoringTarget? IBatchAnchorer.Target => _target;

    /// <inheritdoc/>
    /// <exception cref="JsonRpcException">No node of the chain can be reached.</exception>
    /// <exception cref="RegistryException">
    /// The chain doesn't take the batches (<c>anchoring_refused</c>), is too dear (<c>fee_cap_reached</c>), or isn't the right one.
    /// </exception>
    public async ValueTask<AnchoringOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var held = await _store.TryLockBatchingAsync(cancellationToken).ConfigureAwait(false);
        if (held is null) return default;
        await using (held.ConfigureAwait(false)) return await _nodes.RunAsync(node => RoundAsync(node, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AnchoringOutcome> RoundAsync(EvmRpc node, CancellationToken cancellationToken)
    {
        var head = await node.GetBlockAsync(EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false)
            ?? throw new RegistryException(ErrorCodes.AnchoringRefused, $"{node.Origin} has no blocks.");
        if (head.Number < _height) _nodes.Doubt(); // taken back, or another chain altogether
        _height = head.Number;
        var retracted = await _watch.CheckAsync(node, head, cancellationToken).ConfigureAwait(false);
        var round = new Round(node, head, await node.GetTransactionCountAsync(_sender.Sender, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false));
        var sent = (await _store.ReadTransactionsAsync(_target, cancellationToken).ConfigureAwait(false)).ToLookup(transaction => transaction.BatchId);
        var unsent = new List<FormedBatch>();
        foreach (var batch in await _store.ReadUnanchoredBatchesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await LookAsync(round, batch, [.. sent[batch.BatchId]], cancellationToken).ConfigureAwait(false) == Stage.Unsent) unsent.Add(batch);
        }
        await KeepAsync(round, cancellationToken).ConfigureAwait(false);
        await SendAsync(round, unsent, cancellationToken).ConfigureAwait(false);
        return new AnchoringOutcome(round.AnchoredRecords, retracted);
    }

    /// <summary>Finds out where a batch is, and notes its anchor if it has got there.</summary>
    private async ValueTask<Stage> LookAsync(Round round, FormedBatch batch, BatchTransaction[] transactions, CancellationToken cancellationToken)
    {
        if (transactions.Length == 0) return Stage.Unsent;
        var failures = 0;
        foreach (var transaction in transactions.Reverse())
        {
            if (await round.Node.GetTransactionReceiptAsync(transaction.Hash, cancellationToken).ConfigureAwait(false) is not { } receipt) continue;
            if (receipt.Succeeded && receipt.Logs.Any(log => ProvenanceContract.IsRegistrationOf(log, _options.Contract, batch.Root)))
                return await TryNoteAsync(round, batch, transaction.Hash, receipt.BlockNumber, receipt.BlockHash, cancellationToken).ConfigureAwait(false);
            if (failures++ == 0) LogReverted(batch.BatchId, transaction.Hash, receipt.BlockNumber);
        }
        var newest = transactions[^1];
        if (failures > 0) return _time.GetUtcNow() - newest.SignedAt >= WaitAfter(failures) ? Stage.Unsent : Stage.Failed;
        if (await IsOvertakenAsync(round, newest, cancellationToken).ConfigureAwait(false)) return Stage.Unsent;
        round.Waiting.Add(newest);
        return Stage.Waiting;
    }

    /// <summary>A transaction that fails costs its gas, and the next may fail too: each time it is waited twice as long.</summary>
    private TimeSpan WaitAfter(int failures) => _options.StuckAfter * Math.Pow(2, Math.Min(failures, MaxDoublings));

    /// <summary>
    /// Whether another transaction took a transaction's nonce: somebody else uses the account as well. For a while it may only be that
    /// the node doesn't know the receipt yet.
    /// </summary>
    private async ValueTask<bool> IsOvertakenAsync(Round round, BatchTransaction transaction, CancellationToken cancellationToken)
    {
        var next = transaction.Sender == _sender.Sender
            ? round.NextNonce
            : await round.Node.GetTransactionCountAsync(transaction.Sender, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        if (transaction.Nonce >= (ulong)next)
        {
            _overtakenSince.Remove(transaction.Hash);
            return false;
        }
        if (_overtakenSince.TryGetValue(transaction.Hash, out var since)) return _time.GetElapsedTime(since) >= _options.StuckAfter;
        _overtakenSince.Add(transaction.Hash, _time.GetTimestamp());
        return false;
    }

    private async ValueTask<Stage> TryNoteAsync(Round round, FormedBatch batch, EvmHash transaction, long blockNumber, EvmHash? blockHash, CancellationToken cancellationToken)
    {
        if (round.Head.Number - blockNumber + 1 < _options.Confirmations) return round.CountMined();
        var block = await round.Node.GetBlockAsync(EvmBlockTag.At(blockNumber), cancellationToken).ConfigureAwait(false);
        if (block is null || (blockHash is not null && block.Hash != blockHash)) return round.CountMined(); // the chain is changing just now
        var anchor = new EvmAnchor(_options.ChainId, _options.Contract, batch.Root, batch.LeafCount, transaction, block.Number, UtcTimestamp.From(block.Time));
        await _store.AddAnchorAsync(batch, new NotedAnchor(0, batch.BatchId, anchor, block.Hash), UtcTimestamp.From(_time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        LogAnchored(batch.BatchId, batch.LeafCount, block.Number, transaction);
        AnchoringMetrics.CountRecords(batch.LeafCount);
        round.AnchoredRecords += batch.LeafCount;
        return Stage.Anchored;
    }

    private async ValueTask KeepAsync(Round round, CancellationToken cancellationToken)
    {
        foreach (var transaction in round.Waiting.OrderBy(transaction => transaction.Nonce))
            await _sender.KeepAsync(round.Node, round.Head, transaction, transaction.Nonce == (ulong)round.NextNonce, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends what wasn't sent, then forms new batches and sends these: while batches wait, records wait to become larger ones.
    /// </summary>
    private async ValueTask SendAsync(Round round, List<FormedBatch> unsent, CancellationToken cancellationToken)
    {
        RegistryException? refused = null;
        foreach (var batch in unsent)
        {
            if (round.InFlight >= MaxInFlight) return;
            try
            {
                await SendAsync(round, batch, cancellationToken).ConfigureAwait(false);
            }
            catch (RegistryException e) when (e.Code == ErrorCodes.AnchoringRefused)
            {
                refused ??= e; // what is wrong with one needn't be wrong with all
            }
        }
        if (refused is not null) throw refused;
        for (var isFull = true;
             isFull && round.InFlight < MaxInFlight && await BatchForming.FormAsync(_store, UtcTimestamp.From(_time.GetUtcNow()), cancellationToken).ConfigureAwait(false) is { } batch;)
        {
            await SendAsync(round, batch, cancellationToken).ConfigureAwait(false);
            isFull = BatchForming.IsFull(batch);
        }
    }

    private async ValueTask SendAsync(Round round, FormedBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await ContractReader.GetBatchAsync(round.Node, _options.Contract, batch.Root, cancellationToken).ConfigureAwait(false) is { } registered)
        {
            await AdoptAsync(round, batch, registered, cancellationToken).ConfigureAwait(false);
            return;
        }
        round.Waiting.Add(await _sender.SendAsync(round.Node, round.Head, batch, round.TakeNonce(_sender.Sender), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The root is in the contract already, by a transaction that this database doesn't know: it was put back from a backup, or a
    /// transaction was overtaken and yet succeeded.
    /// </summary>
    private async ValueTask AdoptAsync(Round round, FormedBatch batch, RegisteredBatch registered, CancellationToken cancellationToken)
    {
        if (registered.LeafCount != batch.LeafCount)
        {
            LogSpoilt(batch.BatchId, registered.LeafCount, batch.LeafCount, registered.Registrar);
            return; // nothing can be done in this contract, and it mustn't hold up the others
        }
        var filter = new EvmLogFilter
        {
            Address = _options.Contract,
            FromBlock = registered.BlockNumber,
            ToBlock = EvmBlockTag.At(registered.BlockNumber),
            Topics = [ProvenanceContract.BatchRegisteredTopic],
        };
        var logs = await round.Node.GetLogsAsync(filter, cancellationToken).ConfigureAwait(false);
        if (logs.FirstOrDefault(log => ProvenanceContract.IsRegistrationOf(log, _options.Contract, batch.Root)) is { TransactionHash: { } transaction } log)
        {
            LogFound(batch.BatchId, transaction);
            await TryNoteAsync(round, batch, transaction, registered.BlockNumber, log.BlockHash, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            round.CountMined(); // the node will know the event when it knows the state
        }
    }

    [LoggerMessage(EventId = 40, Level = LogLevel.Information, Message = "Batch {BatchId} of {LeafCount} records is anchored in block {Block}, transaction {Transaction}")]
    private partial void LogAnchored(long batchId, int leafCount, long block, EvmHash transaction);

    [LoggerMessage(EventId = 41, Level = LogLevel.Error, Message = "Transaction {Transaction} of batch {BatchId} failed in block {Block}")]
    private partial void LogReverted(long batchId, EvmHash transaction, long block);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "Batch {BatchId} is in the contract already, by transaction {Transaction}")]
    private partial void LogFound(long batchId, EvmHash transaction);

    [LoggerMessage(EventId = 43, Level = LogLevel.Error, Message = "The root of batch {BatchId} is in the contract with {Registered} leaves instead of {Leaves}, registered by {Registrar}: it can't be anchored there. Find out who uses that account, remove it from the contract's registrars, and deploy a new contract")]
    private partial void LogSpoilt(long batchId, int registered, int leaves, EvmAddress registrar);

    /// <summary>One look at the chain, by one node.</summary>
    private sealed class Round(EvmRpc node, EvmBlock head, long nextNonce)
    {
        private int _mined;

        public EvmRpc Node { get; } = node;

        public EvmBlock Head { get; } = head;

        /// <summary>The sender's first nonce that isn't in a block.</summary>
        public long NextNonce { get; } = nextNonce;

        /// <summary>The newest transactions of batches that have none in a block.</summary>
        public List<BatchTransaction> Waiting { get; } = [];

        public int InFlight => Waiting.Count + _mined;

        public int AnchoredRecords { get; set; }

        public Stage CountMined()
        {
            _mined++;
            return Stage.Mined;
        }

        /// <summary>The first nonce that nothing on its way has: a gap would hold up all that come after.</summary>
        public long TakeNonce(EvmAddress sender)
        {
            var taken = Waiting.Where(transaction => transaction.Sender == sender).Select(transaction => (long)transaction.Nonce).ToHashSet();
            var nonce = NextNonce;
            while (taken.Contains(nonce)) nonce++;
            return nonce;
        }
    }
}
