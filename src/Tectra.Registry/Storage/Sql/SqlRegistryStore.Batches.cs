using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    public async ValueTask<IReadOnlyList<PendingLeaf>> ReadPendingAsync(int limit, CancellationToken cancellationToken) => await ReadAsync(
        """
        SELECT record.sequence, original_sha256, certificate_sha256 FROM pending_record
        JOIN record ON record.sequence = pending_record.sequence ORDER BY pending_record.sequence LIMIT @limit
        """,
        reader => new PendingLeaf(reader.GetInt64(0), new MerkleLeaf(ReadDigest(reader, 1), ReadDigest(reader, 2))), cancellationToken, ("@limit", (long)limit)).ConfigureAwait(false);

    public async ValueTask<FormedBatch> AddBatchAsync(MerkleTree tree, IReadOnlyList<PendingLeaf> leaves, UtcTimestamp at, CancellationToken cancellationToken)
    {
        var root = new byte[MerkleHash.LengthBytes];
        tree.Root.CopyTo(root);
        var proofs = new List<byte[]>(leaves.Count);
        var path = new MerkleHash[MerkleProof.MaxSiblings];
        for (var i = 0; i < leaves.Count; i++)
        {
            var length = tree.CopyProof(i, path);
            var proof = new byte[length * MerkleHash.LengthBytes];
            for (var k = 0; k < length; k++) path[k].CopyTo(proof.AsSpan(k * MerkleHash.LengthBytes));
            proofs.Add(proof);
        }
        var id = await TransactAsync(
            async session =>
            {
                var batch = await session.QueryOneAsync(
                    "INSERT INTO batch (root, leaf_count, formed_at) VALUES (@root, @count, @at) RETURNING batch_id", reader => reader.GetInt64(0), cancellationToken,
                    ("@root", root), ("@count", (long)leaves.Count), ("@at", at.ToString())).ConfigureAwait(false);
                await _engine.InsertLeavesAsync(session, batch, leaves, proofs, cancellationToken).ConfigureAwait(false);
                return batch;
            },
            cancellationToken).ConfigureAwait(false);
        return new FormedBatch(id, tree.Root, leaves.Count, at);
    }

    public async ValueTask<IReadOnlyList<FormedBatch>> ReadUnanchoredBatchesAsync(CancellationToken cancellationToken) => await ReadAsync(
        $"""
        SELECT batch_id, root, leaf_count, formed_at FROM batch
        WHERE NOT EXISTS (SELECT 1 FROM batch_anchor WHERE batch_anchor.batch_id = batch.batch_id)
            AND NOT EXISTS (SELECT 1 FROM evm_anchor WHERE evm_anchor.batch_id = batch.batch_id AND {Stands})
        ORDER BY batch_id
        """,
        reader => new FormedBatch(reader.GetInt64(0), new MerkleHash(reader.GetFieldValue<byte[]>(1)), (int)reader.GetInt64(2), UtcTimestamp.Parse(reader.GetString(3))), cancellationToken).ConfigureAwait(false);

    public ValueTask<AnchoredBatch?> ReadLastAnchorAsync(CancellationToken cancellationToken) => ReadOneAsync(
        "SELECT ledger_index, root FROM batch_anchor JOIN batch ON batch.batch_id = batch_anchor.batch_id ORDER BY ledger_index DESC LIMIT 1",
        reader => (AnchoredBatch?)new AnchoredBatch(reader.GetInt64(0), new MerkleHash(reader.GetFieldValue<byte[]>(1))), cancellationToken);

    public async ValueTask AddAnchorAsync(FormedBatch batch, LedgerEntry entry, UtcTimestamp at, CancellationToken cancellationToken) => await TransactAsync(
        async session =>
        {
            await session.ExecuteAsync(
                "INSERT INTO batch_anchor (batch_id, ledger_index) VALUES (@batch, @index)", cancellationToken, ("@batch", batch.BatchId), ("@index", entry.Index)).ConfigureAwait(false);
            return await AddAnchoredEventsAsync(session, batch, new LedgerAnchor(entry), at, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> TryAddLedgerEntryAsync(long index, byte[] entry, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO ledger_entry VALUES (@index, @entry) ON CONFLICT (ledger_index) DO NOTHING", cancellationToken, ("@index", index), ("@entry", entry)).ConfigureAwait(false) == 1;

    public async ValueTask<IReadOnlyList<byte[]>> ReadLedgerEntriesAsync(long from, int limit, CancellationToken cancellationToken) => await ReadAsync(
        "SELECT entry FROM ledger_entry WHERE ledger_index >= @from ORDER BY ledger_index LIMIT @limit", reader => reader.GetFieldValue<byte[]>(0), cancellationToken,
        ("@from", from), ("@limit", (long)limit)).ConfigureAwait(false);

    public ValueTask<long> CountLedgerEntriesAsync(CancellationToken cancellationToken) =>
        ReadOneAsync("SELECT coalesce(max(ledger_index) + 1, 0) FROM ledger_entry", reader => reader.GetInt64(0), cancellationToken);

    public ValueTask<IAsyncDisposable?> TryLockBatchingAsync(CancellationToken cancellationToken) => _engine.TryLockBatchingAsync(cancellationToken);

    /// <summary>Leaves an event for each webhook whose owner has records in the batch.</summary>
    private async ValueTask<int> AddAnchoredEventsAsync(SqlSession session, FormedBatch batch, Anchor anchor, UtcTimestamp at, CancellationToken cancellationToken)
    {
        var users = await session.QueryAsync(
            $"""
            SELECT DISTINCT user_id FROM webhook WHERE removed_at IS NULL AND {Listens} AND EXISTS (
                SELECT 1 FROM batch_leaf JOIN record ON record.sequence = batch_leaf.sequence WHERE batch_leaf.batch_id = @batch AND record.user_id = webhook.user_id)
            """,
            reader => reader.GetString(0), cancellationToken, ("@event", ListensTo(WebhookEvents.BatchAnchored)), ("@batch", batch.BatchId)).ConfigureAwait(false);
        foreach (var user in users)
        {
            var records = await session.QueryAsync(
                "SELECT record_id FROM batch_leaf JOIN record ON record.sequence = batch_leaf.sequence WHERE batch_leaf.batch_id = @batch AND user_id = @user ORDER BY record.sequence",
                reader => _engine.ReadRecordId(reader, 0), cancellationToken, ("@batch", batch.BatchId), ("@user", user)).ConfigureAwait(false);
            var webhooks = await ListenersAsync(session, user, WebhookEvents.BatchAnchored, cancellationToken).ConfigureAwait(false);
            await InsertEventAsync(session, EventBodies.BatchAnchored(user, batch, anchor, records, at), webhooks, cancellationToken).ConfigureAwait(false);
        }
        return users.Count;
    }
}
