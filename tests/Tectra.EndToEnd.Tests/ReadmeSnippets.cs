using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Tectra.Registry;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

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
        Uri firstNode = new("https://polygon.example"), secondNode = new("https://polygon.invalid");
        Environment.CurrentDirectory = folder;
        File.Copy(photo, "photo.png");
        File.Copy(TestData.PathOf("video/bbb-480p-h264-30s.mp4"), "clip.mp4");
        Ffmpeg.Run("-i", "clip.mp4", "-vf", "scale=640:-2,hflip=enable='gte(t,10)*lt(t,15)'", "-c:v", "libx264", "-preset", "veryfast", "-an", "copy.mp4");
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

            Directory.CreateDirectory("portfolio");
            File.Copy("photo.png", "portfolio/one.png");
            // A portfolio: side by side, as fast as the results are taken.
            var pictures = Directory.EnumerateFiles("portfolio", "*.png").Select(path => PictureToSign.FromFile(path, new SignRequest(OriginType.DigitalArtwork)));
            await foreach (SignOutcome outcome in signer.SignManyAsync(pictures.ToAsyncEnumerable()))
                Console.WriteLine(outcome.Signed is { } done ? $"{outcome.Picture.Name}: {done.Certificate.RecordId}" : $"{outcome.Picture.Name}: {outcome.Error!.Message}");

            // Or without any registry: one JSON file holds everything a verifier needs.
            EvidenceBundle bundle = (await registry.GetEvidenceAsync(signed.Certificate.RecordId))!;
            VerificationReport offline = Verifier.Verify(observed, [bundle], EvidenceSource.Bundle, policy, TimeProvider.System.GetUtcNow());
            Assert.That(offline.PassedChecks, Is.EqualTo(4));

            // A batch that a server anchored on Polygon: ask nodes of two operators, which must agree. No account, no server of ours.
            using var polygon = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [firstNode, secondNode] });
            VerificationReport trustless = await polygon.VerifyAsync(observed, bundle, policy);
            Assert.That(trustless.PassedChecks, Is.EqualTo(4), "this bundle's anchor is a ledger's; the tests of chains have others");

            // A video stays as it is: its frames are hashed and chained in segments, by which any copy or clip of it is known.
            SignedVideo film = await new VideoSigner(key, acme).SignFileAsync("clip.mp4", new VideoSignRequest(OriginType.CameraVideo));
            await registry.RegisterAsync(film.Registration);
            VerificationReport copy = await registry.VerifyAsync(await new VideoInspector().InspectFileAsync("copy.mp4"), policy, TimeProvider.System);
            Console.WriteLine($"{copy.Video!.VerifiedSegments} of {copy.Video.TotalSegments} segments: {string.Join(", ", copy.Video.Changes.Select(change => change.Details))}");
            Assert.That((copy.Video.VerifiedSegments, copy.Video.Changes.Single().Details), Is.EqualTo((5, "00:10–00:15 changed")));
        }
        finally
        {
            Environment.CurrentDirectory = previous;
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task In_a_service()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-readme-").FullName;
        using var fernetKey = FernetKey.Create();
        var fernetText = System.Text.Encoding.ASCII.GetString(fernetKey.Export());
        await using (var server = await ServeProcess.StartAsync(null, Path.Combine(folder, "home"), fernetText))
        {
            using var account = await TestAccount.CreateAsync(server.Url, fernetKey);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Tectra:ApiUrl"] = server.Url.ToString(),
                ["Tectra:ApiKey"] = account.ApiKey,
                ["Tectra:SigningKeyId"] = account.SigningKeyId,
                ["Tectra:FernetKey"] = fernetText,
                ["Tectra:OutboxDirectory"] = Path.Combine(folder, "outbox"),
            }).Build();
            var services = new ServiceCollection();
            services.AddLogging();

            // In a service, with a registry behind HTTP: TECTRA_API_URL, TECTRA_API_KEY, TECTRA_SIGNING_KEY_ID, TECTRA_FERNET_KEY, TECTRA_OUTBOX.
            services.AddTectra(configuration).AddTectraImaging();

            await using var provider = services.BuildServiceProvider();
            var picture = await File.ReadAllBytesAsync(TestData.PathOf("images/kodak/kodim04.png"));

            // The encrypted signing key is fetched once and opened here; only hashes and signatures go back.
            ImageSigner generatorSigner = await provider.GetRequiredService<ImageSignerProvider>().GetAsync();
            SignedImage generated = await generatorSigner.SignAsync(picture, new SignRequest(OriginType.AiGeneratedImage));
            await provider.GetRequiredService<RegistrationOutbox>().EnqueueAsync(generated.Registration);

            var flush = await provider.GetRequiredService<RegistrationOutbox>().FlushAsync(provider.GetRequiredService<ITectraApi>());
            Assert.That((flush.Delivered, flush.Refused), Is.EqualTo((1, 0)));
            Assert.That(await provider.GetRequiredService<ITectraApi>().GetEvidenceAsync(generated.Certificate.RecordId), Is.Not.Null);
        }
        Directory.Delete(folder, recursive: true);
    }
}
