using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Server;

/// <summary><c>tectra serve</c> as a process: how it begins and ends, and on which database.</summary>
public sealed class ServeCommandTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");

    [Test]
    public async Task A_port_that_is_taken_is_a_clear_error()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = new CliRunner();
        var second = await cli.RunAsync("serve", "--urls", registry.Url.ToString());
        Assert.That((second.ExitCode, second.Output), Is.EqualTo((2, "")));
        Assert.That(second.Error, Does.Contain("something listens there already").And.Contain(registry.Url.Authority).And.Contain("address_in_use").And.Not.Contain("Exception").And.Not.Contain("   at "));
        await cli.FailAsync("address_in_use", "serve", "--urls", registry.Url.ToString());
        using var stranger = registry.CreateClient();
        Assert.That(async () => await stranger.PingAsync(), Throws.Nothing, "the first one doesn't mind");
    }

    [Test]
    [Platform("Linux")]
    public async Task Asked_to_end_it_ends_at_once_with_0()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var http = new HttpClient();
        await http.GetAsync(new Uri(registry.Url, "health")); // a connection that stays open
        var clock = Stopwatch.GetTimestamp();
        Assert.That(await registry.Process.StopAsync(), Is.Zero, registry.Process.Output);
        Assert.That(Stopwatch.GetElapsedTime(clock), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(registry.Process.Output, Does.Not.Contain("fail:").And.Not.Contain("crit:").And.Not.Contain("warn:"));
    }

    [Test]
    public async Task It_says_where_it_listens_and_how_to_go_on()
    {
        using var cli = new CliRunner();
        using var process = cli.Start("serve", "--urls", "http://127.0.0.1:0", "--database", cli.PathOf("database"), "--json");
        using var line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!);
        process.Kill();
        await process.WaitForExitAsync();
        Assert.Multiple(() =>
        {
            Assert.That(new Uri(line.RootElement.GetProperty("urls")[0].GetString()!).Port, Is.Positive);
            Assert.That(line.RootElement.GetProperty("database").GetString(), Is.EqualTo(cli.PathOf("database")));
            Assert.That(PublicKey.TryParse(line.RootElement.GetProperty("ledger_public_key").GetString(), out _), Is.True);
            Assert.That(File.Exists(cli.PathOf("database/registry.db")), Is.True);
            Assert.That(Directory.Exists(Path.Combine(cli.Home, "registry")), Is.False);
        });
        await using var registry = await TestRegistry.StartAsync();
        Assert.That(registry.Process.Output, Does.Contain($"listening on {registry.Url.ToString().TrimEnd('/')}").And.Contain("tectra login --url"));
    }

    [Test]
    public async Task What_was_signed_alone_is_served_later_with_the_same_ledger()
    {
        using var cli = new CliRunner();
        await cli.OneAsync("sign", Photo, "-o", cli.PathOf("s.png"));
        using var stored = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "ledger-key/ledger.json")));
        var ledgerKey = stored.RootElement.GetProperty("public_key").GetString()!;
        await using var server = await ServeProcess.StartAsync(null, cli.Home, await File.ReadAllTextAsync(Path.Combine(cli.Home, "fernet.key")));
        using var stranger = new CliRunner();
        stranger.SetVariable("TECTRA_API_URL", server.Url.ToString());
        Assert.That((await stranger.OneAsync("verify", cli.PathOf("s.png"), "--trust-ledger", ledgerKey)).GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        // The command goes on using the folder beside the server.
        await cli.OneAsync("sign", Photo, "-o", cli.PathOf("t.png"));
        Assert.That((await stranger.OneAsync("verify", cli.PathOf("t.png"), "--trust-ledger", ledgerKey)).GetProperty("confidence").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public async Task Settings_that_cannot_be_used_are_named()
    {
        using var cli = new CliRunner();
        await cli.FailAsync("invalid_argument", "serve", "--urls", "https://127.0.0.1:1");
        await cli.FailAsync("invalid_argument", "serve", "--trusted-proxy", "nobody");
        await cli.FailAsync("invalid_argument", "serve", "--allow-private-webhooks", "anywhere");
        Assert.That(await cli.FailAsync("registry_unavailable", "serve", "--database", "postgres://user:hidden@127.0.0.1:1/x"), Does.Not.Contain("hidden"));
        await cli.FailAsync("io_error", "serve", "--urls", "http://192.0.2.1:8700");
        cli.SetVariable("TECTRA_ANCHORING_INTERVAL", "never");
        Assert.That(await cli.FailAsync("invalid_argument", "serve"), Does.Contain("TECTRA_ANCHORING_INTERVAL"));
        cli.SetVariable("TECTRA_ANCHORING_INTERVAL", "");
        using var other = FernetKey.Create();
        cli.SetVariable("TECTRA_FERNET_KEY", Encoding.ASCII.GetString(other.Export()));
        await cli.FailAsync("fernet_key_wrong", "serve", "--urls", "http://127.0.0.1:0");
    }
}
