using Microsoft.Extensions.Logging;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// The nodes of a chain, of which one is asked at a time: while it answers, it stays the same, so that what is read fits together.
/// Before a node is believed, it shows that it is of the right chain and that the right contract is there. Thread-safe.
/// </summary>
internal sealed partial class EvmNodes
{
    private readonly IReadOnlyList<EvmRpc> _nodes;
    private readonly EvmAnchoringOptions _options;
    private readonly ILogger _logger;
    private readonly bool[] _isChecked;
    private int _preferred;

    public EvmNodes(IReadOnlyList<EvmRpc> nodes, EvmAnchoringOptions options, ILogger logger)
    {
        _nodes = nodes;
        _options = options;
        _logger = logger;
        _isChecked = new bool[nodes.Count];
    }

    /// <summary>Asks every node who it is, and whether an account may register. Those that don't answer are asked again when they are needed.</summary>
    /// <exception cref="RegistryException">
    /// A node is of another chain (<c>wrong_chain</c>), there is no such contract on it (<c>contract_unknown</c>), or the account may
    /// not register there (<c>anchoring_refused</c>).
    /// </exception>
    public async ValueTask CheckAsync(EvmAddress account, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            try
            {
                await CheckAsync(i, cancellationToken).ConfigureAwait(false);
                if (!await ContractReader.IsRegistrarAsync(_nodes[i], _options.Contract, account, cancellationToken).ConfigureAwait(false))
                    throw new RegistryException(ErrorCodes.AnchoringRefused, ContractErrors.NotRegistrar(account, _options.Contract));
            }
            catch (JsonRpcException e)
            {
                LogNotChecked(e, _nodes[i].Origin);
            }
        }
    }

    /// <summary>Does a piece of work with one node; if that can't be reached, all of it again with the next one.</summary>
    /// <exception cref="JsonRpcException">No node could be reached; what the last one said.</exception>
    /// <exception cref="RegistryException">The only nodes that can be reached are of another chain, or lack the contract.</exception>
    public async ValueTask<T> RunAsync<T>(Func<EvmRpc, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var first = Volatile.Read(ref _preferred);
        for (var i = 0; ; i++)
        {
            var current = (first + i) % _nodes.Count;
            try
            {
                if (!Volatile.Read(ref _isChecked[current])) await CheckAsync(current, cancellationToken).ConfigureAwait(false);
                var result = await work(_nodes[current]).ConfigureAwait(false);
                Volatile.Write(ref _preferred, current);
                return result;
            }
            catch (TectraException e) when (IsOfNode(e))
            {
                // It may come back as another one: a node that was set up anew, or whose name leads elsewhere now.
                Volatile.Write(ref _isChecked[current], false);
                if (i + 1 >= _nodes.Count) throw;
                LogNext(e, _nodes[current].Origin, _nodes[(current + 1) % _nodes.Count].Origin);
            }
        }
    }

    /// <summary>Has every node show again who it is before it is next believed.</summary>
    public void Doubt() => Array.Clear(_isChecked);

    private static bool IsOfNode(TectraException e) =>
        e.Code is ErrorCodes.RpcUnreachable or ErrorCodes.RpcAnswerMalformed or ErrorCodes.WrongChain or ErrorCodes.ContractUnknown;

    private async ValueTask CheckAsync(int index, CancellationToken cancellationToken)
    {
        var node = _nodes[index];
        var chain = await node.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
        if (chain != _options.ChainId)
            throw ContractErrors.WrongChain(node, chain, _options.ChainId);
        await ContractReader.CheckCodeAsync(node, chain, _options.Contract, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isChecked[index], true);
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "The node {Origin} could not be asked who it is; it is asked again before it is used")]
    private partial void LogNotChecked(Exception exception, string origin);

    [LoggerMessage(EventId = 21, Level = LogLevel.Warning, Message = "The node {Origin} can't be used; {Next} stands in")]
    private partial void LogNext(Exception exception, string origin, string next);
}
