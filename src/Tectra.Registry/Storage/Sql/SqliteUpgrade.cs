using Microsoft.Data.Sqlite;
using Tectra.Sdk.Certificates;

namespace Tectra.Registry.Storage.Sql;

/// <summary>Brings a database of the version before into the present form: every row is carried over, none is interpreted anew.</summary>
internal static class SqliteUpgrade
{
    public const long OldVersion = 1;

    private static readonly string[] Tables = ["signing_key", "record", "revocation", "batch", "batch_leaf", "batch_anchor"];

    /// <summary>Runs inside the caller's transaction: it is done whole or not at all.</summary>
    public static void Run(SqliteCommand command)
    {
        command.Connection!.CreateFunction("certificate_field", (byte[] envelope, string field) => Field(envelope, field), isDeterministic: true);
        foreach (var table in Tables)
        {
            Execute($"DROP TRIGGER {table}_refuses_UPDATE; DROP TRIGGER {table}_refuses_DELETE; ALTER TABLE {table} RENAME TO old_{table}");
        }
        Execute("DROP INDEX record_original; DROP INDEX record_watermarked");
        Execute(SqliteEngine.Create);
        Execute(
            """
            INSERT INTO signing_key (public_key, id, user_id, key_name, registered_at)
                SELECT public_key, lower(hex(randomblob(16))), user_id, key_name, registered_at FROM old_signing_key;
            INSERT INTO record (
                    sequence, record_id, user_id, public_key, origin_type, parent_record_id, original_sha256, watermarked_sha256,
                    certificate_sha256, perceptual_hash, payload, envelope, metadata, registered_at, registered_ms)
                SELECT sequence, record_id, certificate_field(envelope, 'user'), certificate_field(envelope, 'key'), certificate_field(envelope, 'origin'),
                    certificate_field(envelope, 'parent'), original_sha256, watermarked_sha256, certificate_sha256, perceptual_hash, payload,
                    envelope, metadata, registered_at, CAST(ROUND((julianday(registered_at) - 2440587.5) * 86400000) AS INTEGER)
                FROM old_record ORDER BY sequence;
            INSERT INTO pending_record
                SELECT sequence FROM old_record WHERE NOT EXISTS (SELECT 1 FROM old_batch_leaf WHERE old_batch_leaf.sequence = old_record.sequence);
            INSERT INTO revocation (sequence, revoked_at, reason) SELECT sequence, revoked_at, reason FROM old_revocation ORDER BY revoked_at;
            INSERT INTO batch (batch_id, root, leaf_count, formed_at) SELECT batch_id, root, leaf_count, formed_at FROM old_batch;
            INSERT INTO batch_leaf SELECT sequence, batch_id, proof FROM old_batch_leaf;
            INSERT INTO batch_anchor (batch_id, ledger_index) SELECT batch_id, ledger_index FROM old_batch_anchor ORDER BY ledger_index;
            """);
        foreach (var table in Tables.Reverse()) Execute($"DROP TABLE old_{table}");

        void Execute(string sql)
        {
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static object? Field(byte[] envelope, string field)
    {
        var certificate = Certificate.FromPayload(DsseEnvelope.FromJson(envelope).Payload);
        return field switch
        {
            "user" => certificate.Signer.UserId,
            "origin" => certificate.OriginCode,
            "key" => certificate.PublicKey.ToArray(),
            _ => certificate.ParentRecordId?.ToString(),
        };
    }
}
