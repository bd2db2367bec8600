using System.Globalization;
using System.Text;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evidence;

/// <summary>
/// One entry of a local ledger: a batch's Merkle root, chained to the entry before it and signed by the ledger's key.
/// Immutable.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>The entry's place, counted from zero.</summary>
    public required long Index { get; init; }

    /// <summary>The hash of the entry before this one; zero bytes for the first.</summary>
    public required Sha256Digest PreviousHash { get; init; }

    /// <summary>The batch's Merkle root.</summary>
    public required MerkleHash Root { get; init; }

    /// <summary>How many leaves the batch has; at least one.</summary>
    public required int LeafCount { get; init; }

    /// <summary>When the entry was written, by the ledger's own clock.</summary>
    public required UtcTimestamp Timestamp { get; init; }

    /// <summary>The ledger's key.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>The ledger's signature of <see cref="ToSignedMessage"/>.</summary>
    public required Signature Signature { get; init; }

    /// <summary>The entry's hash, which the next entry names: SHA-256 of the signed message.</summary>
    public Sha256Digest Hash => Sha256Digest.Compute(ToSignedMessage());

    /// <summary>
    /// The message that is signed and hashed: UTF-8 lines, each ended by a line feed: <c>tectra-ledger-1</c>, index,
    /// previous hash, root, leaf count, timestamp, public key.
    /// </summary>
    public byte[] ToSignedMessage() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"tectra-ledger-1\n{Index}\n{PreviousHash}\n{Root}\n{LeafCount}\n{Timestamp}\n{PublicKey}\n"));

    /// <summary>Whether the entry is well formed and signed by the key it names.</summary>
    public bool VerifySignature() => Index >= 0 && LeafCount >= 1 && PublicKey.Verify(ToSignedMessage(), Signature);
}
