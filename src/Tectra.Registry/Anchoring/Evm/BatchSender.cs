using Microsoft.Extensions.Logging;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// Makes, signs, stores and sends the transactions that register batches. A transaction is stored before it is sent, and sent
/// again as it was stored, so that a crash in between changes nothing. Used by one round at a time.
/// </summary>
internal sealed partial class BatchSender
{
    /// <summary>How much more gas than the node's estimate is allowed: between the estimate and the block, a signer's key may become new or known.</summary>
    private const int SpareGasDivisor = 5;

    /// <summary>No registration takes as much; a node that says otherwise isn't believed.</summary>
    private const long MaxGas = 1_000_000;

    private readonly IChainStore _store;
    private readonly EvmAnchoringOptions _options;
    private readonly AnchoringTarget _target;
    private readonly ITransactionSigner _signer;
    private readonly PublicKey _registryKey;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="store">Keeps the transactions.</param>
    /// <param name="options">What may be paid.</param>
    /// <param name="signer">Who pays.</param>
    /// <param name="registryKey">The key that answers for the batches in the contract: the registry's ledger key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public BatchSender(IChainStore store, EvmAnchoringOptions options, ITransactionSigner signer, PublicKey registryKey, TimeProvider time, ILogger logger)
    {
        _store = store;
        _options = options;
        _target = new AnchoringTarget(options.ChainId, options.Contract);
        _signer = signer;
        _registryKey = registryKey;
        _time = time;
        _logger = logger;
    }

    /// <summary>The account that sends.</summary>
    public EvmAddress Sender => _signer.Address;

    /// <summary>Signs a batch's registration under the next free nonce, stores it, and sends it.</summary>
    /// <param name="node">Whom to ask and send to.</param>
    /// <param name="head">The newest block.</param>
    /// <param name="batch">What to register.</param>
    /// <param name="nonce">The transaction's number among the sender's.</param>
    /// <param name="cancellationToken">Ends it; what is stored is sent by the next round.</param>
    /// <exception cref="RegistryException">The chain asks more than may be paid (<c>fee_cap_reached</c>), or the contract refuses (<c>anchoring_refused</c>).</exception>
    public async ValueTask<BatchTransaction> SendAsync(EvmRpc node, EvmBlock head, FormedBatch batch, long nonce, CancellationToken cancellationToken)
    {
        var data = ProvenanceContract.RegisterBatch(batch.Root, batch.LeafCount, _registryKey, batch.FormedAt.Moment);
        var fees = await EvmFees.QuoteAsync(node, head, _options.MaxFeeWei, _options.MinPriorityFeeWei, cancellationToken).ConfigureAwait(false);
        var sent = await SignAndSendAsync(node, batch.BatchId, new EvmTransaction
        {
            ChainId = (ulong)_options.ChainId,
            Nonce = (ulong)nonce,
            MaxPriorityFeePerGas = fees.Priority,
            MaxFeePerGas = fees.Max,
            GasLimit = (ulong)await EstimateAsync(node, data, cancellationToken).ConfigureAwait(false),
            To = _options.Contract,
            Data = data,
        }, cancellationToken).ConfigureAwait(false);
        AnchoringMetrics.CountTransaction("signed");
        return sent;
    }

    /// <summary>
    /// Sees to it that a transaction in no block gets into one: sends it again where the node has forgotten it, and offers more when it has
    /// waited long and others offer more.
    /// </summary>
    /// <param name="node">Whom to ask and send to.</param>
    /// <param name="head">The newest block.</param>
    /// <param name="transaction">The batch's newest transaction.</param>
    /// <param name="isNext">Whether it is the sender's next one: only that can be in the way of others.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask KeepAsync(EvmRpc node, EvmBlock head, BatchTransaction transaction, bool isNext, CancellationToken cancellationToken)
    {
        if (isNext && transaction.Sender == _signer.Address && _time.GetUtcNow() - transaction.SignedAt >= _options.StuckAfter
            && await TryRaiseAsync(node, head, transaction, cancellationToken).ConfigureAwait(false)) return;
        if (!await node.KnowsTransactionAsync(transaction.Hash, cancellationToken).ConfigureAwait(false)) await BroadcastAsync(node, transaction, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryRaiseAsync(EvmRpc node, EvmBlock head, BatchTransaction stuck, CancellationToken cancellationToken)
    {
        var transaction = SignedTransaction.Decode(stuck.Raw).Transaction;
        var old = new EvmFees(transaction.MaxPriorityFeePerGas, transaction.MaxFeePerGas);
        var suggested = await EvmFees.SuggestAsync(node, _options.MinPriorityFeeWei, cancellationToken).ConfigureAwait(false);
        if (old.TryRaise(EvmFees.BaseOf(head), suggested) is not { } wanted) return false;
        if (wanted.Within(_options.MaxFeeWei, old) is not { } fees)
        {
            LogFeeCapReached(stuck.BatchId, _options.MaxFeeGwei);
            return false;
        }
        var raised = await SignAndSendAsync(
            node, stuck.BatchId, transaction with { MaxPriorityFeePerGas = fees.Priority, MaxFeePerGas = fees.Max }, cancellationToken).ConfigureAwait(false);
        LogRaised(stuck.BatchId, stuck.Hash, raised.Hash);
        AnchoringMetrics.CountTransaction("raised");
        return true;
    }

    private async ValueTask<BatchTransaction> SignAndSendAsync(EvmRpc node, long batchId, EvmTransaction transaction, CancellationToken cancellationToken)
    {
        var signed = await _signer.SignAsync(transaction, cancellationToken).ConfigureAwait(false);
        var stored = new BatchTransaction
        {
            BatchId = batchId,
            Target = _target,
            Sender = _signer.Address,
            Nonce = transaction.Nonce,
            Hash = signed.Hash,
            Raw = signed.Raw.ToArray(),
            SignedAt = _time.GetUtcNow(),
        };
        await _store.AddTransactionAsync(stored, cancellationToken).ConfigureAwait(false);
        await BroadcastAsync(node, stored, cancellationToken).ConfigureAwait(false);
        return stored;
    }

    private async ValueTask BroadcastAsync(EvmRpc node, BatchTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await node.SendRawTransactionAsync(transaction.Raw, cancellationToken).ConfigureAwait(false);
            LogSent(transaction.BatchId, transaction.Hash, transaction.Nonce);
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused && IsHarmless(e.RpcMessage))
        {
            // It is there already, or another with its nonce is: the receipts will tell.
            LogNotTaken(transaction.BatchId, transaction.Hash, e.RpcMessage);
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused)
        {
            throw new RegistryException(ErrorCodes.AnchoringRefused, $"{node.Origin} doesn't take the transaction of {Sender} on chain {_options.ChainId}: {e.RpcMessage}. It is sent again later.", e);
        }
    }

    /// <summary>The execution API has no numbers for these; every client has words of its own.</summary>
    private static bool IsHarmless(string? message) => message is not null && ((string[])["already known", "known transaction", "already imported", "nonce too low", "underpriced"])
        .Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private async ValueTask<long> EstimateAsync(EvmRpc node, byte[] data, CancellationToken cancellationToken)
    {
        try
        {
            var gas = await node.EstimateGasAsync(new EvmCall { From = _signer.Address, To = _options.Contract, Data = data }, cancellationToken).ConfigureAwait(false);
            return gas is > 0 and <= MaxGas
                ? gas + (gas / SpareGasDivisor)
                : throw new RegistryException(ErrorCodes.AnchoringRefused, $"{node.Origin} says that registering a batch takes {gas} gas, which can't be.");
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused)
        {
            throw new RegistryException(ErrorCodes.AnchoringRefused, $"The contract doesn't take the batch: {ContractErrors.Describe(e, Sender, _options.Contract)}", e);
        }
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Information, Message = "Batch {BatchId} is sent in transaction {Transaction}, nonce {Nonce}")]
    private partial void LogSent(long batchId, EvmHash transaction, ulong nonce);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "The node doesn't take transaction {Transaction} of batch {BatchId}: {Reason}")]
    private partial void LogNotTaken(long batchId, EvmHash transaction, string? reason);

    [LoggerMessage(EventId = 32, Level = LogLevel.Warning, Message = "Transaction {Old} of batch {BatchId} was in no block for long; {New} takes its place and offers more")]
    private partial void LogRaised(long batchId, EvmHash old, EvmHash @new);

    [LoggerMessage(EventId = 33, Level = LogLevel.Warning, Message = "The transaction of batch {BatchId} offers too little, and more than {MaxFeeGwei} gwei may not be offered; it waits")]
    private partial void LogFeeCapReached(long batchId, decimal maxFeeGwei);
}
