using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Api;

/// <summary>Videos as JSON: observations, and the segments that a registry lists.</summary>
public sealed class VideoWireTests
{
    private static readonly string Digest = new('a', 64);

    private static readonly ObservedContent Observed = new()
    {
        Sha256 = Sha256Digest.Parse(Digest),
        MediaType = "video/mp4",
        Width = 640,
        Height = 360,
        Video = TestVideos.Observed(SampleRate.Of(8), TimeSpan.FromMilliseconds(1375), [new(1), new(1), new(2)]),
    };

    [Test]
    public void An_observed_video_is_written_as_documented_and_read_as_it_was()
    {
        var json = JsonSerializer.Serialize(ObservationDocument.From(Observed, new LookupOptions()), Wire.Json.ObservationDocument);
        Assert.That(json, Does.EndWith(""","video":{"duration_ms":1375,"sample_rate":"8/1","frames":"AAAAAAAAAAEBAAAAAAAAAAIA","pixel_digests":"zSZiFU5tdrKyuS5wzSZiFU5tdrKyuS5wzQSkdUSY4G21oTxf","digest_step":1}}"""));
        var read = Read(json);
        Assert.That((read.Video!.Rate, read.Video.Duration), Is.EqualTo((Observed.Video!.Rate, Observed.Video.Duration)));
        Assert.That(read.Video.Frames, Is.EqualTo(Observed.Video.Frames));
        Assert.That((read.Video.FrameDigests, read.Video.DigestStep), Is.EqualTo((Observed.Video.FrameDigests, 1)));
        Assert.That(read with { Video = null }, Is.EqualTo(Observed with { Video = null }));
    }

    [Test]
    public void A_picture_is_observed_as_registries_of_the_version_before_read_it()
    {
        var json = JsonSerializer.Serialize(ObservationDocument.From(Observed with { Video = null, PerceptualHash = new PerceptualHash(7) }, new LookupOptions()), Wire.Json.ObservationDocument);
        Assert.That(json, Does.Not.Contain("video\":"));
        Assert.That((Read(json).Video, Read(json).PerceptualHash), Is.EqualTo(((ObservedVideo?)null, new PerceptualHash(7))));
    }

    [Test]
    public void The_most_frames_are_read_and_one_more_is_refused()
    {
        PerceptualHash[] frames = [.. Enumerable.Range(0, ObservedVideo.MaxFrames).Select(i => new PerceptualHash((ulong)i))];
        var json = Write([.. frames]);
        Assert.That(json, Has.Length.LessThan(480_000));
        Assert.That(Read(json).Video!.Frames, Is.EqualTo(frames));
        Assert.That(() => Read(Write([.. frames, default])), Throws.TypeOf<FormatException>());
        Assert.That(() => Read(Write([.. Enumerable.Repeat(frames[0], ObservedVideo.MaxFrames + 1)])), Throws.TypeOf<FormatException>());

        static string Write(PerceptualHash[] hashes) => JsonSerializer.Serialize(
            ObservationDocument.From(Observed with { Video = TestVideos.Observed(SampleRate.Of(8), TimeSpan.FromSeconds(3), [.. hashes]) }, new LookupOptions()), Wire.Json.ObservationDocument);
    }

    [TestCase("digest_step", "0")]
    [TestCase("digest_step", "2")]
    [TestCase("digest_step", null)]
    [TestCase("pixel_digests", "\"AAAA\"")]
    [TestCase("pixel_digests", "\"AAAAAAAAAAAAAAAA\"")]
    [TestCase("pixel_digests", null)]
    [TestCase("duration_ms", "-1")]
    [TestCase("duration_ms", "31536000001")]
    [TestCase("duration_ms", "1.5")]
    [TestCase("duration_ms", null)]
    [TestCase("sample_rate", "\"16/2\"")]
    [TestCase("sample_rate", "8")]
    [TestCase("sample_rate", null)]
    [TestCase("frames", "\"\"")]
    [TestCase("frames", "\"AAAA\"")]
    [TestCase("frames", "\"not base64\"")]
    [TestCase("frames", null)]
    [TestCase("segments", "[]")]
    public void A_malformed_video_is_refused(string field, string? value)
    {
        var observation = JsonNode.Parse(JsonSerializer.Serialize(ObservationDocument.From(Observed, new LookupOptions()), Wire.Json.ObservationDocument))!;
        observation["video"]!.AsObject().Remove(field);
        if (value is not null) observation["video"]![field] = JsonNode.Parse(value);
        Assert.That(() => Read(observation.ToJsonString()), Throws.TypeOf<FormatException>().Or.InstanceOf<JsonException>());
    }

    [Test]
    public void What_was_observed_is_not_a_picture_and_a_video()
    {
        var json = JsonSerializer.Serialize(ObservationDocument.From(Observed with { PerceptualHash = new PerceptualHash(7) }, new LookupOptions()), Wire.Json.ObservationDocument);
        Assert.That(() => Read(json), Throws.TypeOf<FormatException>());
    }

    [TestCase("index", "1")]
    [TestCase("start_ms", "-1")]
    [TestCase("start_ms", "41")]
    [TestCase("end_ms", "31536000001")]
    [TestCase("segment_hash", "\"00\"")]
    [TestCase("aggregate_phash", "\"xyz\"")]
    [TestCase("aggregate_phash", "null")]
    [TestCase("frame_count", "0")]
    [TestCase("frame_count", "4097")]
    public async Task A_malformed_list_of_segments_is_no_answer(string field, string value)
    {
        var answer = JsonNode.Parse($$"""{"items":[{"index":0,"start_ms":0,"end_ms":40,"segment_hash":"{{Digest}}","aggregate_phash":"0123456789abcdef","frame_count":1}]}""")!;
        Assert.That(await SegmentsAsync(answer), Is.EqualTo(new[] { new SegmentRecord(0, default, TimeSpan.FromMilliseconds(40), Observed.Sha256, new PerceptualHash(0x0123456789ABCDEF), 1) }));
        answer["items"]![0]!["added_later"] = 1;
        Assert.That(await SegmentsAsync(answer), Has.Count.EqualTo(1));
        answer["items"]![0]![field] = JsonNode.Parse(value);
        Assert.That(async () => await SegmentsAsync(answer), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_answer_malformed"));

        static async Task<IReadOnlyList<SegmentRecord>> SegmentsAsync(JsonNode answer)
        {
            using var registry = new FakeRegistry(() => FakeRegistry.Json(answer.ToJsonString()));
            using var client = registry.Client();
            return await client.GetSegmentsAsync(RecordId.Parse("01890000-0000-7000-8000-000000000000"));
        }
    }

    private static ObservedContent Read(string json) => ObservationDocument.ToObserved(JsonSerializer.Deserialize(json, Wire.Json.ObservationDocument)!);
}
