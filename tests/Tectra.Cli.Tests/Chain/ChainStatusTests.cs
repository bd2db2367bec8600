using System.Globalization;
using System.Text.Json;

namespace Tectra.Cli.Tests.Chain;

public sealed class ChainStatusTests
{
    private const string Nowhere = "http://127.0.0.1:9/secret-key-of-mine";
    private static readonly string Photo = TestData.PathOf("images/odd/jpeg-420.jpg");

    private ChainHome _chain = null!;
    private string _contract = null!;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _chain = await ChainHome.StartAsync();
        _contract = await _chain.Node.DeployAsync();
    }

    [OneTimeTearDown]
    public async Task TearDown() => await _chain.DisposeAsync();

    [Test]
    public async Task It_shows_the_chain_the_contract_the_account_and_what_anchoring_costs()
    {
        var cli = _chain.Create();
        var (exit, line) = await ChainHome.StatusAsync(cli, "--rpc", _chain.Rpc, "--contract", _contract);
        Assert.That(exit, Is.Zero, line.ToString());
        var (node, account, price) = (line.GetProperty("nodes")[0], line.GetProperty("account"), line.GetProperty("price"));
        var gasPrice = Decimal(price, "gas_price_gwei");
        var batch = 53_256 * gasPrice / 1_000_000_000;
        Assert.Multiple(() =>
        {
            Assert.That((line.GetProperty("chain_id").GetInt64(), line.GetProperty("chain").GetString(), line.GetProperty("coin").GetString()), Is.EqualTo((137, "Polygon", "POL")));
            Assert.That(node.GetProperty("node").GetString(), Is.EqualTo(_chain.Rpc.TrimEnd('/')));
            Assert.That(node.GetProperty("block").GetInt64(), Is.GreaterThan(0));
            Assert.That(gasPrice, Is.EqualTo(Decimal(node, "base_fee_gwei") + Decimal(node, "priority_fee_gwei")).And.GreaterThan(0));
            Assert.That(line.GetProperty("contract").GetProperty("genuine").GetBoolean(), Is.True);
            Assert.That(line.GetProperty("contract").GetProperty("owner").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
            Assert.That(account.GetProperty("address").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
            Assert.That(account.GetProperty("registrar").GetBoolean(), Is.True);
            Assert.That(account.GetProperty("batches_left").GetInt64(), Is.EqualTo((long)(Decimal(account, "balance") / batch)));
            Assert.That(Decimal(price, "batch_cost"), Is.EqualTo(batch));
            Assert.That(price.GetProperty("thousand_records").EnumerateArray().Select(cost => (cost.GetProperty("batch_size").GetInt32(), Decimal(cost, "cost"))),
                Is.EqualTo(new[] { (1, 1_000 * batch), (100, 10 * batch), (1_000, batch), (10_000, batch / 10) }));
            Assert.That(line.GetProperty("registry").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(line.GetProperty("problems").GetArrayLength(), Is.Zero);
        });
        var shown = await cli.RunAsync("chain", "status", "--rpc", _chain.Rpc, "--contract", _contract);
        Assert.That(shown.Output, Does.Contain("Polygon (chain 137)").And.Contain("✓ registrar").And.Contain("POL").And.Contain("in batches of 10,000").And.Contain("nothing that was named"));
    }

    [Test]
    public async Task A_node_that_does_not_answer_is_shown_and_only_matters_when_no_other_stands_in()
    {
        var cli = _chain.Create();
        cli.SetVariable("TECTRA_RPC_URLS", $"{Nowhere},{_chain.Rpc}");
        var (exit, line) = await ChainHome.StatusAsync(cli, "--contract", _contract);
        Assert.That(exit, Is.Zero, line.ToString());
        Assert.That(line.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("error").ValueKind == JsonValueKind.Null), Is.EqualTo(new[] { false, true }));
        (exit, line) = await ChainHome.StatusAsync(cli, "--rpc", Nowhere, "--contract", _contract);
        Assert.That((exit, CodeOf(line)), Is.EqualTo((1, "rpc_unreachable")));
        var shown = await cli.RunAsync("chain", "status", "--rpc", Nowhere);
        Assert.That(shown.ExitCode, Is.EqualTo(1));
        Assert.That(shown.Output + shown.Error + line, Does.Contain("http://127.0.0.1:9").And.Not.Contain("secret-key"));
    }

    [Test]
    public async Task Whatever_keeps_a_server_from_anchoring_is_a_problem_with_its_code()
    {
        var cli = _chain.Create();
        string[] asked = ["--rpc", _chain.Rpc, "--contract", _contract];
        Assert.That(await ProblemAsync([.. asked, "--chain-id", "80002"]), Is.EqualTo("wrong_chain"));
        Assert.That(await ProblemAsync("--rpc", _chain.Rpc, "--contract", AnvilNode.Accounts[1]), Is.EqualTo("contract_unknown"));
        Assert.That(await ProblemAsync([.. asked, "--address", AnvilNode.Accounts[1]]), Is.EqualTo("anchoring_refused"), "no registrar");
        Assert.That(await ProblemAsync([.. asked, "--max-fee-gwei", "0.01"]), Is.EqualTo("fee_cap_reached"));
        Assert.That(await ProblemAsync([.. asked, "--key-file", cli.PathOf("missing.key")]), Is.EqualTo("evm_key_unreadable"));
        await _chain.Node.CallAsync("anvil_setBalance", AnvilNode.Accounts[2], "0x10");
        Assert.That(await ProblemAsync("--rpc", _chain.Rpc, "--address", AnvilNode.Accounts[2]), Is.EqualTo("anchoring_refused"), "no coins");
        await using var other = await AnvilNode.StartAsync(80002);
        Assert.That(await ProblemAsync(["--rpc", _chain.Rpc, "--rpc", other.Url.ToString()]), Is.EqualTo("wrong_chain"), "two chains");

        async Task<string> ProblemAsync(params string[] arguments)
        {
            var (exit, line) = await ChainHome.StatusAsync(cli, arguments);
            Assert.That(exit, Is.EqualTo(1), line.ToString());
            return CodeOf(line);
        }
    }

    [Test]
    public async Task The_registry_here_is_counted_also_without_a_node()
    {
        var cli = _chain.CreatePoor();
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "status"), Does.Contain("--rpc"));
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("s.jpg"))).ExitCode, Is.Zero);
        var (exit, line) = await ChainHome.StatusAsync(cli);
        var registry = line.GetProperty("registry");
        Assert.That(exit, Is.Zero, line.ToString());
        Assert.That(registry.GetProperty("database").GetString(), Is.EqualTo(Path.Combine(cli.Home, "registry")));
        Assert.That((registry.GetProperty("target_contract").ValueKind, registry.GetProperty("pending").GetInt64(), registry.GetProperty("anchored").GetInt64()), Is.EqualTo((JsonValueKind.Null, 0, 0)));
        cli.SetVariable("TECTRA_DATABASE", cli.PathOf("elsewhere"));
        (exit, line) = await ChainHome.StatusAsync(cli);
        Assert.That((exit, CodeOf(line)), Is.EqualTo((1, "registry_unavailable")));
        Assert.That(Directory.Exists(cli.PathOf("elsewhere")), Is.False, "looking makes nothing");
    }

    private static string CodeOf(JsonElement line) => line.GetProperty("problems")[0].GetProperty("code").GetString()!;

    private static decimal Decimal(JsonElement parent, string name) => decimal.Parse(parent.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
