using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Tests.Evm;

public sealed class EvmRpcTests
{
    private const string Address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    private static readonly EvmHash Hash = EvmHash.Parse($"0x{new string('1', 64)}"), Other = EvmHash.Parse($"0x{new string('2', 64)}");

    private static readonly string Log = $$"""
        {"address":"{{Address}}","topics":["{{Hash}}","{{Other}}"],"data":"0x01","blockNumber":"0x7b","blockHash":"{{Other}}","transactionHash":"{{Hash}}",
         "transactionIndex":"0x0","logIndex":"0x3","removed":false,"own":{"of":"this chain"} }
        """;

    private static readonly string Receipt = $$"""
        {"transactionHash":"{{Hash}}","status":"0x1","blockNumber":"0x7b","blockHash":"{{Other}}","to":"{{Address}}","from":"{{Address}}","contractAddress":null,
         "gasUsed":"0x5208","effectiveGasPrice":"0x3b9aca00","cumulativeGasUsed":"0x5208","logs":[{{Log}}],"type":"0x2"}
        """;

    private static readonly string Transaction = $$"""
        {"hash":"{{Hash}}","from":"{{Address}}","to":null,"nonce":"0x5","value":"0x0","input":"0x6001","gas":"0x5208","maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1",
         "blockNumber":null,"blockHash":null,"type":"0x2"}
        """;

    private static readonly string Block = $$"""{"number":"0x7b","hash":"{{Hash}}","parentHash":"{{Other}}","timestamp":"0x6553f100","baseFeePerGas":"0x7","transactions":[]}""";

    private FakeNode _node = null!;
    private HttpClient _http = null!;
    private EvmRpc _rpc = null!;

    [SetUp]
    public void Listen()
    {
        _node = new FakeNode();
        _http = new HttpClient(JsonRpcClient.CreateHandler());
        _rpc = new EvmRpc(new JsonRpcClient(_http, _node.Url, TimeProvider.System));
    }

    [TearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Numbers_and_amounts_are_read()
    {
        Answer("eth_chainId", "\"0x89\"");
        Answer("eth_blockNumber", "\"0x10\"");
        Answer("eth_getTransactionCount", "\"0x5\"");
        Answer("eth_getBalance", "\"0x21e19e0c9bab2400000\"");
        Answer("eth_estimateGas", "\"0x5208\"");
        Answer("eth_maxPriorityFeePerGas", "\"0x6fc23ac00\"");
        var address = EvmAddress.Parse(Address);
        var call = new EvmCall { From = address, To = address, Data = new byte[] { 0xab }, Value = 17 };
        Assert.That(await _rpc.GetChainIdAsync(default), Is.EqualTo(137));
        Assert.That(await _rpc.GetBlockNumberAsync(default), Is.EqualTo(16));
        Assert.That(await _rpc.GetTransactionCountAsync(address, EvmBlockTag.Pending, default), Is.EqualTo(5));
        Assert.That(await _rpc.GetBalanceAsync(address, EvmBlockTag.Latest, default), Is.EqualTo(UInt128.Parse("10000000000000000000000")));
        Assert.That(await _rpc.EstimateGasAsync(call, default), Is.EqualTo(21000));
        Assert.That(await _rpc.GetMaxPriorityFeePerGasAsync(default), Is.EqualTo((UInt128)30_000_000_000));
        Assert.That(Asked("eth_getTransactionCount"), Is.EqualTo($"[\"{Address}\",\"pending\"]"));
        Assert.That(Asked("eth_getBalance"), Is.EqualTo($"[\"{Address}\",\"latest\"]"));
        Assert.That(Asked("eth_estimateGas"), Is.EqualTo($$"""[{"data":"0xab","from":"{{Address}}","to":"{{Address}}","value":"0x11"}]"""));
    }

    [Test]
    public async Task Calls_and_code_are_bytes()
    {
        Answer("eth_call", "\"0xFFee\"");
        Answer("eth_getCode", "\"0x\"");
        Answer("eth_sendRawTransaction", $"\"{Hash}\"");
        var address = EvmAddress.Parse(Address);
        Assert.That(await _rpc.CallAsync(new EvmCall { To = address, Data = new byte[] { 1, 2 } }, EvmBlockTag.At(255), default), Is.EqualTo(new byte[] { 0xff, 0xee }));
        Assert.That(await _rpc.GetCodeAsync(address, EvmBlockTag.Pending, default), Is.Empty);
        Assert.That(await _rpc.SendRawTransactionAsync(new byte[] { 2, 0xc0 }, default), Is.EqualTo(Hash));
        Assert.That(Asked("eth_call"), Is.EqualTo($$"""[{"data":"0x0102","to":"{{Address}}"},"0xff"]"""));
        Assert.That(Asked("eth_getCode"), Is.EqualTo($"[\"{Address}\",\"pending\"]"));
        Assert.That(Asked("eth_sendRawTransaction"), Is.EqualTo("[\"0x02c0\"]"));
        Answer("eth_getCode", $"\"0x{new string('0', 100_000)}\"");
        Malformed(async () => await _rpc.GetCodeAsync(address, EvmBlockTag.Latest, default));
    }

    [Test]
    public async Task Blocks_are_read_and_unknown_ones_are_null()
    {
        Answer("eth_getBlockByNumber", Block);
        var block = await _rpc.GetBlockAsync(EvmBlockTag.At(123), default);
        Assert.That(block, Is.EqualTo(new EvmBlock(123, Hash, Other, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), 7)));
        Assert.That(Asked("eth_getBlockByNumber"), Is.EqualTo("[\"0x7b\",false]"));
        Assert.That((await _rpc.GetBlockAsync(EvmBlockTag.Latest, default))!.Number, Is.EqualTo(123));
        Malformed(async () => await _rpc.GetBlockAsync(EvmBlockTag.At(124), default));
        Answer("eth_getBlockByNumber", "null");
        Assert.That(await _rpc.GetBlockAsync(EvmBlockTag.At(123), default), Is.Null);
    }

    [Test]
    public async Task Receipts_and_their_logs_are_read()
    {
        Answer("eth_getTransactionReceipt", Receipt);
        var receipt = (await _rpc.GetTransactionReceiptAsync(Hash, default))!;
        Assert.That((receipt.Succeeded, receipt.BlockNumber, receipt.BlockHash, receipt.GasUsed, receipt.EffectiveGasPrice, receipt.CreatedContract), Is.EqualTo((true, 123L, Other, 21000L, (UInt128)1_000_000_000, (EvmAddress?)null)));
        Assert.That((receipt.To, receipt.From), Is.EqualTo(((EvmAddress?)EvmAddress.Parse(Address), EvmAddress.Parse(Address))));
        var log = receipt.Logs.Single();
        Assert.That((log.Address, log.BlockNumber, log.BlockHash, log.TransactionHash, log.LogIndex, log.IsRemoved), Is.EqualTo((EvmAddress.Parse(Address), (long?)123, (EvmHash?)Other, (EvmHash?)Hash, (long?)3, false)));
        Assert.That(log.Topics, Is.EqualTo(new[] { Hash, Other }));
        Assert.That(log.Data.ToArray(), Is.EqualTo(new byte[] { 1 }));
        Answer("eth_getTransactionReceipt", Receipt.Replace("\"0x1\"", "\"0x0\"", StringComparison.Ordinal));
        Assert.That((await _rpc.GetTransactionReceiptAsync(Hash, default))!.Succeeded, Is.False);
        Malformed(async () => await _rpc.GetTransactionReceiptAsync(Other, default));
        Answer("eth_getTransactionReceipt", "null");
        Assert.That(await _rpc.GetTransactionReceiptAsync(Hash, default), Is.Null);
    }

    [Test]
    public async Task Transactions_are_known_or_not()
    {
        Answer("eth_getTransactionByHash", Transaction);
        Assert.That(await _rpc.KnowsTransactionAsync(Hash, default), Is.True);
        Assert.That(Asked("eth_getTransactionByHash"), Is.EqualTo($"[\"{Hash}\"]"));
        Malformed(async () => await _rpc.KnowsTransactionAsync(Other, default));
        Answer("eth_getTransactionByHash", "null");
        Assert.That(await _rpc.KnowsTransactionAsync(Hash, default), Is.False);
    }

    [Test]
    public async Task Events_are_asked_for_by_contract_blocks_and_topics()
    {
        Answer("eth_getLogs", $"[{Log},{Log.Replace("\"removed\":false", "\"removed\":true", StringComparison.Ordinal)}]");
        var filter = new EvmLogFilter { Address = EvmAddress.Parse(Address), FromBlock = 16, ToBlock = EvmBlockTag.Latest, Topics = [null, Hash] };
        var logs = await _rpc.GetLogsAsync(filter, default);
        Assert.That(logs.Select(log => log.IsRemoved), Is.EqualTo(new[] { false, true }));
        Assert.That(Asked("eth_getLogs"), Is.EqualTo($$"""[{"address":"{{Address}}","fromBlock":"0x10","toBlock":"latest","topics":[null,"{{Hash}}"]}]"""));
    }

    /// <summary>Every field of every document, in turn, is left out, null, a number, a text, a list: the answer is then malformed or the field wasn't needed.</summary>
    [Test]
    public async Task A_field_of_another_form_is_malformed_and_nothing_else_is_thrown()
    {
        var documents = new (string Method, string Json, Func<Task> Call)[]
        {
            ("eth_getBlockByNumber", Block, async () => await _rpc.GetBlockAsync(EvmBlockTag.Latest, default)),
            ("eth_getTransactionReceipt", Receipt, async () => await _rpc.GetTransactionReceiptAsync(Hash, default)),
            ("eth_getTransactionByHash", Transaction, async () => await _rpc.KnowsTransactionAsync(Hash, default)),
            ("eth_getLogs", $"[{Log}]", async () => await _rpc.GetLogsAsync(new EvmLogFilter { Address = default, FromBlock = 0, ToBlock = EvmBlockTag.Latest }, default)),
            ("eth_chainId", "{}", async () => await _rpc.GetChainIdAsync(default)),
            ("eth_call", "17", async () => await _rpc.CallAsync(new EvmCall { To = default(EvmAddress), Data = default }, EvmBlockTag.Latest, default)),
        };
        var refused = 0;
        foreach (var (method, json, call) in documents)
        {
            var names = System.Text.RegularExpressions.Regex.Matches(json, "\"([a-zA-Z]+)\":").Select(match => match.Value).Distinct();
            foreach (var name in names)
            {
                foreach (var wrong in new[] { "1.5", "\"x\"", "\"0x\"", "\"0xzz\"", "\"\\ud800\"", "null", "[]", "[1]", "{}", "true", $"\"0x{new string('f', 65)}\"" })
                {
                    var value = $"{name}{wrong},\"instead\":";
                    Answer(method, json.Replace(name, value, StringComparison.Ordinal));
                    try
                    {
                        await call();
                    }
                    catch (JsonRpcException e)
                    {
                        Assert.That(e.Code, Is.EqualTo(ErrorCodes.RpcAnswerMalformed), $"{value}: {e}");
                        refused++;
                    }
                }
            }
        }
        foreach (var wrong in new[] { "null", "17", "\"x\"", "\"\\ud800\"", "[]", "{}", "[1]", "true" })
        {
            foreach (var (method, _, call) in documents)
            {
                Answer(method, wrong);
                try
                {
                    await call();
                }
                catch (JsonRpcException e)
                {
                    Assert.That(e.Code, Is.EqualTo(ErrorCodes.RpcAnswerMalformed), $"{method} {wrong}: {e}");
                    refused++;
                }
            }
        }
        Assert.That(refused, Is.GreaterThan(200));
    }

    private void Answer(string method, string json) => _node.Results[method] = _ => json.ReplaceLineEndings("");

    private string Asked(string method) => _node.Calls.Last(call => call.Method == method).Parameters.GetRawText();

    private static void Malformed(Func<Task> call) =>
        Assert.That(Assert.ThrowsAsync<JsonRpcException>(call)!.Code, Is.EqualTo(ErrorCodes.RpcAnswerMalformed));
}
