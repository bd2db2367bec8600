using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

/// <summary>A record made in memory, anchored in a ledger of its own, with the file that was delivered.</summary>
internal sealed class SignedRecord : IDisposable
{
    public static readonly FixedTime Clock = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));

    private SignedRecord(SigningKey key, SigningKey ledgerKey)
    {
        Key = key;
        LedgerKey = ledgerKey;
    }

    public SigningKey Key { get; }

    public SigningKey LedgerKey { get; }

    public required Certificate Certificate { get; init; }

    public required EvidenceBundle Bundle { get; init; }

    /// <summary>What an inspector measures on the delivered file.</summary>
    public ObservedContent Delivered => new()
    {
        Sha256 = Certificate.WatermarkedSha256 ?? Certificate.Fingerprint.Sha256,
        MediaType = "image/png",
        Width = 768,
        Height = 512,
        PerceptualHash = Certificate.Fingerprint.PerceptualHash,
        Watermark = new WatermarkReading(Certificate.WatermarkFormat is not null, Certificate.WatermarkPayload, 22),
    };

    public static SignedRecord Create(string name = "picture", bool watermark = true, string user = "user-1", IReadOnlyDictionary<string, string>? metadata = null, TimeSpan claimed = default, TimeSpan anchored = default, RecordId? parent = null, Sha256Digest? source = null, VideoFingerprint? video = null)
    {
        var key = SigningKey.Create();
        var builder = new CertificateBuilder(key, new SignerIdentity(user, "Acme AI Inc.", "ai_provider", "production"), new FixedTime(Clock.Now + claimed));
        var fingerprint = new ContentFingerprint(source ?? Digest($"{name} original"), video?.PerceptualHash ?? new PerceptualHash(0x0123456789ABCDEF), 768, 512) { Video = video };
        var signed = builder.SignFingerprintAsync(fingerprint).AsTask().Result;
        var metadataJson = metadata is null ? null : Metadata.ToJson(metadata);
        var built = builder.SignCertificateAsync(signed, new ContentClaims
        {
            Origin = OriginType.AiGeneratedImage,
            MediaType = video is null ? "image/png" : "video/mp4",
            WatermarkedSha256 = watermark ? Digest($"{name} watermarked") : null,
            WatermarkFormat = watermark ? "tectra-tile-1" : null,
            DeviceId = "model-v3",
            MetadataJson = metadataJson,
            ParentRecordId = parent,
        }).AsTask().Result;
        return Anchored(key, built, metadataJson, anchored);
    }

    public static Sha256Digest Digest(string text) => Sha256Digest.Compute(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The same record with another certificate inside, signed by <paramref name="signer"/>.</summary>
    public EvidenceBundle Resigned(Certificate certificate, SigningKey signer) =>
        Bundle with { Envelope = DsseEnvelope.SignAsync(Certificate.PayloadType, certificate.ToPayload(), signer).AsTask().Result };

    public static LedgerEntry Entry(SigningKey ledgerKey, MerkleHash root, int leafCount, TimeSpan after = default)
    {
        var entry = new LedgerEntry
        {
            Index = 3,
            PreviousHash = Digest("entry 2"),
            Root = root,
            LeafCount = leafCount,
            Timestamp = UtcTimestamp.From(Clock.Now + after),
            PublicKey = ledgerKey.PublicKey,
            Signature = default,
        };
        return entry with { Signature = ledgerKey.Sign(entry.ToSignedMessage()) };
    }

    public void Dispose()
    {
        Key.Dispose();
        LedgerKey.Dispose();
    }

    private static SignedRecord Anchored(SigningKey key, SignedCertificate built, string? metadataJson, TimeSpan after)
    {
        var ledgerKey = SigningKey.Create();
        var leaves = MerkleLeaves(built);
        var tree = MerkleTree.Build(leaves);
        return new SignedRecord(key, ledgerKey)
        {
            Certificate = built.Certificate,
            Bundle = new EvidenceBundle
            {
                Envelope = built.Envelope,
                MetadataJson = metadataJson,
                Proof = tree.GetProof(0),
                Anchor = new LedgerAnchor(Entry(ledgerKey, tree.Root, leaves.Length, after)),
            },
        };
    }

    private static MerkleLeaf[] MerkleLeaves(SignedCertificate built) =>
    [
        new MerkleLeaf(built.Certificate.Fingerprint.Sha256, built.Envelope.PayloadSha256),
        .. Enumerable.Range(0, 4).Select(i => new MerkleLeaf(Digest($"other {i}"), Digest($"certificate {i}"))),
    ];
}
