using System.Numerics;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using static Tectra.Server.Tests.Contract.RegistryUnderTest;

namespace Tectra.Server.Tests.Contract;

/// <summary>What every registry does, in this process, over HTTP with SQLite, and over HTTP with PostgreSQL.</summary>
[TestFixtureSource(typeof(RegistryUnderTest), nameof(Kinds))]
public sealed class ApiContractTests(string kind)
{
    private RegistryUnderTest _registry = null!;

    [SetUp]
    public async Task Start() => _registry = await StartAsync(kind);

    [TearDown]
    public async Task Stop() => await _registry.DisposeAsync();

    [Test]
    public async Task A_repeated_registration_returns_the_same_record_and_adds_nothing()
    {
        var signed = _registry.Jane.Sign("a");
        var request = new RegistrationRequest(signed.Envelope, null) { WatermarkPayload = signed.Certificate.WatermarkPayload, OriginalFileName = "a.png" };
        var first = await _registry.Jane.Api.RegisterAsync(request);
        var again = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _registry.Jane.Api.RegisterAsync(request))));
        Assert.That(first, Is.EqualTo(new RegistrationReceipt(signed.Certificate.RecordId, AlreadyRegistered: false)));
        Assert.That(again, Is.All.EqualTo(new RegistrationReceipt(signed.Certificate.RecordId, AlreadyRegistered: true)));
        Assert.That(await _registry.Jane.Api.FindAsync(Observe("a"), new LookupOptions()), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_same_record_from_many_at_once_is_new_to_one_of_them()
    {
        var request = new RegistrationRequest(_registry.Jane.Sign("a").Envelope, null);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await _registry.Jane.Api.RegisterAsync(request))));
        Assert.That(receipts.Count(receipt => !receipt.AlreadyRegistered), Is.EqualTo(1));
    }

    [Test]
    public async Task What_does_not_add_up_is_refused_with_its_code()
    {
        using var stranger = SigningKey.Create();
        var (jane, max) = (_registry.Jane, _registry.Max);
        var signed = jane.Sign("a");
        await jane.RegisterAsync(signed);
        var certificate = signed.Certificate;
        var longText = $"{{\"a\":\"{new string('x', Metadata.MaxBytes)}\"}}";
        _registry.Clock.Now += TimeSpan.FromHours(1);
        var early = jane.Sign("early");
        _registry.Clock.Now -= TimeSpan.FromHours(1);
        foreach (var (request, code) in new (RegistrationRequest, string)[]
        {
            (Of(jane.Sign("b", key: stranger).Envelope), "key_not_registered"),
            (Of(jane.Sign("b", key: max.Key).Envelope), "key_owner_mismatch"),
            (Of(Resign(certificate with { RecordId = RecordId.Create(_registry.Clock) }, max.Key)), "certificate_signature_invalid"),
            (Of(Resign(certificate with { RecordId = RecordId.Create(_registry.Clock), DeviceId = "x", Fingerprint = certificate.Fingerprint with { Width = 11, Sha256 = Digest("z") } }, jane.Key)), "fingerprint_signature_invalid"),
            (Of(Resign(certificate with { DeviceId = "another" }, jane.Key)), "record_conflict"),
            (Of(jane.Sign("c", parent: RecordId.Create(_registry.Clock)).Envelope), "parent_unknown"),
            (Of(jane.Sign("d", metadata: "{\"a\":\"b\"}").Envelope), "metadata_digest_mismatch"),
            (new RegistrationRequest(jane.Sign("e", metadata: longText).Envelope, longText), "metadata_too_long"),
            (Of(jane.Sign("f").Envelope) with { WatermarkPayload = certificate.WatermarkPayload }, "watermark_payload_mismatch"),
            (Of(early.Envelope), "timestamp_in_future"),
            (Of(await DsseEnvelope.SignAsync(Certificate.PayloadType, Encoding.UTF8.GetBytes("{}"), jane.Key)), "certificate_malformed"),
            (Of(await DsseEnvelope.SignAsync("text/plain", signed.Envelope.Payload.ToArray(), jane.Key)), "certificate_signature_invalid"),
        })
        {
            Assert.That(async () => await jane.Api.RegisterAsync(request), Throws.InstanceOf<TectraException>().With.Property("Code").EqualTo(code), code);
            var outcome = (await jane.Api.RegisterBatchAsync([request])).Single();
            Assert.That((outcome.Receipt, outcome.Refusal?.Code), Is.EqualTo(((RegistrationReceipt?)null, code)), $"{code} in a batch");
            Assert.That(outcome.Refusal!.Message, Is.Not.Empty);
        }
        Assert.That(await jane.Api.FindAsync(Observe("b", certificate.Fingerprint.PerceptualHash.Bits), new LookupOptions()), Has.Count.EqualTo(1), "nothing of that was stored");
    }

    [Test]
    public async Task One_bad_record_of_a_batch_stops_none_of_the_others()
    {
        var jane = _registry.Jane;
        var parent = jane.Sign("parent");
        var child = jane.Sign("parent watermarked", parent: parent.Certificate.RecordId);
        var orphan = jane.Sign("orphan", parent: RecordId.Create(_registry.Clock));
        var outcomes = await jane.Api.RegisterBatchAsync([Of(parent.Envelope), Of(orphan.Envelope), Of(child.Envelope), Of(parent.Envelope)]);
        Assert.That(outcomes.Select(outcome => outcome.Receipt?.AlreadyRegistered), Is.EqualTo(new bool?[] { false, null, false, true }));
        Assert.That(outcomes[1].Refusal!.Code, Is.EqualTo("parent_unknown"));
        Assert.That(async () => await jane.Api.RegisterBatchAsync([]), Throws.ArgumentException);
        Assert.That(async () => await jane.Api.RegisterBatchAsync([.. Enumerable.Repeat(Of(parent.Envelope), 101)]), Throws.ArgumentException);
    }

    [Test]
    public async Task Evidence_comes_back_byte_for_byte_and_proves_itself_once_anchored()
    {
        var jane = _registry.Jane;
        const string Text = "{\"caption\":\"Größe 🌍 <&>\"}";
        var signed = jane.Sign("a", metadata: Text);
        await jane.RegisterAsync(signed, Text);
        for (var i = 0; i < 4; i++) await jane.RegisterAsync(jane.Sign($"other {i}"));
        var pending = (await jane.Api.GetEvidenceAsync(signed.Certificate.RecordId))!;
        Assert.That((pending.Proof, pending.Anchor), Is.EqualTo(((Sdk.Merkle.MerkleProof?)null, (Anchor?)null)));
        await _registry.AnchorAsync();
        var bundle = (await _registry.Max.Api.GetEvidenceAsync(signed.Certificate.RecordId))!;
        Assert.That(bundle.Envelope.ToJson(), Is.EqualTo(signed.Envelope.ToJson()));
        Assert.That((bundle.MetadataJson, bundle.Anchor!.LeafCount), Is.EqualTo((Text, 5)));
        var observed = Observe("a watermarked", signed.Certificate.Fingerprint.PerceptualHash.Bits, signed.Certificate.WatermarkPayload);
        var report = await _registry.VerifyAsync(observed);
        Assert.That((report.PassedChecks, report.Content, report.Certificate!.RecordId), Is.EqualTo((4, ContentState.IdenticalToSigned, signed.Certificate.RecordId)));
        Assert.That(await jane.Api.GetEvidenceAsync(RecordId.Create(_registry.Clock)), Is.Null);
    }

    [Test]
    public async Task Candidates_are_found_by_bytes_payload_and_picture_with_full_recall()
    {
        var jane = _registry.Jane;
        var random = new Random(1);
        var records = Enumerable.Range(0, 40).Select(i => jane.Sign($"picture {i}", (ulong)random.NextInt64())).ToArray();
        foreach (var chunk in records.Chunk(20)) await jane.Api.RegisterBatchAsync([.. chunk.Select(record => Of(record.Envelope))]);
        for (var i = 0; i < records.Length; i++)
        {
            var certificate = records[i].Certificate;
            Assert.That(await IdsAsync(Observe($"picture {i}")), Is.EqualTo(new[] { certificate.RecordId }), "original");
            Assert.That(await IdsAsync(Observe($"picture {i} watermarked")), Is.EqualTo(new[] { certificate.RecordId }), "delivered");
            var near = Flip(certificate.Fingerprint.PerceptualHash.Bits, 8, random);
            Assert.That(await IdsAsync(Observe("x", near)), Does.Contain(certificate.RecordId), "picture");
            Assert.That(await IdsAsync(Observe("x", near), new LookupOptions { PerceptualRadius = 7 }), Does.Not.Contain(certificate.RecordId), "just outside");
            var payload = certificate.WatermarkPayload.Bits;
            for (var flips = 0; flips < 6; flips++) payload ^= UInt128.One << ((20 * flips) + random.Next(20));
            Assert.That(await IdsAsync(Observe("x", payload: new WatermarkPayload(payload))), Does.Contain(certificate.RecordId), "payload");
        }
        Assert.That(await IdsAsync(Observe("unknown")), Is.Empty);
    }

    [Test]
    public async Task The_cheapest_name_is_enough_unless_everything_is_asked_for()
    {
        var (jane, max) = (_registry.Jane, _registry.Max);
        var own = jane.Sign("a");
        await jane.RegisterAsync(own);
        await max.RegisterAsync(max.Sign("b", hash: 0x0123456789ABCDEE));
        var observed = Observe("a watermarked", 0x0123456789ABCDEF, own.Certificate.WatermarkPayload);
        Assert.That((await _registry.VerifyAsync(observed)).Findings.Select(finding => finding.Result.Code), Does.Not.Contain(CheckCodes.OtherRecordsMatch));
        Assert.That((await _registry.VerifyAsync(observed, exhaustive: true)).Findings.Select(finding => finding.Result.Code), Does.Contain(CheckCodes.OtherRecordsMatch));
    }

    [Test]
    public async Task A_video_is_found_by_its_bytes_by_frames_and_by_a_still_and_its_evidence_comes_whole()
    {
        var (jane, frames) = (_registry.Jane, Videos.Frames(40, scene: 1));
        var signed = await Videos.SignAsync(jane.Key, jane.UserId, jane.Clock, "video", SampleRate.Of(1), frames);
        await jane.RegisterAsync(signed);
        await jane.RegisterAsync(jane.Sign("picture", Videos.Frames(1, scene: 2)[0].Bits));
        Assert.That((await jane.Api.RegisterAsync(new RegistrationRequest(signed.Envelope, null))).AlreadyRegistered, Is.True);
        foreach (var observed in new[]
        {
            Videos.Observe("video", SampleRate.Of(8), Videos.Frames(5, scene: 3)),
            Videos.Observe("clip", SampleRate.Of(8), frames[10..14]),
            new ObservedContent { Sha256 = Digest("still"), PerceptualHash = frames[39] },
        })
        {
            var found = (await _registry.Max.Api.FindAsync(observed, new LookupOptions())).Single();
            Assert.That(found.Envelope.PayloadSha256, Is.EqualTo(signed.Envelope.PayloadSha256));
            Assert.That(Certificate.FromPayload(found.Envelope.Payload).Fingerprint.Video!.Frames, Is.EqualTo(frames));
        }
        Assert.That(await jane.Api.FindAsync(Videos.Observe("strange", SampleRate.Of(8), Videos.Frames(5, scene: 3)), new LookupOptions()), Is.Empty);
        await _registry.AnchorAsync();
        Assert.That((await jane.Api.GetEvidenceAsync(signed.Certificate.RecordId))!.Anchor, Is.Not.Null, "the video is a leaf like any other record");
    }

    [Test]
    public async Task A_chain_of_custody_is_followed_across_users()
    {
        var (jane, max) = (_registry.Jane, _registry.Max);
        var capture = jane.Sign("raw");
        await jane.RegisterAsync(capture);
        var edited = max.Sign("raw watermarked", parent: capture.Certificate.RecordId);
        await max.RegisterAsync(edited);
        var published = max.Sign("cropped", parent: edited.Certificate.RecordId, hash: 0xAAAA);
        await max.RegisterAsync(published);
        var chain = await jane.Api.GetCustodyChainAsync(published.Certificate.RecordId);
        Assert.That(chain.Select(bundle => bundle.Envelope.PayloadSha256), Is.EqualTo(new[] { published, edited, capture }.Select(signed => signed.Envelope.PayloadSha256)));
        var report = await _registry.VerifyAsync(Observe("cropped watermarked", 0xAAAA));
        Assert.That(report.Chain.Select(link => (link.Result.Outcome, link.SourceIsParentFile)), Is.EqualTo(new (CheckOutcome, bool?)[]
        {
            (CheckOutcome.Passed, false), (CheckOutcome.Passed, true), (CheckOutcome.Passed, null),
        }));
        await jane.Api.RevokeAsync(capture.Certificate.RecordId, "the wrong picture");
        report = await _registry.VerifyAsync(Observe("cropped watermarked", 0xAAAA));
        Assert.That(report.Chain[2].Result.Code, Is.EqualTo("record_revoked"));
        Assert.That(await jane.Api.GetCustodyChainAsync(RecordId.Create(_registry.Clock)), Is.Empty);
    }

    [Test]
    public async Task A_revocation_stands_and_is_seen_at_once()
    {
        var jane = _registry.Jane;
        var id = await jane.RegisterAsync(jane.Sign("a"));
        await _registry.AnchorAsync();
        Assert.That((await _registry.VerifyAsync(Observe("a watermarked", 0x0123456789ABCDEF))).IsAuthentic, Is.True);
        var first = await jane.Api.RevokeAsync(id, "stolen key; reasons may hold ‘quotes’ & 100 % of “Unicode”");
        var again = await jane.Api.RevokeAsync(id, "again");
        Assert.That((again.Timestamp, again.Reason), Is.EqualTo((first.Timestamp, first.Reason)));
        var report = await _registry.VerifyAsync(Observe("a watermarked", 0x0123456789ABCDEF));
        Assert.That((report.Sha256.Code, report.IsAuthentic), Is.EqualTo(("record_revoked", false)));
        Assert.That(report.Sha256.Details, Does.Contain(first.Reason));
        Assert.That(async () => await jane.Api.RevokeAsync(RecordId.Create(_registry.Clock), ""), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("record_unknown"));
        Assert.That(async () => await jane.Api.RevokeAsync(id, new string('x', 1025)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_call_that_is_cancelled_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(async () => await _registry.Jane.Api.RegisterAsync(Of(_registry.Jane.Sign("a").Envelope), cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await _registry.Jane.Api.FindAsync(Observe("a"), new LookupOptions(), cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static RegistrationRequest Of(DsseEnvelope envelope) => new(envelope, null);

    private static DsseEnvelope Resign(Certificate certificate, SigningKey key) => DsseEnvelope.SignAsync(Certificate.PayloadType, certificate.ToPayload(), key).AsTask().Result;

    private static ulong Flip(ulong bits, int count, Random random)
    {
        var flipped = bits;
        while (BitOperations.PopCount(flipped ^ bits) < count) flipped ^= 1UL << random.Next(64);
        return flipped;
    }

    private async Task<List<RecordId>> IdsAsync(ObservedContent observed, LookupOptions? options = null)
    {
        var evidence = await _registry.Jane.Api.FindAsync(observed, options ?? new LookupOptions());
        return [.. evidence.Select(bundle => Certificate.FromPayload(bundle.Envelope.Payload).RecordId)];
    }
}
