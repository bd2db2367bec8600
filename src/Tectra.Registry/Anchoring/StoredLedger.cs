using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring;

/// <summary>A ledger in the registry's database, for servers that share nothing else. Thread-safe.</summary>
internal sealed class StoredLedger(IRecordStore store, ISigner signer, TimeProvider time) : ILedger
{
    private const int Page = 1000;

    public PublicKey PublicKey => signer.PublicKey;

    /// <summary>The database refuses changes of entries.</summary>
    public ValueTask<long> RefreshAsync(CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public async ValueTask<LedgerEntry?> FindAsync(MerkleHash root, CancellationToken cancellationToken)
    {
        // Only asked for the newest batches, after a crash: from the end.
        for (var end = await store.CountLedgerEntriesAsync(cancellationToken).ConfigureAwait(false); end > 0; end -= Page)
        {
            var first = Math.Max(0, end - Page);
            var entries = await store.ReadLedgerEntriesAsync(first, (int)(end - first), cancellationToken).ConfigureAwait(false);
            for (var i = entries.Count - 1; i >= 0; i--)
            {
                if (LedgerChain.Parse(entries[i], first + i) is var entry && entry.Root == root) return entry;
            }
        }
        return null;
    }

    public async ValueTask<LedgerEntry> ReadAsync(long index, CancellationToken cancellationToken) =>
        await store.ReadLedgerEntriesAsync(index, 1, cancellationToken).ConfigureAwait(false) is [var entry]
            ? LedgerChain.Parse(entry, index)
            : throw new RegistryException(ErrorCodes.LedgerDamaged, $"The ledger has no entry {index}.");

    public async ValueTask<LedgerEntry> AppendAsync(MerkleHash root, int leafCount, CancellationToken cancellationToken)
    {
        var count = await store.CountLedgerEntriesAsync(cancellationToken).ConfigureAwait(false);
        var last = count > 0 ? await ReadAsync(count - 1, cancellationToken).ConfigureAwait(false) : null;
        var beforeLast = count > 1 ? await ReadAsync(count - 2, cancellationToken).ConfigureAwait(false) : null;
        var entry = await LedgerChain.SignNextAsync(beforeLast, last, root, leafCount, signer, time, cancellationToken).ConfigureAwait(false);
        return await store.TryAddLedgerEntryAsync(entry.Index, LedgerChain.Format(entry), cancellationToken).ConfigureAwait(false)
            ? entry
            : throw new RegistryException(ErrorCodes.RegistryUnavailable, "Another process appended to the ledger at the same time. It will be tried again.");
    }

    public async ValueTask<int> AuditAsync(CancellationToken cancellationToken)
    {
        LedgerEntry? previous = null;
        var index = 0;
        while (await store.ReadLedgerEntriesAsync(index, Page, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var json in page)
            {
                var entry = LedgerChain.Parse(json, index++);
                LedgerChain.Check(previous, entry, PublicKey);
                previous = entry;
            }
        }
        return index;
    }
}
