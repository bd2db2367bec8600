using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>PostgreSQL: many connections, several server processes at once.</summary>
/// <remarks>
/// Commits don't become visible in the order of sequence numbers, so a reader that remembers the highest number it saw would
/// miss records. Each row therefore holds the id of its transaction, and a reader remembers the snapshot before its last reading:
/// what is new is of a transaction that hadn't begun then, or was open. Nothing is missed; a little may be seen twice.
/// </remarks>
internal sealed class PostgresEngine : SqlEngine
{
    private const long MigrationLock = 0x5445_4354_5241_0001, BatchingLock = 0x5445_4354_5241_0002; // "TECTRA" and a number
    private const int MaxAutoPrepare = 64;

    /// <summary>So many segments go into one statement: arrays of some megabyte.</summary>
    private const int SegmentsAtOnce = 10_000;

    private static readonly SqlSchema Schema = new(
        "BYTEA", "BIGINT", "UUID", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY",
        ",\n    PRIMARY KEY (sequence) INCLUDE (perceptual_hash, payload)", ",\n    change BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)", "", "");

    private readonly NpgsqlDataSource _source;

    private PostgresEngine(NpgsqlDataSource source) => _source = source;

    public override string SkipLocked => " FOR UPDATE SKIP LOCKED";

    public override string KeepFromChange => " FOR SHARE";

    public override string SimilarityHint => "";

    private static string Create => $"""
        {Schema.Create}
        CREATE INDEX record_change ON record (change);
        CREATE INDEX revocation_change ON revocation (change);
        CREATE INDEX batch_anchor_change ON batch_anchor (change);
        {IndexChains}
        -- Envelopes are base64 of about two kilobytes: they don't compress, and stay in their row.
        ALTER TABLE record ALTER COLUMN envelope SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
        ALTER TABLE batch_leaf ALTER COLUMN proof SET STORAGE EXTERNAL;
        -- The similarity index is filled from the key alone, as far as vacuum has seen the records.
        ALTER TABLE record SET (autovacuum_vacuum_insert_scale_factor = 0.01);
        CREATE FUNCTION tectra_only_adds() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''a registry only adds''; END';
        {Keep(SqlSchema.OnlyAdded)}
        CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY);
        INSERT INTO schema_version VALUES ({SchemaVersion});
        """;

    private static string AddChains => $"""
        {Schema.CreateChains}
        {IndexChains}
        {Keep(SqlSchema.OnlyAddedOnChains)}
        {AddSegments}
        """;

    private static string AddSegments => $"""
        {Schema.CreateSegments}
        {Keep(SqlSchema.OnlyAddedOfVideos)}
        INSERT INTO schema_version VALUES ({SchemaVersion});
        """;

    private static string IndexChains => "CREATE INDEX evm_anchor_change ON evm_anchor (change); CREATE INDEX evm_retraction_change ON evm_retraction (change);";

    /// <summary>Connects, and makes the tables if there are none; of several processes one does, the others wait for it.</summary>
    /// <param name="connectionString">Npgsql's, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RegistryException">The database can't be reached, or is of another version (<c>registry_unavailable</c>).</exception>
    public static async ValueTask<PostgresEngine> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(PostgresAddress.ToConnectionString(connectionString));
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.ConnectionStringBuilder.MaxAutoPrepare = MaxAutoPrepare;
        var engine = new PostgresEngine(builder.Build());
        try
        {
            await engine.MigrateAsync(cancellationToken).ConfigureAwait(false);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override object ToStored(RecordId id) => Guid.Parse(id.ToString());

    public override object ToStored(IReadOnlyCollection<RecordId> ids) => ids.Select(id => Guid.Parse(id.ToString())).ToArray();

    public override object ToStored(IReadOnlyCollection<long> numbers) => numbers.ToArray();

    public override string IsOneOf(string parameter) => $"= ANY({parameter})";

    public override RecordId ReadRecordId(DbDataReader reader, int column) => RecordId.Parse(reader.GetGuid(column).ToString());

    public override async ValueTask<SqlSession> ReadAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new SqlSession(this, connection, null, connection.DisposeAsync);
    }

    public override async ValueTask<SqlSession> WriteAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new SqlSession(this, connection, await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false), connection.DisposeAsync);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is NpgsqlException failure) throw Translate(failure);
            throw;
        }
    }

    /// <summary>The lock belongs to the connection: if the process ends, however it ends, the server gives it free.</summary>
    public override async ValueTask<IAsyncDisposable?> TryLockBatchingAsync(CancellationToken cancellationToken)
    {
        var session = await ReadAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await session.QueryOneAsync("SELECT pg_try_advisory_lock(@key)", reader => reader.GetBoolean(0), cancellationToken, ("@key", BatchingLock)).ConfigureAwait(false))
                return new AdvisoryLock(session);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        await session.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public override async ValueTask<Dictionary<RecordId, long>> InsertRecordsAsync(SqlSession session, IReadOnlyList<NewRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            var command = InsertCommand(session, [.. records.Select(RecordRow.Of)]);
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    var inserted = new Dictionary<RecordId, long>(records.Count);
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) inserted.Add(ReadRecordId(reader, 1), reader.GetInt64(0));
                    return inserted;
                }
            }
        }
        catch (NpgsqlException e)
        {
            throw Translate(e);
        }
    }

    public override async ValueTask InsertSegmentsAsync(SqlSession session, IEnumerable<SegmentRow> segments, CancellationToken cancellationToken)
    {
        foreach (var rows in segments.Chunk(SegmentsAtOnce))
        {
            await session.ExecuteAsync(
                "INSERT INTO video_segment SELECT * FROM unnest(@sequences, @indices, @starts, @ends, @hashes, @aggregates, @frames)", cancellationToken,
                ("@sequences", Array.ConvertAll(rows, row => row.Sequence)), ("@indices", Array.ConvertAll(rows, row => row.Index)),
                ("@starts", Array.ConvertAll(rows, row => row.StartMilliseconds)), ("@ends", Array.ConvertAll(rows, row => row.EndMilliseconds)),
                ("@hashes", Array.ConvertAll(rows, row => row.Hash)), ("@aggregates", Array.ConvertAll(rows, row => row.AggregateHash)),
                ("@frames", Array.ConvertAll(rows, row => row.Frames))).ConfigureAwait(false);
        }
    }

    /// <summary>The marks: the first transaction that hadn't begun, then those that were open.</summary>
    public override async ValueTask<ChangeCursor> ReadCursorAsync(SqlSession session, CancellationToken cancellationToken) => await session.QueryOneAsync(
        """
        SELECT pg_snapshot_xmax(snapshot)::text::bigint, ARRAY(SELECT open::text::bigint FROM pg_snapshot_xip(snapshot) AS open)
        FROM (SELECT pg_current_snapshot() AS snapshot) AS now
        """,
        reader => new ChangeCursor([reader.GetInt64(0), .. reader.GetFieldValue<long[]>(1)]), cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidOperationException("A query without a table has one row.");

    public override async ValueTask<Changes> ReadChangesAsync(SqlSession session, ChangeCursor since, Action<AddedRecord> add, CancellationToken cancellationToken)
    {
        // The snapshot is noted before anything is read: whatever commits in between is seen now, or again next time.
        var next = await ReadCursorAsync(session, cancellationToken).ConfigureAwait(false);
        const string IsNew = "(change >= @begun OR change = ANY(@open))";
        (string, object?)[] parameters = [("@begun", since.Marks[0]), ("@open", since.Marks[1..])];
        await session.StreamAsync($"{AddedRecords.Select} FROM record WHERE {IsNew}", reader => add(AddedRecords.Read(reader)), cancellationToken, parameters).ConfigureAwait(false);
        var revoked = await session.QueryAsync($"SELECT sequence FROM revocation WHERE {IsNew}", reader => reader.GetInt64(0), cancellationToken, parameters).ConfigureAwait(false);
        var (hasAnchored, hasRetracted) = await session.QueryOneAsync(
            $"""
            SELECT EXISTS (SELECT 1 FROM batch_anchor WHERE {IsNew}) OR EXISTS (SELECT 1 FROM evm_anchor WHERE {IsNew}),
                EXISTS (SELECT 1 FROM evm_retraction WHERE {IsNew})
            """,
            reader => (reader.GetBoolean(0), reader.GetBoolean(1)), cancellationToken, parameters).ConfigureAwait(false);
        return new Changes(revoked, hasAnchored, hasRetracted, next);
    }

    public override async ValueTask InsertLeavesAsync(
        SqlSession session, long batchId, IReadOnlyList<PendingLeaf> leaves, IReadOnlyList<byte[]> proofs, CancellationToken cancellationToken)
    {
        var sequences = leaves.Select(leaf => leaf.Sequence).ToArray();
        await session.ExecuteAsync(
            "INSERT INTO batch_leaf (sequence, batch_id, proof) SELECT s, @batch, p FROM unnest(@sequences, @proofs) AS leaf (s, p)",
            cancellationToken, ("@batch", batchId), ("@sequences", sequences), ("@proofs", proofs.ToArray())).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM pending_record WHERE sequence = ANY(@sequences)", cancellationToken, ("@sequences", sequences)).ConfigureAwait(false);
    }

    public override bool IsTransient(DbException exception) => exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>The server's message may quote data; what a caller sees has only its code.</summary>
    public override RegistryException Translate(DbException exception) => new(
        ErrorCodes.RegistryUnavailable,
        exception is PostgresException { SqlState: var state } ? $"PostgreSQL refused the work (SQLSTATE {state})." : "PostgreSQL can't be reached. Check that it runs and that the connection string is right.",
        exception);

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private async ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw Translate(e);
        }
    }

    private async ValueTask MigrateAsync(CancellationToken cancellationToken)
    {
        var session = await WriteAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", cancellationToken, ("@key", MigrationLock)).ConfigureAwait(false);
            var exists = await session.QueryOneAsync("SELECT to_regclass('schema_version') IS NOT NULL", reader => reader.GetBoolean(0), cancellationToken).ConfigureAwait(false);
            if (!exists)
            {
                await session.ExecuteAsync(Create, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                var version = await session.QueryOneAsync("SELECT max(version) FROM schema_version", reader => reader.GetInt64(0), cancellationToken).ConfigureAwait(false);
                if (version is not (VersionWithoutChains or VersionWithoutSegments or SchemaVersion)) throw WrongVersion(version);
                if (version != SchemaVersion) await session.ExecuteAsync(version == VersionWithoutChains ? AddChains : AddSegments, cancellationToken).ConfigureAwait(false);
            }
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Keep(IEnumerable<string> tables) => string.Join('\n', tables.Select(table => $"""
        CREATE TRIGGER {table}_only_adds BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION tectra_only_adds();
        CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION tectra_only_adds();
        """));

    private static NpgsqlCommand InsertCommand(SqlSession session, List<RecordRow> rows)
    {
        var command = (NpgsqlCommand)session.Command(
            """
            WITH added AS (
                INSERT INTO record (
                    record_id, user_id, public_key, origin_type, parent_record_id, original_sha256, watermarked_sha256, certificate_sha256,
                    perceptual_hash, payload, envelope, metadata, original_filename, registered_at, registered_ms)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS new (
                    record_id, user_id, public_key, origin_type, parent_record_id, original_sha256, watermarked_sha256, certificate_sha256,
                    perceptual_hash, payload, envelope, metadata, original_filename, registered_at, registered_ms)
                -- A row that is turned away by a conflict has taken a number for nothing.
                WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.record_id = new.record_id)
                ON CONFLICT (record_id) DO NOTHING
                RETURNING sequence, record_id),
            queued AS (INSERT INTO pending_record (sequence) SELECT sequence FROM added)
            SELECT sequence, record_id FROM added
            """);
        Add(NpgsqlDbType.Uuid, rows.Select(row => Guid.Parse(row.RecordId)));
        Add(NpgsqlDbType.Text, rows.Select(row => row.UserId));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.PublicKey));
        Add(NpgsqlDbType.Text, rows.Select(row => row.OriginType));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.ParentRecordId is { } parent ? Guid.Parse(parent) : (Guid?)null));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.OriginalSha256));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.WatermarkedSha256));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.CertificateSha256));
        Add(NpgsqlDbType.Bigint, rows.Select(row => row.PerceptualHash));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.Payload));
        Add(NpgsqlDbType.Bytea, rows.Select(row => row.Envelope));
        Add(NpgsqlDbType.Text, rows.Select(row => row.Metadata));
        Add(NpgsqlDbType.Text, rows.Select(row => row.OriginalFileName));
        Add(NpgsqlDbType.Text, rows.Select(row => row.RegisteredAt));
        Add(NpgsqlDbType.Bigint, rows.Select(row => row.RegisteredMilliseconds));
        return command;

        void Add<T>(NpgsqlDbType type, IEnumerable<T> values) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. values] });
    }

    private sealed class AdvisoryLock(SqlSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await session.ExecuteAsync("SELECT pg_advisory_unlock(@key)", CancellationToken.None, ("@key", BatchingLock)).ConfigureAwait(false);
            }
            catch (RegistryException)
            {
                // The connection is gone, and the lock with it.
            }
            finally
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
