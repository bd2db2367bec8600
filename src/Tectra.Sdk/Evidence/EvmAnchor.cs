using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evidence;

/// <summary>
/// An anchor in the registry contract of a public EVM chain: what it says of itself, until a node of the chain is asked. Immutable.
/// </summary>
/// <param name="ChainId">The chain's number (EIP-155); positive.</param>
/// <param name="Contract">The registry contract.</param>
/// <param name="Root">The registered Merkle root.</param>
/// <param name="LeafCount">How many leaves the batch has; at least one.</param>
/// <param name="Transaction">The transaction that registered it.</param>
/// <param name="BlockNumber">The number of its block.</param>
/// <param name="Timestamp">The block's time.</param>
public sealed record EvmAnchor(long ChainId, EvmAddress Contract, MerkleHash Root, int LeafCount, EvmHash Transaction, long BlockNumber, UtcTimestamp Timestamp) : Anchor
{
    /// <inheritdoc/>
    public override MerkleHash Root { get; } = Root;

    /// <inheritdoc/>
    public override int LeafCount { get; } = LeafCount;

    /// <inheritdoc/>
    public override UtcTimestamp Timestamp { get; } = Timestamp;

    /// <summary>The chain.</summary>
    public EvmChain Chain => EvmChain.Of(ChainId);

    /// <inheritdoc/>
    public override string Reference => Transaction.ToString();

    /// <inheritdoc/>
    public override Uri? Url => Chain.TransactionUrl(Transaction);

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{Chain}, block {BlockNumber}, transaction {Transaction}");
}
