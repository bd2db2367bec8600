using System.Collections.Immutable;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Similarity;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Records;

/// <summary>
/// Finds records, by the cheapest means that names them, and reads them. What it keeps in memory is brought up to date from the
/// database whenever it is older than the caller allows. Thread-safe.
/// </summary>
internal sealed class RecordFinder : IDisposable
{
    private const int FramesOfOneRecord = 40;

    private readonly IRecordStore _store;
    private readonly ILedger _ledger;
    private readonly RegistryCaching _caching;
    private readonly TimeProvider _time;
    private readonly SimilarityIndex _index = new();
    private readonly FrameIndex _frames = new();
    private readonly EvidenceCache<long, KnownRecord> _records;
    private readonly EvidenceCache<Sha256Digest, long[]> _digests;
    private readonly SemaphoreSlim _refreshing = new(1);
    private ChangeCursor? _cursor;
    private long _history;
    private long _refreshedAt = long.MinValue; // by the clock's own ticks

    public RecordFinder(IRecordStore store, ILedger ledger, RegistryCaching caching, TimeProvider time)
    {
        _store = store;
        _ledger = ledger;
        _caching = caching;
        _time = time;
        _records = new EvidenceCache<long, KnownRecord>(caching.Records, Weigh);
        _digests = new EvidenceCache<Sha256Digest, long[]>(2 * caching.Records);
    }

    /// <summary>A record that this process has just added, or found added by another.</summary>
    public void NoteAdded(AddedRecord record)
    {
        if (_cursor is not null && record.Frames is { } frames) _frames.Add(record.Indexed.Sequence, frames);
        // Until the index is filled nothing goes in: filling brings the record, or the changes after that.
        if (_cursor is not null && !_index.Add(record.Indexed.Sequence, record.Indexed.Hash, record.Indexed.Payload)) return; // known already
        _digests.Remove(record.OriginalSha256);
        if (record.WatermarkedSha256 is { } watermarked) _digests.Remove(watermarked);
    }

    /// <summary>A record that this process has just revoked.</summary>
    public void NoteRevoked(long sequence) => _records.Remove(sequence);

    /// <summary>Records that this process has just anchored.</summary>
    public void NoteAnchored() => _records.RemoveWhere(IsPending);

    /// <summary>Anchors on a chain are gone.</summary>
    public void NoteRetracted() => _records.RemoveWhere(record => record.Evidence.Bundle.Anchor is EvmAnchor);

    /// <summary>
    /// The records that what was observed may be: by its bytes; if these name none, by its watermark and by its picture. A watermark
    /// is looked up as well if it is none of those the bytes lead to, and a picture isn't if the watermark's record looks like it. A picture may
    /// be of a video, and a video is looked up by its frames.
    /// </summary>
    public async ValueTask<IReadOnlyCollection<long>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: true, cancellationToken).ConfigureAwait(false);
        var byBytes = await FindBySha256Async(observed.Sha256, cancellationToken).ConfigureAwait(false);
        if (observed is { Watermark: null, PerceptualHash: null, Video: null } || (byBytes.Length > 0 && observed.Watermark is null && !options.IsExhaustive)) return byBytes;
        var found = new SortedSet<long>(byBytes);
        var isNamed = byBytes.Length > 0 && !options.IsExhaustive;
        if (observed.Watermark is { } reading && !(isNamed && await HasPayloadAsync(byBytes, reading.Payload, cancellationToken).ConfigureAwait(false)))
        {
            var byPayload = await FindPayloadsAsync(reading.Payload, cancellationToken).ConfigureAwait(false);
            Add(byPayload);
            isNamed |= !options.IsExhaustive && observed.PerceptualHash is { } picture && await LooksLikeAsync(byPayload, picture, options.PerceptualRadius, cancellationToken).ConfigureAwait(false);
        }
        if (isNamed) return found;
        if (observed.PerceptualHash is { } hash)
        {
            Add(await FindPicturesAsync(hash, options.PerceptualRadius, cancellationToken).ConfigureAwait(false));
            Add(await FindVideosAsync([hash], options.PerceptualRadius, cancellationToken).ConfigureAwait(false));
        }
        if (observed.Video is { } video) Add(await FindVideosAsync(video.Frames, options.PerceptualRadius, cancellationToken).ConfigureAwait(false));
        return found;

        // What comes first leaves the rest of the limit to what comes later: videos a still may be of come last.
        void Add(IReadOnlyList<long> sequences)
        {
            foreach (var sequence in sequences)
            {
                if (found.Count < LookupOptions.MaxCandidates) found.Add(sequence);
            }
        }
    }

    /// <summary>Records within a radius of a perceptual hash; the nearest if they are too many.</summary>
    public async ValueTask<IReadOnlyList<long>> FindPicturesAsync(PerceptualHash hash, int radius, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: false, cancellationToken).ConfigureAwait(false);
        return _index.FindPictures(hash, radius, LookupOptions.MaxCandidates, cancellationToken).Sequences;
    }

    /// <summary>Videos with frames within a radius of these, most such frames first; at most <see cref="LookupOptions.MaxVideos"/>.</summary>
    public async ValueTask<IReadOnlyList<long>> FindVideosAsync(IReadOnlyList<PerceptualHash> frames, int radius, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: false, cancellationToken).ConfigureAwait(false);
        return VideoSearch.Find(_frames, frames, radius, cancellationToken);
    }

    /// <summary>Records within the watermark's radius of a payload; the nearest if they are too many.</summary>
    public async ValueTask<IReadOnlyList<long>> FindPayloadsAsync(WatermarkPayload payload, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: false, cancellationToken).ConfigureAwait(false);
        return _index.FindPayloads(payload, VerificationPolicy.WatermarkRadius, LookupOptions.MaxCandidates, cancellationToken).Sequences;
    }

    /// <summary>Records as they stand now, in ascending order of their numbers.</summary>
    public async ValueTask<IReadOnlyList<KnownRecord>> LoadAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: true, cancellationToken).ConfigureAwait(false);
        var loaded = new List<KnownRecord>(sequences.Count);
        List<long>? missing = null;
        foreach (var sequence in sequences)
        {
            if (_records.TryGet(sequence, out var record)) loaded.Add(record);
            else (missing ??= []).Add(sequence);
        }
        if (missing is not null)
        {
            var readAt = _records.Now;
            foreach (var record in await _store.FindAsync(missing, cancellationToken).ConfigureAwait(false)) loaded.Add(await ExamineAsync(record, readAt, cancellationToken).ConfigureAwait(false));
            loaded.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        }
        return loaded;
    }

    /// <summary>One record as it stands now, or null.</summary>
    public async ValueTask<KnownRecord?> LoadAsync(RecordId id, CancellationToken cancellationToken)
    {
        await EnsureFreshAsync(cachesOnly: true, cancellationToken).ConfigureAwait(false);
        var readAt = _records.Now;
        return await _store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } record ? await ExamineAsync(record, readAt, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>The anchor that a ledger entry is, as the ledger has it now; null if there is no such entry (any more).</summary>
    public async ValueTask<Anchor?> FindAnchorAsync(long ledgerIndex, CancellationToken cancellationToken)
    {
        try
        {
            return new LedgerAnchor(await _ledger.ReadAsync(ledgerIndex, cancellationToken).ConfigureAwait(false));
        }
        catch (RegistryException e) when (e.Code == ErrorCodes.LedgerDamaged)
        {
            return null;
        }
    }

    /// <summary>Brings the index and what is kept up to date with the database.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        await _refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever was in here before may have begun after this caller asked; then that will do.
            if (Volatile.Read(ref _refreshedAt) >= asked) return;
            var began = _time.GetTimestamp();
            await ReadChangesAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _refreshedAt, began);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    /// <summary>A video's certificate, frames and segments take some 130 bytes a frame where a picture's record takes five kilobytes.</summary>
    private static int Weigh(KnownRecord record) => 1 + ((record.Evidence.Certificate?.Fingerprint.Video?.Frames.Length ?? 0) / FramesOfOneRecord);

    private static bool IsPending(KnownRecord record) => record.Evidence.Bundle.Anchor is null;

    private async ValueTask ReadChangesAsync(CancellationToken cancellationToken)
    {
        var history = await _ledger.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (history != _history) _records.RemoveWhere(_ => true);
        _history = history;
        if (_cursor is not { } since)
        {
            var cursor = await _store.ReadIndexAsync(record => _index.Add(record.Sequence, record.Hash, record.Payload), cancellationToken).ConfigureAwait(false);
            await _store.ReadFramesAsync(null, AddFrames, cancellationToken).ConfigureAwait(false);
            _cursor = cursor;
            return;
        }
        List<long> videos = [];
        var changes = await _store.ReadChangesAsync(
            since,
            record =>
            {
                NoteAdded(record);
                if (record.Indexed.IsVideo && !_frames.Contains(record.Indexed.Sequence)) videos.Add(record.Indexed.Sequence);
            },
            cancellationToken).ConfigureAwait(false);
        await _store.ReadFramesAsync(videos, AddFrames, cancellationToken).ConfigureAwait(false);
        foreach (var sequence in changes.Revoked) _records.Remove(sequence);
        if (changes.HasAnchored) NoteAnchored();
        if (changes.HasRetracted) NoteRetracted();
        _cursor = changes.Cursor;

        void AddFrames(long sequence, ImmutableArray<PerceptualHash> frames) => _frames.Add(sequence, frames);
    }

    /// <summary>What only needs the caches needs nothing when there are none: then every answer comes from the database.</summary>
    private ValueTask EnsureFreshAsync(bool cachesOnly, CancellationToken cancellationToken)
    {
        if (cachesOnly && _caching.Records == 0) return ValueTask.CompletedTask;
        var refreshedAt = Volatile.Read(ref _refreshedAt);
        return refreshedAt != long.MinValue && _time.GetElapsedTime(refreshedAt) < _caching.MaxStaleness ? ValueTask.CompletedTask : RefreshAsync(cancellationToken);
    }

    private async ValueTask<long[]> FindBySha256Async(Sha256Digest digest, CancellationToken cancellationToken)
    {
        if (_digests.TryGet(digest, out var known)) return known;
        var readAt = _digests.Now;
        long[] found = [.. await _store.FindBySha256Async(digest, LookupOptions.MaxCandidates, cancellationToken).ConfigureAwait(false)];
        // A digest that is unknown isn't kept: anybody can think up as many of these as they like.
        if (found.Length > 0) _digests.Add(digest, found, readAt);
        return found;
    }

    private async ValueTask<bool> HasPayloadAsync(long[] sequences, WatermarkPayload payload, CancellationToken cancellationToken) =>
        (await LoadAsync(sequences, cancellationToken).ConfigureAwait(false)).Any(record =>
            record.Evidence.Certificate is { WatermarkFormat: not null } certificate && certificate.WatermarkPayload.DistanceTo(payload) <= VerificationPolicy.WatermarkRadius);

    private async ValueTask<bool> LooksLikeAsync(IReadOnlyList<long> sequences, PerceptualHash hash, int radius, CancellationToken cancellationToken) =>
        (await LoadAsync(sequences, cancellationToken).ConfigureAwait(false)).Any(record => record.Evidence.Certificate?.Fingerprint.PerceptualHash.DistanceTo(hash) <= radius);

    /// <summary>
    /// A record with its anchor as the ledger has it now, not as the database remembers it: an entry that is gone from the
    /// ledger anchors nothing.
    /// </summary>
    private async ValueTask<KnownRecord> ExamineAsync(StoredRecord stored, long readAt, CancellationToken cancellationToken)
    {
        // What was examined before still holds, unless a revocation or an anchor was added since, or a chain lost an anchor.
        if (_records.TryGet(stored.Sequence, out var known) && known.Evidence.Bundle is var kept && kept.Revocation == stored.Revocation
            && (kept.Anchor is LedgerAnchor) == (stored.LedgerIndex is not null) && kept.Anchor as EvmAnchor == stored.ChainAnchor)
            return known with { IsSubmitted = stored.IsSubmitted };
        var anchor = stored.LedgerIndex is { } index ? await FindAnchorAsync(index, cancellationToken).ConfigureAwait(false) : stored.ChainAnchor;
        var bundle = new EvidenceBundle
        {
            Envelope = stored.Envelope,
            MetadataJson = stored.MetadataJson,
            Proof = stored.LedgerIndex is null && stored.ChainAnchor is null ? null : stored.Proof,
            Anchor = anchor,
            Revocation = stored.Revocation,
        };
        var record = new KnownRecord(stored.Sequence, stored.UserId, ExaminedEvidence.Of(bundle), stored.IsSubmitted);
        _records.Add(record.Sequence, record, readAt);
        return record;
    }
}
