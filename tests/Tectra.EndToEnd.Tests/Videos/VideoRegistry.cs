using Tectra.Registry;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>A registry of its own, and the whole way through the house for videos.</summary>
internal sealed class VideoRegistry : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tectra-videos-").FullName;
    private readonly SigningKey _key = SigningKey.Create();
    private readonly SigningKey _ledgerKey = SigningKey.Create();
    private readonly EmbeddedRegistry _registry;
    private readonly VideoSigner _signer;
    private readonly VideoInspector _inspector = new();

    public VideoRegistry()
    {
        _registry = EmbeddedRegistry.Open(_folder, _ledgerKey);
        _signer = new VideoSigner(_key, new SignerIdentity("user"));
    }

    /// <summary>Signs a video, registers and anchors it.</summary>
    public async Task<Certificate> SignAsync(string path)
    {
        await _registry.RegisterKeyAsync(_key.PublicKey, "user");
        var signed = await _signer.SignFileAsync(path, new VideoSignRequest(OriginType.CameraVideo));
        await _registry.RegisterAsync(signed.Registration);
        await _registry.AnchorPendingAsync();
        return signed.Certificate;
    }

    /// <summary>Verifies a file.</summary>
    public async Task<VerificationReport> VerifyAsync(string path)
    {
        var policy = new VerificationPolicy(KeyTrust.Only(_key.PublicKey), KeyTrust.Only(_ledgerKey.PublicKey));
        return await _registry.VerifyAsync(await _inspector.InspectFileAsync(path), policy, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _key.Dispose();
        _ledgerKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
