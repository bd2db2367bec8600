using System.Globalization;
using Tectra.Cli.Output;
using Tectra.Registry;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.State;

/// <summary>What an inspection of a chain is about. Immutable.</summary>
/// <param name="Nodes">Whom to ask.</param>
/// <param name="ChainId">Which chain it should be; null for the registry's, else whatever the first node says.</param>
/// <param name="Contract">The contract; null for the registry's, if it is on that chain.</param>
/// <param name="Address">The account; null for <paramref name="Account"/>'s.</param>
/// <param name="Account">The account whose key is looked at; null for none.</param>
/// <param name="MaxFeeWei">The most that may be paid for a unit of gas.</param>
/// <param name="MinPriorityFeeWei">The least that a block's maker is offered.</param>
internal sealed record ChainQuestions(
    IReadOnlyList<Uri> Nodes, long? ChainId, EvmAddress? Contract, EvmAddress? Address, EvmAccount? Account, UInt128 MaxFeeWei, UInt128 MinPriorityFeeWei);

/// <summary>
/// Looks at everything that anchoring on a chain needs, and collects what is wrong instead of stopping at it. Nothing is sent, and nothing
/// is written. For one command; not thread-safe.
/// </summary>
internal sealed class ChainInspection
{
    private const long BatchSpareDivisor = 5; // the gas that a batch may use beyond what it takes

    private static readonly int[] BatchSizes = [1, 100, 1_000, 10_000];
    private static readonly TimeSpan OldHead = TimeSpan.FromMinutes(10);

    private readonly ChainQuestions _questions;
    private readonly List<ErrorDocument> _problems = [];
    private readonly List<string> _notices = [];

    private ChainInspection(ChainQuestions questions) => _questions = questions;

    /// <summary>Looks.</summary>
    /// <exception cref="ArgumentException">There is nothing to look at.</exception>
    public static async ValueTask<ChainStatusLine> RunAsync(ChainQuestions questions, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        return await new ChainInspection(questions).LookAsync(http, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ChainStatusLine> LookAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var registry = await ReadRegistryAsync(cancellationToken).ConfigureAwait(false);
        if (_questions.Nodes.Count == 0 && registry is null && _problems.Count == 0)
            throw new ArgumentException($"No node of the chain is named, and there is no registry here. Use --rpc, or set {ChainSettings.RpcVariable}.");
        if (_questions.Nodes.Count == 0) _notices.Add($"No node of a chain is named, so that none was asked. Use --rpc, or set {ChainSettings.RpcVariable}.");
        var target = registry is { TargetChainId: { } id, TargetContract: { } where } ? new AnchoringTarget(id, EvmAddress.Parse(where)) : null;
        var contract = _questions.Contract ?? (_questions.ChainId is null || _questions.ChainId == target?.ChainId ? target?.Contract : null);
        var nodes = await AskAsync(http, _questions.ChainId ?? target?.ChainId, contract, cancellationToken).ConfigureAwait(false);
        var usable = nodes.FirstOrDefault(node => node.Error is null);
        var answering = usable ?? nodes.FirstOrDefault(node => node.Error?.Code == ErrorCodes.ContractUnknown); // of the right chain at least
        var chain = (answering?.ChainId ?? _questions.ChainId ?? target?.ChainId) is { } number ? EvmChain.Of(number) : null;
        if (target is not null && chain is not null && contract is { } named && target != new AnchoringTarget(chain.Id, named))
            _notices.Add(string.Create(CultureInfo.InvariantCulture, $"The registry's batches go to contract {target.Contract} on chain {target.ChainId} so far. A server with these settings brings the next ones here."));
        return new ChainStatusLine(
            chain?.Id,
            chain?.Name,
            chain?.Coin,
            [.. nodes.Select(node => node.ToDocument(TimeProvider.System.GetUtcNow()))],
            contract is { } address ? await ReadContractAsync(answering, address, cancellationToken).ConfigureAwait(false) : null,
            FindAccount(http) is { } account ? await ReadAccountAsync(answering, account, usable is null ? null : contract, cancellationToken).ConfigureAwait(false) : null,
            answering?.GasPrice is { } price ? Price(price) : null,
            registry,
            [.. _problems],
            [.. _notices]);
    }

    private async ValueTask<ChainNode[]> AskAsync(HttpClient http, long? chainId, EvmAddress? contract, CancellationToken cancellationToken)
    {
        var nodes = await Task.WhenAll(_questions.Nodes.Select(url =>
            ChainNode.AskAsync(new EvmRpc(new JsonRpcClient(http, url, TimeProvider.System)), chainId, contract, _questions.MinPriorityFeeWei, cancellationToken))).ConfigureAwait(false);
        var first = nodes.FirstOrDefault(node => node.Error is null)?.ChainId;
        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i] is { Error: null, ChainId: { } actual } node && actual != first!.Value)
                nodes[i] = node with { Error = new ErrorDocument(ErrorCodes.WrongChain, ContractErrors.WrongChain(node.Rpc, actual, first.Value).Message) };
        }
        // A node that can't be reached is no hindrance as long as another one stands in; one that is a wrong one is.
        _problems.AddRange(nodes.Select(node => node.Error).OfType<ErrorDocument>().Where(error => first is null || error.Code is ErrorCodes.WrongChain or ErrorCodes.ContractUnknown));
        if (first is not null && nodes.Any(node => node.Error is not null && !_problems.Contains(node.Error))) _notices.Add("Not all nodes can be used; the others stand in.");
        foreach (var node in nodes.Where(node => node.Error is null && TimeProvider.System.GetUtcNow() - node.Head!.Time > OldHead))
            _notices.Add($"The newest block that {node.Rpc.Origin} knows is older than ten minutes: it may be behind.");
        return nodes;
    }

    private static async ValueTask<ChainContractDocument> ReadContractAsync(ChainNode? node, EvmAddress contract, CancellationToken cancellationToken)
    {
        if (node is null) return new ChainContractDocument(contract.ToString(), null, null, null, null);
        var code = await node.Rpc.GetCodeAsync(contract, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        var hash = code.Length == 0 ? null : ProvenanceContract.CodeHash(code).ToString();
        if (node.Error is not null) return new ChainContractDocument(contract.ToString(), false, hash, null, null);
        var owner = await ContractReader.GetOwnerAsync(node.Rpc, contract, cancellationToken).ConfigureAwait(false);
        var pending = await ContractReader.GetPendingOwnerAsync(node.Rpc, contract, cancellationToken).ConfigureAwait(false);
        return new ChainContractDocument(contract.ToString(), true, hash, owner.IsZero ? null : owner.ToString(), pending.IsZero ? null : pending.ToString());
    }

    private EvmAddress? FindAccount(HttpClient http)
    {
        if (_questions.Address is not null || _questions.Account is not { } account) return _questions.Address;
        try
        {
            var signer = ChainSession.OpenSigner(account, http);
            using (signer as IDisposable) return signer.Address;
        }
        catch (KeyAccessException e)
        {
            _problems.Add(new ErrorDocument(e.Code, e.Message));
            return null;
        }
    }

    private async ValueTask<ChainAccountDocument> ReadAccountAsync(ChainNode? node, EvmAddress account, EvmAddress? contract, CancellationToken cancellationToken)
    {
        if (node is null) return new ChainAccountDocument(account.ToString(), null, null, null);
        var balance = await node.Rpc.GetBalanceAsync(account, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        bool? isRegistrar = contract is { } where ? await ContractReader.IsRegistrarAsync(node.Rpc, where, account, cancellationToken).ConfigureAwait(false) : null;
        if (isRegistrar == false) AddProblem(ContractErrors.NotRegistrar(account, contract!.Value));
        long? batches = null;
        if (node.GasPrice is { } price)
        {
            batches = price == 0 ? null : (long)UInt128.Min(balance / ((ulong)ContractGas.RegisterBatch * price), long.MaxValue);
            var needed = (ulong)(ContractGas.RegisterBatch + (ContractGas.RegisterBatch / BatchSpareDivisor)) * price;
            if (balance < needed) AddProblem($"The account {account} has {CoinAmount.Show(balance, EvmChain.Of(node.ChainId!.Value))}, which isn't enough for a batch. Send coins to it.");
        }
        return new ChainAccountDocument(account.ToString(), CoinAmount.Coins(balance), isRegistrar, batches);

        void AddProblem(string message) => _problems.Add(new ErrorDocument(ErrorCodes.AnchoringRefused, char.ToUpperInvariant(message[0]) + message[1..]));
    }

    private ChainPriceDocument Price(UInt128 gasPrice)
    {
        if (gasPrice > _questions.MaxFeeWei)
        {
            _problems.Add(new ErrorDocument(
                ErrorCodes.FeeCapReached, $"A unit of gas costs {CoinAmount.Gwei(gasPrice)} gwei, more than the {CoinAmount.Gwei(_questions.MaxFeeWei)} that may be paid: batches wait until it is cheaper, or TECTRA_MAX_FEE_GWEI is higher."));
        }
        var batch = (ulong)ContractGas.RegisterBatch * gasPrice;
        return new ChainPriceDocument(
            CoinAmount.Gwei(gasPrice), ContractGas.RegisterBatch, CoinAmount.Coins(batch), [.. BatchSizes.Select(size => new ChainCostDocument(size, CoinAmount.Coins(batch * 1_000 / (ulong)size)))]);
    }

    /// <summary>How far the registry's batches are; null where there is no registry.</summary>
    private async ValueTask<ChainRegistryDocument?> ReadRegistryAsync(CancellationToken cancellationToken)
    {
        var home = TectraHome.Find();
        if (ChainSettings.Variable("TECTRA_DATABASE") is not { } database)
        {
            if (!home.HasRegistry) return null;
            database = home.RegistryPath;
        }
        var isPostgres = PostgresAddress.IsPostgres(database);
        var shown = isPostgres ? PostgresAddress.Describe(database) : Path.GetFullPath(database);
        try
        {
            if (!isPostgres) database = Path.Combine(database, EmbeddedRegistry.DatabaseName);
            if (!isPostgres && !File.Exists(database)) throw new RegistryException(ErrorCodes.RegistryUnavailable, $"There is no registry in {shown} yet.");
            var store = await SqlRegistryStore.OpenAsync(database, cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var target = await store.ReadTargetAsync(cancellationToken).ConfigureAwait(false);
                var counts = await store.CountChainAsync(cancellationToken).ConfigureAwait(false);
                return new ChainRegistryDocument(shown, target?.ChainId, target?.Contract.ToString(), counts.Pending, counts.Submitted, counts.Anchored, counts.Retracted);
            }
        }
        catch (RegistryException e)
        {
            _problems.Add(new ErrorDocument(e.Code, e.Message));
            return null;
        }
    }
}
