using System.Data.Common;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    /// <summary>The condition that an anchor on a chain stands.</summary>
    private const string Stands = "NOT EXISTS (SELECT 1 FROM evm_retraction WHERE evm_retraction.anchor_id = evm_anchor.anchor_id)";

    /// <summary>What <see cref="ReadEvmAnchor"/> reads.</summary>
    private const string AnchorColumns = "evm_anchor.chain_id, evm_anchor.contract, batch.root, batch.leaf_count, evm_anchor.transaction_hash, evm_anchor.block_number, evm_anchor.block_time";

    private const int AnchorColumnCount = 7;

    public ValueTask<AnchoringTarget?> ReadTargetAsync(CancellationToken cancellationToken) => ReadOneAsync(
        "SELECT chain_id, contract FROM anchoring_target ORDER BY target_id DESC LIMIT 1",
        reader => reader.IsDBNull(0) ? null : new AnchoringTarget(reader.GetInt64(0), ReadAddress(reader, 1)), cancellationToken);

    public async ValueTask ChooseTargetAsync(AnchoringTarget? target, UtcTimestamp at, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO anchoring_target (chain_id, contract, chosen_at) VALUES (@chain, @contract, @at)", cancellationToken,
        ("@chain", target?.ChainId), ("@contract", target is null ? null : ToBytes(target.Contract)), ("@at", at.ToString())).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<BatchTransaction>> ReadTransactionsAsync(AnchoringTarget target, CancellationToken cancellationToken) => await ReadAsync(
        $"""
        SELECT evm_transaction.batch_id, sender, nonce, transaction_hash, raw, signed_ms FROM evm_transaction
        WHERE chain_id = @chain AND contract = @contract
            AND NOT EXISTS (SELECT 1 FROM evm_anchor WHERE evm_anchor.batch_id = evm_transaction.batch_id AND {Stands})
            AND NOT EXISTS (SELECT 1 FROM batch_anchor WHERE batch_anchor.batch_id = evm_transaction.batch_id)
        ORDER BY transaction_id
        """,
        reader => new BatchTransaction
        {
            BatchId = reader.GetInt64(0),
            Target = target,
            Sender = ReadAddress(reader, 1),
            Nonce = (ulong)reader.GetInt64(2),
            Hash = ReadHash(reader, 3),
            Raw = reader.GetFieldValue<byte[]>(4),
            SignedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
        },
        cancellationToken, ("@chain", target.ChainId), ("@contract", ToBytes(target.Contract))).ConfigureAwait(false);

    public async ValueTask AddTransactionAsync(BatchTransaction transaction, CancellationToken cancellationToken) => await WriteAsync(
        """
        INSERT INTO evm_transaction (batch_id, chain_id, contract, sender, nonce, transaction_hash, raw, signed_ms)
        VALUES (@batch, @chain, @contract, @sender, @nonce, @hash, @raw, @ms)
        """,
        cancellationToken,
        ("@batch", transaction.BatchId), ("@chain", transaction.Target.ChainId), ("@contract", ToBytes(transaction.Target.Contract)), ("@sender", ToBytes(transaction.Sender)),
        ("@nonce", checked((long)transaction.Nonce)), ("@hash", ToBytes(transaction.Hash)), ("@raw", transaction.Raw), ("@ms", transaction.SignedAt.ToUnixTimeMilliseconds())).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<NotedAnchor>> ReadAnchorsAsync(AnchoringTarget target, long fromBlock, CancellationToken cancellationToken) => await ReadAsync(
        $"""
        SELECT {AnchorColumns}, anchor_id, evm_anchor.batch_id, block_hash FROM evm_anchor JOIN batch ON batch.batch_id = evm_anchor.batch_id
        WHERE chain_id = @chain AND block_number >= @from AND contract = @contract AND {Stands} ORDER BY anchor_id
        """,
        reader => new NotedAnchor(reader.GetInt64(AnchorColumnCount), reader.GetInt64(AnchorColumnCount + 1), ReadEvmAnchor(reader, 0), ReadHash(reader, AnchorColumnCount + 2)),
        cancellationToken, ("@chain", target.ChainId), ("@contract", ToBytes(target.Contract)), ("@from", fromBlock)).ConfigureAwait(false);

    public async ValueTask AddAnchorAsync(FormedBatch batch, NotedAnchor anchor, UtcTimestamp at, CancellationToken cancellationToken) => await TransactAsync(
        async session =>
        {
            var added = await session.ExecuteAsync(
                $"""
                INSERT INTO evm_anchor (batch_id, chain_id, contract, transaction_hash, block_number, block_hash, block_time)
                SELECT @batch, @chain, @contract, @hash, @number, @block, @time
                WHERE NOT EXISTS (SELECT 1 FROM evm_anchor WHERE batch_id = @batch AND {Stands})
                """,
                cancellationToken,
                ("@batch", batch.BatchId), ("@chain", anchor.Anchor.ChainId), ("@contract", ToBytes(anchor.Anchor.Contract)), ("@hash", ToBytes(anchor.Anchor.Transaction)),
                ("@number", anchor.Anchor.BlockNumber), ("@block", ToBytes(anchor.BlockHash)), ("@time", anchor.Anchor.Timestamp.Moment.ToUnixTimeSeconds())).ConfigureAwait(false);
            if (added == 1) await AddAnchoredEventsAsync(session, batch, anchor.Anchor, at, cancellationToken).ConfigureAwait(false);
            return added;
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask RetractAnchorAsync(long anchorId, UtcTimestamp at, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO evm_retraction (anchor_id, retracted_at) VALUES (@anchor, @at) ON CONFLICT (anchor_id) DO NOTHING", cancellationToken,
        ("@anchor", anchorId), ("@at", at.ToString())).ConfigureAwait(false);

    public async ValueTask<ChainCounts> CountChainAsync(CancellationToken cancellationToken) => await ReadOneAsync(
        $"""
        SELECT
            (SELECT count(*) FROM pending_record),
            (SELECT count(DISTINCT batch_id) FROM evm_transaction WHERE NOT EXISTS (
                SELECT 1 FROM evm_anchor WHERE evm_anchor.batch_id = evm_transaction.batch_id AND {Stands})
                AND NOT EXISTS (SELECT 1 FROM batch_anchor WHERE batch_anchor.batch_id = evm_transaction.batch_id)),
            (SELECT count(*) FROM evm_anchor WHERE {Stands}),
            (SELECT count(*) FROM evm_retraction)
        """,
        reader => new ChainCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)), cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidOperationException("A query without a table has one row.");

    private static EvmAnchor ReadEvmAnchor(DbDataReader reader, int column) => new(
        reader.GetInt64(column),
        ReadAddress(reader, column + 1),
        new MerkleHash(reader.GetFieldValue<byte[]>(column + 2)),
        (int)reader.GetInt64(column + 3),
        ReadHash(reader, column + 4),
        reader.GetInt64(column + 5),
        UtcTimestamp.From(DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(column + 6))));

    private static EvmAddress ReadAddress(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column));

    private static EvmHash ReadHash(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column));

    private static byte[] ToBytes(EvmAddress address)
    {
        var bytes = new byte[EvmAddress.LengthBytes];
        address.CopyTo(bytes);
        return bytes;
    }

    private static byte[] ToBytes(EvmHash hash)
    {
        var bytes = new byte[EvmHash.LengthBytes];
        hash.CopyTo(bytes);
        return bytes;
    }
}
