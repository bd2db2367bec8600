using Tectra.Registry.Tests.Similarity;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Storage;

/// <summary>A registry that an earlier version of the program wrote: three anchored records, one of them revoked, and a pending one.</summary>
public sealed class SqliteUpgradeTests
{
    private static readonly RecordId Parent = RecordId.Parse("01a1fec9-bca8-7666-af7c-b4e3ee5c4a13"), Revoked = RecordId.Parse("01a1fec9-be2f-72c2-b0c1-9035cf52b895");

    [Test]
    public async Task A_registry_of_version_1_is_taken_over_whole()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-upgrade-").FullName;
        foreach (var name in new[] { "registry.db", "ledger.jsonl" }) File.Copy(TestData.PathOf($"registry-v1/{name}"), Path.Combine(folder, name));
        using var key = SigningKey.Create();
        await using var fixture = await RegistryFixture.CreateAsync();
        var frames = new VideoFrames(1).Next(30);
        var video = fixture.SignVideo("video", SampleRate.Of(1), frames);
        for (var opened = 1; opened <= 2; opened++)
        {
            await using var registry = EmbeddedRegistry.Open(folder, key);
            if (opened == 1)
            {
                await registry.RegisterKeyAsync(fixture.Key.PublicKey, RegistryFixture.UserId);
                await registry.RegisterAsync(new RegistrationRequest(video.Envelope, null));
            }
            var clip = await registry.FindAsync(RegistryFixture.ObserveVideo("clip", SampleRate.Of(8), frames[3..7]), new LookupOptions());
            Assert.That(clip.Single().Envelope.PayloadSha256, Is.EqualTo(video.Envelope.PayloadSha256));
            var parent = (await registry.GetEvidenceAsync(Parent))!;
            var certificate = Certificate.FromPayload(parent.Envelope.Payload);
            var observed = new ObservedContent
            {
                Sha256 = certificate.WatermarkedSha256!.Value,
                PerceptualHash = certificate.Fingerprint.PerceptualHash,
                Watermark = new WatermarkReading(true, certificate.WatermarkPayload, 20),
            };
            var report = await registry.VerifyAsync(observed, new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.AnyKey) { IsExhaustive = true }, TimeProvider.System);
            Assert.That(report.PassedChecks, Is.EqualTo(4));
            Assert.That((await registry.GetEvidenceAsync(Revoked))!.Revocation!.Reason, Is.EqualTo("by mistake"));
            var child = report.Findings.Single(finding => finding.Result.Code == CheckCodes.OtherRecordsMatch).Result.Details;
            var chain = await registry.GetCustodyChainAsync(RecordId.Parse(child[(child.IndexOf(": ", StringComparison.Ordinal) + 2)..][..36]));
            Assert.That(chain.Select(bundle => Certificate.FromPayload(bundle.Envelope.Payload).RecordId).Last(), Is.EqualTo(Parent));
            Assert.That(chain.Select(bundle => bundle.Anchor is not null), Is.All.True);
            // The key that signed the ledger isn't this test's, so what is pending can't be anchored here; that it is known shows.
            Assert.That(async () => await registry.AnchorPendingAsync(), Throws.TypeOf<Sdk.RegistryException>().With.Message.Contains("is signed by the key"));
        }
        Directory.Delete(folder, recursive: true);
    }
}
