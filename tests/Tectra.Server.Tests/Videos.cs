using System.Numerics;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Server.Tests;

/// <summary>Videos as they are signed and observed, without a decoder.</summary>
internal static class Videos
{
    /// <summary>Frames of a scene of their own: half of each hash's bits are set.</summary>
    public static PerceptualHash[] Frames(int count, int scene)
    {
        var random = new Random(scene);
        return [.. Enumerable.Range(0, count).Select(_ => Frame())];

        PerceptualHash Frame()
        {
            var bits = 0UL;
            while (BitOperations.PopCount(bits) < 32) bits |= 1UL << random.Next(64);
            return new PerceptualHash(bits);
        }
    }

    public static async Task<SignedCertificate> SignAsync(SigningKey key, string userId, TimeProvider clock, string name, SampleRate rate, PerceptualHash[] frames)
    {
        var video = TestVideos.Fingerprint(rate, rate.TimeOf(frames.Length), [.. frames]);
        var builder = new CertificateBuilder(key, new SignerIdentity(userId), clock);
        var fingerprint = await builder.SignFingerprintAsync(new ContentFingerprint(Tenant.Digest(name), video.PerceptualHash, 1920, 1080) { Video = video });
        return await builder.SignCertificateAsync(fingerprint, new ContentClaims { Origin = OriginType.CameraVideo, MediaType = "video/mp4" });
    }

    public static ObservedContent Observe(string name, SampleRate rate, PerceptualHash[] frames) => new()
    {
        Sha256 = Tenant.Digest(name),
        MediaType = "video/mp4",
        Video = TestVideos.Observed(rate, rate.TimeOf(frames.Length), [.. frames]),
    };
}
