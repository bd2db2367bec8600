using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tectra.Testing;

/// <summary>
/// A real EVM node (anvil) of a test's own, on a free port of the loopback address, with ten rich accounts whose keys everybody knows.
/// Each transaction makes a block at once, unless a test says otherwise. Its state outlives <see cref="StopAsync"/>. Thread-safe.
/// </summary>
public sealed class AnvilNode : IAsyncDisposable
{
    /// <summary>Polygon's: what runs here is what will run there.</summary>
    public const long DefaultChainId = 137;

    private const int MaxAttempts = 5, PollMilliseconds = 20, StartSeconds = 60, StopSeconds = 60;

    /// <summary>The private keys of the first accounts (the mnemonic "test test test test test test test test test test test junk").</summary>
    public static readonly IReadOnlyList<string> Keys =
    [
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    ];

    /// <summary>Their addresses.</summary>
    public static readonly IReadOnlyList<string> Accounts =
    [
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tectra-anvil-").FullName;
    private readonly HttpClient _http = new();
    private readonly long _chainId;
    private readonly string[] _arguments;
    private Process? _process;
    private int _port;
    private int _id;

    private AnvilNode(long chainId, string[] arguments)
    {
        _chainId = chainId;
        _arguments = arguments;
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    /// <summary>Starts a node with a chain of its own.</summary>
    /// <param name="chainId">The chain's id.</param>
    /// <param name="arguments">More arguments of anvil's.</param>
    public static async Task<AnvilNode> StartAsync(long chainId = DefaultChainId, params string[] arguments)
    {
        var node = new AnvilNode(chainId, arguments);
        try
        {
            await node.StartAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, on the same port and with the state that it had when it was stopped.</summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_port == 0) _port = FreePort();
            _process = Process.Start(new ProcessStartInfo(Find())
            {
                ArgumentList =
                {
                    "--host", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--chain-id", _chainId.ToString(CultureInfo.InvariantCulture),
                    "--state", Path.Combine(_folder, "state.json"), "--preserve-historical-states", "--cache-path", Path.Combine(_folder, "cache"), "--quiet",
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }.With(_arguments))!;
            var error = _process.StandardError.ReadToEndAsync();
            _ = _process.StandardOutput.ReadToEndAsync();
            if (await AnswersAsync(_process)) return;
            // Another process may have taken the port in between.
            if (attempt == MaxAttempts) throw new InvalidOperationException($"anvil doesn't start: {await error}");
            await StopAsync();
        }
    }

    /// <summary>Ends the node; it writes its state down. What waits for a block is forgotten, as a node's memory is.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(StopSeconds));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
        }
        process.Dispose();
        _process = null;
    }

    /// <summary>Calls a method and returns its result.</summary>
    public async Task<JsonElement> CallAsync(string method, params JsonNode?[] parameters)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = Interlocked.Increment(ref _id), ["method"] = method, ["params"] = new JsonArray(parameters) };
        using var response = await _http.PostAsJsonAsync(Url, request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    /// <summary>Makes blocks.</summary>
    public async Task MineAsync(int blocks = 1) => await CallAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>Takes the newest blocks back, as a re-organisation does.</summary>
    public async Task RollbackAsync(int blocks) => await CallAsync("anvil_rollback", blocks);

    /// <summary>Whether each transaction makes a block at once.</summary>
    public async Task SetAutomineAsync(bool on) => await CallAsync("evm_setAutomine", on);

    /// <summary>Deploys the ProvenanceRegistry from the first account, which becomes its owner and a registrar.</summary>
    /// <returns>The contract's address.</returns>
    public async Task<string> DeployAsync()
    {
        using var artifact = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(TestData.Repository, "contracts", "artifacts", "ProvenanceRegistry.json")));
        var word = Accounts[0][2..].ToLowerInvariant().PadLeft(64, '0');
        var transaction = new JsonObject { ["from"] = Accounts[0], ["data"] = artifact.RootElement.GetProperty("bytecode").GetString() + word + word };
        var hash = (await CallAsync("eth_sendTransaction", transaction)).GetString();
        for (; ; await Task.Delay(PollMilliseconds))
        {
            // The block is made at once, and yet after the answer.
            if (await CallAsync("eth_getTransactionReceipt", hash) is { ValueKind: JsonValueKind.Object } receipt) return receipt.GetProperty("contractAddress").GetString()!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Find()
    {
        var packages = Path.Combine(TestData.Repository, "contracts", "node_modules", "@foundry-rs");
        return (Directory.Exists(packages) ? Directory.GetDirectories(packages, "anvil-*").Select(folder => Path.Combine(folder, "bin", "anvil")).FirstOrDefault(File.Exists) : null)
            ?? throw new InvalidOperationException($"anvil, the EVM node of the tests, is missing below {Path.GetFullPath(packages)}. Run 'npm ci' in contracts, or ./test, which does.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync(Process process)
    {
        for (var waited = 0; waited < StartSeconds * 1000; waited += PollMilliseconds)
        {
            if (process.HasExited) return false;
            try
            {
                var chain = await CallAsync("eth_chainId");
                return chain.GetString() == $"0x{_chainId:x}";
            }
            catch (HttpRequestException)
            {
                await Task.Delay(PollMilliseconds);
            }
        }
        return false;
    }
}

/// <summary>Adds arguments to what starts a process.</summary>
internal static class StartInfoExtensions
{
    public static ProcessStartInfo With(this ProcessStartInfo info, IEnumerable<string> arguments)
    {
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        return info;
    }
}
