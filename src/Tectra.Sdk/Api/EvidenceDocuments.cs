using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
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

/// <summary>The JSON form of an anchor: its kind, and the member of that name.</summary>
internal sealed record AnchorDocument(string Kind, LedgerEntryDocument? Ledger)
{
    private const string LedgerKind = "ledger";

    public static AnchorDocument From(Anchor anchor) => anchor switch
    {
        LedgerAnchor ledger => new AnchorDocument(LedgerKind, LedgerEntryDocument.From(ledger.Entry)),
        _ => throw new ArgumentException($"There is no JSON form of {anchor.GetType().Name}.", nameof(anchor)),
    };

    public static Anchor ToAnchor(AnchorDocument document) => document switch
    {
        { Kind: LedgerKind, Ledger: { } ledger } => new LedgerAnchor(LedgerEntryDocument.ToEntry(ledger)),
        _ => throw new FormatException($"The anchor '{document.Kind}' is unknown or incomplete."),
    };
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
