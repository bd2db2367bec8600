using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Batching;
using Tectra.Registry.Records;
using Tectra.Registry.Similarity;
using Tectra.Registry.Storage;
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

    private const string LedgerName = "ledger.jsonl", LockName = "registry.lock";

    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _lockPath;
    private readonly TimeProvider _time;
    private readonly IRecordStore _store;
    private readonly LedgerFile _ledger;
    private readonly RecordIntake _intake;
    private readonly BatchAnchorer _anchorer;
    private readonly SimilarityIndex _index = new();
    private int _disposed;

    private EmbeddedRegistry(string directory, IRecordStore store, ISigner ledgerSigner, TimeProvider time, ILogger logger)
    {
        _lockPath = Path.Combine(directory, LockName);
        _time = time;
        _ledger = new LedgerFile(Path.Combine(directory, LedgerName), ledgerSigner, time);
        _store = store;
        _intake = new RecordIntake(_store, time);
        _anchorer = new BatchAnchorer(_store, _ledger, time, logger);
    }

    /// <summary>The key that signs this registry's ledger.</summary>
    public PublicKey LedgerKey => _ledger.PublicKey;

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
        Directory.CreateDirectory(directory);
        var store = SqliteRecordStore.Open(Path.Combine(directory, DatabaseName));
        return new EmbeddedRegistry(directory, store, ledgerSigner, time ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance);
    }

    /// <summary>Registers a signing key for a user. Repeating it changes nothing.</summary>
    /// <exception cref="RegistryException">The key belongs to another user (<c>key_owner_mismatch</c>).</exception>
    public async ValueTask RegisterKeyAsync(PublicKey key, string userId, string? keyName = null, CancellationToken cancellationToken = default)
    {
        if (!ContentFingerprint.IsValidUserId(userId)) throw new ArgumentException("A user id has 1 to 128 printable characters and no '|'.", nameof(userId));
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            _store.AddKey(key, userId, keyName, UtcTimestamp.From(_time.GetUtcNow()));
            if (_store.FindKeyOwner(key) != userId)
                throw new RegistryException(ErrorCodes.KeyOwnerMismatch, $"The key {key.KeyId} is registered for another user.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using (await EnterAsync(cancellationToken).ConfigureAwait(false)) return _intake.Register(request);
    }

    /// <summary>Puts every pending record into a batch and its root into the ledger, and finishes what a crash left undone.</summary>
    /// <returns>How many records were anchored.</returns>
    /// <exception cref="RegistryException">The ledger is damaged (<c>ledger_damaged</c>).</exception>
    public async ValueTask<int> AnchorPendingAsync(CancellationToken cancellationToken = default)
    {
        using var held = await FileLock.AcquireAsync(_lockPath, _time, cancellationToken).ConfigureAwait(false);
        using (await EnterAsync(cancellationToken).ConfigureAwait(false)) return await _anchorer.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, int perceptualRadius, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentOutOfRangeException.ThrowIfNegative(perceptualRadius);
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var record in _store.ReadAfter(_index.LastSequence)) _index.Add(record.Sequence, record.Hash, record.Payload);
            var sequences = new SortedSet<long>(_store.FindBySha256(observed.Sha256));
            if (observed.Watermark is { } reading) sequences.UnionWith(_index.FindPayloads(reading.Payload, VerificationPolicy.WatermarkRadius, int.MaxValue, cancellationToken).Sequences);
            if (observed.PerceptualHash is { } hash) sequences.UnionWith(_index.FindPictures(hash, perceptualRadius, int.MaxValue, cancellationToken).Sequences);
            var bundles = new List<EvidenceBundle>(sequences.Count);
            foreach (var sequence in sequences)
            {
                cancellationToken.ThrowIfCancellationRequested();
                bundles.Add(BundleOf(_store.Find(sequence)!));
            }
            return bundles;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default)
    {
        using (await EnterAsync(cancellationToken).ConfigureAwait(false)) return _store.Find(recordId) is { } record ? BundleOf(record) : null;
    }

    /// <inheritdoc/>
    public async ValueTask RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, Revocation.MaxReasonLength, nameof(reason));
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            var record = _store.Find(recordId) ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {recordId} here.");
            _store.Revoke(record.Sequence, new Revocation(UtcTimestamp.From(_time.GetUtcNow()), reason));
        }
    }

    /// <summary>Checks the whole ledger, entry by entry.</summary>
    /// <returns>How many entries it has.</returns>
    /// <exception cref="RegistryException">It was changed (<c>ledger_damaged</c>).</exception>
    public async ValueTask<int> AuditLedgerAsync(CancellationToken cancellationToken = default)
    {
        using (await EnterAsync(cancellationToken).ConfigureAwait(false)) return _ledger.Audit();
    }

    /// <summary>Closes the database when the call at work has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _gate.WaitAsync().ConfigureAwait(false);
        _store.Dispose();
        _gate.Release(); // those who still wait find it disposed
    }

    /// <summary>
    /// A record with its anchor as the ledger has it now, not as the database remembers it: an entry that is gone from the
    /// ledger anchors nothing.
    /// </summary>
    private EvidenceBundle BundleOf(StoredRecord record) => new()
    {
        Envelope = record.Envelope,
        MetadataJson = record.MetadataJson,
        Proof = record.LedgerIndex is null ? null : record.Proof,
        Anchor = record.LedgerIndex is { } index && TryReadLedger(index) is { } entry ? new LedgerAnchor(entry) : null,
        Revocation = record.Revocation,
    };

    private LedgerEntry? TryReadLedger(long index)
    {
        try
        {
            return _ledger.Read(index);
        }
        catch (RegistryException e) when (e.Code == ErrorCodes.LedgerDamaged)
        {
            return null;
        }
    }

    private async ValueTask<Gate> EnterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Volatile.Read(ref _disposed) == 0) return new Gate(_gate);
        _gate.Release();
        throw new ObjectDisposedException(nameof(EmbeddedRegistry));
    }

    private readonly struct Gate(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
