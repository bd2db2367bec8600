using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Anchoring;

/// <summary>
/// What a registry says of anchors on chains that it watched itself: it noted them when they had enough confirmations, and retracts
/// those that a chain loses. Whoever doesn't take its word asks the chain. Pure.
/// </summary>
internal static class SeenAnchors
{
    private const string Witness = "this registry, which watches the chain";

    /// <summary>A reading of what is in the database.</summary>
    public static ChainReading Read(EvmAnchor anchor) => new()
    {
        ChainId = anchor.ChainId,
        Contract = anchor.Contract,
        Root = anchor.Root,
        Transaction = anchor.Transaction,
        Witness = Witness,
        CodeHash = ProvenanceContract.RuntimeCodeHash, // nothing is sent to a contract that has another
        // Who signed and sent isn't kept beside the anchor; nobody judges by it.
        Batch = new RegisteredBatch(anchor.Root, anchor.LeafCount, default, anchor.Timestamp.Moment, default, anchor.Timestamp.Moment, anchor.BlockNumber),
        IsTransactionConfirmed = true,
        HeadBlockNumber = anchor.BlockNumber,
    };

    /// <summary>Its own contracts, and no others.</summary>
    public static EvmTrust TrustIn(IReadOnlyCollection<ChainReading> readings) =>
        readings.Count == 0 ? EvmTrust.AnyGenuineContract : EvmTrust.Only(readings.Select(reading => new EvmContract(reading.ChainId, reading.Contract)));
}
