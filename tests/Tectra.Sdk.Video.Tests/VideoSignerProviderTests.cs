using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Video.Tests;

public sealed class VideoSignerProviderTests
{
    [Test]
    public async Task The_key_is_fetched_once_and_signs_for_the_account()
    {
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        using var registry = new AccountRegistry(key, fernet);
        var services = new ServiceCollection()
            .AddTectra(new TectraOptions { ApiUrl = new Uri("https://registry.example"), ApiKey = "iai_1", SigningKeyId = AccountRegistry.KeyId, FernetKey = Encoding.ASCII.GetString(fernet.Export()) })
            .AddTectraVideo();
        services.AddHttpClient(TectraApiClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => registry);
        await using var container = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Assert.That(container.GetRequiredService<VideoInspector>(), Is.Not.Null);
        var provider = container.GetRequiredService<VideoSignerProvider>();
        registry.IsDown = true;
        Assert.That(async () => await provider.GetAsync(), Throws.InstanceOf<RegistryException>(), "and tries again the next time");
        registry.IsDown = false;
        registry.Asked.Clear();
        var signers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => provider.GetAsync().AsTask()));
        Assert.That(signers.Distinct().Count(), Is.EqualTo(1));
        Assert.That(registry.Asked, Has.Count.EqualTo(2));
        var signed = await signers[0].SignFileAsync(TestData.PathOf("video/flower-h264-5s.mp4"), new VideoSignRequest(OriginType.AiGeneratedVideo));
        Assert.That((signed.Certificate.PublicKey, signed.Certificate.Signer.UserId, signed.Certificate.Signer.OrganisationName), Is.EqualTo((key.PublicKey, "u-1", "Acme")));
    }
}
