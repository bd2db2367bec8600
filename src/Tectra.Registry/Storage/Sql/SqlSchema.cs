namespace Tectra.Registry.Storage.Sql;

/// <summary>The tables of a registry, version 4, in the dialect of either engine.</summary>
/// <param name="Blob">The type of bytes.</param>
/// <param name="Integer">The type of 64-bit integers.</param>
/// <param name="RecordId">The type of record ids.</param>
/// <param name="Sequence">The type of keys that count up and never give a number twice.</param>
/// <param name="RecordSequence">The type of records' sequence numbers.</param>
/// <param name="RecordKey">
/// What makes the numbers of records a key that also holds what the similarity index is filled from: filling it must not read
/// every certificate.
/// </param>
/// <param name="Change">A column that lets a reader see what was committed since it last looked; empty where sequences do.</param>
/// <param name="Options">What stands behind a table's columns.</param>
/// <param name="ClusteredOptions">The same for a table whose rows lie in the order of their key.</param>
internal sealed record SqlSchema(string Blob, string Integer, string RecordId, string Sequence, string RecordSequence, string RecordKey, string Change, string Options, string ClusteredOptions)
{
    /// <summary>The tables in which nothing is ever changed or deleted: the database itself refuses it.</summary>
    public static IReadOnlyList<string> OnlyAdded { get; } = ["signing_key", "record", "revocation", "batch", "batch_leaf", "batch_anchor", "ledger_entry", "server_secret", .. OnlyAddedOnChains, .. OnlyAddedOfVideos];

    /// <summary>Those of them that version 2 lacks.</summary>
    public static IReadOnlyList<string> OnlyAddedOnChains => ["anchoring_target", "evm_transaction", "evm_anchor", "evm_retraction"];

    /// <summary>Those that version 3 lacks.</summary>
    public static IReadOnlyList<string> OnlyAddedOfVideos => ["video_segment"];

    /// <summary>
    /// The statements that make the tables. A record's <c>payload</c> is null without a watermark, and empty for a video: the key that
    /// the similarity index is filled from tells thereby whose perceptual hash pictures aren't compared with.
    /// </summary>
    public string Create => $"""
        CREATE TABLE signing_key (
            public_key {Blob} NOT NULL PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            user_id TEXT NOT NULL,
            key_name TEXT,
            encrypted_private_key TEXT,
            registered_at TEXT NOT NULL
        ){Options};
        CREATE INDEX signing_key_user ON signing_key (user_id);
        CREATE TABLE record (
            sequence {RecordSequence},
            record_id {RecordId} NOT NULL UNIQUE,
            user_id TEXT NOT NULL,
            public_key {Blob} NOT NULL,
            origin_type TEXT NOT NULL,
            parent_record_id {RecordId},
            original_sha256 {Blob} NOT NULL,
            watermarked_sha256 {Blob},
            certificate_sha256 {Blob} NOT NULL,
            perceptual_hash {Integer} NOT NULL,
            payload {Blob},
            envelope {Blob} NOT NULL,
            metadata TEXT,
            original_filename TEXT,
            registered_at TEXT NOT NULL,
            registered_ms {Integer} NOT NULL{Change}{RecordKey}
        ){Options};
        CREATE INDEX record_original ON record (original_sha256);
        CREATE INDEX record_watermarked ON record (watermarked_sha256);
        CREATE INDEX record_user ON record (user_id, sequence);
        CREATE TABLE pending_record (
            sequence {Integer} NOT NULL PRIMARY KEY
        ){Options};
        CREATE TABLE revocation (
            revocation_id {Sequence},
            sequence {Integer} NOT NULL UNIQUE REFERENCES record,
            revoked_at TEXT NOT NULL,
            reason TEXT NOT NULL{Change}
        ){Options};
        CREATE TABLE batch (
            batch_id {Sequence},
            root {Blob} NOT NULL UNIQUE,
            leaf_count {Integer} NOT NULL,
            formed_at TEXT NOT NULL
        ){Options};
        CREATE TABLE batch_leaf (
            sequence {Integer} NOT NULL PRIMARY KEY,
            batch_id {Integer} NOT NULL REFERENCES batch,
            proof {Blob} NOT NULL
        ){Options};
        CREATE INDEX batch_leaf_batch ON batch_leaf (batch_id);
        CREATE TABLE batch_anchor (
            anchor_id {Sequence},
            batch_id {Integer} NOT NULL UNIQUE REFERENCES batch,
            ledger_index {Integer} NOT NULL UNIQUE{Change}
        ){Options};
        CREATE TABLE ledger_entry (
            ledger_index {Integer} NOT NULL PRIMARY KEY,
            entry {Blob} NOT NULL
        ){Options};
        CREATE TABLE server_secret (
            name TEXT NOT NULL PRIMARY KEY,
            token TEXT NOT NULL
        ){Options};
        CREATE TABLE account (
            user_id TEXT NOT NULL PRIMARY KEY,
            email TEXT NOT NULL UNIQUE,
            password_hash TEXT NOT NULL,
            org_name TEXT,
            org_type TEXT,
            created_at TEXT NOT NULL
        ){Options};
        CREATE TABLE password_reset (
            user_id TEXT NOT NULL PRIMARY KEY REFERENCES account,
            token_sha256 {Blob} NOT NULL UNIQUE,
            expires_ms {Integer} NOT NULL
        ){Options};
        CREATE TABLE api_key (
            id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES account,
            name TEXT NOT NULL,
            prefix TEXT NOT NULL,
            secret_sha256 {Blob} NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created_at TEXT NOT NULL,
            last_used_ms {Integer},
            revoked_at TEXT
        ){Options};
        CREATE INDEX api_key_user ON api_key (user_id);
        CREATE TABLE idempotency_key (
            user_id TEXT NOT NULL,
            idempotency_key TEXT NOT NULL,
            request_sha256 {Blob} NOT NULL,
            created_ms {Integer} NOT NULL,
            PRIMARY KEY (user_id, idempotency_key)
        ){Options};
        CREATE INDEX idempotency_key_created ON idempotency_key (created_ms);
        CREATE TABLE webhook (
            id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL,
            url TEXT NOT NULL,
            events TEXT NOT NULL,
            secret_token TEXT NOT NULL,
            created_at TEXT NOT NULL,
            removed_at TEXT
        ){Options};
        CREATE INDEX webhook_user ON webhook (user_id);
        CREATE TABLE webhook_event (
            id TEXT NOT NULL PRIMARY KEY,
            type TEXT NOT NULL,
            created_at TEXT NOT NULL,
            body {Blob} NOT NULL
        ){Options};
        CREATE TABLE webhook_delivery (
            id TEXT NOT NULL PRIMARY KEY,
            webhook_id TEXT NOT NULL REFERENCES webhook,
            event_id TEXT NOT NULL REFERENCES webhook_event,
            state TEXT NOT NULL,
            attempts {Integer} NOT NULL,
            next_attempt_ms {Integer},
            last_status {Integer},
            last_error TEXT,
            created_ms {Integer} NOT NULL,
            delivered_at TEXT
        ){Options};
        CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_ms) WHERE state = 'waiting';
        CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, created_ms);
        CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
        {CreateChains}
        {CreateSegments}
        """;

    /// <summary>The statements that make what version 2 lacks: where batches go, and what became of them on chains.</summary>
    public string CreateChains => $"""
        CREATE TABLE anchoring_target (
            target_id {Sequence},
            chain_id {Integer},
            contract {Blob},
            chosen_at TEXT NOT NULL
        ){Options};
        CREATE TABLE evm_transaction (
            transaction_id {Sequence},
            batch_id {Integer} NOT NULL REFERENCES batch,
            chain_id {Integer} NOT NULL,
            contract {Blob} NOT NULL,
            sender {Blob} NOT NULL,
            nonce {Integer} NOT NULL,
            transaction_hash {Blob} NOT NULL UNIQUE,
            raw {Blob} NOT NULL,
            signed_ms {Integer} NOT NULL
        ){Options};
        CREATE INDEX evm_transaction_batch ON evm_transaction (batch_id);
        CREATE TABLE evm_anchor (
            anchor_id {Sequence},
            batch_id {Integer} NOT NULL REFERENCES batch,
            chain_id {Integer} NOT NULL,
            contract {Blob} NOT NULL,
            transaction_hash {Blob} NOT NULL,
            block_number {Integer} NOT NULL,
            block_hash {Blob} NOT NULL,
            block_time {Integer} NOT NULL{Change}
        ){Options};
        CREATE INDEX evm_anchor_batch ON evm_anchor (batch_id);
        CREATE INDEX evm_anchor_block ON evm_anchor (chain_id, block_number);
        CREATE TABLE evm_retraction (
            retraction_id {Sequence},
            anchor_id {Integer} NOT NULL UNIQUE REFERENCES evm_anchor,
            retracted_at TEXT NOT NULL{Change}
        ){Options};
        """;

    /// <summary>The statements that make what version 3 lacks: the segments of videos, which follow from their certificates.</summary>
    public string CreateSegments => $"""
        CREATE TABLE video_segment (
            sequence {Integer} NOT NULL,
            segment_index {Integer} NOT NULL,
            start_ms {Integer} NOT NULL,
            end_ms {Integer} NOT NULL,
            segment_hash {Blob} NOT NULL,
            aggregate_phash {Integer} NOT NULL,
            frames {Blob} NOT NULL,
            PRIMARY KEY (sequence, segment_index)
        ){ClusteredOptions};
        """;
}
