using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>What a transaction offers for a unit of gas, in wei (EIP-1559).</summary>
/// <param name="Priority">To the block's maker.</param>
/// <param name="Max">In all.</param>
internal readonly record struct EvmFees(UInt128 Priority, UInt128 Max)
{
    private const decimal WeiPerGwei = 1_000_000_000;

    /// <summary>A million coins for a unit of gas. Numbers below can be added and multiplied with gas; a node that names greater ones isn't believed.</summary>
    private static readonly UInt128 Greatest = FromGwei(1_000_000_000_000_000);

    /// <summary>What nodes demand of a transaction that takes another's place is 10 % more of both fees; an eighth is more than that.</summary>
    private const int RaiseDivisor = 8;

    /// <summary>What the chain asks for just now: twice the base fee is enough for six full blocks, each raising it by an eighth.</summary>
    /// <param name="node">Whom to ask.</param>
    /// <param name="head">The newest block.</param>
    /// <param name="cap">The most that may be paid, in wei.</param>
    /// <param name="minPriority">The least for the block's maker, in wei.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="RegistryException">It is more than may be paid (<c>fee_cap_reached</c>), or the chain has no such fees (<c>anchoring_refused</c>).</exception>
    public static async ValueTask<EvmFees> QuoteAsync(EvmRpc node, EvmBlock head, UInt128 cap, UInt128 minPriority, CancellationToken cancellationToken)
    {
        var baseFee = BaseOf(head);
        var priority = await SuggestAsync(node, minPriority, cancellationToken).ConfigureAwait(false);
        return baseFee + priority <= cap
            ? new EvmFees(priority, UInt128.Min((2 * baseFee) + priority, cap))
            : throw new RegistryException(
                ErrorCodes.FeeCapReached,
                $"The chain asks for {ToGwei(baseFee + priority)} gwei a unit of gas, more than the {ToGwei(cap)} that may be paid. Wait until it asks for less, or raise the limit (TECTRA_MAX_FEE_GWEI, --max-fee-gwei).");
    }

    /// <summary>What the node would offer the block's maker, but at least so much.</summary>
    public static async ValueTask<UInt128> SuggestAsync(EvmRpc node, UInt128 minPriority, CancellationToken cancellationToken) =>
        UInt128.Max(Plausible(await node.GetMaxPriorityFeePerGasAsync(cancellationToken).ConfigureAwait(false)), minPriority);

    /// <summary>The least that a unit of gas costs.</summary>
    /// <exception cref="RegistryException">The chain has no such fee (<c>anchoring_refused</c>).</exception>
    public static UInt128 BaseOf(EvmBlock head) =>
        Plausible(head.BaseFeePerGas ?? throw new RegistryException(ErrorCodes.AnchoringRefused, "The chain has no base fee: transactions by EIP-1559 aren't possible there."));

    /// <summary>
    /// The fees with which a transaction may take the place of one that offers these, if that would bring it into a block sooner; null if
    /// it offers what others do.
    /// </summary>
    public EvmFees? TryRaise(UInt128 baseFee, UInt128 suggested)
    {
        var offered = Max > baseFee ? UInt128.Min(Priority, Max - baseFee) : 0;
        if (offered >= suggested) return null;
        var priority = UInt128.Max(suggested, Raised(Priority));
        return new EvmFees(priority, UInt128.Max((2 * baseFee) + priority, Raised(Max)));
    }

    /// <summary>These fees within a limit, if they are still high enough to take the place of <paramref name="old"/>; else null.</summary>
    public EvmFees? Within(UInt128 cap, EvmFees old)
    {
        var max = UInt128.Min(Max, cap);
        return max >= Raised(old.Max) && Priority <= max ? this with { Max = max } : null;
    }

    /// <summary>An amount for people.</summary>
    public static decimal ToGwei(UInt128 wei) => (decimal)wei / WeiPerGwei;

    /// <summary>An amount in wei.</summary>
    public static UInt128 FromGwei(decimal gwei) => (UInt128)(gwei * WeiPerGwei);

    private static UInt128 Plausible(UInt128 fee) => fee <= Greatest
        ? fee
        : throw new RegistryException(ErrorCodes.AnchoringRefused, "The node says that a unit of gas costs more than a million of the chain's coins, which can't be. Ask another node.");

    private static UInt128 Raised(UInt128 fee) => fee + (fee / RaiseDivisor) + 1;
}
