using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tectra.Cli.Tests.Chain;

public sealed class ChainDeployTests
{
    private ChainHome _chain = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _chain = await ChainHome.StartAsync();

    [OneTimeTearDown]
    public async Task TearDown() => await _chain.DisposeAsync();

    [Test]
    public async Task The_contract_is_deployed_and_is_the_genuine_one_with_its_owner_and_registrars()
    {
        var cli = _chain.Create();
        var line = await _chain.DeployAsync(cli, "--owner", AnvilNode.Accounts[1], "--registrar", AnvilNode.Accounts[2]);
        Assert.Multiple(() =>
        {
            Assert.That(line.GetProperty("chain_id").GetInt64(), Is.EqualTo(137));
            Assert.That(line.GetProperty("sender").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
            Assert.That(line.GetProperty("transaction_url").GetString(), Is.EqualTo($"https://polygonscan.com/tx/{line.GetProperty("transaction").GetString()}"));
            Assert.That(line.GetProperty("coin").GetString(), Is.EqualTo("POL"));
            Assert.That(line.GetProperty("gas_used").GetInt64(), Is.InRange(900_000, 1_100_000));
            Assert.That(decimal.Parse(line.GetProperty("cost").GetString()!, CultureInfo.InvariantCulture), Is.GreaterThan(0).And.LessThan(1));
            Assert.That(line.GetProperty("settings").GetProperty("TECTRA_CHAIN_ID").GetString(), Is.EqualTo("137"));
            Assert.That(line.GetProperty("settings").GetProperty("TECTRA_CONTRACT").GetString(), Is.EqualTo(line.GetProperty("contract").GetString()));
            Assert.That(line.GetProperty("settings").GetProperty("TECTRA_RPC_URLS").GetString(), Is.EqualTo(_chain.Rpc.TrimEnd('/')));
        });
        var (exit, status) = await ChainHome.StatusAsync(_chain.CreatePoor(), "--rpc", _chain.Rpc, "--contract", line.GetProperty("contract").GetString()!, "--address", AnvilNode.Accounts[2]);
        Assert.That(exit, Is.Zero, status.ToString());
        Assert.That(status.GetProperty("contract").GetProperty("genuine").GetBoolean(), Is.True);
        Assert.That(status.GetProperty("contract").GetProperty("owner").GetString(), Is.EqualTo(AnvilNode.Accounts[1]));
        Assert.That(status.GetProperty("account").GetProperty("registrar").GetBoolean(), Is.True);
    }

    [Test]
    public async Task For_people_it_shows_what_it_costs_before_and_the_settings_after()
    {
        var cli = _chain.Create();
        var run = await cli.RunAsync("chain", "deploy", "--rpc", $"{_chain.Rpc}?key=secret-key-of-mine", "--yes");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("Polygon (chain 137)").And.Contain(AnvilNode.Accounts[0]).And.Contain("at most").And.Contain("POL")
            .And.Contain("polygonscan.com/tx/0x").And.Contain("TECTRA_CONTRACT=0x").And.Contain($"TECTRA_ANCHOR_KEY_FILE={cli.PathOf("account.key")}"));
        Assert.That(run.Output + run.Error, Does.Not.Contain("secret-key").And.Not.Contain(AnvilNode.Keys[0][2..]));
    }

    [Test]
    public async Task Several_registrars_are_added_by_the_owner_that_pays()
    {
        var cli = _chain.Create();
        var (exit, lines, _) = await cli.JsonAsync("chain", "deploy", "--rpc", _chain.Rpc, "--yes", "--registrar", AnvilNode.Accounts[1], "--registrar", AnvilNode.Accounts[2]);
        Assert.That((exit, lines.Count), Is.EqualTo((0, 2)));
        Assert.That(lines[1].GetProperty("may_register").GetBoolean(), Is.True);
        foreach (var account in AnvilNode.Accounts.Skip(1))
        {
            var (_, status) = await ChainHome.StatusAsync(cli, "--rpc", _chain.Rpc, "--contract", lines[0].GetProperty("contract").GetString()!, "--address", account);
            Assert.That(status.GetProperty("account").GetProperty("registrar").GetBoolean(), Is.True, account);
        }
        var message = await cli.FailAsync(
            "invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--yes", "--owner", AnvilNode.Accounts[1], "--registrar", AnvilNode.Accounts[0], "--registrar", AnvilNode.Accounts[2]);
        Assert.That(message, Does.Contain("Only the owner"));
    }

    [Test]
    public async Task Nothing_is_sent_where_nobody_can_be_asked_and_yes_is_not_said()
    {
        var cli = _chain.Create(account: 1);
        var before = await _chain.CountTransactionsAsync(1);
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc), Does.Contain("--yes"));
        var run = await cli.RunAsync("chain", "deploy", "--rpc", _chain.Rpc);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("no terminal").And.Contain("--yes"));
        Assert.That(await _chain.CountTransactionsAsync(1), Is.EqualTo(before));
    }

    [TestCase("n", 130)]
    [TestCase("", 130)]
    [TestCase("y", 0)]
    [Platform("Linux")]
    public async Task On_a_terminal_it_asks_first(string answer, int exitCode)
    {
        var cli = _chain.Create(account: 2);
        var before = await _chain.CountTransactionsAsync(2);
        // 'script' gives the command a terminal; what that shows is its output.
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet '{ChildProcess.Tectra}' chain deploy --rpc {_chain.Rpc} --key-file '{cli.PathOf("account.key")}'", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TECTRA_HOME"] = cli.Home },
        };
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        for (int next; !shown.ToString().Contains("[y/N]", StringComparison.Ordinal) && (next = process.StandardOutput.Read()) >= 0;) shown.Append((char)next);
        Assert.That(await _chain.CountTransactionsAsync(2), Is.EqualTo(before), "nothing is sent before the answer");
        await process.StandardInput.WriteAsync($"{answer}\r");
        await process.StandardInput.FlushAsync();
        shown.Append(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), shown.ToString());
        Assert.That(await _chain.CountTransactionsAsync(2) == before, Is.EqualTo(exitCode != 0));
    }

    [Test]
    public async Task What_is_wrong_before_the_transaction_has_its_code_and_costs_nothing()
    {
        var cli = _chain.Create(account: 1);
        var before = await _chain.CountTransactionsAsync(1);
        Assert.That(await cli.FailAsync("wrong_chain", "chain", "deploy", "--rpc", _chain.Rpc, "--chain-id", "80002", "--yes"), Does.Contain("Polygon (137)").And.Contain("Amoy"));
        cli.SetVariable("TECTRA_CHAIN_ID", "80002");
        await cli.FailAsync("wrong_chain", "chain", "deploy", "--rpc", _chain.Rpc, "--yes");
        cli.SetVariable("TECTRA_CHAIN_ID", "");
        await cli.FailAsync("fee_cap_reached", "chain", "deploy", "--rpc", _chain.Rpc, "--max-fee-gwei", "0.1", "--yes");
        await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--max-fee-gwei", "much", "--yes");
        await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--owner", "0x1", "--yes");
        await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--owner", $"0x{new string('0', 40)}", "--yes");
        await cli.FailAsync("invalid_argument", "chain", "deploy", "--yes");
        var secret = await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", "ftp://node.example/secret-key-of-mine", "--yes");
        Assert.That(secret, Does.Not.Contain("secret-key"));
        secret = await cli.FailAsync("rpc_unreachable", "chain", "deploy", "--rpc", "http://127.0.0.1:9/secret-key-of-mine", "--yes");
        Assert.That(secret, Does.Contain("http://127.0.0.1:9").And.Not.Contain("secret-key"));
        Assert.That(await _chain.CountTransactionsAsync(1), Is.EqualTo(before));
    }

    [Test]
    public async Task The_account_must_be_named_readable_and_have_coins()
    {
        var cli = _chain.CreatePoor();
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--yes"), Does.Contain("tectra chain key"));
        await cli.FailAsync("evm_key_unreadable", "chain", "deploy", "--rpc", _chain.Rpc, "--yes", "--key-file", cli.PathOf("missing.key"));
        await cli.OneAsync("chain", "key", "-o", cli.PathOf("new.key"));
        var message = await cli.FailAsync("anchoring_refused", "chain", "deploy", "--rpc", _chain.Rpc, "--yes", "--key-file", cli.PathOf("new.key"));
        Assert.That(message, Does.Contain("has 0 POL").And.Contain("Nothing was sent"));

        cli.SetVariable("TECTRA_ANCHOR_KEY", AnvilNode.Keys[0]);
        cli.SetVariable("TECTRA_ANCHOR_KEY_FILE", cli.PathOf("new.key"));
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--yes"), Does.Contain("exclude each other").And.Not.Contain(AnvilNode.Keys[0][2..]));
        cli.SetVariable("TECTRA_ANCHOR_KEY_FILE", "");
        Assert.That((await _chain.DeployAsync(cli)).GetProperty("sender").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
    }

    [Test]
    public async Task A_signer_outside_may_have_the_key()
    {
        var cli = _chain.CreatePoor();
        cli.SetVariable("TECTRA_ANCHOR_SIGNER_URL", _chain.Rpc);
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "deploy", "--rpc", _chain.Rpc, "--yes"), Does.Contain("TECTRA_ANCHOR_ADDRESS"));
        cli.SetVariable("TECTRA_ANCHOR_ADDRESS", AnvilNode.Accounts[0]);
        Assert.That((await _chain.DeployAsync(cli)).GetProperty("sender").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
        Assert.That((await ChainHome.StatusAsync(cli, "--rpc", _chain.Rpc)).Line.GetProperty("account").GetProperty("address").GetString(), Is.EqualTo(AnvilNode.Accounts[0]));
    }

    [Test]
    public async Task Whoever_stops_waiting_learns_which_transaction_was_sent()
    {
        await using var chain = await ChainHome.StartAsync(137, "--no-mining");
        var cli = chain.Create();
        using var process = cli.Start("chain", "deploy", "--rpc", chain.Rpc, "--yes");
        while (await process.StandardOutput.ReadLineAsync() is { } shown)
        {
            if (shown.Contains("waiting for a block", StringComparison.Ordinal)) break;
        }
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.EqualTo(130), error);
        Assert.That(error, Does.Contain("polygonscan.com/tx/0x").And.Contain("may still").And.Contain("cancelled"));
    }
}
