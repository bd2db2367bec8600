using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Registry;

/// <summary>
/// A registry inside this process: records in a SQLite file, roots in a local ledger, both in one folder that several
/// processes may share. Thread-safe.
/// </summary>
public sealed class EmbeddedRegistry : ITectraApi, IAsyncDisposable
{
    /// <summary>The name of the database in the registry's folder.</summary>
    public const string DatabaseName = "registry.db";

    private const string LedgerName = "ledger.jsonl";

    private readonly ContentRegistry _registry;
    private readonly TimeProvider _time;

    private EmbeddedRegistry(ContentRegistry registry, TimeProvider time)
    {
        _registry = registry;
        _time = time;
    }

    /// <summary>The key that signs this registry's ledger.</summary>
    public PublicKey LedgerKey => _registry.LedgerKey;

    /// <summary>Opens the registry in a folder, or makes it there.</summary>
    /// <param name="directory">The folder; it is made if it is missing.</param>
    /// <param name="ledgerSigner">The key that signs ledger entries; keep using the same one.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Where to log; null for nowhere.</param>
    /// <exception cref="RegistryException">The database can't be opened (<c>registry_unavailable</c>).</exception>
    public static EmbeddedRegistry Open(string directory, ISigner ledgerSigner, TimeProvider? time = null, ILogger<EmbeddedRegistry>? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(ledgerSigner);
        var clock = time ?? TimeProvider.System;
        Directory.CreateDirectory(directory);
        var store = new SqlRegistryStore(SqliteEngine.Open(Path.Combine(directory, DatabaseName)));
        return new EmbeddedRegistry(new ContentRegistry(store, OpenLedger(directory, ledgerSigner, clock), null, RegistryCaching.None, clock, (ILogger?)logger ?? NullLogger.Instance), clock);
    }

    /// <summary>Registers a signing key for a user. Repeating it changes nothing.</summary>
    /// <exception cref="RegistryException">The key belongs to another user (<c>key_owner_mismatch</c>).</exception>
    public ValueTask RegisterKeyAsync(PublicKey key, string userId, string? keyName = null, CancellationToken cancellationToken = default)
    {
        if (!ContentFingerprint.IsValidUserId(userId)) throw new ArgumentException("A user id has 1 to 128 printable characters and no '|'.", nameof(userId));
        var id = Guid.CreateVersion7(_time.GetUtcNow()).ToString("D", CultureInfo.InvariantCulture);
        return _registry.RegisterKeyAsync(new NewSigningKey(id, key, userId, keyName, null, UtcTimestamp.From(_time.GetUtcNow())), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (await _registry.RegisterAsync([request], null, null, cancellationToken).ConfigureAwait(false))[0].GetReceipt();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterBatchAsync(IReadOnlyList<RegistrationRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return _registry.RegisterAsync(requests, null, null, cancellationToken);
    }

    /// <summary>
    /// Puts every pending record into a batch and its root into the ledger, and finishes what a crash left undone. Does nothing where a
    /// server brings this registry's batches to a chain: then that is the server's work.
    /// </summary>
    /// <returns>How many records were anchored.</returns>
    /// <exception cref="RegistryException">The ledger is damaged (<c>ledger_damaged</c>).</exception>
    public ValueTask<int> AnchorPendingAsync(CancellationToken cancellationToken = default) => _registry.AnchorPendingAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(options);
        return [.. (await _registry.FindAsync(observed, options, cancellationToken).ConfigureAwait(false)).Select(record => record.Evidence.Bundle)];
    }

    /// <inheritdoc/>
    public async ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default) =>
        (await _registry.GetAsync(recordId, cancellationToken).ConfigureAwait(false))?.Evidence.Bundle;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EvidenceBundle>> GetCustodyChainAsync(RecordId recordId, CancellationToken cancellationToken = default) =>
        [.. (await _registry.GetChainAsync(recordId, cancellationToken).ConfigureAwait(false)).Select(record => record.Evidence.Bundle)];

    /// <inheritdoc/>
    public ValueTask<Revocation> RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default) =>
        _registry.RevokeAsync(recordId, reason, null, cancellationToken);

    /// <summary>Checks the whole ledger, entry by entry.</summary>
    /// <returns>How many entries it has.</returns>
    /// <exception cref="RegistryException">It was changed (<c>ledger_damaged</c>).</exception>
    public async ValueTask<int> AuditLedgerAsync(CancellationToken cancellationToken = default) => await _registry.AuditLedgerAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes the database when the calls at work have ended.</summary>
    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    /// <summary>The ledger of the registry in a folder.</summary>
    internal static ILedger OpenLedger(string directory, ISigner ledgerSigner, TimeProvider time) => new LedgerFile(Path.Combine(directory, LedgerName), ledgerSigner, time);
}
