using System.Collections.Concurrent;
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
    private static readonly SigningKey Key = SigningKey.Create(); // one for all tests, so that each clip is signed once
    private static readonly ConcurrentDictionary<string, Task<SignedVideo>> Signed = new(StringComparer.Ordinal);

    private readonly SigningKey _ledgerKey = SigningKey.Create();
    private readonly EmbeddedRegistry _registry;
    private readonly VideoInspector _inspector = new();

    public VideoRegistry() => _registry = EmbeddedRegistry.Open(_folder, _ledgerKey);

    /// <summary>Signs a video, registers and anchors it.</summary>
    public async Task<Certificate> SignAsync(string path)
    {
        await _registry.RegisterKeyAsync(Key.PublicKey, "user");
        var signed = await Signed.GetOrAdd(path, file => new VideoSigner(Key, new SignerIdentity("user")).SignFileAsync(file, new VideoSignRequest(OriginType.CameraVideo)));
        await _registry.RegisterAsync(signed.Registration);
        await _registry.AnchorPendingAsync();
        return signed.Certificate;
    }

    /// <summary>Verifies a file.</summary>
    public async Task<VerificationReport> VerifyAsync(string path)
    {
        var policy = new VerificationPolicy(KeyTrust.Only(Key.PublicKey), KeyTrust.Only(_ledgerKey.PublicKey));
        return await _registry.VerifyAsync(await _inspector.InspectFileAsync(path), policy, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _ledgerKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
