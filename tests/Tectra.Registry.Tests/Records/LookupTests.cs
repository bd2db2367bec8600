using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Records;

public sealed class LookupTests
{
    [Test]
    public async Task Records_are_found_by_bytes_payload_and_picture_with_full_recall()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var random = new Random(3);
        var records = new List<(string Name, ulong Hash, Certificate Certificate)>();
        for (var i = 0; i < 200; i++)
        {
            var hash = (ulong)random.NextInt64();
            var signed = fixture.Sign($"picture {i}", hash);
            await fixture.Registry.RegisterAsync(new Sdk.Api.RegistrationRequest(signed.Envelope, null));
            records.Add(($"picture {i}", hash, signed.Certificate));
        }
        foreach (var (name, hash, certificate) in records)
        {
            Assert.That(await Ids(fixture, RegistryFixture.Observe(name)), Does.Contain(certificate.RecordId), "original");
            Assert.That(await Ids(fixture, RegistryFixture.Observe($"{name} watermarked")), Does.Contain(certificate.RecordId), "delivered");
            var near = hash;
            for (var flips = 0; flips < 8; flips++) near ^= 1UL << random.Next(64);
            Assert.That(await Ids(fixture, RegistryFixture.Observe("x", near)), Does.Contain(certificate.RecordId), "picture");
            var payload = certificate.WatermarkPayload.Bits;
            for (var flips = 0; flips < 6; flips++) payload ^= UInt128.One << random.Next(128);
            Assert.That(await Ids(fixture, RegistryFixture.Observe("x", payload: new WatermarkPayload(payload))), Does.Contain(certificate.RecordId), "payload");
        }
        Assert.That(await Ids(fixture, RegistryFixture.Observe("unknown")), Is.Empty);
    }

    [Test]
    public async Task However_much_matches_no_more_records_are_found_than_a_client_reads()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var same = Enumerable.Range(0, 200).Select(_ => fixture.Sign("the same bytes", 0x00000000FFFFFFFF, watermark: false));
        var alike = Enumerable.Range(0, 200).Select(i => fixture.Sign($"picture {i}", 0xFFFFFFFF00000000, watermark: false));
        foreach (var batch in same.Concat(alike).Chunk(Sdk.Api.ITectraApi.MaxBatch))
            await fixture.Registry.RegisterBatchAsync([.. batch.Select(signed => new Sdk.Api.RegistrationRequest(signed.Envelope, null))]);
        var observed = RegistryFixture.Observe("the same bytes", 0xFFFFFFFF00000000) with { Watermark = null };
        var found = await fixture.Registry.FindAsync(observed, new Sdk.Api.LookupOptions { IsExhaustive = true });
        Assert.That(found, Has.Count.EqualTo(Sdk.Api.LookupOptions.MaxCandidates));
        Assert.That(found.Count(bundle => Certificate.FromPayload(bundle.Envelope.Payload).Fingerprint.Sha256 == observed.Sha256), Is.EqualTo(200), "those with its bytes are all there");
    }

    [Test]
    public async Task A_candidate_payload_is_looked_up_even_below_the_threshold()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var signed = fixture.Sign("a");
        await fixture.Registry.RegisterAsync(new Sdk.Api.RegistrationRequest(signed.Envelope, null));
        var observed = RegistryFixture.Observe("x") with { Watermark = new WatermarkReading(false, signed.Certificate.WatermarkPayload, 12.1) };
        Assert.That(await Ids(fixture, observed), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_record_without_watermark_is_not_found_by_a_payload()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var signed = fixture.Sign("a", watermark: false);
        await fixture.Registry.RegisterAsync(new Sdk.Api.RegistrationRequest(signed.Envelope, null));
        Assert.That(await Ids(fixture, RegistryFixture.Observe("x", payload: signed.Certificate.WatermarkPayload)), Is.Empty);
    }

    [Test]
    public async Task Two_processes_see_each_others_records()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        await using var second = EmbeddedRegistry.Open(fixture.Folder, fixture.LedgerKey, fixture.Clock);
        Assert.That(await second.FindAsync(RegistryFixture.Observe("x", 0x0123456789ABCDEF), new Sdk.Api.LookupOptions()), Is.Empty);
        await fixture.RegisterAsync("a");
        Assert.That(await second.FindAsync(RegistryFixture.Observe("x", 0x0123456789ABCDEF), new Sdk.Api.LookupOptions()), Has.Count.EqualTo(1));
        Assert.That(await second.AnchorPendingAsync(), Is.EqualTo(1));
        var report = await fixture.VerifyAsync(RegistryFixture.Observe("a watermarked", 0x0123456789ABCDEF));
        Assert.That(report.Blockchain.Code, Is.EqualTo("anchored_in_ledger"));
    }

    [Test]
    public async Task A_revoked_record_is_found_and_fails()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var id = await fixture.RegisterAsync("a");
        await fixture.Registry.AnchorPendingAsync();
        await fixture.Registry.RevokeAsync(id, "stolen key");
        await fixture.Registry.RevokeAsync(id, "again");
        var report = await fixture.VerifyAsync(RegistryFixture.Observe("a watermarked", 0x0123456789ABCDEF));
        Assert.That((report.Sha256.Code, report.IsAuthentic), Is.EqualTo(("record_revoked", false)));
        Assert.That(report.Sha256.Details, Does.Contain("stolen key"));
        Assert.That(
            async () => await fixture.Registry.RevokeAsync(RecordId.Create(TimeProvider.System), ""),
            Throws.TypeOf<Sdk.RegistryException>().With.Property("Code").EqualTo("record_unknown"));
    }

    private static async Task<List<RecordId>> Ids(RegistryFixture fixture, ObservedContent observed)
    {
        var evidence = await fixture.Registry.FindAsync(observed, new Sdk.Api.LookupOptions());
        return [.. evidence.Select(bundle => Certificate.FromPayload(bundle.Envelope.Payload).RecordId)];
    }
}
