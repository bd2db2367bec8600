using System.Text;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests;

/// <summary>An account with a login, a signing key, and API keys of any scope.</summary>
internal sealed class Tenant : IDisposable
{
    public const string Password = "correct horse battery";

    private static int _count;

    private readonly TestServer _server;

    private Tenant(TestServer server, string email, string userId, string? orgName)
    {
        _server = server;
        Email = email;
        UserId = userId;
        OrgName = orgName;
    }

    public string Email { get; }

    public string UserId { get; }

    public string? OrgName { get; }

    public string Token { get; private set; } = "";

    public SigningKey Key { get; } = SigningKey.Create();

    public static async Task<Tenant> CreateAsync(TestServer server, string? orgName = null, string? orgType = null)
    {
        var email = $"user{Interlocked.Increment(ref _count)}@example.org";
        var account = await server.PostAsync("/api/v1/auth/register", new { email, password = Password, org_name = orgName, org_type = orgType });
        var tenant = new Tenant(server, email, account.Get("user_id"), orgName);
        await tenant.LogInAsync();
        await tenant.RegisterKeyAsync(tenant.Key, "production");
        return tenant;
    }

    public async Task LogInAsync(string password = Password) => Token = (await _server.PostAsync("/api/v1/auth/login", new { email = Email, password })).Get("access_token");

    /// <summary>A new API key's secret.</summary>
    public async Task<string> CreateApiKeyAsync(params string[] scopes) => (await _server.PostAsync("/api/v1/keys/api-keys", new { name = "test", scopes }, Token)).Get("key");

    public Task<Answer> RegisterKeyAsync(SigningKey key, string name, string? token = null) =>
        _server.PostAsync("/api/v1/keys/signing-keys", new { name, public_key = key.PublicKey.ToString(), encrypted_private_key = token, proof = Proof(key) }, Token);

    public string Proof(SigningKey key) => key.Sign(SigningKeyProof.Message(UserId, key.PublicKey)).ToString();

    public SignedCertificate Sign(
        string name, ulong hash = 0x0123456789ABCDEF, SigningKey? key = null, RecordId? parent = null, string? metadata = null, string? userId = null, string? device = null, string? orgName = null)
    {
        var builder = new CertificateBuilder(key ?? Key, new SignerIdentity(userId ?? UserId, orgName), _server.Clock);
        var fingerprint = builder.SignFingerprintAsync(new ContentFingerprint(Digest(name), new PerceptualHash(hash), 10, 10)).AsTask().Result;
        return builder.SignCertificateAsync(fingerprint, new ContentClaims
        {
            Origin = OriginType.DigitalArtwork,
            MediaType = "image/png",
            WatermarkedSha256 = Digest($"{name} watermarked"),
            WatermarkFormat = "tectra-tile-1",
            ParentRecordId = parent,
            MetadataJson = metadata,
            DeviceId = device,
        }).AsTask().Result;
    }

    /// <summary>The body of a registration.</summary>
    public static string Body(SignedCertificate signed, string? metadata = null, string? fileName = null) => JsonSerializer.Serialize(
        RegistrationDocument.From(new RegistrationRequest(signed.Envelope, metadata) { OriginalFileName = fileName }), Wire.Json.RegistrationDocument);

    /// <summary>Registers a new record.</summary>
    public async Task<SignedCertificate> RegisterAsync(string name, ulong hash = 0x0123456789ABCDEF, RecordId? parent = null, string? fileName = null, string? credentials = null)
    {
        var signed = Sign(name, hash, parent: parent);
        var answer = await _server.PostJsonAsync("/api/v1/register", Body(signed, fileName: fileName), credentials ?? Token);
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        return signed;
    }

    public static Sha256Digest Digest(string text) => Sha256Digest.Compute(Encoding.UTF8.GetBytes(text));

    public void Dispose() => Key.Dispose();
}
