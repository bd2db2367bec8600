using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evidence;

/// <summary>Where a batch's Merkle root was made public. Immutable.</summary>
public abstract record Anchor
{
    private protected Anchor()
    {
    }

    /// <summary>The anchored Merkle root.</summary>
    public abstract MerkleHash Root { get; }

    /// <summary>How many leaves the batch has.</summary>
    public abstract int LeafCount { get; }

    /// <summary>When the root was anchored.</summary>
    public abstract UtcTimestamp Timestamp { get; }

    /// <summary>The transaction's name in reports (<c>blockchain_tx</c>).</summary>
    public abstract string Reference { get; }

    /// <summary>The transaction's page in a public explorer (<c>blockchain_url</c>), or null.</summary>
    public virtual Uri? Url => null;

    /// <summary>What kind of anchor this is, in words that don't promise more than it is.</summary>
    public abstract string Description { get; }
}

/// <summary>An anchor in a local ledger: tamper-evident for whoever trusts the ledger's key, but not a public chain. Immutable.</summary>
/// <param name="Entry">The ledger's entry.</param>
public sealed record LedgerAnchor(LedgerEntry Entry) : Anchor
{
    /// <inheritdoc/>
    public override MerkleHash Root => Entry.Root;

    /// <inheritdoc/>
    public override int LeafCount => Entry.LeafCount;

    /// <inheritdoc/>
    public override UtcTimestamp Timestamp => Entry.Timestamp;

    /// <inheritdoc/>
    public override string Reference => $"ledger:{Entry.Index}:{Entry.Hash}";

    /// <inheritdoc/>
    public override string Description => $"local ledger entry {Entry.Index} (local ledger, not a public chain)";
}
