using Tectra.Cli.Output;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.State;

/// <summary>What one node says of itself and its chain. Immutable.</summary>
internal sealed record ChainNode
{
    public required EvmRpc Rpc { get; init; }

    public long? ChainId { get; init; }

    public EvmBlock? Head { get; init; }

    /// <summary>What it would offer a block's maker for a unit of gas, in wei.</summary>
    public UInt128? PriorityFee { get; init; }

    /// <summary>What keeps it from being used; null if nothing does.</summary>
    public ErrorDocument? Error { get; init; }

    /// <summary>What a unit of gas costs in a block as the newest one, in wei; null where it wasn't read.</summary>
    public UInt128? GasPrice => Head is { BaseFeePerGas: not null } head && PriorityFee is { } priority ? EvmFees.BaseOf(head) + priority : null;

    /// <summary>Asks a node everything that a server asks before it uses one. What it doesn't answer becomes an error in the result.</summary>
    /// <param name="rpc">The node.</param>
    /// <param name="chainId">Which chain it should be of; null for any.</param>
    /// <param name="contract">What should be on that chain; null for nothing.</param>
    /// <param name="minPriorityFee">The least that a block's maker is offered, in wei.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<ChainNode> AskAsync(EvmRpc rpc, long? chainId, EvmAddress? contract, UInt128 minPriorityFee, CancellationToken cancellationToken)
    {
        var node = new ChainNode { Rpc = rpc };
        try
        {
            var actual = await rpc.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
            node = node with { ChainId = actual, Head = await rpc.GetBlockAsync(EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false) };
            if (chainId is { } expected && actual != expected) throw ContractErrors.WrongChain(rpc, actual, expected);
            if (node.Head is not { } head) throw new RegistryException(ErrorCodes.AnchoringRefused, $"{rpc.Origin} has no blocks.");
            _ = EvmFees.BaseOf(head);
            node = node with { PriorityFee = await EvmFees.SuggestAsync(rpc, minPriorityFee, cancellationToken).ConfigureAwait(false) };
            if (contract is { } address) await ContractReader.CheckCodeAsync(rpc, actual, address, cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch (TectraException e)
        {
            return node with { Error = new ErrorDocument(e.Code, e.Message) };
        }
    }

    /// <summary>For machines.</summary>
    public ChainNodeDocument ToDocument(DateTimeOffset now) => new(
        Rpc.Origin, ChainId, Head?.Number, Head is { } head ? UtcTimestamp.From(head.Time).ToString() : null, (now - Head?.Time)?.TotalSeconds,
        Head?.BaseFeePerGas is { } fee ? CoinAmount.Gwei(fee) : null, PriorityFee is { } priority ? CoinAmount.Gwei(priority) : null, Error);
}
