using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tectra.Sdk.Evm;

/// <summary>
/// The methods of an EVM chain's node (the execution API) that this product calls, typed. Thread-safe and immutable. Every method throws a
/// <see cref="JsonRpcException"/>: <c>rpc_unreachable</c>, <c>rpc_refused</c>, or <c>rpc_answer_malformed</c> for a result of another form.
/// </summary>
internal sealed class EvmRpc
{
    /// <summary>How long the code of a contract can be, in bytes (EIP-170, and twice that: some chains allow more).</summary>
    private const int MaxCodeBytes = 2 * 24 * 1024;

    private readonly JsonRpcClient _client;

    public EvmRpc(JsonRpcClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>The node's scheme, host and port.</summary>
    public string Origin => _client.Origin;

    /// <summary>Which chain the node is of (EIP-155).</summary>
    public ValueTask<long> GetChainIdAsync(CancellationToken cancellationToken) => CallAsync("eth_chainId", [], EvmHex.ReadNumber, cancellationToken);

    /// <summary>The number of the newest block that the node knows.</summary>
    public ValueTask<long> GetBlockNumberAsync(CancellationToken cancellationToken) => CallAsync("eth_blockNumber", [], EvmHex.ReadNumber, cancellationToken);

    /// <summary>A block's header, or null if the node doesn't know the block.</summary>
    public ValueTask<EvmBlock?> GetBlockAsync(EvmBlockTag block, CancellationToken cancellationToken) => CallAsync(
        "eth_getBlockByNumber",
        [block.ToString(), false],
        result =>
        {
            var found = EvmRpcReader.Block(result);
            return found is null || block.Number is null || found.Number == block.Number ? found : throw new FormatException("It is another block.");
        },
        cancellationToken);

    /// <summary>What a call returns that changes nothing.</summary>
    public ValueTask<byte[]> CallAsync(EvmCall call, EvmBlockTag block, CancellationToken cancellationToken) =>
        CallAsync("eth_call", [ToJson(call), block.ToString()], EvmHex.ReadData, cancellationToken);

    /// <summary>What a call returns that changes nothing, decoded.</summary>
    /// <param name="call">The call.</param>
    /// <param name="block">On which block's state.</param>
    /// <param name="decode">Reads what is returned; a <see cref="FormatException"/> means that it is malformed.</param>
    /// <param name="cancellationToken">Ends the call at once.</param>
    public ValueTask<T> CallAsync<T>(EvmCall call, EvmBlockTag block, Func<byte[], T> decode, CancellationToken cancellationToken) =>
        CallAsync("eth_call", [ToJson(call), block.ToString()], result => decode(EvmHex.ReadData(result)), cancellationToken);

    /// <summary>The code of a contract; empty where there is none.</summary>
    public ValueTask<byte[]> GetCodeAsync(EvmAddress address, EvmBlockTag block, CancellationToken cancellationToken) => CallAsync(
        "eth_getCode",
        [address.ToString(), block.ToString()],
        result => EvmHex.ReadData(result) is { Length: <= MaxCodeBytes } code ? code : throw new FormatException("The code is longer than a contract's can be."),
        cancellationToken);

    /// <summary>How many transactions an account has sent: the nonce of its next one.</summary>
    public ValueTask<long> GetTransactionCountAsync(EvmAddress address, EvmBlockTag block, CancellationToken cancellationToken) =>
        CallAsync("eth_getTransactionCount", [address.ToString(), block.ToString()], EvmHex.ReadNumber, cancellationToken);

    /// <summary>What an account has, in wei.</summary>
    public ValueTask<UInt128> GetBalanceAsync(EvmAddress address, EvmBlockTag block, CancellationToken cancellationToken) =>
        CallAsync("eth_getBalance", [address.ToString(), block.ToString()], EvmHex.ReadQuantity, cancellationToken);

    /// <summary>Hands the node a signed transaction, to be put into a block.</summary>
    /// <returns>The transaction's hash, as the node computed it.</returns>
    public ValueTask<EvmHash> SendRawTransactionAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken) =>
        CallAsync("eth_sendRawTransaction", [EvmHex.Data(transaction.Span)], EvmHex.ReadHash, cancellationToken);

    /// <summary>What became of a transaction, or null while it is in no block that the node knows.</summary>
    public ValueTask<EvmReceipt?> GetTransactionReceiptAsync(EvmHash transaction, CancellationToken cancellationToken) => CallAsync(
        "eth_getTransactionReceipt",
        [transaction.ToString()],
        result =>
        {
            var receipt = EvmRpcReader.Receipt(result);
            return receipt is null || receipt.TransactionHash == transaction ? receipt : throw new FormatException("It is another transaction's receipt.");
        },
        cancellationToken);

    /// <summary>Whether the node knows a transaction, in a block or waiting.</summary>
    public ValueTask<bool> KnowsTransactionAsync(EvmHash transaction, CancellationToken cancellationToken) => CallAsync(
        "eth_getTransactionByHash",
        [transaction.ToString()],
        result =>
        {
            var found = EvmRpcReader.TransactionHash(result);
            return found is null || found == transaction ? found is not null : throw new FormatException("It is another transaction.");
        },
        cancellationToken);

    /// <summary>How much gas a transaction would use.</summary>
    public ValueTask<long> EstimateGasAsync(EvmCall call, CancellationToken cancellationToken) =>
        CallAsync("eth_estimateGas", [ToJson(call)], EvmHex.ReadNumber, cancellationToken);

    /// <summary>What the node would add to the base fee for the block's maker, in wei a unit of gas.</summary>
    public ValueTask<UInt128> GetMaxPriorityFeePerGasAsync(CancellationToken cancellationToken) =>
        CallAsync("eth_maxPriorityFeePerGas", [], EvmHex.ReadQuantity, cancellationToken);

    /// <summary>The events that a contract wrote, in their order. Who asks for many is refused by most nodes.</summary>
    public ValueTask<ImmutableArray<EvmLog>> GetLogsAsync(EvmLogFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var wanted = new JsonObject
        {
            ["address"] = filter.Address.ToString(),
            ["fromBlock"] = EvmHex.Number(filter.FromBlock),
            ["toBlock"] = filter.ToBlock.ToString(),
            ["topics"] = new JsonArray([.. filter.Topics.Select(topic => topic is { } hash ? JsonValue.Create(hash.ToString()) : null)]),
        };
        return CallAsync("eth_getLogs", [wanted], EvmRpcReader.Logs, cancellationToken);
    }

    /// <summary>Where the node is; never a secret.</summary>
    public override string ToString() => Origin;

    private static JsonObject ToJson(EvmCall call)
    {
        var json = new JsonObject { ["data"] = EvmHex.Data(call.Data.Span) };
        if (call.From is { } from) json["from"] = from.ToString();
        if (call.To is { } to) json["to"] = to.ToString();
        if (call.Value != 0) json["value"] = EvmHex.Quantity(call.Value);
        return json;
    }

    private async ValueTask<T> CallAsync<T>(string method, JsonNode?[] parameters, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var result = await _client.CallAsync(method, parameters, cancellationToken).ConfigureAwait(false);
        try
        {
            return read(result);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw _client.Malformed(method, e.Message, e); // an invalid operation is a string that isn't Unicode
        }
    }
}
