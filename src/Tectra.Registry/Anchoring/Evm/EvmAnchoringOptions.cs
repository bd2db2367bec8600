using System.Globalization;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// How batches are anchored on an EVM chain. Every value is checked when it is set: one that is out of range throws. Immutable.
/// </summary>
public sealed record EvmAnchoringOptions
{
    /// <summary>A chain, a contract, and who can be asked about them.</summary>
    /// <param name="chainId">The chain's id (EIP-155), such as 137 for Polygon.</param>
    /// <param name="contract">Where the ProvenanceRegistry contract is.</param>
    /// <param name="rpcUrls">Nodes of the chain, the preferred one first; the others stand in when it can't be reached.</param>
    /// <param name="account">Who pays.</param>
    /// <exception cref="ArgumentException">The id isn't positive, no node is named, or an address isn't one of a node.</exception>
    public EvmAnchoringOptions(long chainId, EvmAddress contract, IReadOnlyList<Uri> rpcUrls, EvmAccount account)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chainId);
        ArgumentNullException.ThrowIfNull(rpcUrls);
        if (contract.IsZero) throw new ArgumentException("The contract's address is missing.", nameof(contract));
        if (rpcUrls.Count == 0) throw new ArgumentException("No node of the chain is named.", nameof(rpcUrls));
        if (rpcUrls.Select(JsonRpcClient.Problem).FirstOrDefault(problem => problem is not null) is { } wrong) throw new ArgumentException(wrong, nameof(rpcUrls));
        ChainId = chainId;
        Contract = contract;
        ArgumentNullException.ThrowIfNull(account);
        RpcUrls = [.. rpcUrls];
        Account = account;
        Confirmations = EvmChain.Of(chainId).DefaultConfirmations;
    }

    /// <summary>The chain's id.</summary>
    public long ChainId { get; }

    /// <summary>The contract.</summary>
    public EvmAddress Contract { get; }

    /// <summary>The chain's nodes. Their addresses may hold keys.</summary>
    public IReadOnlyList<Uri> RpcUrls { get; }

    /// <summary>Who pays.</summary>
    public EvmAccount Account { get; }

    /// <summary>In how many blocks, its own among them, a transaction must be before its batch counts as anchored: 1 to 1,000. Default: 12 on Polygon, 1 on chains that aren't known.</summary>
    public int Confirmations { get; init => field = Within(value, 1, 1_000, nameof(Confirmations)); }

    /// <summary>The most that is paid for a unit of gas, in gwei (10⁻⁹ of the chain's coin): above 0, at most a million. While the chain asks for more, batches wait.</summary>
    public decimal MaxFeeGwei { get; init => field = Within(value, 0.000_000_001m, 1_000_000m, nameof(MaxFeeGwei)); } = 500;

    /// <summary>The least that a validator is offered for a unit of gas, in gwei, whatever the node suggests: 0 to <see cref="MaxFeeGwei"/>.</summary>
    public decimal MinPriorityFeeGwei { get; init => field = Within(value, 0m, 1_000_000m, nameof(MinPriorityFeeGwei)); }

    /// <summary>
    /// After how long a transaction that is in no block is replaced by one that offers more, and an anchor that its chain no longer
    /// shows is taken for lost: 100 ms to a day.
    /// </summary>
    public TimeSpan StuckAfter { get; init => field = Within(value, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), nameof(StuckAfter)); } = TimeSpan.FromMinutes(1);

    internal UInt128 MaxFeeWei => EvmFees.FromGwei(MaxFeeGwei);

    internal UInt128 MinPriorityFeeWei => EvmFees.FromGwei(MinPriorityFeeGwei);

    /// <summary>The chain and the contract; never a node's address.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"contract {Contract} on chain {ChainId}");

    private static T Within<T>(T value, T min, T max, string name)
        where T : IComparable<T> =>
        value.CompareTo(min) < 0 || value.CompareTo(max) > 0
            ? throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {min} to {max}."))
            : value;
}
