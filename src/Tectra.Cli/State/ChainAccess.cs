using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.State;

/// <summary>
/// The nodes that a command asks about public chains, and the contracts it believes: the command's options win over the environment's
/// variables. What was read about an anchor is kept for the files that come after. For one command; not thread-safe.
/// </summary>
internal sealed class ChainAccess : IDisposable
{
    private readonly EvmAnchorVerifier? _verifier;
    private readonly HashSet<EvmAnchor> _asked = [];
    private readonly List<ChainReading> _readings = [];

    private ChainAccess(EvmAnchorVerifier? verifier, EvmTrust trust)
    {
        _verifier = verifier;
        Trust = trust;
    }

    /// <summary>The contracts that count.</summary>
    public EvmTrust Trust { get; }

    /// <summary>Reads options and variables. No node is asked yet.</summary>
    /// <param name="rpcs">The nodes' addresses; those of the variable if empty.</param>
    /// <param name="contract">The contract's address; that of the variable if null.</param>
    /// <param name="chainId">The number of the contract's chain; that of the variable if null, else Polygon's.</param>
    /// <exception cref="ArgumentException">One of them can't be used; no message repeats a node's address, which may hold a key.</exception>
    public static ChainAccess Find(string[]? rpcs, string? contract, long? chainId)
    {
        var trust = TrustOf(contract, chainId);
        var nodes = ChainSettings.Nodes(rpcs);
        if (nodes.Count == 0) return new ChainAccess(null, trust);
        try
        {
            return new ChainAccess(new EvmAnchorVerifier(new EvmRpcOptions { Urls = [.. nodes] }), trust);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--rpc or {ChainSettings.RpcVariable}: {e.Message.Split(" (Parameter '")[0]}", e);
        }
    }

    /// <summary>What the chains say about the bundles' anchors; nothing where no nodes were named.</summary>
    public async ValueTask<IReadOnlyCollection<ChainReading>> ReadAsync(IReadOnlyList<EvidenceBundle> bundles, CancellationToken cancellationToken)
    {
        if (_verifier is null) return [];
        var unread = bundles.Where(bundle => bundle.Anchor is EvmAnchor anchor && !_asked.Contains(anchor)).ToList();
        _readings.AddRange(await _verifier.ReadAsync(unread, cancellationToken).ConfigureAwait(false));
        _asked.UnionWith(unread.Select(bundle => (EvmAnchor)bundle.Anchor!));
        return _readings;
    }

    public void Dispose() => _verifier?.Dispose();

    private static EvmTrust TrustOf(string? contract, long? chainId)
    {
        if (ChainSettings.Contract(contract) is not { } address)
            return chainId is null ? EvmTrust.AnyGenuineContract : throw new ArgumentException("--chain-id says where --contract is; name the contract too.");
        return EvmTrust.Only(new EvmContract(ChainSettings.ChainId(chainId) ?? EvmChain.Polygon.Id, address));
    }
}
