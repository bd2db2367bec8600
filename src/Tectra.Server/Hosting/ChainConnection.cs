using Microsoft.Extensions.Logging;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Batching;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Hosting;

/// <summary>What a server has open towards a chain: connections to its nodes, and the account that pays.</summary>
internal sealed class ChainConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly ITransactionSigner _signer;

    private ChainConnection(HttpClient http, ITransactionSigner signer, IBatchAnchorer anchorer)
    {
        _http = http;
        _signer = signer;
        Anchorer = anchorer;
    }

    /// <summary>Brings the batches to the chain.</summary>
    public IBatchAnchorer Anchorer { get; }

    /// <summary>
    /// Opens the way to the chain that the options name, and notes in the database that batches go there; null where they stay in the ledger.
    /// </summary>
    /// <exception cref="RegistryException">
    /// The node that answers is of another chain (<c>wrong_chain</c>), lacks the contract (<c>contract_unknown</c>), the account may not
    /// register there, or the registry anchors on a chain and the options don't say so (<c>anchoring_refused</c>).
    /// </exception>
    /// <exception cref="KeyAccessException">The account's key can't be read.</exception>
    public static async ValueTask<ChainConnection?> OpenAsync(
        ServerOptions options, IRegistryStore store, PublicKey registryKey, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var noted = await store.ReadTargetAsync(cancellationToken).ConfigureAwait(false);
        var now = UtcTimestamp.From(time.GetUtcNow());
        if (options.Chain is not { } chain)
        {
            if (noted is null) return null;
            if (!options.BackToLedger)
            {
                throw new RegistryException(
                    ErrorCodes.AnchoringRefused,
                    $"This registry anchors its records on chain {noted.ChainId}, contract {noted.Contract}, and the settings don't say how to reach it (TECTRA_CHAIN_ID, TECTRA_CONTRACT, TECTRA_RPC_URLS). TECTRA_BACK_TO_LEDGER=true goes back to the registry's own ledger.");
            }
            await store.ChooseTargetAsync(null, now, cancellationToken).ConfigureAwait(false);
            return null;
        }
        var http = new HttpClient(JsonRpcClient.CreateHandler());
        ITransactionSigner? signer = null;
        try
        {
            signer = chain.Account.Open(options.FernetKey, http, time);
            var nodes = new EvmNodes([.. chain.RpcUrls.Select(url => new EvmRpc(new JsonRpcClient(http, url, time)))], chain, logger);
            await nodes.CheckAsync(signer.Address, cancellationToken).ConfigureAwait(false);
            var target = new AnchoringTarget(chain.ChainId, chain.Contract);
            if (noted != target) await store.ChooseTargetAsync(target, now, cancellationToken).ConfigureAwait(false);
            var sender = new BatchSender(store, chain, signer, registryKey, time, logger);
            return new ChainConnection(http, signer, new EvmAnchorer(store, nodes, sender, chain, time, logger));
        }
        catch
        {
            (signer as IDisposable)?.Dispose();
            http.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        (_signer as IDisposable)?.Dispose();
        _http.Dispose();
    }
}
