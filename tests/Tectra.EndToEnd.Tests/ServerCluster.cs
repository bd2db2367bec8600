using System.Security.Cryptography;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.EndToEnd.Tests;

/// <summary>An account at a registry, and records that it signs.</summary>
internal sealed class TestAccount : IDisposable
{
    private TestAccount(SigningKey key, string userId, string apiKey, string signingKeyId)
    {
        Key = key;
        UserId = userId;
        ApiKey = apiKey;
        SigningKeyId = signingKeyId;
    }

    public SigningKey Key { get; }

    public string UserId { get; }

    public string ApiKey { get; }

    public string SigningKeyId { get; }

    /// <summary>Opens an account with an API key for everything and a signing key, whose private half the server keeps if there is a Fernet key.</summary>
    public static async Task<TestAccount> CreateAsync(Uri server, FernetKey? fernetKey = null)
    {
        using var anonymous = new TectraApiClient(new TectraOptions { ApiUrl = server });
        var email = $"{RandomNumberGenerator.GetHexString(12, lowercase: true)}@example.org";
        const string Password = "correct horse battery staple";
        await anonymous.RegisterAccountAsync(email, Password);
        var login = await anonymous.LoginAsync(email, Password);
        using var client = anonymous.WithToken(login.Token);
        var apiKey = await client.CreateApiKeyAsync("tests", [ApiScopes.Admin]);
        var key = SigningKey.Create();
        var encrypted = fernetKey is null ? null : EncryptedPrivateKey.Protect(key, fernetKey, TimeProvider.System);
        var registered = await client.RegisterSigningKeyAsync(key, "tests", encrypted);
        return new TestAccount(key, login.UserId, apiKey.Key, registered.Id);
    }

    /// <summary>A record of a picture that doesn't exist.</summary>
    public RegistrationRequest Sign(int number)
    {
        var builder = new CertificateBuilder(Key, new SignerIdentity(UserId), TimeProvider.System);
        var random = new Random(number);
        var fingerprint = new ContentFingerprint(Digest($"source {number}"), new PerceptualHash((ulong)random.NextInt64()), 1920, 1080);
        var signed = builder.SignFingerprintAsync(fingerprint).AsTask().Result;
        return new RegistrationRequest(builder.SignCertificateAsync(signed, new ContentClaims
        {
            Origin = OriginType.AiGeneratedImage,
            MediaType = "image/png",
            WatermarkedSha256 = Digest($"delivered {number}"),
            WatermarkFormat = "tectra-tile-1",
        }).AsTask().Result.Envelope, null);
    }

    public static Sha256Digest Digest(string text) => Sha256Digest.Compute(System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Key.Dispose();
}

/// <summary>Server processes on one database, a client at each, and an account.</summary>
internal sealed class ServerCluster : IAsyncDisposable
{
    private readonly string _home;

    private ServerCluster(string home, ServeProcess[] servers, TestAccount account)
    {
        _home = home;
        Servers = servers;
        Account = account;
        Clients = [.. servers.Select(server => new TectraApiClient(new TectraOptions { ApiUrl = server.Url, ApiKey = account.ApiKey, TotalTimeout = TimeSpan.FromMinutes(2) }))];
    }

    public ServeProcess[] Servers { get; }

    public TestAccount Account { get; }

    public TectraApiClient[] Clients { get; }

    public static async Task<ServerCluster> StartAsync(string database, int servers)
    {
        var home = Directory.CreateTempSubdirectory("tectra-cluster-").FullName;
        using var key = FernetKey.Create();
        var fernetKey = System.Text.Encoding.ASCII.GetString(key.Export());
        var environment = new Dictionary<string, string> { ["TECTRA_ANCHORING_INTERVAL"] = "0.2" };
        // At the same time, on an empty database: making the tables is part of the test.
        var started = await Task.WhenAll(Enumerable.Range(0, servers).Select(i => ServeProcess.StartAsync(database, Path.Combine(home, $"{i}"), fernetKey, environment: environment)));
        return new ServerCluster(home, started, await TestAccount.CreateAsync(started[0].Url));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Clients) client.Dispose();
        foreach (var server in Servers) await server.DisposeAsync();
        Account.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
