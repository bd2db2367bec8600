using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Verification;

/// <summary>
/// What an EVM chain says about one Merkle root at one contract, read by somebody whom whoever judges believes: a node's RPC or several,
/// or a registry that watched the chain itself. Facts only; what follows from them the <see cref="Verifier"/> decides. Immutable.
/// </summary>
public sealed record ChainReading
{
    /// <summary>The chain that was asked about.</summary>
    public required long ChainId { get; init; }

    /// <summary>The contract that was asked.</summary>
    public required EvmAddress Contract { get; init; }

    /// <summary>The root that was asked about.</summary>
    public required MerkleHash Root { get; init; }

    /// <summary>The transaction that was asked about.</summary>
    public required EvmHash Transaction { get; init; }

    /// <summary>Whose word this is, for people: <c>https://rpc.example</c>, or <c>the registry</c>.</summary>
    public required string Witness { get; init; }

    /// <summary>Why the chain couldn't be read: an error's code and a reason in words. Null if it could; otherwise nothing below counts.</summary>
    public MeasurementProblem? Problem { get; init; }

    /// <summary>The Keccak-256 of the contract's code; null where there is no contract.</summary>
    public EvmHash? CodeHash { get; init; }

    /// <summary>The batch as the contract has it; null when the root isn't registered there.</summary>
    public RegisteredBatch? Batch { get; init; }

    /// <summary>
    /// Whether it was <see cref="Transaction"/> that registered the batch; null when that isn't known, because nobody that was asked
    /// has the transaction (any more).
    /// </summary>
    public bool? IsTransactionConfirmed { get; init; }

    /// <summary>The number of the newest block when the chain was read.</summary>
    public long HeadBlockNumber { get; init; }

    /// <summary>Whether the contract's code is that of a registry contract that this version knows.</summary>
    public bool IsGenuineContract => CodeHash == ProvenanceContract.RuntimeCodeHash;

    /// <summary>Whether this is about that anchor: same chain, contract, root and transaction.</summary>
    public bool IsAbout(EvmAnchor anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        return (ChainId, Contract, Root, Transaction) == (anchor.ChainId, anchor.Contract, anchor.Root, anchor.Transaction);
    }
}
