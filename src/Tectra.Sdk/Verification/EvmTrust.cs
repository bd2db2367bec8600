using System.Collections.Frozen;
using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Verification;

/// <summary>A contract on a chain. Immutable.</summary>
/// <param name="ChainId">The chain's number (EIP-155).</param>
/// <param name="Address">The contract's address there.</param>
public readonly record struct EvmContract(long ChainId, EvmAddress Address);

/// <summary>Which registry contracts are believed. Immutable.</summary>
public sealed class EvmTrust
{
    private readonly FrozenSet<EvmContract>? _contracts;

    private EvmTrust(FrozenSet<EvmContract>? contracts) => _contracts = contracts;

    /// <summary>
    /// Every contract whose code is that of the registry contract, whoever deployed it: such a contract notes roots and times for good,
    /// and can't be made to say anything else. Reports say that the contract wasn't named. Who signed a record is another question.
    /// </summary>
    public static EvmTrust AnyGenuineContract { get; } = new(null);

    /// <summary>Whether contracts are told apart at all.</summary>
    public bool NamesContracts => _contracts is not null;

    /// <summary>Only these contracts are accepted, whatever their code; none if the list is empty.</summary>
    public static EvmTrust Only(IEnumerable<EvmContract> contracts) => new(contracts.ToFrozenSet());

    /// <inheritdoc cref="Only(IEnumerable{EvmContract})"/>
    public static EvmTrust Only(params ReadOnlySpan<EvmContract> contracts) => new(contracts.ToArray().ToFrozenSet());

    /// <summary>Whether a contract is accepted, as far as its address goes.</summary>
    public bool Accepts(EvmContract contract) => _contracts is null || _contracts.Contains(contract);
}
