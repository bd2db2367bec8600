using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring;

/// <summary>
/// An append-only list of batch roots, each entry chained to the one before it and signed. It shows tampering to whoever trusts
/// its key; it is not a public chain. Implementations are thread-safe.
/// </summary>
internal interface ILedger
{
    /// <summary>The key that signs entries.</summary>
    PublicKey PublicKey { get; }

    /// <summary>Looks at the ledger anew. The number changes when entries that were there are gone or others: whatever was read of it before is then void.</summary>
    ValueTask<long> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>The entry of a root, or null.</summary>
    ValueTask<LedgerEntry?> FindAsync(MerkleHash root, CancellationToken cancellationToken);

    /// <summary>One entry.</summary>
    /// <exception cref="Sdk.RegistryException">There is no such entry, or it is damaged (<c>ledger_damaged</c>).</exception>
    ValueTask<LedgerEntry> ReadAsync(long index, CancellationToken cancellationToken);

    /// <summary>Appends an entry and returns when it is durable. The caller keeps other processes from appending.</summary>
    /// <exception cref="Sdk.RegistryException">The entry before it was changed, or is signed by another key (<c>ledger_damaged</c>).</exception>
    ValueTask<LedgerEntry> AppendAsync(MerkleHash root, int leafCount, CancellationToken cancellationToken);

    /// <summary>Checks every link and signature from the first entry to the last, and returns how many there are.</summary>
    /// <exception cref="Sdk.RegistryException">An entry was changed, removed, inserted or signed by another key (<c>ledger_damaged</c>).</exception>
    ValueTask<int> AuditAsync(CancellationToken cancellationToken);
}
