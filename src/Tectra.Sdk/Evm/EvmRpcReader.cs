using System.Collections.Immutable;
using System.Text.Json;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Reads the results of a chain's node. Fields that aren't needed are passed over: chains add their own. What is needed and missing,
/// or of another form, throws a <see cref="FormatException"/>.
/// </summary>
internal static class EvmRpcReader
{
    private const int MaxTopics = 4;

    public static EvmBlock? Block(JsonElement result) => IsNull(result) ? null : new EvmBlock(
        EvmHex.ReadNumber(Member(result, "number")),
        EvmHex.ReadHash(Member(result, "hash")),
        EvmHex.ReadHash(Member(result, "parentHash")),
        EvmHex.ReadTime(Member(result, "timestamp")),
        Optional(result, "baseFeePerGas") is { } fee ? EvmHex.ReadQuantity(fee) : null);

    public static EvmReceipt? Receipt(JsonElement result) => IsNull(result) ? null : new EvmReceipt
    {
        TransactionHash = EvmHex.ReadHash(Member(result, "transactionHash")),
        Succeeded = EvmHex.ReadNumber(Member(result, "status")) switch
        {
            1 => true,
            0 => false,
            _ => throw new FormatException("The status is neither 0 nor 1."),
        },
        BlockNumber = EvmHex.ReadNumber(Member(result, "blockNumber")),
        BlockHash = EvmHex.ReadHash(Member(result, "blockHash")),
        To = Optional(result, "to") is { } to ? EvmHex.ReadAddress(to) : null,
        From = EvmHex.ReadAddress(Member(result, "from")),
        CreatedContract = Optional(result, "contractAddress") is { } created ? EvmHex.ReadAddress(created) : null,
        GasUsed = EvmHex.ReadNumber(Member(result, "gasUsed")),
        EffectiveGasPrice = EvmHex.ReadQuantity(Member(result, "effectiveGasPrice")),
        Logs = Logs(Member(result, "logs")),
    };

    public static EvmHash? TransactionHash(JsonElement result) => IsNull(result) ? null : EvmHex.ReadHash(Member(result, "hash"));

    public static ImmutableArray<EvmLog> Logs(JsonElement result) => [.. Items(result).Select(Log)];

    private static EvmLog Log(JsonElement log)
    {
        ImmutableArray<EvmHash> topics = [.. Items(Member(log, "topics")).Select(EvmHex.ReadHash)];
        if (topics.Length > MaxTopics) throw new FormatException($"A log has at most {MaxTopics} topics.");
        return new EvmLog
        {
            Address = EvmHex.ReadAddress(Member(log, "address")),
            Topics = topics,
            Data = EvmHex.ReadData(Member(log, "data")),
            BlockNumber = Optional(log, "blockNumber") is { } number ? EvmHex.ReadNumber(number) : null,
            BlockHash = Optional(log, "blockHash") is { } block ? EvmHex.ReadHash(block) : null,
            TransactionHash = Optional(log, "transactionHash") is { } transaction ? EvmHex.ReadHash(transaction) : null,
            LogIndex = Optional(log, "logIndex") is { } index ? EvmHex.ReadNumber(index) : null,
            IsRemoved = Optional(log, "removed") is { ValueKind: JsonValueKind.True },
        };
    }

    private static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null;

    private static JsonElement Member(JsonElement parent, string name) =>
        Optional(parent, name) ?? throw new FormatException($"The field '{name}' is missing.");

    /// <summary>A field's value; null if it is missing or null.</summary>
    private static JsonElement? Optional(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object) throw new FormatException("An object was expected.");
        return parent.TryGetProperty(name, out var value) && !IsNull(value) ? value : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new FormatException("A list was expected.");
}
