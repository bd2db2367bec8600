using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evm;

/// <summary>A batch as the registry contract has it; nobody can change it there. Immutable.</summary>
/// <param name="Root">Its Merkle root.</param>
/// <param name="LeafCount">How many leaves it has; at least one.</param>
/// <param name="Signer">The key of whoever answers for the batch, as the registrar gave it.</param>
/// <param name="ClaimedAt">When the batch was closed, by the registrar's account.</param>
/// <param name="Registrar">The account that registered it.</param>
/// <param name="RegisteredAt">When it was registered: the time of the block, in whole seconds.</param>
/// <param name="BlockNumber">The number of that block.</param>
public sealed record RegisteredBatch(
    MerkleHash Root, int LeafCount, PublicKey Signer, DateTimeOffset ClaimedAt, EvmAddress Registrar, DateTimeOffset RegisteredAt, long BlockNumber);
