using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Server;

/// <summary>A real <c>tectra serve</c>, on its home's SQLite unless told otherwise, and accounts at it.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly string _folder = Directory.CreateTempSubdirectory("tectra-registry-").FullName;
    private readonly string _fernetKey;
    private int _accounts;

    private readonly string? _database;
    private readonly IReadOnlyDictionary<string, string> _settings;

    private TestRegistry(string? database, IReadOnlyDictionary<string, string>? settings)
    {
        _database = database;
        _settings = settings ?? new Dictionary<string, string> { ["TECTRA_ANCHORING_INTERVAL"] = "0.1" };
        using var key = FernetKey.Create();
        _fernetKey = Encoding.ASCII.GetString(key.Export());
    }

    public ServeProcess Process { get; private set; } = null!;

    public Uri Url => Process.Url;

    /// <param name="database">PostgreSQL's; null for the home's SQLite.</param>
    /// <param name="settings">The environment's settings; null for quick anchoring in the ledger.</param>
    public static async Task<TestRegistry> StartAsync(string? database = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var registry = new TestRegistry(database, settings);
        await registry.RestartAsync(0);
        return registry;
    }

    /// <summary>Settings for quick anchoring in a contract on a node, paid by its first account.</summary>
    public static Dictionary<string, string> ChainSettings(AnvilNode node, string contract) => new()
    {
        ["TECTRA_ANCHORING_INTERVAL"] = "0.1",
        ["TECTRA_CHAIN_ID"] = AnvilNode.DefaultChainId.ToString(CultureInfo.InvariantCulture),
        ["TECTRA_CONTRACT"] = contract,
        ["TECTRA_RPC_URLS"] = node.Url.ToString(),
        ["TECTRA_ANCHOR_KEY"] = AnvilNode.Keys[0],
    };

    /// <summary>Starts it again, on the same port and the same database.</summary>
    public async Task RestartAsync() => await RestartAsync(Url.Port);

    public string NewEmail() => string.Create(CultureInfo.InvariantCulture, $"user{++_accounts}@example.org");

    /// <summary>A home of its own, logged in with a new account.</summary>
    public async Task<CliRunner> LogInAsync(params string[] arguments)
    {
        var cli = new CliRunner();
        await LogInAsync(cli, ["--register", "--email", NewEmail(), .. arguments]);
        return cli;
    }

    /// <summary>Logs in from a home.</summary>
    public async Task<JsonElement> LogInAsync(CliRunner cli, params string[] arguments)
    {
        cli.SetVariable("TECTRA_PASSWORD", Password);
        var line = await cli.OneAsync(["login", "--url", Url.ToString(), .. arguments]);
        cli.SetVariable("TECTRA_PASSWORD", "");
        return line;
    }

    /// <summary>An account with an API key, without any home.</summary>
    public async Task<string> CreateApiKeyAsync()
    {
        using var client = CreateClient();
        var email = NewEmail();
        await client.RegisterAccountAsync(email, Password);
        return (await client.WithToken((await client.LoginAsync(email, Password)).Token).CreateApiKeyAsync("test", [ApiScopes.Sign, ApiScopes.Read])).Key;
    }

    public TectraApiClient CreateClient(string? apiKey = null, int retries = 4) => new(new TectraOptions { ApiUrl = Url, ApiKey = apiKey, MaxRetries = retries });

    /// <summary>The API key of a home's login.</summary>
    public static string ApiKeyOf(CliRunner cli)
    {
        using var fernet = FernetKey.Parse(File.ReadAllText(Path.Combine(cli.Home, "fernet.key")));
        using var login = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "server.json")));
        Assert.That(fernet.TryDecrypt(login.RootElement.GetProperty("encrypted_api_key").GetString()!, out var key), Is.True);
        return Encoding.ASCII.GetString(key!);
    }

    /// <summary>Verifies a file until it is anchored, which takes the server a moment.</summary>
    public static async Task<JsonElement> VerifyAnchoredAsync(CliRunner cli, string file, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (_, lines, error) = await cli.JsonAsync(["verify", file, .. arguments]);
            var isPending = lines.Single().GetProperty("checks").GetProperty("blockchain").GetProperty("code").GetString() == "anchor_pending";
            if (!isPending || attempt == 30) return lines.Single();
            Assert.That(error, Is.Empty);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RestartAsync(int port)
    {
        if (Process is not null) await Process.DisposeAsync();
        Process = await ServeProcess.StartAsync(_database, Path.Combine(_folder, "home"), _fernetKey, port, _settings);
    }
}
