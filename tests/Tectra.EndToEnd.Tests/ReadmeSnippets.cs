using Tectra.Registry;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests;

/// <summary>The README's code, compiled and run. The README shows these very lines.</summary>
public sealed class ReadmeSnippets
{
    [Test]
    public async Task Quick_start()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-readme-").FullName;
        var photo = TestData.PathOf("images/kodak/kodim04.png");
        var previous = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder;
        File.Copy(photo, "photo.png");
        try
        {
            // Keys: made once, kept encrypted; the ledger has one of its own.
            using var key = SigningKey.Create();
            using var ledgerKey = SigningKey.Create();
            var acme = new SignerIdentity(UserId: "acme", OrganisationName: "Acme AI Inc.", OrganisationType: "ai_provider");

            // A registry inside this process: SQLite and a local ledger in one folder.
            await using var registry = EmbeddedRegistry.Open("registry", ledgerKey);
            await registry.RegisterKeyAsync(key.PublicKey, acme.UserId);

            // Sign: fingerprint, signature, watermark, certificate. Nothing leaves the process.
            var signer = new ImageSigner(key, acme);
            var signed = await signer.SignAsync(
                await File.ReadAllBytesAsync("photo.png"),
                new SignRequest(OriginType.AiGeneratedImage) { DeviceId = "model-v3" });

            // Register hashes and signatures, deliver the file, anchor the batch.
            await registry.RegisterAsync(signed.Registration);
            AtomicFile.Write("photo.signed.png", signed.Bytes.Span);
            await registry.AnchorPendingAsync();

            // Verify any file: measure it here, judge it against the registry's evidence.
            var observed = await new ImageInspector().InspectFileAsync("photo.signed.png");
            var policy = new VerificationPolicy(KeyTrust.Only(key.PublicKey), KeyTrust.Only(ledgerKey.PublicKey));
            VerificationReport report = await registry.VerifyAsync(observed, policy, TimeProvider.System);
            Console.WriteLine($"{report.PassedChecks} of 4, {report.Verdict}, {report.Content}");
            Assert.That((report.PassedChecks, report.Content), Is.EqualTo((4, ContentState.IdenticalToSigned)));

            // Or without any registry: one JSON file holds everything a verifier needs.
            EvidenceBundle bundle = (await registry.GetEvidenceAsync(signed.Certificate.RecordId))!;
            VerificationReport offline = Verifier.Verify(observed, [bundle], EvidenceSource.Bundle, policy, TimeProvider.System.GetUtcNow());
            Assert.That(offline.PassedChecks, Is.EqualTo(4));
        }
        finally
        {
            Environment.CurrentDirectory = previous;
            Directory.Delete(folder, recursive: true);
        }
    }
}
