using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Storage;

/// <summary>A contract on a chain, to which batches go.</summary>
internal sealed record AnchoringTarget(long ChainId, EvmAddress Contract);

/// <summary>A signed transaction that registers a batch's root. It is stored before it is sent, so that after a crash the very same bytes are sent again.</summary>
internal sealed record BatchTransaction
{
    public required long BatchId { get; init; }

    public required AnchoringTarget Target { get; init; }

    public required EvmAddress Sender { get; init; }

    public required ulong Nonce { get; init; }

    public required EvmHash Hash { get; init; }

    /// <summary>The bytes that are sent (EIP-2718).</summary>
    public required byte[] Raw { get; init; }

    public required DateTimeOffset SignedAt { get; init; }
}

/// <summary>An anchor as the chain showed it when it had enough confirmations.</summary>
/// <param name="AnchorId">Its number here; 0 before it is stored.</param>
/// <param name="BatchId">Whose it is.</param>
/// <param name="Anchor">What goes into evidence.</param>
/// <param name="BlockHash">The block, by which a re-organisation is noticed.</param>
internal sealed record NotedAnchor(long AnchorId, long BatchId, EvmAnchor Anchor, EvmHash BlockHash);

/// <summary>
/// The port to what a registry knows of its batches on chains. Nothing of it is changed: an anchor that a chain lost is retracted
/// by an addition. Thread-safe; every call that writes is one durable transaction.
/// </summary>
internal interface IChainStore
{
    /// <summary>Where batches go: a contract, or null for the registry's own ledger.</summary>
    ValueTask<AnchoringTarget?> ReadTargetAsync(CancellationToken cancellationToken);

    /// <summary>Chooses where batches go from now on; null for the ledger.</summary>
    ValueTask ChooseTargetAsync(AnchoringTarget? target, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>The transactions to a contract of all batches that have no anchor that stands, in the order of their signing.</summary>
    ValueTask<IReadOnlyList<BatchTransaction>> ReadTransactionsAsync(AnchoringTarget target, CancellationToken cancellationToken);

    /// <summary>Stores a transaction before it is sent.</summary>
    ValueTask AddTransactionAsync(BatchTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Anchors that stand, in a contract, in blocks from this number on.</summary>
    ValueTask<IReadOnlyList<NotedAnchor>> ReadAnchorsAsync(AnchoringTarget target, long fromBlock, CancellationToken cancellationToken);

    /// <summary>Notes the anchor of a batch unless it has one, and leaves an event for each webhook that listens.</summary>
    ValueTask AddAnchorAsync(FormedBatch batch, NotedAnchor anchor, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>Notes that a chain lost an anchor: its batch is unanchored again.</summary>
    ValueTask RetractAnchorAsync(long anchorId, UtcTimestamp at, CancellationToken cancellationToken);

    /// <summary>How far the batches are on their way.</summary>
    ValueTask<ChainCounts> CountChainAsync(CancellationToken cancellationToken);
}

/// <summary>How far a registry's batches are on their way.</summary>
/// <param name="Pending">Records in no batch.</param>
/// <param name="Submitted">Batches that were sent and have no anchor that stands.</param>
/// <param name="Anchored">Batches with an anchor on a chain that stands.</param>
/// <param name="Retracted">How many anchors chains have lost.</param>
internal sealed record ChainCounts(long Pending, long Submitted, long Anchored, long Retracted);
