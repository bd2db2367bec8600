using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Tests;

/// <summary>Verification by a public chain alone, through the command: a real node, one that lies, one that is gone, and none.</summary>
public sealed class ChainTests
{
    private const string RegisterBatch = "0xecb58734"; // registerBatch(bytes32,uint256,bytes,uint256)

    private AnvilNode _anvil = null!;
    private CliRunner _cli = null!;
    private string _signed = "", _bundle = "", _contract = "", _transaction = "", _rpc = "";

    [OneTimeSetUp]
    public async Task SignAndRegisterAsync()
    {
        _anvil = await AnvilNode.StartAsync();
        _cli = new CliRunner();
        (_signed, _bundle, _rpc) = (_cli.PathOf("signed.png"), _cli.PathOf("evidence.json"), $"{_anvil.Url}?key=key-in-query");
        await _cli.OneAsync("sign", TestData.PathOf("images/kodak/kodim07.png"), "-o", _signed);
        await _cli.OneAsync("evidence", _signed, "-o", _bundle);
        await _anvil.CallAsync("evm_setNextBlockTimestamp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1); // after the signing
        _contract = EvmAddress.Parse(await _anvil.DeployAsync()).ToString();

        var bundle = JsonNode.Parse(await File.ReadAllBytesAsync(_bundle))!;
        var ledger = bundle["anchor"]!["ledger"]!;
        string root = ledger["root"]!.GetValue<string>(), key = ledger["public_key"]!.GetValue<string>();
        var leaves = ledger["leaf_count"]!.GetValue<int>();
        var call = new JsonObject { ["from"] = AnvilNode.Accounts[0], ["to"] = _contract, ["data"] = $"{RegisterBatch}{root[2..]}{Word(leaves)}{Word(128)}{Word(DateTimeOffset.UtcNow.ToUnixTimeSeconds())}{Word(32)}{key}" };
        _transaction = (await _anvil.CallAsync("eth_sendTransaction", call)).GetString()!;
        await _anvil.MineAsync(12);
        var receipt = await _anvil.CallAsync("eth_getTransactionReceipt", _transaction);
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        var number = receipt.GetProperty("blockNumber").GetString()!;
        var time = (await _anvil.CallAsync("eth_getBlockByNumber", number, false)).GetProperty("timestamp").GetString()!;
        bundle["anchor"] = new JsonObject
        {
            ["kind"] = "evm",
            ["evm"] = new JsonObject
            {
                ["chain_id"] = 137,
                ["contract"] = _contract,
                ["root"] = root,
                ["leaf_count"] = leaves,
                ["transaction_hash"] = _transaction,
                ["block_number"] = Number(number),
                ["timestamp"] = DateTimeOffset.FromUnixTimeSeconds(Number(time)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
        };
        await File.WriteAllTextAsync(_bundle, bundle.ToJsonString());
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        _cli?.Dispose();
        if (_anvil is not null) await _anvil.DisposeAsync();
    }

    [Test]
    public async Task A_stranger_verifies_by_the_chain_alone_and_gets_the_link()
    {
        using var stranger = new CliRunner();
        var line = await stranger.OneAsync("verify", _signed, "--evidence", _bundle, "--rpc", _rpc);
        Assert.That((line.GetProperty("confidence").GetDouble(), Blockchain(line)), Is.EqualTo((1.0, ("passed", "anchored_on_chain"))), Details(line));
        Assert.That((line.GetProperty("blockchain_tx").GetString(), line.GetProperty("blockchain_url").GetString()), Is.EqualTo((_transaction, $"https://polygonscan.com/tx/{_transaction}")));
        Assert.That(Findings(line), Does.Contain("contract_not_pinned"));
        Assert.That(line.ToString(), Does.Not.Contain("key-in-query"));
        var text = (await stranger.RunAsync("verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--contract", _contract.ToLowerInvariant())).Output;
        Assert.That(text, Does.Contain($"transaction https://polygonscan.com/tx/{_transaction}").And.Contain("Merkle proof valid: Polygon block ").And.Not.Contain("No trusted contract"));
        Assert.That(Directory.Exists(stranger.Home), Is.False);
    }

    [Test]
    public async Task Without_a_node_the_check_is_not_run_and_the_report_says_why()
    {
        var line = await _cli.OneAsync("verify", _signed, "--evidence", _bundle);
        Assert.That((line.GetProperty("confidence").GetDouble(), Blockchain(line)), Is.EqualTo((0.75, ("not_run", "chain_not_asked"))));
        Assert.That(line.GetProperty("blockchain_url").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(Details(line), Does.Contain("--rpc"));

        var gone = new FakeNode();
        var url = gone.Url.AbsoluteUri;
        await gone.DisposeAsync();
        line = await _cli.OneAsync("verify", _signed, "--evidence", _bundle, "--rpc", url);
        Assert.That((line.GetProperty("confidence").GetDouble(), Blockchain(line)), Is.EqualTo((0.75, ("not_run", "rpc_unreachable"))));
        Assert.That(line.ToString(), Does.Not.Contain("secret"));
        line = await _cli.OneAsync("verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--rpc", url);
        Assert.That(Blockchain(line), Is.EqualTo(("not_run", "rpc_unreachable")), "both must answer");
        Assert.That((await _cli.RunAsync("verify", _signed, "--evidence", _bundle, "--rpc", url)).Output, Does.Contain("– not run").And.Contain("There is no connection to http://127.0.0.1:"));
    }

    [Test]
    public async Task A_node_that_lies_about_the_root_is_a_mismatch()
    {
        await using var liar = new FakeNode();
        liar.Results["eth_chainId"] = _ => "\"0x89\"";
        var code = (await _anvil.CallAsync("eth_getCode", _contract, "latest")).GetRawText();
        liar.Results["eth_getCode"] = _ => code;
        var root = JsonNode.Parse(await File.ReadAllBytesAsync(_bundle))!["anchor"]!["evm"]!["root"]!.GetValue<string>();
        var truth = (await _anvil.CallAsync("eth_call", new JsonObject { ["to"] = _contract, ["data"] = $"0xed42136f{root[2..]}" }, "latest")).GetRawText();
        liar.Results["eth_call"] = _ => truth.Replace(root[2..], new string('e', 64), StringComparison.Ordinal);
        var line = await _cli.OneAsync("verify", _signed, "--evidence", _bundle, "--rpc", liar.Url.AbsoluteUri);
        Assert.That((line.GetProperty("confidence").GetDouble(), Blockchain(line)), Is.EqualTo((0.75, ("failed", "root_mismatch"))));
        Assert.That(Details(line), Does.StartWith("root mismatch: "));
        line = await _cli.OneAsync("verify", _signed, "--evidence", _bundle, "--rpc", liar.Url.AbsoluteUri, "--rpc", _rpc);
        Assert.That(Blockchain(line), Is.EqualTo(("not_run", "rpc_disagree")));
    }

    [Test]
    public async Task The_contract_can_be_named()
    {
        string[] command = ["verify", _signed, "--evidence", _bundle, "--rpc", _rpc];
        var line = await _cli.OneAsync([.. command, "--contract", _contract, "--chain-id", "137"]);
        Assert.That(Blockchain(line), Is.EqualTo(("passed", "anchored_on_chain")));
        Assert.That(Findings(line), Does.Not.Contain("contract_not_pinned"));
        Assert.That(Blockchain(await _cli.OneAsync([.. command, "--contract", _contract, "--chain-id", "80002"])), Is.EqualTo(("failed", "anchor_untrusted")));
        Assert.That(Blockchain(await _cli.OneAsync([.. command, "--contract", AnvilNode.Accounts[1]])), Is.EqualTo(("failed", "anchor_untrusted")));
    }

    [Test]
    public async Task The_environment_names_nodes_and_contract_and_the_options_win()
    {
        using var stranger = new CliRunner();
        stranger.SetVariable("TECTRA_RPC_URLS", $" {_rpc}, {_anvil.Url}?key=another ");
        stranger.SetVariable("TECTRA_CONTRACT", _contract);
        var line = await stranger.OneAsync("verify", _signed, "--evidence", _bundle);
        Assert.That(Blockchain(line), Is.EqualTo(("passed", "anchored_on_chain")), Details(line));
        Assert.That(Findings(line), Does.Not.Contain("contract_not_pinned"));
        stranger.SetVariable("TECTRA_CHAIN_ID", "80002");
        Assert.That(Blockchain(await stranger.OneAsync("verify", _signed, "--evidence", _bundle)), Is.EqualTo(("failed", "anchor_untrusted")));
        Assert.That(Blockchain(await stranger.OneAsync("verify", _signed, "--evidence", _bundle, "--chain-id", "137")), Is.EqualTo(("passed", "anchored_on_chain")));
        stranger.SetVariable("TECTRA_CHAIN_ID", "polygon");
        await stranger.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle);
    }

    [Test]
    public async Task Options_that_cannot_be_used_end_it_without_repeating_a_key()
    {
        foreach (var url in new[] { "ftp://node.example/hunter2", "hunter2", "https://me:hunter2@node.example/" })
            Assert.That(await _cli.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle, "--rpc", url), Does.Contain("--rpc").And.Not.Contain("hunter2"));
        await _cli.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--rpc", _rpc);
        await _cli.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--contract", "0x1234");
        await _cli.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--contract", _contract, "--chain-id", "0");
        await _cli.FailAsync("invalid_argument", "verify", _signed, "--evidence", _bundle, "--rpc", _rpc, "--chain-id", "137");
    }

    [Test]
    public async Task A_registry_of_ones_own_is_asked_as_ever_with_or_without_a_node()
    {
        var line = await _cli.OneAsync("verify", _signed, "--rpc", _rpc);
        Assert.That(Blockchain(line), Is.EqualTo(("passed", "anchored_in_ledger")));
        Assert.That(line.GetProperty("blockchain_url").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    private static (string?, string?) Blockchain(JsonElement line)
    {
        var check = line.GetProperty("checks").GetProperty("blockchain");
        return (check.GetProperty("outcome").GetString(), check.GetProperty("code").GetString());
    }

    private static string Details(JsonElement line) => line.GetProperty("checks").GetProperty("blockchain").GetProperty("details").GetString()!;

    private static List<string?> Findings(JsonElement line) => [.. line.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString())];

    private static string Word(long number) => number.ToString("x64", CultureInfo.InvariantCulture);

    private static long Number(string hex) => long.Parse(hex.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
