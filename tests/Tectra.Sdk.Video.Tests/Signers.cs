using Tectra.Sdk.Certificates;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Signers with a key of the run's own.</summary>
internal static class Signers
{
    private static readonly SigningKey Key = SigningKey.Create();

    public static VideoSigner Create(VideoOptions? options = null) =>
        new(Key, new SignerIdentity("video-tests"), options, new FixedTime(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
}
