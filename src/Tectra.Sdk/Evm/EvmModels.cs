using System.Collections.Immutable;
using System.Globalization;

namespace Tectra.Sdk.Evm;

/// <summary>Which block a question is about, as JSON-RPC names it. Immutable.</summary>
internal readonly record struct EvmBlockTag
{
    private readonly string? _text;

    private EvmBlockTag(string text, long? number = null)
    {
        _text = text;
        Number = number;
    }

    /// <summary>The block's number, where that names it.</summary>
    public long? Number { get; }

    /// <summary>The newest block that the node knows.</summary>
    public static EvmBlockTag Latest { get; } = new("latest");

    /// <summary>The block that the node would make next, with the transactions that wait.</summary>
    public static EvmBlockTag Pending { get; } = new("pending");

    /// <summary>One block, by its number.</summary>
    public static EvmBlockTag At(long number) => new(EvmHex.Number(number), number);

    public override string ToString() => _text ?? Latest.ToString();
}

/// <summary>A block's header, as far as it is needed. Immutable.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block before it.</param>
/// <param name="Time">Its time, in whole seconds.</param>
/// <param name="BaseFeePerGas">What a unit of gas costs at least, in wei (EIP-1559); null on chains without.</param>
internal sealed record EvmBlock(long Number, EvmHash Hash, EvmHash ParentHash, DateTimeOffset Time, UInt128? BaseFeePerGas);

/// <summary>What is asked of a contract, or sent to it. Immutable.</summary>
internal sealed record EvmCall
{
    /// <summary>The caller; null for nobody in particular.</summary>
    public EvmAddress? From { get; init; }

    /// <summary>The contract; null where a contract is created.</summary>
    public required EvmAddress? To { get; init; }

    /// <summary>The calldata.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The wei that are sent along.</summary>
    public UInt128 Value { get; init; }
}

/// <summary>An event that a contract wrote. Immutable.</summary>
internal sealed record EvmLog
{
    /// <summary>The contract.</summary>
    public required EvmAddress Address { get; init; }

    /// <summary>The event's own hash, then its indexed parameters; at most four.</summary>
    public required ImmutableArray<EvmHash> Topics { get; init; }

    /// <summary>The other parameters, ABI-encoded.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The block's number; null while it is pending.</summary>
    public required long? BlockNumber { get; init; }

    /// <summary>The block's hash; null while it is pending.</summary>
    public required EvmHash? BlockHash { get; init; }

    /// <summary>The transaction; null while it is pending.</summary>
    public required EvmHash? TransactionHash { get; init; }

    /// <summary>The event's place in its block; null while it is pending.</summary>
    public required long? LogIndex { get; init; }

    /// <summary>Whether the block was taken back since.</summary>
    public required bool IsRemoved { get; init; }
}

/// <summary>What became of a transaction that is in a block. Immutable.</summary>
internal sealed record EvmReceipt
{
    public required EvmHash TransactionHash { get; init; }

    /// <summary>Whether it did what it was to do; if not, it cost its gas and changed nothing.</summary>
    public required bool Succeeded { get; init; }

    public required long BlockNumber { get; init; }

    public required EvmHash BlockHash { get; init; }

    /// <summary>The contract or account; null where a contract was created.</summary>
    public required EvmAddress? To { get; init; }

    public required EvmAddress From { get; init; }

    /// <summary>The contract that was created, or null.</summary>
    public required EvmAddress? CreatedContract { get; init; }

    public required long GasUsed { get; init; }

    /// <summary>What each unit of gas cost, in wei.</summary>
    public required UInt128 EffectiveGasPrice { get; init; }

    public required ImmutableArray<EvmLog> Logs { get; init; }
}

/// <summary>Which events are asked for. Immutable.</summary>
internal sealed record EvmLogFilter
{
    /// <summary>The contract that wrote them.</summary>
    public required EvmAddress Address { get; init; }

    /// <summary>The first block.</summary>
    public required long FromBlock { get; init; }

    /// <summary>The last block. Nodes bound how many may lie between.</summary>
    public required EvmBlockTag ToBlock { get; init; }

    /// <summary>What each topic must be, in order; null for any. At most four.</summary>
    public ImmutableArray<EvmHash?> Topics { get; init; } = [];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address} from block {FromBlock} to {ToBlock}");
}
