using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>
/// SQLite in one file: write-ahead log, full synchronisation. One connection writes, others read beside it. Several processes
/// may share the file, but one that serves many requests is meant to be alone with it.
/// </summary>
internal sealed class SqliteEngine : SqlEngine
{
    private const int BusyTimeoutMilliseconds = 30_000;

    private static readonly SqlSchema Schema = new("BLOB", "INTEGER", "TEXT", "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER PRIMARY KEY AUTOINCREMENT", "", "", " STRICT", " STRICT, WITHOUT ROWID");

    private readonly string _path;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private volatile bool _disposed;

    private SqliteEngine(string path, SqliteConnection writer)
    {
        _path = path;
        _writer = writer;
    }

    public override string SkipLocked => "";

    public override string KeepFromChange => "";

    public override string SimilarityHint => " INDEXED BY record_similarity";

    /// <summary>The statements that make the tables and the triggers that keep them.</summary>
    internal static string Create => $"""
        {Schema.Create}
        CREATE INDEX record_similarity ON record (sequence, perceptual_hash, payload);
        {Keep(SqlSchema.OnlyAdded)}
        PRAGMA user_version = {SchemaVersion};
        """;

    /// <summary>Opens the database, or makes it.</summary>
    /// <exception cref="RegistryException">It can't be opened, is damaged, or of another version (<c>registry_unavailable</c>).</exception>
    public static SqliteEngine Open(string path)
    {
        SqliteLibrary.EnsureRegistered();
        var writer = new SqliteConnection(ConnectionString(path));
        var engine = new SqliteEngine(path, writer);
        try
        {
            writer.Open();
            Configure(writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;");
            engine.Migrate();
            return engine;
        }
        catch (Exception e)
        {
            writer.Dispose();
            if (e is SqliteException failure) throw engine.Translate(failure);
            throw;
        }
    }

    public override object ToStored(RecordId id) => id.ToString();

    /// <summary>A JSON array: ids have no character that would need escaping.</summary>
    public override object ToStored(IReadOnlyCollection<RecordId> ids) => $"[\"{string.Join("\",\"", ids)}\"]";

    public override object ToStored(IReadOnlyCollection<long> numbers) => $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]";

    public override string IsOneOf(string parameter) => $"IN (SELECT value FROM json_each({parameter}))";

    public override RecordId ReadRecordId(DbDataReader reader, int column) => RecordId.Parse(reader.GetString(column));

    public override ValueTask<SqlSession> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            if (!_readers.TryTake(out var connection))
            {
                connection = new SqliteConnection(ConnectionString(_path));
                connection.Open();
                Configure(connection, "PRAGMA query_only = ON;");
            }
            return ValueTask.FromResult(new SqlSession(this, connection, null, () => GiveBack(connection)));
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    public override async ValueTask<SqlSession> WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // Immediate: the write lock now, so that two processes never find out at their commits that one has to begin again.
            return new SqlSession(this, _writer, _writer.BeginTransaction(deferred: false), () =>
            {
                _writing.Release();
                return ValueTask.CompletedTask;
            });
        }
        catch (Exception e)
        {
            _writing.Release();
            if (e is SqliteException failure) throw Translate(failure);
            throw;
        }
    }

    public override async ValueTask<IAsyncDisposable?> TryLockBatchingAsync(CancellationToken cancellationToken) =>
        new HeldLock(await FileLock.AcquireAsync(Path.ChangeExtension(_path, ".lock"), TimeProvider.System, cancellationToken).ConfigureAwait(false));

    public override async ValueTask<Dictionary<RecordId, long>> InsertRecordsAsync(SqlSession session, IReadOnlyList<NewRecord> records, CancellationToken cancellationToken)
    {
        var inserted = new Dictionary<RecordId, long>(records.Count);
        foreach (var record in records)
        {
            var row = RecordRow.Of(record);
            var sequence = await session.QueryAsync(
                """
                INSERT INTO record (
                    record_id, user_id, public_key, origin_type, parent_record_id, original_sha256, watermarked_sha256, certificate_sha256,
                    perceptual_hash, payload, envelope, metadata, original_filename, registered_at, registered_ms)
                SELECT @id, @user, @key, @origin, @parent, @original, @watermarked, @certificate, @hash, @payload, @envelope, @metadata, @name, @at, @ms
                WHERE NOT EXISTS (SELECT 1 FROM record WHERE record_id = @id) RETURNING sequence
                """,
                reader => reader.GetInt64(0),
                cancellationToken,
                ("@id", row.RecordId), ("@user", row.UserId), ("@key", row.PublicKey), ("@origin", row.OriginType), ("@parent", row.ParentRecordId),
                ("@original", row.OriginalSha256), ("@watermarked", row.WatermarkedSha256), ("@certificate", row.CertificateSha256),
                ("@hash", row.PerceptualHash), ("@payload", row.Payload), ("@envelope", row.Envelope), ("@metadata", row.Metadata),
                ("@name", row.OriginalFileName), ("@at", row.RegisteredAt), ("@ms", row.RegisteredMilliseconds)).ConfigureAwait(false);
            if (sequence.Count == 0) continue;
            inserted.Add(record.Certificate.RecordId, sequence[0]);
            await session.ExecuteAsync("INSERT INTO pending_record VALUES (@sequence)", cancellationToken, ("@sequence", sequence[0])).ConfigureAwait(false);
        }
        return inserted;
    }

    /// <summary>One statement, prepared once: a long video has thousands of segments.</summary>
    public override async ValueTask InsertSegmentsAsync(SqlSession session, IEnumerable<SegmentRow> segments, CancellationToken cancellationToken)
    {
        try
        {
            var command = session.Command("INSERT INTO video_segment VALUES (@sequence, @index, @start, @end, @hash, @aggregate, @frames)");
            await using (command.ConfigureAwait(false))
            {
                foreach (var name in (ReadOnlySpan<string>)["@sequence", "@index", "@start", "@end", "@hash", "@aggregate", "@frames"])
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = name;
                    command.Parameters.Add(parameter);
                }
                foreach (var segment in segments)
                {
                    ReadOnlySpan<object> values = [segment.Sequence, segment.Index, segment.StartMilliseconds, segment.EndMilliseconds, segment.Hash, segment.AggregateHash, segment.Frames];
                    for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    public override async ValueTask<ChangeCursor> ReadCursorAsync(SqlSession session, CancellationToken cancellationToken) => await session.QueryOneAsync(
        """
        SELECT (SELECT coalesce(max(sequence), 0) FROM record), (SELECT coalesce(max(revocation_id), 0) FROM revocation),
            (SELECT coalesce(max(anchor_id), 0) FROM batch_anchor), (SELECT coalesce(max(anchor_id), 0) FROM evm_anchor),
            (SELECT coalesce(max(retraction_id), 0) FROM evm_retraction)
        """,
        reader => new ChangeCursor(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)), cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidOperationException("A query without a table has one row.");

    /// <summary>
    /// There is one writer at a time, so numbers ascend in the order of commits. The marks: the last record, revocation, ledger anchor,
    /// chain anchor and retraction.
    /// </summary>
    public override async ValueTask<Changes> ReadChangesAsync(SqlSession session, ChangeCursor since, Action<AddedRecord> add, CancellationToken cancellationToken)
    {
        var (lastRecord, lastRevocation) = (since.Marks[0], since.Marks[1]);
        await session.StreamAsync(
            $"{AddedRecords.Select} FROM record WHERE sequence > @since ORDER BY sequence",
            reader =>
            {
                var record = AddedRecords.Read(reader);
                add(record);
                lastRecord = record.Indexed.Sequence;
            },
            cancellationToken,
            ("@since", lastRecord)).ConfigureAwait(false);
        var revoked = await session.QueryAsync(
            "SELECT sequence, revocation_id FROM revocation WHERE revocation_id > @since ORDER BY revocation_id",
            reader =>
            {
                lastRevocation = reader.GetInt64(1);
                return reader.GetInt64(0);
            },
            cancellationToken, ("@since", lastRevocation)).ConfigureAwait(false);
        var (ledger, chain, retraction) = await session.QueryOneAsync(
            """
            SELECT (SELECT coalesce(max(anchor_id), 0) FROM batch_anchor), (SELECT coalesce(max(anchor_id), 0) FROM evm_anchor),
                (SELECT coalesce(max(retraction_id), 0) FROM evm_retraction)
            """,
            reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), cancellationToken).ConfigureAwait(false);
        return new Changes(
            revoked, ledger > since.Marks[2] || chain > since.Marks[3], retraction > since.Marks[4], new ChangeCursor(lastRecord, lastRevocation, ledger, chain, retraction));
    }

    public override async ValueTask InsertLeavesAsync(
        SqlSession session, long batchId, IReadOnlyList<PendingLeaf> leaves, IReadOnlyList<byte[]> proofs, CancellationToken cancellationToken)
    {
        for (var i = 0; i < leaves.Count; i++)
        {
            await session.ExecuteAsync(
                "INSERT INTO batch_leaf VALUES (@sequence, @batch, @proof)", cancellationToken,
                ("@sequence", leaves[i].Sequence), ("@batch", batchId), ("@proof", proofs[i])).ConfigureAwait(false);
            await session.ExecuteAsync("DELETE FROM pending_record WHERE sequence = @sequence", cancellationToken, ("@sequence", leaves[i].Sequence)).ConfigureAwait(false);
        }
    }

    public override bool IsTransient(DbException exception) => false;

    public override RegistryException Translate(DbException exception) =>
        new(ErrorCodes.RegistryUnavailable, $"The registry's database {_path} can't be used: {exception.Message}", exception);

    public override async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        await _writing.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        await _writer.DisposeAsync().ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) await reader.DisposeAsync().ConfigureAwait(false);
        _writing.Release(); // those who still wait find it disposed
    }

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();

    private static string AddChains => $"{Schema.CreateChains}\n{Keep(SqlSchema.OnlyAddedOnChains)}\n{AddSegments}";

    private static string AddSegments => $"{Schema.CreateSegments}\n{Keep(SqlSchema.OnlyAddedOfVideos)}\nPRAGMA user_version = {SchemaVersion};";

    private static string Keep(IEnumerable<string> tables) => string.Concat(tables.SelectMany(table => new[] { Refuse(table, "UPDATE"), Refuse(table, "DELETE") }));

    private static string Refuse(string table, string action) =>
        $"CREATE TRIGGER {table}_refuses_{action} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, 'a registry only adds'); END;\n";

    private static void Configure(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}; {pragmas}";
        command.ExecuteNonQuery();
    }

    private async ValueTask GiveBack(SqliteConnection connection)
    {
        if (!_disposed) _readers.Add(connection);
        if (!_disposed) return;
        // Closed meanwhile: whoever takes it out again closes it.
        if (_readers.TryTake(out var late)) await late.DisposeAsync().ConfigureAwait(false);
        else await connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Migrate()
    {
        // Another process may be making the same new database: only one gets the write lock, the other then finds it made.
        using var transaction = _writer.BeginTransaction(deferred: false);
        using var command = _writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        if (version == SqliteUpgrade.OldVersion) SqliteUpgrade.Run(command);
        else if (version is not (0 or VersionWithoutChains or VersionWithoutSegments or SchemaVersion)) throw WrongVersion(version);
        if (version is 0 or VersionWithoutChains or VersionWithoutSegments)
        {
            command.CommandText = version switch { 0 => Create, VersionWithoutChains => AddChains, _ => AddSegments };
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private sealed class HeldLock(FileLock held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
