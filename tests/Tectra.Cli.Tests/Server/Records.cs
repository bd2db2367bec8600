using System.Security.Cryptography;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Cli.Tests.Server;

/// <summary>Records for tests of servers.</summary>
internal static class Records
{
    /// <summary>Signs records of nothing in particular: a registry sees no pixels anyway.</summary>
    public static async Task<List<RegistrationRequest>> SignAsync(CertificateBuilder builder, int count)
    {
        var claims = new ContentClaims { Origin = OriginType.AiGeneratedImage, MediaType = "image/png" };
        var requests = new List<RegistrationRequest>(count);
        for (var i = 0; i < count; i++)
        {
            var picture = RandomNumberGenerator.GetBytes(sizeof(ulong));
            var fingerprint = await builder.SignFingerprintAsync(new ContentFingerprint(Sha256Digest.Compute(picture), new PerceptualHash(BitConverter.ToUInt64(picture)), 640, 480));
            requests.Add(new RegistrationRequest((await builder.SignCertificateAsync(fingerprint, claims)).Envelope, null));
        }
        return requests;
    }

    /// <summary>All records of an account.</summary>
    public static async Task<List<RecordSummary>> ListAsync(TectraApiClient client)
    {
        var records = new List<RecordSummary>();
        for (string? cursor = null; ;)
        {
            var page = await client.ListRecordsAsync(new RecordFilter { Limit = RecordFilter.MaxLimit, Cursor = cursor });
            records.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) return records;
        }
    }
}
