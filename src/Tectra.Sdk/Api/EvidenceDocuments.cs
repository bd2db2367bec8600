using System.Text.Json.Serialization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Api;

/// <summary>The JSON form of an evidence bundle.</summary>
internal sealed record EvidenceBundleDocument(
    string Type,
    DsseEnvelopeDocument Certificate,
    string? Metadata,
    string[]? Proof,
    AnchorDocument? Anchor,
    RevocationDocument? Revocation)
{
    public const string TypeName = "https://tectra.vision/evidence/v1";

    public static EvidenceBundleDocument From(EvidenceBundle bundle) => new(
        TypeName,
        DsseEnvelopeDocument.From(bundle.Envelope),
        bundle.MetadataJson,
        bundle.Proof is { } proof ? [.. proof.Siblings.Select(node => node.ToString())] : null,
        bundle.Anchor is { } anchor ? AnchorDocument.From(anchor) : null,
        bundle.Revocation is { } revocation ? new RevocationDocument(revocation.Timestamp.ToString(), revocation.Reason) : null);

    public static EvidenceBundle ToBundle(EvidenceBundleDocument document)
    {
        if (document.Type != TypeName) throw new FormatException($"The type is '{document.Type}', not '{TypeName}'.");
        if (document.Proof is { Length: > MerkleProof.MaxSiblings })
            throw new FormatException($"A Merkle proof has at most {MerkleProof.MaxSiblings} siblings.");
        return new EvidenceBundle
        {
            Envelope = DsseEnvelopeDocument.ToEnvelope(document.Certificate),
            MetadataJson = document.Metadata,
            Proof = document.Proof is { } proof ? new MerkleProof([.. proof.Select(node => MerkleHash.Parse(node))]) : null,
            Anchor = document.Anchor is { } anchor ? AnchorDocument.ToAnchor(anchor) : null,
            Revocation = document.Revocation is { } revocation
                ? new Revocation(UtcTimestamp.Parse(revocation.Timestamp), revocation.Reason)
                : null,
        };
    }
}

/// <summary>The JSON form of an anchor: its kind, and the member of that name alone.</summary>
internal sealed record AnchorDocument(
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LedgerEntryDocument? Ledger = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EvmAnchorDocument? Evm = null)
{
    private const string LedgerKind = "ledger", EvmKind = "evm";

    public static AnchorDocument From(Anchor anchor) => anchor switch
    {
        LedgerAnchor ledger => new AnchorDocument(LedgerKind, Ledger: LedgerEntryDocument.From(ledger.Entry)),
        EvmAnchor evm => new AnchorDocument(EvmKind, Evm: EvmAnchorDocument.From(evm)),
        _ => throw new ArgumentException($"There is no JSON form of {anchor.GetType().Name}.", nameof(anchor)),
    };

    public static Anchor ToAnchor(AnchorDocument document) => document switch
    {
        { Kind: LedgerKind, Ledger: { } ledger, Evm: null } => new LedgerAnchor(LedgerEntryDocument.ToEntry(ledger)),
        { Kind: EvmKind, Evm: { } evm, Ledger: null } => EvmAnchorDocument.ToAnchor(evm),
        _ => throw new FormatException($"The anchor '{document.Kind}' is unknown or incomplete."),
    };
}

/// <summary>The JSON form of an anchor in the registry contract of an EVM chain.</summary>
internal sealed record EvmAnchorDocument(
    long ChainId, string Contract, string Root, int LeafCount, string TransactionHash, long BlockNumber, string Timestamp)
{
    public static EvmAnchorDocument From(EvmAnchor anchor) => new(
        anchor.ChainId,
        anchor.Contract.ToString(),
        anchor.Root.ToString(),
        anchor.LeafCount,
        anchor.Transaction.ToString(),
        anchor.BlockNumber,
        anchor.Timestamp.ToString());

    public static EvmAnchor ToAnchor(EvmAnchorDocument document)
    {
        if (document.ChainId < 1) throw new FormatException("A chain's number is positive.");
        if (document.LeafCount < 1) throw new FormatException("A batch has at least one leaf.");
        if (document.BlockNumber < 0) throw new FormatException("A block's number is not negative.");
        var contract = EvmAddress.Parse(document.Contract);
        // One spelling only, like everything else in a bundle.
        if (contract.ToString() != document.Contract) throw new FormatException("An address has the checksum of EIP-55.");
        return new EvmAnchor(
            document.ChainId,
            contract,
            MerkleHash.Parse(document.Root),
            document.LeafCount,
            EvmHash.Parse(document.TransactionHash),
            document.BlockNumber,
            UtcTimestamp.Parse(document.Timestamp));
    }
}

/// <summary>The JSON form of a ledger entry, in bundles and as one line of the ledger file.</summary>
internal sealed record LedgerEntryDocument(
    long Index, string PreviousHash, string Root, int LeafCount, string Timestamp, string PublicKey, string Signature)
{
    public static LedgerEntryDocument From(LedgerEntry entry) => new(
        entry.Index,
        entry.PreviousHash.ToString(),
        entry.Root.ToString(),
        entry.LeafCount,
        entry.Timestamp.ToString(),
        entry.PublicKey.ToString(),
        entry.Signature.ToString());

    public static LedgerEntry ToEntry(LedgerEntryDocument document) => new()
    {
        Index = document.Index,
        PreviousHash = Sha256Digest.Parse(document.PreviousHash),
        Root = MerkleHash.Parse(document.Root),
        LeafCount = document.LeafCount,
        Timestamp = UtcTimestamp.Parse(document.Timestamp),
        PublicKey = Keys.PublicKey.Parse(document.PublicKey),
        Signature = Keys.Signature.Parse(document.Signature),
    };
}

/// <summary>The JSON form of a revocation.</summary>
internal sealed record RevocationDocument(string Timestamp, string Reason);
