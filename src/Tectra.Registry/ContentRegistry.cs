using Microsoft.Extensions.Logging;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Batching;
using Tectra.Registry.Records;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Registry;

/// <summary>How a registry keeps what it has read. Immutable.</summary>
internal sealed record RegistryCaching
{
    /// <summary>Nothing is kept: for a process that asks little, beside others that write.</summary>
    public static RegistryCaching None { get; } = new();

    /// <summary>How old an answer may be with regard to what other processes have written.</summary>
    public TimeSpan MaxStaleness { get; init; }

    /// <summary>How many examined records are kept in memory at least, and twice as many at most, at some five kilobytes each; a video counts as several.</summary>
    public int Records { get; init; }
}

/// <summary>
/// The registry's domain, without HTTP and for any database: registers, finds, verifies, revokes and anchors. Thread-safe, and
/// several processes may share one database.
/// </summary>
internal sealed class ContentRegistry : IAsyncDisposable
{
    private readonly IRegistryStore _store;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly RecordIntake _intake;
    private readonly IBatchAnchorer _anchorer;
    private readonly RecordFinder _finder;

    /// <param name="store">The database.</param>
    /// <param name="ledger">Holds the roots of batches that went nowhere else.</param>
    /// <param name="anchorer">Brings batches to a chain; null for the ledger.</param>
    /// <param name="caching">What is kept in memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public ContentRegistry(IRegistryStore store, ILedger ledger, IBatchAnchorer? anchorer, RegistryCaching caching, TimeProvider time, ILogger logger)
    {
        _store = store;
        _ledger = ledger;
        _time = time;
        _intake = new RecordIntake(store, time);
        _anchorer = anchorer ?? new LedgerAnchorer(store, ledger, time, logger);
        _finder = new RecordFinder(store, ledger, caching, time);
    }

    /// <summary>Everything the registry keeps.</summary>
    public IRegistryStore Store => _store;

    /// <summary>How many records were registered here since <see cref="AnchorPendingAsync"/> was last called.</summary>
    public WaitingRecords Waiting { get; } = new();

    /// <summary>The contract to which batches go; null for the ledger.</summary>
    public AnchoringTarget? Target => _anchorer.Target;

    /// <summary>The key that signs the ledger.</summary>
    public PublicKey LedgerKey => _ledger.PublicKey;

    /// <summary>Fills the similarity index, so that no request has to wait for it.</summary>
    public ValueTask WarmAsync(CancellationToken cancellationToken) => _finder.RefreshAsync(cancellationToken);

    /// <summary>Registers a signing key for a user. Repeating it changes nothing.</summary>
    /// <exception cref="RegistryException">The key belongs to another user (<c>key_owner_mismatch</c>).</exception>
    public async ValueTask RegisterKeyAsync(NewSigningKey key, CancellationToken cancellationToken)
    {
        await _store.AddKeyAsync(key, cancellationToken).ConfigureAwait(false);
        if (await _store.FindKeyOwnerAsync(key.PublicKey, cancellationToken).ConfigureAwait(false) != key.UserId)
            throw new RegistryException(ErrorCodes.KeyOwnerMismatch, $"The key {key.PublicKey.KeyId} is registered for another user.");
    }

    /// <inheritdoc cref="ITectraApi.RegisterBatchAsync"/>
    public async ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterAsync(
        IReadOnlyList<RegistrationRequest> requests, Registrant? registrant, IdempotencyKey? idempotencyKey, CancellationToken cancellationToken)
    {
        if (requests.Count is 0 or > ITectraApi.MaxBatch) throw new ArgumentException($"A batch has 1 to {ITectraApi.MaxBatch} records.", nameof(requests));
        var outcomes = await _intake.RegisterAsync(requests, registrant, idempotencyKey, _finder.NoteAdded, cancellationToken).ConfigureAwait(false);
        Waiting.Add(outcomes.Count(outcome => outcome.Receipt is { AlreadyRegistered: false }));
        return outcomes;
    }

    /// <inheritdoc cref="ITectraApi.FindAsync"/>
    public async ValueTask<IReadOnlyList<KnownRecord>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken) =>
        await _finder.LoadAsync(await _finder.FindAsync(observed, options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Records by their sequence numbers, as they stand now.</summary>
    public ValueTask<IReadOnlyList<KnownRecord>> LoadAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken) => _finder.LoadAsync(sequences, cancellationToken);

    /// <summary>Records within a radius of a perceptual hash; the nearest if they are too many.</summary>
    public ValueTask<IReadOnlyList<long>> FindPicturesAsync(PerceptualHash hash, int radius, CancellationToken cancellationToken) => _finder.FindPicturesAsync(hash, radius, cancellationToken);

    /// <summary>Videos of which a picture may be; the nearest if they are too many.</summary>
    public ValueTask<IReadOnlyList<long>> FindVideosAsync(PerceptualHash hash, int radius, CancellationToken cancellationToken) => _finder.FindVideosAsync([hash], radius, cancellationToken);

    /// <summary>Records within the watermark's radius of a payload; the nearest if they are too many.</summary>
    public ValueTask<IReadOnlyList<long>> FindPayloadsAsync(WatermarkPayload payload, CancellationToken cancellationToken) => _finder.FindPayloadsAsync(payload, cancellationToken);

    /// <summary>Judges what was observed by what this registry knows: signers of any key, its own ledger, the anchors that it saw on chains.</summary>
    public async ValueTask<VerificationReport> VerifyAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken)
    {
        var candidates = await FindAsync(observed, options, cancellationToken).ConfigureAwait(false);
        var readings = candidates.Select(record => record.Evidence.Bundle.Anchor).OfType<EvmAnchor>().Distinct().Select(SeenAnchors.Read).ToList();
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(LedgerKey))
        {
            PerceptualRadius = options.PerceptualRadius,
            IsExhaustive = options.IsExhaustive,
            Contracts = SeenAnchors.TrustIn(readings),
            MinConfirmations = 1, // what is in the database had as many as its operator wants
        };
        var report = Verifier.Verify(observed, [.. candidates.Select(record => record.Evidence)], EvidenceSource.Registry, policy, readings, _time.GetUtcNow());
        if (report.Certificate is not { ParentRecordId: not null } certificate) return report;
        var chain = await GetChainAsync(certificate.RecordId, cancellationToken).ConfigureAwait(false);
        return report with { Chain = CustodyChain.Judge([.. chain.Select(record => record.Evidence)], policy) };
    }

    /// <summary>One record as it stands now, or null.</summary>
    public ValueTask<KnownRecord?> GetAsync(RecordId id, CancellationToken cancellationToken) => _finder.LoadAsync(id, cancellationToken);

    /// <summary>The anchor that a ledger entry is, as the ledger has it now; null if there is no such entry (any more).</summary>
    public ValueTask<Anchor?> FindAnchorAsync(long ledgerIndex, CancellationToken cancellationToken) => _finder.FindAnchorAsync(ledgerIndex, cancellationToken);

    /// <inheritdoc cref="ITectraApi.GetCustodyChainAsync"/>
    public async ValueTask<IReadOnlyList<KnownRecord>> GetChainAsync(RecordId id, CancellationToken cancellationToken)
    {
        var chain = new List<KnownRecord>();
        for (RecordId? next = id; next is { } current && chain.Count <= ITectraApi.MaxCustodyLinks;)
        {
            if (await GetAsync(current, cancellationToken).ConfigureAwait(false) is not { } record) break;
            chain.Add(record);
            next = record.Evidence.Certificate?.ParentRecordId;
        }
        return chain;
    }

    /// <summary>A chain of custody, judged as <see cref="VerifyAsync"/> does.</summary>
    public System.Collections.Immutable.ImmutableArray<CustodyLink> Judge(IReadOnlyList<KnownRecord> chain) =>
        CustodyChain.Judge([.. chain.Select(record => record.Evidence)], new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(LedgerKey)));

    /// <summary>Revokes a record, of this user only unless <paramref name="userId"/> is null.</summary>
    /// <returns>The revocation that stands: the first one.</returns>
    /// <exception cref="RegistryException">There is no such record, or it is another user's (<c>record_unknown</c>).</exception>
    public async ValueTask<Revocation> RevokeAsync(RecordId id, string reason, string? userId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, Revocation.MaxReasonLength, nameof(reason));
        var record = await _store.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (record is null || (userId is not null && record.UserId != userId)) throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} here.");
        if (record.Revocation is { } earlier) return earlier;
        await _store.RevokeAsync(record.Sequence, new Revocation(UtcTimestamp.From(_time.GetUtcNow()), reason), cancellationToken).ConfigureAwait(false);
        _finder.NoteRevoked(record.Sequence);
        return (await _store.FindAsync(id, cancellationToken).ConfigureAwait(false))!.Revocation!;
    }

    /// <summary>
    /// Puts every pending record into a batch and its root into the ledger, or brings the batches as far on their way to the chain as
    /// they can get; finishes what a crash left undone.
    /// </summary>
    /// <returns>How many records were anchored here.</returns>
    /// <exception cref="RegistryException">The ledger is damaged (<c>ledger_damaged</c>).</exception>
    public async ValueTask<int> AnchorPendingAsync(CancellationToken cancellationToken)
    {
        Waiting.Reset();
        var outcome = await _anchorer.RunAsync(cancellationToken).ConfigureAwait(false);
        if (outcome.AnchoredRecords > 0) _finder.NoteAnchored();
        if (outcome.RetractedBatches > 0) _finder.NoteRetracted();
        return outcome.AnchoredRecords;
    }

    /// <summary>Checks the whole ledger, entry by entry, and returns how many it has.</summary>
    /// <exception cref="RegistryException">It was changed (<c>ledger_damaged</c>).</exception>
    public ValueTask<int> AuditLedgerAsync(CancellationToken cancellationToken) => _ledger.AuditAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _finder.Dispose();
        Waiting.Dispose();
        await _store.DisposeAsync().ConfigureAwait(false);
    }
}
