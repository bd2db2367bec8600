using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Server.Tests.Hosting;

/// <summary>A real node with the contract on it, whose clock begins where the servers' stand.</summary>
internal sealed class ChainServer : IAsyncDisposable
{
    private ChainServer(AnvilNode node, string contract)
    {
        Node = node;
        Contract = EvmAddress.Parse(contract);
    }

    public AnvilNode Node { get; }

    public EvmAddress Contract { get; }

    public static async Task<ChainServer> StartAsync()
    {
        var node = await AnvilNode.StartAsync(AnvilNode.DefaultChainId, "--timestamp", "1795190400"); // 2026-11-20T16:00:00Z
        return new ChainServer(node, await node.DeployAsync());
    }

    /// <summary>Options for the node, whose first account pays.</summary>
    public EvmAnchoringOptions Options(int confirmations = 1, int account = 0, EvmAddress? contract = null, long chainId = AnvilNode.DefaultChainId) =>
        new(chainId, contract ?? Contract, [Node.Url], EvmAccount.FromKey(AnvilNode.Keys[account])) { Confirmations = confirmations, StuckAfter = TimeSpan.FromMilliseconds(300) };

    /// <summary>Starts a server that anchors here when it is told to.</summary>
    public Task<TestServer> StartServerAsync(string engine = TestServer.Sqlite, Func<ServerOptions, ServerOptions>? configure = null, int confirmations = 1) =>
        TestServer.StartAsync(engine, options => (configure?.Invoke(options) ?? options) with { Chain = Options(confirmations) });

    /// <summary>Makes a server on a database that there is, as another process would, and ends it.</summary>
    public static async Task CreateAsync(TestServer of, Func<ServerOptions, ServerOptions> configure)
    {
        await using var server = await TectraServer.CreateAsync(configure(of.Options), configureLogging: _ => { });
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
