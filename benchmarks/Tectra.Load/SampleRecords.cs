using System.Buffers.Binary;
using System.Security.Cryptography;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Load;

/// <summary>Records of pictures that don't exist: digests and hashes from a seed, really signed.</summary>
internal static class SampleRecords
{
    /// <summary>Signs records on every core.</summary>
    public static RegistrationRequest[] Sign(SigningKey key, SignerIdentity identity, int first, int count)
    {
        var requests = new RegistrationRequest[count];
        Parallel.For(0, count, i => requests[i] = Sign(key, identity, first + i));
        return requests;
    }

    public static Sha256Digest DeliveredSha256(int number) => Digest(number, "delivered");

    public static PerceptualHash Hash(int number) => new(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(BitConverter.GetBytes(number))));

    private static RegistrationRequest Sign(SigningKey key, SignerIdentity identity, int number)
    {
        var builder = new CertificateBuilder(key, identity, TimeProvider.System);
        var fingerprint = new ContentFingerprint(Digest(number, "source"), Hash(number), 1920, 1080);
        var signed = builder.SignFingerprintAsync(fingerprint).AsTask().Result;
        var claims = new ContentClaims
        {
            Origin = OriginType.AiGeneratedImage,
            MediaType = "image/png",
            WatermarkedSha256 = DeliveredSha256(number),
            WatermarkFormat = "tectra-tile-1",
            DeviceId = "model-v3",
        };
        return new RegistrationRequest(builder.SignCertificateAsync(signed, claims).AsTask().Result.Envelope, null);
    }

    private static Sha256Digest Digest(int number, string what) => Sha256Digest.Compute([.. BitConverter.GetBytes(number), .. System.Text.Encoding.ASCII.GetBytes(what)]);
}
