using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// Whoever signs transactions for one account: a key in this process, or a node or hardware behind one. Implementations
/// allow calls from several threads, and return only what was asked for, signed by <see cref="Address"/>.
/// </summary>
internal interface ITransactionSigner
{
    /// <summary>The account.</summary>
    EvmAddress Address { get; }

    /// <summary>Signs a transaction; nothing is sent.</summary>
    /// <exception cref="ArgumentException">No node would take the transaction (<see cref="EvmTransaction.Problem"/>).</exception>
    ValueTask<SignedTransaction> SignAsync(EvmTransaction transaction, CancellationToken cancellationToken = default);
}
