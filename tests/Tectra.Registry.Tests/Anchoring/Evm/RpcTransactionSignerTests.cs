using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class RpcTransactionSignerTests
{
    private const string Method = "eth_signTransaction";

    private FakeNode _node = null!;
    private HttpClient _http = null!;
    private KeyTransactionSigner _key = null!;
    private RpcTransactionSigner _signer = null!;

    [SetUp]
    public void Listen()
    {
        _node = new FakeNode();
        _http = new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _key = new KeyTransactionSigner(EvmPrivateKey.Create());
        _signer = new RpcTransactionSigner(new JsonRpcClient(_http, _node.Url, TimeProvider.System), _key.Address);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _key.Dispose();
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_node_is_asked_with_every_field_and_answers_in_either_form()
    {
        foreach (var vector in EvmVectors.Transactions)
        {
            foreach (var inObject in new[] { false, true })
            {
                _node.Results[Method] = call =>
                {
                    var raw = Quote(Sign(Asked(call)));
                    return inObject ? $$$"""{"raw":{{{raw}}},"tx":{"type":"0x2","gas":"0x1","hash":null}}""" : raw;
                };
                var signed = await _signer.SignAsync(vector.Transaction);
                Assert.That(signed.Transaction, Is.EqualTo(vector.Transaction), vector.Name);
                Assert.That(signed.Sender, Is.EqualTo(_key.Address));
                Assert.That(signed.Hash, Is.EqualTo((await _key.SignAsync(vector.Transaction)).Hash));
            }
        }
        Assert.That(_node.Calls.Select(call => call.Method), Is.All.EqualTo(Method));
    }

    [Test]
    public async Task The_request_is_the_execution_APIs()
    {
        _node.Results[Method] = call => Quote(Sign(Asked(call)));
        await _signer.SignAsync(new EvmTransaction
        {
            ChainId = 137,
            Nonce = 0,
            MaxPriorityFeePerGas = 30_000_000_000,
            MaxFeePerGas = 250_000_000_000,
            GasLimit = 21_000,
            To = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            Data = new byte[] { 0xAB, 0x01 },
        });
        Assert.That(_node.Calls.Single().Parameters.GetRawText(), Is.EqualTo(
            $$"""[{"type":"0x2","from":"{{_key.Address}}","chainId":"0x89","nonce":"0x0","maxPriorityFeePerGas":"0x6fc23ac00","maxFeePerGas":"0x3a35294400","gas":"0x5208","value":"0x0","data":"0xab01","to":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}]"""));
    }

    private static readonly (string Field, Func<EvmTransaction, EvmTransaction> Change)[] Changes =
    [
        ("chainId", asked => asked with { ChainId = 80002 }),
        ("nonce", asked => asked with { Nonce = asked.Nonce + 1 }),
        ("maxPriorityFeePerGas", asked => asked with { MaxPriorityFeePerGas = asked.MaxPriorityFeePerGas - 1 }),
        ("maxFeePerGas", asked => asked with { MaxFeePerGas = asked.MaxFeePerGas + 1 }),
        ("gas", asked => asked with { GasLimit = asked.GasLimit * 2 }),
        ("to", asked => asked with { To = EvmAddress.Parse("0xde709f2102306220921060314715629080e2fb77") }),
        ("to", asked => asked with { To = null }),
        ("value", asked => asked with { Value = 1 }),
        ("data", asked => asked with { Data = asked.Data[..^1] }),
        ("data", asked => asked with { Data = (byte[])[.. asked.Data.Span[..^1], (byte)(asked.Data.Span[^1] ^ 1)] }),
    ];

    [Test]
    public void A_transaction_with_any_other_field_is_refused_by_its_name()
    {
        foreach (var (field, change) in Changes)
        {
            _node.Results[Method] = call => Quote(Sign(change(Asked(call))));
            AssertRefused($"another {field} ");
        }
    }

    [Test]
    public async Task Another_accounts_signature_is_refused()
    {
        using var other = new KeyTransactionSigner(EvmPrivateKey.Create());
        var raw = (await other.SignAsync(EvmVectors.Call)).Raw;
        _node.Results[Method] = _ => Quote(raw);
        AssertRefused(other.Address.ToString());
    }

    [Test]
    public void What_is_no_raw_transaction_is_refused()
    {
        var raw = Sign(EvmVectors.Call).ToArray();
        var hex = $"0x{Convert.ToHexStringLower(raw)}";
        string[] answers =
        [
            "null", "true", "7", "[]", "{}", """{"raw":null}""", """{"raw":{}}""", """{"tx":{}}""", "\"\"", "\"0x\"", "\"0x0\"", "\"0x02\"", "\"raw\"",
            Text(hex[2..]), Text("0X" + hex[2..]), Text(hex[..^1]), Text(hex[..^2]), Text(hex + "00"), Text(hex + " "), Text(hex[..^1] + "g"),
            Text(hex[..10] + "\\ud800" + hex[11..]), Text("0x01" + hex[4..]), Text("0x" + hex[4..]), Text("0x" + new string('0', (2 * EvmTransaction.MaxEncodedBytes) + 2)),
            Text($"0x{Convert.ToHexStringLower(EvmVectors.Call.Encode(null))}"),
            Text($"0x02fa00{hex[6..]}"), // the list's length with a leading zero
            $"[{Text(hex)}]",
        ];
        foreach (var answer in answers)
        {
            _node.Results[Method] = _ => answer;
            AssertRefused("");
        }
        _node.Results[Method] = _ => Text(hex);
        Assert.That(async () => await _signer.SignAsync(EvmVectors.Call), Throws.Nothing, "unchanged, it is taken");
    }

    [Test]
    public void A_refusal_and_silence_are_told_as_of_any_call()
    {
        var refused = Assert.ThrowsAsync<JsonRpcException>(async () => await _signer.SignAsync(EvmVectors.Call))!;
        Assert.That((refused.Code, refused.RpcCode), Is.EqualTo((ErrorCodes.RpcRefused, -32601)));
        _node.Raw = _ => FakeNode.Http("", "503 Service Unavailable");
        var silent = Assert.ThrowsAsync<JsonRpcException>(async () => await _signer.SignAsync(EvmVectors.Call))!;
        Assert.That(silent.Code, Is.EqualTo(ErrorCodes.RpcUnreachable));
    }

    [Test]
    public void What_no_node_would_take_is_not_asked_for()
    {
        Assert.That(async () => await _signer.SignAsync(EvmVectors.Call with { ChainId = 0 }), Throws.ArgumentException);
        Assert.That(_node.Calls, Is.Empty);
    }

    [Test]
    public void It_shows_its_account_and_host_alone() =>
        Assert.That(_signer.ToString(), Is.EqualTo($"RpcTransactionSigner of {_key.Address} at {_node.Origin}"));

    private static string Quote(ReadOnlyMemory<byte> raw) => Text($"0x{Convert.ToHexStringLower(raw.Span)}");

    private static string Text(string text) => $"\"{text}\"";

    private void AssertRefused(string why)
    {
        var error = Assert.ThrowsAsync<KeyAccessException>(async () => await _signer.SignAsync(EvmVectors.Call), why)!;
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.EvmSignerAnswerWrong));
        Assert.That(error.Message, Does.Contain(why).And.Contain(_node.Origin).And.Not.Contain("secret"));
    }

    private ReadOnlyMemory<byte> Sign(EvmTransaction transaction) => _key.SignAsync(transaction).AsTask().GetAwaiter().GetResult().Raw;

    /// <summary>The transaction that the parameters describe, as a signer reads them.</summary>
    private static EvmTransaction Asked(NodeCall call)
    {
        var asked = call.Parameters.EnumerateArray().Single();
        return new EvmTransaction
        {
            ChainId = (ulong)Number("chainId"),
            Nonce = (ulong)Number("nonce"),
            MaxPriorityFeePerGas = Number("maxPriorityFeePerGas"),
            MaxFeePerGas = Number("maxFeePerGas"),
            GasLimit = (ulong)Number("gas"),
            To = asked.TryGetProperty("to", out var to) ? EvmAddress.Parse(to.GetString()) : null,
            Value = Number("value"),
            Data = EvmVectors.Bytes(asked.GetProperty("data").GetString()!),
        };
        UInt128 Number(string name) => EvmHex.ReadQuantity(asked.GetProperty(name));
    }
}
