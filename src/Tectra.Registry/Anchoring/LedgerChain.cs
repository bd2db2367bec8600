using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring;

/// <summary>The rules of a ledger, wherever its entries lie.</summary>
internal static class LedgerChain
{
    /// <summary>The entry that follows the last one, which is checked first: nothing is built on what was changed.</summary>
    /// <exception cref="RegistryException">The last entry was changed, or is signed by another key (<c>ledger_damaged</c>).</exception>
    public static async ValueTask<LedgerEntry> SignNextAsync(
        LedgerEntry? beforeLast, LedgerEntry? last, MerkleHash root, int leafCount, ISigner signer, TimeProvider time, CancellationToken cancellationToken)
    {
        if (last is not null) Check(beforeLast, last, signer.PublicKey);
        var draft = new LedgerEntry
        {
            Index = last is null ? 0 : last.Index + 1,
            PreviousHash = last?.Hash ?? default,
            Root = root,
            LeafCount = leafCount,
            Timestamp = UtcTimestamp.From(time.GetUtcNow()),
            PublicKey = signer.PublicKey,
            Signature = default,
        };
        return draft with { Signature = await signer.SignAsync(draft.ToSignedMessage(), cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Checks that an entry follows from the one before it.</summary>
    /// <exception cref="RegistryException">It doesn't (<c>ledger_damaged</c>).</exception>
    public static void Check(LedgerEntry? previous, LedgerEntry entry, PublicKey ledgerKey)
    {
        if (entry.PublicKey != ledgerKey)
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {entry.Index} of the ledger is signed by the key {entry.PublicKey.KeyId}, not by this registry's ledger key {ledgerKey.KeyId}.");
        if (entry.PreviousHash != (previous?.Hash ?? default) || !entry.VerifySignature())
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {entry.Index} of the ledger was changed, or does not follow from the one before it. Put the ledger back from its backup.");
    }

    /// <summary>An entry's JSON.</summary>
    public static byte[] Format(LedgerEntry entry) => JsonSerializer.SerializeToUtf8Bytes(LedgerEntryDocument.From(entry), Wire.Json.LedgerEntryDocument);

    /// <summary>Reads an entry's JSON.</summary>
    /// <exception cref="RegistryException">It isn't the entry of that index (<c>ledger_damaged</c>).</exception>
    public static LedgerEntry Parse(byte[] json, long index)
    {
        try
        {
            var entry = LedgerEntryDocument.ToEntry(JsonSerializer.Deserialize(json, Wire.Json.LedgerEntryDocument) ?? throw new FormatException("It is null."));
            return entry.Index == index ? entry : throw new FormatException($"It is entry {entry.Index}.");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Line {index + 1} of the ledger is damaged: {e.Message}", e);
        }
    }
}
