using System.Data.Common;
using System.Text;
using Tectra.Registry.Webhooks;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    private const string SelectRecord =
        $"""
        SELECT record.sequence, user_id, envelope, metadata, original_filename, registered_at, revoked_at, reason, proof, ledger_index,
            EXISTS (SELECT 1 FROM evm_transaction WHERE evm_transaction.batch_id = batch_leaf.batch_id), {AnchorColumns} FROM record
        LEFT JOIN revocation ON revocation.sequence = record.sequence
        {JoinAnchors}
        LEFT JOIN batch ON batch.batch_id = evm_anchor.batch_id
        """;

    private const string JoinAnchors =
        $"""
        LEFT JOIN batch_leaf ON batch_leaf.sequence = record.sequence
        LEFT JOIN batch_anchor ON batch_anchor.batch_id = batch_leaf.batch_id
        LEFT JOIN evm_anchor ON evm_anchor.batch_id = batch_leaf.batch_id AND {Stands}
        """;

    private const string IsAnchored = "coalesce(ledger_index, evm_anchor.anchor_id) IS NOT NULL";

    public ValueTask<string?> FindKeyOwnerAsync(PublicKey key, CancellationToken cancellationToken) => ReadOneAsync(
        "SELECT user_id FROM signing_key WHERE public_key = @key", reader => reader.GetString(0), cancellationToken, ("@key", key.ToArray()));

    public async ValueTask AddKeyAsync(NewSigningKey key, CancellationToken cancellationToken) => await WriteAsync(
        """
        INSERT INTO signing_key (public_key, id, user_id, key_name, encrypted_private_key, registered_at)
        VALUES (@key, @id, @user, @name, @token, @at) ON CONFLICT (public_key) DO NOTHING
        """,
        cancellationToken,
        ("@key", key.PublicKey.ToArray()), ("@id", key.Id), ("@user", key.UserId), ("@name", key.Name), ("@token", key.EncryptedPrivateKey), ("@at", key.At.ToString())).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<AddResult>> AddRecordsAsync(IReadOnlyList<NewRecord> records, IdempotencyKey? idempotencyKey, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            if (idempotencyKey is not null) await ClaimAsync(session, idempotencyKey, records[0].RegisteredAt, cancellationToken).ConfigureAwait(false);
            // The same order in every transaction, so that two with the same records don't wait for each other in a circle.
            NewRecord[] distinct = [.. records.DistinctBy(record => record.Certificate.RecordId).OrderBy(record => record.Certificate.RecordId.ToString(), StringComparer.Ordinal)];
            var inserted = await _engine.InsertRecordsAsync(session, distinct, cancellationToken).ConfigureAwait(false);
            NewRecord[] added = [.. distinct.Where(record => inserted.ContainsKey(record.Certificate.RecordId))];
            NewRecord[] videos = [.. added.Where(record => record.Certificate.Fingerprint.Video is not null)];
            if (videos.Length > 0)
            {
                var segments = videos.SelectMany(record => SegmentRow.Of(inserted[record.Certificate.RecordId], record.Certificate.Fingerprint.Video!));
                await _engine.InsertSegmentsAsync(session, segments, cancellationToken).ConfigureAwait(false);
            }
            await AddSignedEventsAsync(session, added, cancellationToken).ConfigureAwait(false);
            var known = added.ToDictionary(record => record.Certificate.RecordId, record => record.Envelope.PayloadSha256);
            if (added.Length < distinct.Length) await ReadKnownAsync(session, [.. distinct.Except(added)], known, cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<AddResult>)[.. records.Select(record =>
            {
                var id = record.Certificate.RecordId;
                if (known[id] != record.Envelope.PayloadSha256) return new AddResult(AddOutcome.Conflict, 0);
                return inserted.Remove(id, out var sequence) ? new AddResult(AddOutcome.Added, sequence) : new AddResult(AddOutcome.Repeated, 0);
            })];
        },
        cancellationToken);

    public ValueTask<StoredRecord?> FindAsync(RecordId id, CancellationToken cancellationToken) =>
        ReadOneAsync($"{SelectRecord} WHERE record.record_id = @id", ReadRecord, cancellationToken, ("@id", _engine.ToStored(id)));

    public async ValueTask<IReadOnlyList<StoredRecord>> FindAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken) => sequences.Count switch
    {
        0 => [],
        // A statement of its own, whose plan a database can keep: that of a list depends on the list's length.
        1 => await ReadAsync($"{SelectRecord} WHERE record.sequence = @sequence", ReadRecord, cancellationToken, ("@sequence", sequences.First())).ConfigureAwait(false),
        _ => await ReadAsync(
            $"{SelectRecord} WHERE record.sequence {_engine.IsOneOf("@sequences")} ORDER BY record.sequence", ReadRecord, cancellationToken, ("@sequences", _engine.ToStored(sequences))).ConfigureAwait(false),
    };

    public async ValueTask<IReadOnlySet<RecordId>> FindExistingAsync(IReadOnlyCollection<RecordId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return new HashSet<RecordId>();
        return (await ReadAsync(
            $"SELECT record_id FROM record WHERE record_id {_engine.IsOneOf("@ids")}", reader => _engine.ReadRecordId(reader, 0), cancellationToken,
            ("@ids", _engine.ToStored(ids))).ConfigureAwait(false)).ToHashSet();
    }

    public async ValueTask<IReadOnlyList<long>> FindBySha256Async(Sha256Digest digest, int limit, CancellationToken cancellationToken) => await ReadAsync(
        """
        SELECT sequence FROM record WHERE original_sha256 = @digest UNION SELECT sequence FROM record WHERE watermarked_sha256 = @digest
        ORDER BY sequence LIMIT @limit
        """,
        reader => reader.GetInt64(0), cancellationToken, ("@digest", digest.ToArray()), ("@limit", (long)limit)).ConfigureAwait(false);

    public async ValueTask<ChangeCursor> ReadIndexAsync(Action<IndexedRecord> add, CancellationToken cancellationToken)
    {
        var session = await _engine.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            // The cursor first: what is committed while the records are read comes again as a change.
            var cursor = await _engine.ReadCursorAsync(session, cancellationToken).ConfigureAwait(false);
            await session.StreamAsync($"{AddedRecords.SelectIndexed} FROM record{_engine.SimilarityHint}", reader => add(AddedRecords.ReadIndexed(reader)), cancellationToken).ConfigureAwait(false);
            return cursor;
        }
    }

    public async ValueTask<Changes> ReadChangesAsync(ChangeCursor since, Action<AddedRecord> add, CancellationToken cancellationToken)
    {
        var session = await _engine.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false)) return await _engine.ReadChangesAsync(session, since, add, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<StoredRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(SelectRecord).Append(" WHERE 1 = 1");
        var parameters = new List<(string, object?)>();
        Filter("user_id = @user", "@user", query.UserId);
        Filter("origin_type = @origin", "@origin", query.OriginType);
        Filter("registered_ms >= @from", "@from", query.FromMilliseconds);
        Filter("registered_ms < @until", "@until", query.UntilMilliseconds);
        Filter("(original_sha256 = @digest OR watermarked_sha256 = @digest)", "@digest", query.Sha256?.ToArray());
        Filter("public_key = @key", "@key", query.PublicKey?.ToArray());
        Filter("record.sequence < @before", "@before", query.Before);
        if (query.IsAnchored is { } anchored) sql.Append($" AND {(anchored ? "" : "NOT ")}({IsAnchored})");
        if (query.IsSubmitted is { } submitted) sql.Append($" AND {(submitted ? "" : "NOT ")}EXISTS (SELECT 1 FROM evm_transaction WHERE evm_transaction.batch_id = batch_leaf.batch_id)");
        if (query.IsRevoked) sql.Append(" AND revoked_at IS NOT NULL");
        sql.Append(" ORDER BY record.sequence DESC LIMIT @limit");
        parameters.Add(("@limit", (long)query.Limit));
        return await ReadAsync(sql.ToString(), ReadRecord, cancellationToken, [.. parameters]).ConfigureAwait(false);

        void Filter(string condition, string name, object? value)
        {
            if (value is null) return;
            sql.Append(" AND ").Append(condition);
            parameters.Add((name, value));
        }
    }

    public async ValueTask<RecordCounts> CountAsync(string userId, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(
            $"""
            SELECT origin_type, count(*), count(coalesce(ledger_index, evm_anchor.anchor_id)), count(revoked_at) FROM record
            LEFT JOIN revocation ON revocation.sequence = record.sequence
            {JoinAnchors}
            WHERE user_id = @user GROUP BY origin_type
            """,
            reader => (Origin: reader.GetString(0), Total: reader.GetInt64(1), Anchored: reader.GetInt64(2), Revoked: reader.GetInt64(3)),
            cancellationToken,
            ("@user", userId)).ConfigureAwait(false);
        return new RecordCounts(rows.Sum(row => row.Total), rows.Sum(row => row.Anchored), rows.Sum(row => row.Revoked), rows.ToDictionary(row => row.Origin, row => row.Total));
    }

    public async ValueTask RevokeAsync(long sequence, Revocation revocation, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO revocation (sequence, revoked_at, reason) VALUES (@sequence, @at, @reason) ON CONFLICT (sequence) DO NOTHING",
        cancellationToken, ("@sequence", sequence), ("@at", revocation.Timestamp.ToString()), ("@reason", revocation.Reason)).ConfigureAwait(false);

    private static StoredRecord ReadRecord(DbDataReader reader) => new()
    {
        Sequence = reader.GetInt64(0),
        UserId = reader.GetString(1),
        Envelope = DsseEnvelope.FromJson(reader.GetFieldValue<byte[]>(2)),
        MetadataJson = ReadText(reader, 3),
        OriginalFileName = ReadText(reader, 4),
        RegisteredAt = reader.GetString(5),
        Revocation = ReadText(reader, 6) is { } revokedAt ? new Revocation(UtcTimestamp.Parse(revokedAt), reader.GetString(7)) : null,
        Proof = ReadBytes(reader, 8) is { } proof ? new MerkleProof([.. proof.Chunk(MerkleHash.LengthBytes).Select(node => new MerkleHash(node))]) : null,
        LedgerIndex = ReadNumber(reader, 9),
        IsSubmitted = reader.GetBoolean(10),
        ChainAnchor = reader.IsDBNull(11) ? null : ReadEvmAnchor(reader, 11),
    };

    private static async ValueTask ClaimAsync(SqlSession session, IdempotencyKey key, UtcTimestamp at, CancellationToken cancellationToken)
    {
        var added = await session.ExecuteAsync(
            "INSERT INTO idempotency_key VALUES (@user, @key, @digest, @ms) ON CONFLICT (user_id, idempotency_key) DO NOTHING", cancellationToken,
            ("@user", key.UserId), ("@key", key.Key), ("@digest", key.RequestSha256.ToArray()), ("@ms", at.Moment.ToUnixTimeMilliseconds())).ConfigureAwait(false);
        if (added == 1) return;
        var earlier = await session.QueryOneAsync(
            "SELECT request_sha256 FROM idempotency_key WHERE user_id = @user AND idempotency_key = @key", reader => ReadDigest(reader, 0), cancellationToken,
            ("@user", key.UserId), ("@key", key.Key)).ConfigureAwait(false);
        if (earlier != key.RequestSha256)
            throw new RegistryException(ErrorCodes.IdempotencyKeyReused, "This idempotency key was used for another request. Take a new one for each request.");
    }

    private async ValueTask ReadKnownAsync(SqlSession session, IReadOnlyCollection<NewRecord> records, Dictionary<RecordId, Sha256Digest> known, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            $"SELECT record_id, certificate_sha256 FROM record WHERE record_id {_engine.IsOneOf("@ids")}",
            reader => (Id: _engine.ReadRecordId(reader, 0), Digest: ReadDigest(reader, 1)), cancellationToken,
            ("@ids", _engine.ToStored([.. records.Select(record => record.Certificate.RecordId)]))).ConfigureAwait(false);
        foreach (var (id, digest) in rows) known[id] = digest;
    }

    private async ValueTask AddSignedEventsAsync(SqlSession session, IReadOnlyCollection<NewRecord> records, CancellationToken cancellationToken)
    {
        foreach (var ofUser in records.GroupBy(record => record.Certificate.Signer.UserId))
        {
            var webhooks = await ListenersAsync(session, ofUser.Key, WebhookEvents.ContentSigned, cancellationToken).ConfigureAwait(false);
            if (webhooks.Count == 0) continue;
            foreach (var record in ofUser) await InsertEventAsync(session, EventBodies.ContentSigned(record), webhooks, cancellationToken).ConfigureAwait(false);
        }
    }
}
