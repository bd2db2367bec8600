using System.Globalization;
using Microsoft.Data.Sqlite;
using Tectra.Sdk;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage;

/// <summary>Records in one SQLite file: write-ahead log, full synchronisation, several processes may share it.</summary>
internal sealed class SqliteRecordStore : IRecordStore
{
    private const int BusyTimeoutMilliseconds = 30_000;

    private readonly SqliteConnection _connection;
    private readonly string _path;

    private SqliteRecordStore(SqliteConnection connection, string path)
    {
        _connection = connection;
        _path = path;
    }

    /// <summary>Opens the database, or makes it.</summary>
    /// <exception cref="RegistryException">It can't be opened, is damaged, or of another version (<c>registry_unavailable</c>).</exception>
    public static SqliteRecordStore Open(string path)
    {
        SqliteLibrary.EnsureRegistered();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        var store = new SqliteRecordStore(connection, path);
        try
        {
            connection.Open();
            store.Execute($"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;");
            store.Migrate();
            return store;
        }
        catch (SqliteException e)
        {
            store.Dispose();
            throw store.Unavailable(e);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public string? FindKeyOwner(PublicKey key) => Query("SELECT user_id FROM signing_key WHERE public_key = $key", reader => reader.GetString(0), ("$key", key.ToArray())).FirstOrDefault();

    public void AddKey(PublicKey key, string userId, string? keyName, UtcTimestamp at) => Execute(
        "INSERT OR IGNORE INTO signing_key VALUES ($key, $user, $name, $at)",
        ("$key", key.ToArray()), ("$user", userId), ("$name", keyName), ("$at", at.ToString()));

    public bool TryAdd(NewRecord record)
    {
        var certificate = record.Certificate;
        byte[]? payload = null;
        if (certificate.WatermarkFormat is not null)
        {
            payload = new byte[WatermarkPayload.LengthBytes];
            certificate.WatermarkPayload.CopyTo(payload);
        }
        return Execute(
            """
            INSERT OR IGNORE INTO record (record_id, certificate_sha256, original_sha256, watermarked_sha256, perceptual_hash, payload, envelope, metadata, registered_at)
            VALUES ($id, $certificate, $original, $watermarked, $hash, $payload, $envelope, $metadata, $at)
            """,
            ("$id", certificate.RecordId.ToString()),
            ("$certificate", record.Envelope.PayloadSha256.ToArray()),
            ("$original", certificate.Fingerprint.Sha256.ToArray()),
            ("$watermarked", certificate.WatermarkedSha256?.ToArray()),
            ("$hash", unchecked((long)certificate.Fingerprint.PerceptualHash.Bits)),
            ("$payload", payload),
            ("$envelope", record.Envelope.ToJson()),
            ("$metadata", record.MetadataJson),
            ("$at", record.RegisteredAt.ToString())) == 1;
    }

    public StoredRecord? Find(RecordId id) => FindOne("record.record_id = $key", id.ToString());

    public StoredRecord? Find(long sequence) => FindOne("record.sequence = $key", sequence);

    public IReadOnlyList<long> FindBySha256(Sha256Digest digest) => Query(
        "SELECT sequence FROM record WHERE original_sha256 = $digest OR watermarked_sha256 = $digest ORDER BY sequence",
        reader => reader.GetInt64(0), ("$digest", digest.ToArray()));

    public IEnumerable<IndexedRecord> ReadAfter(long sequence) => Query(
        "SELECT sequence, perceptual_hash, payload FROM record WHERE sequence > $after ORDER BY sequence",
        reader => new IndexedRecord(
            reader.GetInt64(0), new PerceptualHash(unchecked((ulong)reader.GetInt64(1))), reader.IsDBNull(2) ? null : new WatermarkPayload(reader.GetFieldValue<byte[]>(2))),
        ("$after", sequence));

    public void Revoke(long sequence, Revocation revocation) => Execute(
        "INSERT OR IGNORE INTO revocation VALUES ($sequence, $at, $reason)",
        ("$sequence", sequence), ("$at", revocation.Timestamp.ToString()), ("$reason", revocation.Reason));

    public IReadOnlyList<PendingLeaf> ReadPending(int limit) => Query(
        """
        SELECT sequence, original_sha256, certificate_sha256 FROM record
        WHERE NOT EXISTS (SELECT 1 FROM batch_leaf WHERE batch_leaf.sequence = record.sequence) ORDER BY sequence LIMIT $limit
        """,
        reader => new PendingLeaf(
            reader.GetInt64(0), new MerkleLeaf(new Sha256Digest(reader.GetFieldValue<byte[]>(1)), new Sha256Digest(reader.GetFieldValue<byte[]>(2)))),
        ("$limit", limit));

    public void AddBatch(MerkleTree tree, IReadOnlyList<PendingLeaf> leaves, UtcTimestamp at)
    {
        using var transaction = Begin();
        var root = new byte[MerkleHash.LengthBytes];
        tree.Root.CopyTo(root);
        var batch = Query(
            "INSERT INTO batch (root, leaf_count, formed_at) VALUES ($root, $count, $at) RETURNING batch_id",
            reader => reader.GetInt64(0), ("$root", root), ("$count", leaves.Count), ("$at", at.ToString()))[0];
        for (var i = 0; i < leaves.Count; i++)
        {
            var siblings = tree.GetProof(i).Siblings;
            var proof = new byte[siblings.Length * MerkleHash.LengthBytes];
            for (var k = 0; k < siblings.Length; k++) siblings[k].CopyTo(proof.AsSpan(k * MerkleHash.LengthBytes));
            Execute("INSERT INTO batch_leaf VALUES ($sequence, $batch, $proof)", ("$sequence", leaves[i].Sequence), ("$batch", batch), ("$proof", proof));
        }
        Commit(transaction);
    }

    public IReadOnlyList<FormedBatch> ReadUnanchoredBatches() => Query(
        """
        SELECT batch_id, root, leaf_count FROM batch
        WHERE NOT EXISTS (SELECT 1 FROM batch_anchor WHERE batch_anchor.batch_id = batch.batch_id) ORDER BY batch_id
        """,
        reader => new FormedBatch(reader.GetInt64(0), new MerkleHash(reader.GetFieldValue<byte[]>(1)), reader.GetInt32(2)));

    public AnchoredBatch? ReadLastAnchor() => Query(
        "SELECT ledger_index, root FROM batch_anchor JOIN batch ON batch.batch_id = batch_anchor.batch_id ORDER BY ledger_index DESC LIMIT 1",
        reader => (AnchoredBatch?)new AnchoredBatch(reader.GetInt64(0), new MerkleHash(reader.GetFieldValue<byte[]>(1)))).FirstOrDefault();

    public void AddAnchor(long batchId, long ledgerIndex) =>
        Execute("INSERT INTO batch_anchor VALUES ($batch, $index)", ("$batch", batchId), ("$index", ledgerIndex));

    public void Dispose() => _connection.Dispose();

    private static StoredRecord ReadRecord(SqliteDataReader reader) => new()
    {
        Sequence = reader.GetInt64(0),
        Envelope = DsseEnvelope.FromJson(reader.GetFieldValue<byte[]>(1)),
        MetadataJson = reader.IsDBNull(2) ? null : reader.GetString(2),
        Revocation = reader.IsDBNull(3) ? null : new Revocation(UtcTimestamp.Parse(reader.GetString(3)), reader.GetString(4)),
        Proof = reader.IsDBNull(5) ? null : ReadProof(reader.GetFieldValue<byte[]>(5)),
        LedgerIndex = reader.IsDBNull(6) ? null : reader.GetInt64(6),
    };

    private static MerkleProof ReadProof(byte[] bytes) =>
        new([.. bytes.Chunk(MerkleHash.LengthBytes).Select(node => new MerkleHash(node))]);

    private StoredRecord? FindOne(string condition, object key) => Query(
        $"""
        SELECT record.sequence, envelope, metadata, revoked_at, reason, proof, ledger_index FROM record
        LEFT JOIN revocation ON revocation.sequence = record.sequence
        LEFT JOIN batch_leaf ON batch_leaf.sequence = record.sequence
        LEFT JOIN batch_anchor ON batch_anchor.batch_id = batch_leaf.batch_id
        WHERE {condition}
        """,
        ReadRecord, ("$key", key)).FirstOrDefault();

    private void Migrate()
    {
        // Another process may be making the same new database: only one gets the write lock, the other then finds it made.
        Execute("BEGIN IMMEDIATE");
        try
        {
            var version = Query("PRAGMA user_version", reader => reader.GetInt64(0))[0];
            if (version == 0) Execute(SqliteSchema.Create);
            else if (version != SqliteSchema.Version)
            {
                throw new RegistryException(
                    ErrorCodes.RegistryUnavailable,
                    string.Create(CultureInfo.InvariantCulture, $"The registry database is of version {version}; this program reads version {SqliteSchema.Version}. Use the program that wrote it."));
            }
            Execute("COMMIT");
        }
        catch
        {
            Execute("ROLLBACK");
            throw;
        }
    }

    private SqliteTransaction Begin()
    {
        try
        {
            return _connection.BeginTransaction();
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    private void Commit(SqliteTransaction transaction)
    {
        try
        {
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    private int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var command = Command(sql, parameters);
            return command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var command = Command(sql, parameters);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(read(reader));
            return rows;
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
    }

    private RegistryException Unavailable(SqliteException e) =>
        new(ErrorCodes.RegistryUnavailable, $"The registry's database {_path} can't be used: {e.Message}", e);

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
