using System.Text.Json;

namespace Tectra.Cli.Tests.Chain;

/// <summary>A real node, and homes whose accounts are its rich ones.</summary>
internal sealed class ChainHome : IAsyncDisposable
{
    private readonly List<CliRunner> _runners = [];

    private ChainHome(AnvilNode node) => Node = node;

    public AnvilNode Node { get; }

    public string Rpc => Node.Url.ToString();

    public static async Task<ChainHome> StartAsync(long chainId = AnvilNode.DefaultChainId, params string[] arguments) => new(await AnvilNode.StartAsync(chainId, arguments));

    /// <summary>A home with the key file of a rich account, named in the environment.</summary>
    public CliRunner Create(int account = 0)
    {
        var cli = CreatePoor();
        cli.SetVariable("TECTRA_ANCHOR_KEY_FILE", WriteKey(cli, "account.key", AnvilNode.Keys[account]));
        return cli;
    }

    /// <summary>A home without an account.</summary>
    public CliRunner CreatePoor()
    {
        var cli = new CliRunner();
        _runners.Add(cli);
        return cli;
    }

    /// <summary>A closed file.</summary>
    public static string WriteKey(CliRunner cli, string name, string content)
    {
        var path = cli.PathOf(name);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Deploys by the command.</summary>
    public async Task<JsonElement> DeployAsync(CliRunner cli, params string[] arguments) => await cli.OneAsync(["chain", "deploy", "--rpc", Rpc, "--yes", .. arguments]);

    /// <summary>The line of <c>chain status</c>.</summary>
    public static async Task<(int ExitCode, JsonElement Line)> StatusAsync(CliRunner cli, params string[] arguments)
    {
        var (exit, lines, error) = await cli.JsonAsync(["chain", "status", .. arguments]);
        Assert.That(error, Is.Empty);
        return (exit, lines.Single());
    }

    /// <summary>How many transactions a rich account has in blocks.</summary>
    public async Task<string?> CountTransactionsAsync(int account = 0) => (await Node.CallAsync("eth_getTransactionCount", AnvilNode.Accounts[account], "latest")).GetString();

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners) runner.Dispose();
        await Node.DisposeAsync();
    }
}
