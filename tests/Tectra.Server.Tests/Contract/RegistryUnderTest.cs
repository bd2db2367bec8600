using Tectra.Registry;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Server.Tests.Contract;

/// <summary>A registry behind the port, wherever it runs, and two users who have a key each.</summary>
internal abstract class RegistryUnderTest : IAsyncDisposable
{
    public const string InProcess = "in process", SqliteServer = "SQLite server", PostgresServer = "PostgreSQL server";

    public static string[] Kinds { get; } = [InProcess, SqliteServer, PostgresServer];

    /// <summary>The registry's clock. It stands still.</summary>
    public abstract FixedTime Clock { get; }

    /// <summary>The first user.</summary>
    public User Jane { get; private set; } = null!;

    /// <summary>The second user.</summary>
    public User Max { get; private set; } = null!;

    public static async Task<RegistryUnderTest> StartAsync(string kind)
    {
        RegistryUnderTest registry = kind == InProcess ? new Embedded() : new OverHttp(await TestServer.StartAsync(kind == SqliteServer ? TestServer.Sqlite : TestServer.Postgres));
        registry.Jane = await registry.AddUserAsync();
        registry.Max = await registry.AddUserAsync();
        return registry;
    }

    public abstract Task AnchorAsync();

    public abstract Task<PublicKey> GetLedgerKeyAsync();

    public async Task<VerificationReport> VerifyAsync(ObservedContent observed, bool exhaustive = false) =>
        await Jane.Api.VerifyAsync(observed, new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(await GetLedgerKeyAsync())) { IsExhaustive = exhaustive }, Clock);

    public abstract ValueTask DisposeAsync();

    protected abstract Task<User> AddUserAsync();

    /// <summary>Somebody who signs.</summary>
    internal sealed record User(ITectraApi Api, SigningKey Key, string UserId, FixedTime Clock)
    {
        public SignedCertificate Sign(string name, ulong hash = 0x0123456789ABCDEF, bool watermark = true, RecordId? parent = null, string? metadata = null, SigningKey? key = null, string? userId = null)
        {
            var builder = new CertificateBuilder(key ?? Key, new SignerIdentity(userId ?? UserId), Clock);
            var fingerprint = builder.SignFingerprintAsync(new ContentFingerprint(Digest(name), new PerceptualHash(hash), 10, 10)).AsTask().Result;
            return builder.SignCertificateAsync(fingerprint, new ContentClaims
            {
                Origin = OriginType.Photojournalism,
                MediaType = "image/png",
                WatermarkedSha256 = watermark ? Digest($"{name} watermarked") : null,
                WatermarkFormat = watermark ? "tectra-tile-1" : null,
                ParentRecordId = parent,
                MetadataJson = metadata,
            }).AsTask().Result;
        }

        public async Task<RecordId> RegisterAsync(SignedCertificate signed, string? metadata = null) => (await Api.RegisterAsync(new RegistrationRequest(signed.Envelope, metadata))).RecordId;
    }

    public static Sha256Digest Digest(string text) => Sha256Digest.Compute(System.Text.Encoding.UTF8.GetBytes(text));

    public static ObservedContent Observe(string name, ulong hash = ulong.MaxValue, WatermarkPayload? payload = null) => new()
    {
        Sha256 = Digest(name),
        PerceptualHash = new PerceptualHash(hash),
        Watermark = new WatermarkReading(payload is not null, payload ?? default, payload is null ? 11 : 20),
    };

    private sealed class Embedded : RegistryUnderTest
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("tectra-contract-").FullName;
        private readonly SigningKey _ledgerKey = SigningKey.Create();
        private readonly EmbeddedRegistry _registry;

        public Embedded() => _registry = EmbeddedRegistry.Open(_folder, _ledgerKey, Clock);

        public override FixedTime Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));

        public override async Task AnchorAsync() => await _registry.AnchorPendingAsync();

        public override Task<PublicKey> GetLedgerKeyAsync() => Task.FromResult(_registry.LedgerKey);

        public override async ValueTask DisposeAsync()
        {
            await _registry.DisposeAsync();
            _ledgerKey.Dispose();
            Jane.Key.Dispose();
            Max.Key.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        protected override async Task<User> AddUserAsync()
        {
            var user = new User(_registry, SigningKey.Create(), $"user-{RecordId.Create(TimeProvider.System)}", Clock);
            await _registry.RegisterKeyAsync(user.Key.PublicKey, user.UserId);
            return user;
        }
    }

    private sealed class OverHttp(TestServer server) : RegistryUnderTest
    {
        private readonly List<TectraApiClient> _clients = [];

        public override FixedTime Clock => server.Clock;

        public override async Task AnchorAsync() => await server.Registry.AnchorPendingAsync(default);

        public override async Task<PublicKey> GetLedgerKeyAsync() => (await _clients[0].GetRegistryInfoAsync()).LedgerPublicKey;

        public override async ValueTask DisposeAsync()
        {
            foreach (var client in _clients) client.Dispose();
            await server.DisposeAsync();
            Jane.Key.Dispose();
            Max.Key.Dispose();
        }

        protected override async Task<User> AddUserAsync()
        {
            using var anonymous = new TectraApiClient(new TectraOptions { ApiUrl = server.Address });
            var email = $"{RecordId.Create(TimeProvider.System)}@example.org";
            await anonymous.RegisterAccountAsync(email, "correct horse battery staple");
            var login = await anonymous.LoginAsync(email, "correct horse battery staple");
            using var loggedIn = anonymous.WithToken(login.Token);
            var apiKey = await loggedIn.CreateApiKeyAsync("contract", [ApiScopes.Sign]);
            var client = new TectraApiClient(new TectraOptions { ApiUrl = server.Address, ApiKey = apiKey.Key });
            _clients.Add(client);
            var key = SigningKey.Create();
            await client.RegisterSigningKeyAsync(key, "contract");
            return new User(client, key, login.UserId, Clock);
        }
    }
}
