using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Registry.Accounts;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Keys;
using Tectra.Server.Hosting;
using Tectra.Server.Security;

namespace Tectra.Server;

/// <summary>
/// A registry as an HTTP server. It may be killed at any moment: whatever it has acknowledged is on the disk, and the next start
/// finishes what was begun. Several servers may share one PostgreSQL database. Thread-safe.
/// </summary>
public sealed class TectraServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly OpenedRegistry _registry;
    private readonly IDisposable[] _owned;

    private TectraServer(WebApplication app, OpenedRegistry registry, params IDisposable[] owned)
    {
        _app = app;
        _registry = registry;
        _owned = owned;
    }

    /// <summary>Where the server listens, once it is started.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Urls];

    /// <summary>The key that signs the registry's ledger: what a verifier must trust.</summary>
    public PublicKey LedgerKey => _registry.Content.LedgerKey;

    /// <summary>The registry that is served, for the process that serves it.</summary>
    internal ContentRegistry Registry => _registry.Content;

    /// <summary>The application's services, for tests.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Opens the database, makes its tables if there are none, and prepares everything but listening.</summary>
    /// <param name="options">The options.</param>
    /// <param name="ledgerSigner">
    /// Signs the ledger of a folder: keep using the same one. Null for a key that the server makes and keeps in the database, as
    /// it always does in PostgreSQL.
    /// </param>
    /// <param name="configureLogging">Where to log; null for the console. Single requests are not logged.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Sdk.RegistryException">The database can't be opened (<c>registry_unavailable</c>).</exception>
    /// <exception cref="Sdk.KeyAccessException">The Fernet key is not the one the database knows (<c>fernet_key_wrong</c>).</exception>
    public static Task<TectraServer> CreateAsync(
        ServerOptions options, ISigner? ledgerSigner = null, Action<ILoggingBuilder>? configureLogging = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return CreateAsync(options, new ServerParts { LedgerSigner = ledgerSigner, ConfigureLogging = configureLogging, Time = time ?? TimeProvider.System }, cancellationToken);
    }

    /// <summary>Begins to listen. Requests are answered at once, those that search for pictures when the index is filled.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => _app.StartAsync(cancellationToken);

    /// <summary>Stops listening and waits for the requests at work.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <summary>Waits, once started, until the process is asked to end (SIGTERM, SIGINT) or the token is cancelled; then finishes the requests at work.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Starts, and waits as <see cref="WaitForShutdownAsync"/> does.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the server and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        await _registry.DisposeAsync().ConfigureAwait(false);
        foreach (var owned in _owned) owned.Dispose();
    }

    /// <summary>As the public one, with every part that can be another.</summary>
    internal static async Task<TectraServer> CreateAsync(ServerOptions options, ServerParts parts, CancellationToken cancellationToken)
    {
        var loggers = ServerApp.CreateLoggers(parts.ConfigureLogging);
        OpenedRegistry? registry = null;
        try
        {
            registry = await OpenedRegistry.OpenAsync(options, parts.LedgerSigner, parts.Time, loggers.CreateLogger<ContentRegistry>(), cancellationToken).ConfigureAwait(false);
            var secret = await ServerSecrets.GetAsync(registry.Content.Store, options.FernetKey, ServerSecrets.Tokens, parts.Time, cancellationToken).ConfigureAwait(false);
            var tokens = new TokenService(secret, parts.Time);
            CryptographicOperations.ZeroMemory(secret); // the service has its own copy
            var (hasher, limits) = (new PasswordHasher(parts.HashPasses, parts.HashMemoryBytes), new RateLimits(options));
            var webhooks = new RegistryWebhooks(registry.Content.Store, options.FernetKey, WebhookHosting.OptionsOf(options), parts.Time, loggers.CreateLogger<RegistryWebhooks>());
            var app = ServerApp.Build(options, parts, loggers, registry.Content, webhooks, tokens, hasher, limits);
            return new TectraServer(app, registry, webhooks, hasher, limits, loggers);
        }
        catch
        {
            if (registry is not null) await registry.DisposeAsync().ConfigureAwait(false);
            loggers.Dispose();
            throw;
        }
    }
}

/// <summary>What a server is put together from beside its options. Immutable.</summary>
internal sealed record ServerParts
{
    public ISigner? LedgerSigner { get; init; }

    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Delivers mail; null writes it to the log.</summary>
    public IMailSender? Mail { get; init; }

    /// <summary>How dear a password hash is: less only where nothing is at stake.</summary>
    public int HashPasses { get; init; } = PasswordHasher.DefaultPasses;

    /// <inheritdoc cref="HashPasses"/>
    public int HashMemoryBytes { get; init; } = PasswordHasher.DefaultMemoryBytes;
}
