using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Hosting;

/// <summary>A registry with its database open, and the ledger's key if the server keeps it itself.</summary>
internal sealed class OpenedRegistry : IAsyncDisposable
{
    private readonly SigningKey? _ownLedgerKey;

    private OpenedRegistry(ContentRegistry content, SigningKey? ownLedgerKey)
    {
        Content = content;
        _ownLedgerKey = ownLedgerKey;
    }

    public ContentRegistry Content { get; }

    /// <summary>Opens the registry that the options name; its tables are made if there are none.</summary>
    /// <param name="options">The options.</param>
    /// <param name="ledgerSigner">Signs the ledger of a folder; null for a key that the server makes. In PostgreSQL it is always such a key, which the servers share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the registry logs.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Sdk.RegistryException">The database can't be opened (<c>registry_unavailable</c>).</exception>
    /// <exception cref="Sdk.KeyAccessException">The Fernet key is not the one the database knows (<c>fernet_key_wrong</c>).</exception>
    public static async ValueTask<OpenedRegistry> OpenAsync(
        ServerOptions options, ISigner? ledgerSigner, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var caching = new RegistryCaching { MaxStaleness = options.MaxStaleness, Records = options.CachedRecords };
        return options.IsPostgres
            ? await OpenPostgresAsync(options, caching, time, logger, cancellationToken).ConfigureAwait(false)
            : await OpenFolderAsync(options, ledgerSigner, caching, time, logger, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _ownLedgerKey?.Dispose();
    }

    private static async ValueTask<OpenedRegistry> OpenPostgresAsync(
        ServerOptions options, RegistryCaching caching, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var store = await SqlRegistryStore.OpenAsync(options.Database, cancellationToken).ConfigureAwait(false);
        try
        {
            var key = await ServerSecrets.GetLedgerKeyAsync(store, options.FernetKey, time, cancellationToken).ConfigureAwait(false);
            return new OpenedRegistry(new ContentRegistry(store, new StoredLedger(store, key, time), caching, time, logger), key);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<OpenedRegistry> OpenFolderAsync(
        ServerOptions options, ISigner? ledgerSigner, RegistryCaching caching, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (ledgerSigner is not null) return new OpenedRegistry(EmbeddedRegistry.OpenContent(options.Database, ledgerSigner, caching, time, logger), null);
        Directory.CreateDirectory(options.Database);
        SigningKey key;
        var store = await SqlRegistryStore.OpenAsync(Path.Combine(options.Database, EmbeddedRegistry.DatabaseName), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false)) key = await ServerSecrets.GetLedgerKeyAsync(store, options.FernetKey, time, cancellationToken).ConfigureAwait(false);
        try
        {
            return new OpenedRegistry(EmbeddedRegistry.OpenContent(options.Database, key, caching, time, logger), key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
