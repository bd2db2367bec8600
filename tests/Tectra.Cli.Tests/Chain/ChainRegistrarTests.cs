namespace Tectra.Cli.Tests.Chain;

public sealed class ChainRegistrarTests
{
    private const string Stranger = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

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
    public async Task The_owner_adds_and_removes_registrars_and_repeating_changes_nothing()
    {
        var cli = _chain.Create();
        cli.SetVariable("TECTRA_RPC_URLS", _chain.Rpc);
        cli.SetVariable("TECTRA_CONTRACT", _contract);
        var added = await cli.OneAsync("chain", "registrar", "add", Stranger, "--yes");
        Assert.That((added.GetProperty("registrar").GetString(), added.GetProperty("may_register").GetBoolean()), Is.EqualTo((Stranger, true)));
        Assert.That(added.GetProperty("transaction").GetString(), Does.StartWith("0x"));
        var again = await cli.OneAsync("chain", "registrar", "add", Stranger, "--yes");
        Assert.That(again.GetProperty("transaction").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That((await ChainHome.StatusAsync(cli, "--address", Stranger)).Line.GetProperty("account").GetProperty("registrar").GetBoolean(), Is.True);

        var run = await cli.RunAsync("chain", "registrar", "remove", Stranger, "--yes");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("may not register batches").And.Contain("polygonscan.com/tx/0x"));
        run = await cli.RunAsync("chain", "registrar", "remove", Stranger, "--yes");
        Assert.That(run.Output, Does.Contain("nothing was sent"));
        Assert.That((await ChainHome.StatusAsync(cli, "--address", Stranger)).Line.GetProperty("account").GetProperty("registrar").GetBoolean(), Is.False);
    }

    [Test]
    public async Task Nobody_else_can_and_no_other_contract_is_touched()
    {
        var cli = _chain.Create(account: 1);
        var before = await _chain.CountTransactionsAsync(1);
        string[] add = ["chain", "registrar", "add", Stranger, "--rpc", _chain.Rpc];
        Assert.That(await cli.FailAsync("anchoring_refused", [.. add, "--contract", _contract, "--yes"]), Does.Contain("not the owner").And.Contain(AnvilNode.Accounts[0]));
        Assert.That(await cli.FailAsync("contract_unknown", [.. add, "--contract", Stranger, "--yes"]), Does.Contain("There is no contract"));
        await _chain.Node.CallAsync("anvil_setCode", AnvilNode.Accounts[2], "0x6001");
        Assert.That(await cli.FailAsync("contract_unknown", [.. add, "--contract", AnvilNode.Accounts[2], "--yes"]), Does.Contain("isn't the ProvenanceRegistry"));
        Assert.That(await cli.FailAsync("invalid_argument", [.. add, "--yes"]), Does.Contain("--contract"));
        Assert.That(await cli.FailAsync("invalid_argument", [.. add, "--contract", _contract]), Does.Contain("--yes"));
        await cli.FailAsync("wrong_chain", [.. add, "--contract", _contract, "--yes", "--chain-id", "1"]);
        await cli.FailAsync("invalid_argument", "chain", "registrar", "add", "0x12", "--rpc", _chain.Rpc, "--contract", _contract, "--yes");
        Assert.That(await _chain.CountTransactionsAsync(1), Is.EqualTo(before));
    }
}
