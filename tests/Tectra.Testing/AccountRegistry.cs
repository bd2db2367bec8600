using System.Net;
using System.Text;
using Tectra.Sdk.Keys;

namespace Tectra.Testing;

/// <summary>Answers as a registry that knows one account and its encrypted signing key.</summary>
public sealed class AccountRegistry(SigningKey key, FernetKey fernet) : HttpMessageHandler
{
    /// <summary>Under which it knows the key.</summary>
    public const string KeyId = "019345a0-0000-7000-8000-000000000001";

    private readonly string _token = EncryptedPrivateKey.Protect(key, fernet, TimeProvider.System).Token;

    /// <summary>The requests there were.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Whether it answers with an error.</summary>
    public bool IsDown { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Asked.Add($"{request.Method} {path}");
        var body = path.EndsWith("/me", StringComparison.Ordinal)
            ? """{"user_id":"u-1","email":"a@b.example","org_name":"Acme","org_type":"ai_provider","created_at":"x"}"""
            : $$"""{"id":"{{KeyId}}","key_id":"k","name":"production","public_key":"{{key.PublicKey}}","created_at":"x","encrypted_private_key":"{{_token}}"}""";
        return Task.FromResult(new HttpResponseMessage(IsDown ? HttpStatusCode.InternalServerError : HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }
}
