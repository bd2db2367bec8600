using System.Text;
using System.Text.Json.Nodes;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Sdk.Tests.Certificates;

public sealed class StrictReadingTests
{
    private static readonly JsonNode Vector = JsonNode.Parse(TestData.Read("vectors/certificate.json"))!["cases"]![0]!;

    private static readonly JsonNode Video = JsonNode.Parse(TestData.Read("vectors/certificate.json"))!["cases"]![2]!;

    private static readonly string[] RequiredOfVideo = ["algorithm", "duration_ms", "sample_rate", "frame_count", "segment_count", "final_chain_hash", "frames", "pixel_digests"];

    private static readonly string[] Required =
    [
        "type", "record_id", "original_sha256", "watermarked_sha256", "perceptual_hash", "width", "height", "media_type", "timestamp", "user_id",
        "org_name", "org_type", "key_name", "public_key", "fingerprint_signature", "origin_type", "device_id", "metadata_sha256",
        "parent_record_id", "algorithms",
    ];

    [Test]
    public void Every_field_of_a_certificate_must_be_there_and_no_other()
    {
        Assert.That(Vector["certificate"]!.AsObject().Select(field => field.Key), Is.EqualTo(Required), "the documented order");
        foreach (var name in Required) AssertRefused(certificate => certificate.Remove(name), $"without {name}");
        AssertRefused(certificate => certificate["extra"] = 1, "with a field more");
        AssertRefused(certificate => certificate["algorithms"]!.AsObject()["extra"] = 1, "with an algorithm more");
    }

    [Test]
    public void A_videos_frames_and_all_that_is_said_of_them_must_agree()
    {
        Assert.That(Video["certificate"]!["video"]!.AsObject().Select(field => field.Key), Is.EqualTo(RequiredOfVideo), "the documented order");
        foreach (var name in RequiredOfVideo) AssertVideoRefused(certificate => certificate["video"]!.AsObject().Remove(name), $"without {name}");
        AssertVideoRefused(certificate => certificate["video"]!["extra"] = 1, "with a field more");
        AssertVideoRefused(certificate => certificate.Remove("video"), "a video without segments");
        AssertVideoRefused(certificate => certificate["video"] = null, "a video whose segments are null");
        AssertVideoRefused(certificate => certificate["type"] = "https://tectra.vision/certificate/v1", "a picture with segments");
        AssertRefused(certificate => certificate["type"] = "https://tectra.vision/video-certificate/v1", "a picture that calls itself a video");
        AssertVideoRefused(certificate => certificate["perceptual_hash"] = "0000000000000000", "another majority");
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("algorithm", "tectra-segments-2"), ("duration_ms", -1), ("duration_ms", 31_536_000_001), ("duration_ms", 1.5), ("sample_rate", "16/2"), ("sample_rate", "4/1"), ("sample_rate", ""),
            ("frame_count", 23), ("segment_count", 2), ("final_chain_hash", new string('0', 64)), ("frames", ""), ("frames", "AAAAAAAAAAAA"), ("pixel_digests", ""), ("pixel_digests", "AAAA"), ("pixel_digests", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            ("frames", Convert.ToBase64String([.. Convert.FromBase64String(Video["certificate"]!["video"]!["frames"]!.GetValue<string>()), 0])),
        })
        {
            AssertVideoRefused(certificate => certificate["video"]![name] = value.DeepClone(), $"{name} = {value}");
        }
    }

    [TestCase("type", "https://tectra.vision/certificate/v2")]
    [TestCase("record_id", "not-a-uuid")]
    [TestCase("original_sha256", "AB")]
    [TestCase("perceptual_hash", "0x12")]
    [TestCase("timestamp", "yesterday")]
    [TestCase("user_id", "a|b")]
    [TestCase("public_key", "00")]
    [TestCase("fingerprint_signature", "00")]
    [TestCase("media_type", null)]
    [TestCase("original_sha256", null)]
    public void Fields_of_another_form_are_refused(string name, string? value) =>
        AssertRefused(certificate => certificate[name] = value, $"{name} = {value ?? "null"}");

    [Test]
    public void Numbers_and_algorithms_out_of_range_are_refused()
    {
        AssertRefused(certificate => certificate["width"] = 0, "width 0");
        AssertRefused(certificate => certificate["height"] = -1, "height -1");
        AssertRefused(certificate => certificate["width"] = "768", "a number as text");
        AssertRefused(certificate => certificate["width"] = 1.5, "half a pixel");
        AssertRefused(certificate => certificate["algorithms"]!["leaf"] = "other", "another leaf rule");
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"type\":1}")]
    [TestCase("{\"type\":\"https://tectra.vision/certificate/v1\"} x")]
    [TestCase("\ufeff{}")]
    [TestCase("// comment\n{}")]
    public void Text_that_is_no_certificate_is_refused_with_its_code(string text) =>
        Assert.That(
            () => Certificate.FromPayload(Encoding.UTF8.GetBytes(text)),
            Throws.TypeOf<InvalidEvidenceException>().With.Property("Code").EqualTo("certificate_malformed"));

    [Test]
    public void Duplicate_fields_and_invalid_UTF_8_are_refused()
    {
        var payload = Vector["payload_utf8"]!.GetValue<string>();
        Assert.That(() => Certificate.FromPayload(Encoding.UTF8.GetBytes(payload)), Throws.Nothing);
        var duplicate = payload.Replace("\"width\":768", "\"width\":768,\"width\":1");
        Assert.That(() => Certificate.FromPayload(Encoding.UTF8.GetBytes(duplicate)), Throws.TypeOf<InvalidEvidenceException>());
        var bytes = Encoding.UTF8.GetBytes(payload);
        bytes[payload.IndexOf("Acme", StringComparison.Ordinal)] = 0xFF;
        Assert.That(() => Certificate.FromPayload(bytes), Throws.TypeOf<InvalidEvidenceException>());
        Assert.That(() => Certificate.FromPayload(new byte[Certificate.MaxPayloadBytes + 1]), Throws.TypeOf<InvalidEvidenceException>());
    }

    [Test]
    public void Bundles_and_envelopes_never_throw_anything_but_their_typed_error()
    {
        var json = Encoding.UTF8.GetString(new EvidenceBundle { Envelope = DsseEnvelope.FromJson(Encoding.UTF8.GetBytes(Vector["envelope_json"]!.GetValue<string>())) }.ToJson());
        Assert.That(() => EvidenceBundle.FromJson(Encoding.UTF8.GetBytes(json)), Throws.Nothing);
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            for (var k = random.Next(1, 4); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                var bundle = EvidenceBundle.FromJson(bytes);
                _ = Certificate.FromPayload(bundle.Envelope.Payload);
            }
            catch (InvalidEvidenceException e)
            {
                Assert.That(e.Code, Is.EqualTo("evidence_malformed").Or.EqualTo("certificate_malformed"));
            }
        }
    }

    private static void AssertVideoRefused(Action<JsonObject> change, string what) => AssertRefused(change, what, Video);

    private static void AssertRefused(Action<JsonObject> change, string what, JsonNode? vector = null)
    {
        var certificate = (vector ?? Vector)["certificate"]!.DeepClone().AsObject();
        Assert.That(() => Certificate.FromPayload(Encoding.UTF8.GetBytes(certificate.ToJsonString())), Throws.Nothing, "as it is");
        change(certificate);
        Assert.That(
            () => Certificate.FromPayload(Encoding.UTF8.GetBytes(certificate.ToJsonString())),
            Throws.TypeOf<InvalidEvidenceException>().With.Property("Code").EqualTo("certificate_malformed"),
            what);
    }
}
