using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests;

/// <summary>A registry in a folder of its own, with a user and a key.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    public const string UserId = "user-1";

    private RegistryFixture(string folder, SigningKey ledgerKey, FixedTime clock)
    {
        Folder = folder;
        LedgerKey = ledgerKey;
        Clock = clock;
        Registry = EmbeddedRegistry.Open(folder, ledgerKey, clock);
    }

    public string Folder { get; }

    public FixedTime Clock { get; }

    public SigningKey LedgerKey { get; }

    public SigningKey Key { get; } = SigningKey.Create();

    public EmbeddedRegistry Registry { get; private set; }

    public string LedgerPath => Path.Combine(Folder, "ledger.jsonl");

    public static async Task<RegistryFixture> CreateAsync()
    {
        var fixture = new RegistryFixture(
            Directory.CreateTempSubdirectory("tectra-registry-").FullName, SigningKey.Create(), new FixedTime(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero)));
        await fixture.Registry.RegisterKeyAsync(fixture.Key.PublicKey, UserId, "production");
        return fixture;
    }

    /// <summary>Closes the registry and opens it again, as another process would.</summary>
    public async Task ReopenAsync()
    {
        await Registry.DisposeAsync();
        Registry = EmbeddedRegistry.Open(Folder, LedgerKey, Clock);
    }

    public SignedCertificate Sign(
        string name, ulong hash = 0x0123456789ABCDEF, bool watermark = true, SigningKey? key = null, string userId = UserId, RecordId? parent = null, string? metadata = null)
    {
        var builder = new CertificateBuilder(key ?? Key, new SignerIdentity(userId), Clock);
        var fingerprint = builder.SignFingerprintAsync(new ContentFingerprint(Digest(name), new PerceptualHash(hash), 10, 10)).AsTask().Result;
        return builder.SignCertificateAsync(fingerprint, new ContentClaims
        {
            Origin = OriginType.DigitalArtwork,
            MediaType = "image/png",
            WatermarkedSha256 = watermark ? Digest($"{name} watermarked") : null,
            WatermarkFormat = watermark ? "tectra-tile-1" : null,
            ParentRecordId = parent,
            MetadataJson = metadata,
        }).AsTask().Result;
    }

    public SignedCertificate SignVideo(string name, SampleRate rate, params PerceptualHash[] frames)
    {
        var video = TestVideos.Fingerprint(rate, rate.TimeOf(frames.Length), [.. frames]);
        var builder = new CertificateBuilder(Key, new SignerIdentity(UserId), Clock);
        var fingerprint = builder.SignFingerprintAsync(new ContentFingerprint(Digest(name), video.PerceptualHash, 640, 360) { Video = video }).AsTask().Result;
        return builder.SignCertificateAsync(fingerprint, new ContentClaims { Origin = OriginType.CameraVideo, MediaType = "video/mp4" }).AsTask().Result;
    }

    public async Task<RecordId> RegisterAsync(string name, ulong hash = 0x0123456789ABCDEF, bool watermark = true) =>
        (await Registry.RegisterAsync(new RegistrationRequest(Sign(name, hash, watermark).Envelope, null))).RecordId;

    public async Task<VerificationReport> VerifyAsync(ObservedContent observed) =>
        await Registry.VerifyAsync(observed, new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(Registry.LedgerKey)), Clock);

    /// <summary>An entry of a ledger, out of its chain.</summary>
    public LedgerEntry Entry(long index, Sdk.Merkle.MerkleHash root, int leafCount)
    {
        var entry = new LedgerEntry
        {
            Index = index,
            PreviousHash = default,
            Root = root,
            LeafCount = leafCount,
            Timestamp = UtcTimestamp.From(Clock.Now),
            PublicKey = LedgerKey.PublicKey,
            Signature = default,
        };
        return entry with { Signature = LedgerKey.Sign(entry.ToSignedMessage()) };
    }

    public static Sha256Digest Digest(string text) => Sha256Digest.Compute(System.Text.Encoding.UTF8.GetBytes(text));

    public static ObservedContent Observe(string name, ulong hash = ulong.MaxValue, WatermarkPayload? payload = null) => new()
    {
        Sha256 = Digest(name),
        PerceptualHash = new PerceptualHash(hash),
        Watermark = new WatermarkReading(payload is not null, payload ?? default, 20),
    };

    public static ObservedContent ObserveVideo(string name, SampleRate rate, params PerceptualHash[] frames) => new()
    {
        Sha256 = Digest(name),
        Video = TestVideos.Observed(rate, rate.TimeOf(frames.Length), [.. frames]),
    };

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        Key.Dispose();
        LedgerKey.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
