using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Hosting;

/// <summary>A registry with its database open, the ledger's key if the server keeps it itself, and the way to a chain if batches go there.</summary>
internal sealed class OpenedRegistry : IAsyncDisposable
{
    private readonly SigningKey? _ownLedgerKey;
    private readonly ChainConnection? _chain;

    private OpenedRegistry(ContentRegistry content, SigningKey? ownLedgerKey, ChainConnection? chain)
    {
        Content = content;
        _ownLedgerKey = ownLedgerKey;
        _chain = chain;
    }

    public ContentRegistry Content { get; }

    /// <summary>Opens the registry that the options name; its tables are made if there are none.</summary>
    /// <param name="options">The options.</param>
    /// <param name="ledgerSigner">Signs the ledger of a folder; null for a key that the server makes. In PostgreSQL it is always such a key, which the servers share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the registry logs.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Sdk.RegistryException">
    /// The database can't be opened (<c>registry_unavailable</c>), or what the options say of the chain isn't so (<c>wrong_chain</c>,
    /// <c>contract_unknown</c>, <c>anchoring_refused</c>).
    /// </exception>
    /// <exception cref="Sdk.KeyAccessException">The Fernet key is not the one the database knows (<c>fernet_key_wrong</c>), or the chain account's key can't be read.</exception>
    public static async ValueTask<OpenedRegistry> OpenAsync(
        ServerOptions options, ISigner? ledgerSigner, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (!options.IsPostgres) Directory.CreateDirectory(options.Database);
        var database = options.IsPostgres ? options.Database : Path.Combine(options.Database, EmbeddedRegistry.DatabaseName);
        var store = await SqlRegistryStore.OpenAsync(database, cancellationToken).ConfigureAwait(false);
        SigningKey? ownKey = null;
        ChainConnection? chain = null;
        try
        {
            if (ledgerSigner is null || options.IsPostgres) ownKey = await ServerSecrets.GetLedgerKeyAsync(store, options.FernetKey, time, cancellationToken).ConfigureAwait(false);
            var signer = ownKey ?? ledgerSigner!;
            chain = await ChainConnection.OpenAsync(options, store, signer.PublicKey, time, logger, cancellationToken).ConfigureAwait(false);
            ILedger ledger = options.IsPostgres ? new StoredLedger(store, signer, time) : EmbeddedRegistry.OpenLedger(options.Database, signer, time);
            var caching = new RegistryCaching { MaxStaleness = options.MaxStaleness, Records = options.CachedRecords };
            return new OpenedRegistry(new ContentRegistry(store, ledger, chain?.Anchorer, caching, time, logger), ownKey, chain);
        }
        catch
        {
            chain?.Dispose();
            ownKey?.Dispose();
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _chain?.Dispose();
        _ownLedgerKey?.Dispose();
    }
}
