namespace Tectra.Registry.Storage;

/// <summary>The tables of a registry in SQLite. Version 1.</summary>
internal static class SqliteSchema
{
    public const long Version = 1;

    private static readonly string[] Tables = ["signing_key", "record", "revocation", "batch", "batch_leaf", "batch_anchor"];

    /// <summary>The statements that make a new database.</summary>
    public static string Create { get; } = $"""
        CREATE TABLE signing_key (
            public_key BLOB NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL,
            key_name TEXT,
            registered_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE record (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            record_id TEXT NOT NULL UNIQUE,
            certificate_sha256 BLOB NOT NULL UNIQUE,
            original_sha256 BLOB NOT NULL,
            watermarked_sha256 BLOB,
            perceptual_hash INTEGER NOT NULL,
            payload BLOB,
            envelope BLOB NOT NULL,
            metadata TEXT,
            registered_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX record_original ON record (original_sha256);
        CREATE INDEX record_watermarked ON record (watermarked_sha256);
        CREATE TABLE revocation (
            sequence INTEGER PRIMARY KEY REFERENCES record,
            revoked_at TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE TABLE batch (
            batch_id INTEGER PRIMARY KEY AUTOINCREMENT,
            root BLOB NOT NULL UNIQUE,
            leaf_count INTEGER NOT NULL,
            formed_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE batch_leaf (
            sequence INTEGER PRIMARY KEY REFERENCES record,
            batch_id INTEGER NOT NULL REFERENCES batch,
            proof BLOB NOT NULL
        ) STRICT;
        CREATE TABLE batch_anchor (
            batch_id INTEGER PRIMARY KEY REFERENCES batch,
            ledger_index INTEGER NOT NULL UNIQUE
        ) STRICT;
        {string.Concat(Tables.SelectMany(table => new[] { Refuse(table, "UPDATE"), Refuse(table, "DELETE") }))}
        PRAGMA user_version = {Version};
        """;

    private static string Refuse(string table, string action) =>
        $"CREATE TRIGGER {table}_refuses_{action} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, 'a registry only adds'); END;\n";
}
