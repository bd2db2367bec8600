using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Imaging.Tests;

public sealed class ImageSignerProviderTests
{
    private const string Id = "019345a0-0000-7000-8000-000000000001";

    [Test]
    public async Task The_key_is_fetched_once_and_signs_for_the_account()
    {
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        using var registry = new Registry(key, fernet);
        var services = new ServiceCollection()
            .AddTectra(new TectraOptions { ApiUrl = new Uri("https://registry.example"), ApiKey = "iai_1", SigningKeyId = Id, FernetKey = Encoding.ASCII.GetString(fernet.Export()) })
            .AddTectraImaging();
        services.AddHttpClient(TectraApiClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => registry);
        await using var container = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Assert.That(container.GetRequiredService<ImageInspector>(), Is.Not.Null);
        var provider = container.GetRequiredService<ImageSignerProvider>();

        registry.IsDown = true;
        Assert.That(async () => await provider.GetAsync(), Throws.InstanceOf<RegistryException>(), "and tries again the next time");
        registry.IsDown = false;
        registry.Asked.Clear();
        var signers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => provider.GetAsync().AsTask()));
        Assert.That(signers.Distinct().Count(), Is.EqualTo(1));
        Assert.That(registry.Asked, Is.EqualTo(new[] { "GET /api/v1/auth/me", $"GET /api/v1/keys/signing-keys/{Id}" }));

        var signed = await signers[0].SignAsync(TestData.Read("images/kodak/kodim01.png"), new SignRequest(OriginType.AiGeneratedImage) { Watermark = WatermarkMode.None });
        Assert.That(signed.Certificate.PublicKey, Is.EqualTo(key.PublicKey));
        Assert.That(
            (signed.Certificate.Signer.UserId, signed.Certificate.Signer.OrganisationName, signed.Certificate.Signer.KeyName), Is.EqualTo(("u-1", "Acme", "production")));
    }

    /// <summary>Knows one account and its key.</summary>
    private sealed class Registry(SigningKey key, FernetKey fernet) : HttpMessageHandler
    {
        private readonly string _token = EncryptedPrivateKey.Protect(key, fernet, TimeProvider.System).Token;

        public List<string> Asked { get; } = [];

        public bool IsDown { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            Asked.Add($"{request.Method} {path}");
            var body = path.EndsWith("/me", StringComparison.Ordinal)
                ? """{"user_id":"u-1","email":"a@b.example","org_name":"Acme","org_type":"ai_provider","created_at":"x"}"""
                : $$"""{"id":"{{Id}}","key_id":"k","name":"production","public_key":"{{key.PublicKey}}","created_at":"x","encrypted_private_key":"{{_token}}"}""";
            return Task.FromResult(new HttpResponseMessage(IsDown ? HttpStatusCode.InternalServerError : HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }
    }
}
