using System.Globalization;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Api.Outbox;

/// <summary>Signed registrations by the number.</summary>
internal static class Registrations
{
    public static List<(RecordId Id, RegistrationRequest Request)> Make(int count, int metadataLength = 0)
    {
        using var key = SigningKey.Create();
        var builder = new CertificateBuilder(key, new SignerIdentity("user-1"), SignedRecord.Clock);
        return [.. Enumerable.Range(0, count).Select(i => Make(builder, i, metadataLength))];
    }

    private static (RecordId Id, RegistrationRequest Request) Make(CertificateBuilder builder, int number, int metadataLength)
    {
        var source = new ContentFingerprint(SignedRecord.Digest(number.ToString(CultureInfo.InvariantCulture)), new PerceptualHash((ulong)number), 10, 10);
        var metadata = metadataLength == 0 ? null : Metadata.ToJson(new Dictionary<string, string> { ["note"] = new('x', metadataLength) });
        var claims = new ContentClaims { Origin = OriginType.AiGeneratedImage, MediaType = "image/png", MetadataJson = metadata };
        var signed = builder.SignCertificateAsync(builder.SignFingerprintAsync(source).AsTask().Result, claims).AsTask().Result;
        return (signed.Certificate.RecordId, new RegistrationRequest(signed.Envelope, metadata));
    }
}
