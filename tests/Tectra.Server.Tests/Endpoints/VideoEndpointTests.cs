using System.Net;
using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Server.Tests.Endpoints;

/// <summary>Videos over HTTP: registered, listed, found, and at their largest.</summary>
internal sealed class VideoEndpointTests(string engine) : ServerTests(engine)
{
    private const string Records = "/api/v1/content-records";

    private Tenant _tenant = null!;

    [OneTimeSetUp]
    public async Task CreateTenant() => _tenant = await Tenant.CreateAsync(Server);

    [OneTimeTearDown]
    public void DisposeTenant() => _tenant.Dispose();

    [Test]
    public async Task Anybody_gets_a_videos_segments_as_they_follow_from_its_certificate()
    {
        var signed = await SignAsync("segments", SampleRate.Of(2), Videos.Frames(33, 1));
        var registered = await Server.PostJsonAsync("/api/v1/register", Tenant.Body(signed, fileName: "a.mp4"), _tenant.Token);
        Assert.That(registered.Status, Is.EqualTo(HttpStatusCode.Created), registered.Text);
        Assert.That((await Server.PostJsonAsync("/api/v1/register", Tenant.Body(signed), _tenant.Token)).Status, Is.EqualTo(HttpStatusCode.OK), "a second time");
        var video = signed.Certificate.Fingerprint.Video!;
        var answer = await Server.GetAsync($"{Records}/{signed.Certificate.RecordId}/segments");
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        var last = video.Chain.Segments[3];
        Assert.That(
            answer["items"][3].GetRawText(),
            Is.EqualTo($$"""{"index":3,"start_ms":15000,"end_ms":16500,"segment_hash":"{{last.Hash}}","aggregate_phash":"{{last.AggregateHash}}","frame_count":3}"""));
        using var client = Client();
        var expected = video.Chain.Segments.Select((segment, i) => new SegmentRecord(i, video.TimesOf(i).Start, video.TimesOf(i).End, segment.Hash, segment.AggregateHash, segment.FrameHashes.Length));
        Assert.That(await client.GetSegmentsAsync(signed.Certificate.RecordId), Is.EqualTo(expected));
        var picture = await _tenant.RegisterAsync("a picture");
        Assert.That((await Server.GetAsync($"{Records}/{picture.Certificate.RecordId}/segments")).Text, Is.EqualTo("""{"items":[]}"""));
        Assert.That(await client.GetSegmentsAsync(RecordId.Parse("01890000-0000-7000-8000-000000000000")), Is.Empty);
        var listed = (await Server.GetAsync($"{Records}/public/search?sha256={signed.Certificate.Fingerprint.Sha256}"))["items"][0];
        Assert.That((listed.GetProperty("media_type").GetString(), listed.GetProperty("origin_type").GetString()), Is.EqualTo(("video/mp4", "camera_video")));
    }

    [Test]
    public async Task Clips_and_stills_lead_to_the_video_and_searches_name_it_after_pictures()
    {
        var frames = Videos.Frames(60, 2);
        var signed = await SignAsync("scene", SampleRate.Of(1), frames);
        await RegisterAsync(signed);
        using var client = Client();
        Assert.That(await FindAsync(Videos.Observe("scene", SampleRate.Of(8), Videos.Frames(9, 3))), Is.EqualTo(new[] { signed.Certificate.RecordId }), "by its bytes");
        Assert.That(await FindAsync(Videos.Observe("clip", SampleRate.Of(8), frames[20..30])), Is.EqualTo(new[] { signed.Certificate.RecordId }));
        Assert.That(await FindAsync(Videos.Observe("strange", SampleRate.Of(8), Videos.Frames(30, 3))), Is.Empty);
        var still = new ObservedContent { Sha256 = Tenant.Digest("still"), PerceptualHash = new PerceptualHash(frames[7].Bits ^ 0b111) };
        Assert.That(await FindAsync(still), Is.EqualTo(new[] { signed.Certificate.RecordId }));
        var report = await client.VerifyOnServerAsync(Videos.Observe("clip", SampleRate.Of(8), frames[20..30]));
        Assert.That(report.Report.ValueKind, Is.EqualTo(JsonValueKind.Object));

        var picture = await _tenant.RegisterAsync("a picture of it", frames[7].Bits ^ 0xFF);
        Assert.That(await SearchAsync($"perceptual_hash={frames[7]}"), Is.EqualTo(new[] { picture.Certificate.RecordId, signed.Certificate.RecordId }));
        Assert.That(await SearchAsync($"perceptual_hash={frames[7]}&limit=1"), Is.EqualTo(new[] { picture.Certificate.RecordId }));
        Assert.That(await SearchAsync($"perceptual_hash={frames[7]}&radius=0"), Is.EqualTo(new[] { signed.Certificate.RecordId }));
        Assert.That(await SearchAsync($"perceptual_hash={signed.Certificate.Fingerprint.PerceptualHash}&radius=0"), Is.Empty);

        async Task<RecordId[]> FindAsync(ObservedContent observed) =>
            [.. (await client.FindAsync(observed, new LookupOptions())).Select(bundle => Sdk.Certificates.Certificate.FromPayload(bundle.Envelope.Payload).RecordId)];

        async Task<RecordId[]> SearchAsync(string query) =>
            [.. (await Server.GetAsync($"{Records}/public/search?{query}"))["items"].EnumerateArray().Select(item => RecordId.Parse(item.GetProperty("record_id").GetString()!))];
    }

    [Test]
    public async Task The_longest_videos_fit_every_limit_also_a_hundred_of_them()
    {
        var frames = Videos.Frames(VideoFingerprint.MaxFrames, 4);
        var bodies = new List<string>();
        for (var i = 0; i < ITectraApi.MaxBatch; i++) bodies.Add(Tenant.Body(await SignAsync("longest", SampleRate.Of(1, 10), [.. frames[i..], .. frames[..i]])));
        var one = await Server.PostJsonAsync("/api/v1/register", bodies[0], _tenant.Token);
        Assert.That(one.Status, Is.EqualTo(HttpStatusCode.Created), one.Text);
        var batch = $$"""{"records":[{{string.Join(',', bodies)}}]}""";
        var registered = await Server.PostJsonAsync("/api/v1/register-batch", batch, _tenant.Token);
        Assert.That(registered.Status, Is.EqualTo(HttpStatusCode.OK), registered.Text);
        Assert.That(registered["results"].EnumerateArray().Select(result => result.GetProperty("status").GetString()).Distinct(), Is.EqualTo(new[] { "already_registered", "registered" }));
        Assert.That(registered["results"].GetArrayLength(), Is.EqualTo(ITectraApi.MaxBatch));

        using var client = Client();
        var suspect = Videos.Observe("a copy", SampleRate.Of(8), [.. frames, .. Videos.Frames(ObservedVideo.MaxFrames - frames.Length, 5)]);
        Assert.That(await client.FindAsync(suspect, new LookupOptions()), Has.Count.EqualTo(16));
        var all = await client.FindAsync(Videos.Observe("longest", SampleRate.Of(8), frames[..5]), new LookupOptions());
        Assert.That(all, Has.Count.EqualTo(ITectraApi.MaxBatch), "every record of the same bytes");
        Assert.That(EvidenceBundle.FromJson(all[0].ToJson()).Envelope.PayloadSha256, Is.EqualTo(all[0].Envelope.PayloadSha256));
        var id = Sdk.Certificates.Certificate.FromPayload(all[0].Envelope.Payload).RecordId;
        Assert.That(await client.GetSegmentsAsync(id), Has.Count.EqualTo(VideoFingerprint.MaxFrames));
        Assert.That(((await client.GetEvidenceAsync(id))!.Envelope.PayloadSha256, (await client.GetCertificateAsync(id))!.Envelope.PayloadSha256), Is.EqualTo((all[0].Envelope.PayloadSha256, all[0].Envelope.PayloadSha256)));
        Report.Line($"{Engine}: {ITectraApi.MaxBatch} videos of 4,096 frames are a request of {batch.Length / 1024} kB");
    }

    private async Task<Sdk.Certificates.SignedCertificate> SignAsync(string name, SampleRate rate, PerceptualHash[] frames) =>
        await Videos.SignAsync(_tenant.Key, _tenant.UserId, Server.Clock, name, rate, frames);

    private TectraApiClient Client() => new(new TectraOptions { ApiUrl = Server.Address });

    private async Task RegisterAsync(Sdk.Certificates.SignedCertificate signed) =>
        Assert.That((await Server.PostJsonAsync("/api/v1/register", Tenant.Body(signed), _tenant.Token)).Status, Is.EqualTo(HttpStatusCode.Created));
}
