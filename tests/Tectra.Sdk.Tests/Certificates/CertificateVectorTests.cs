using System.Text;
using System.Text.Json;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Tests.Content;

namespace Tectra.Sdk.Tests.Certificates;

/// <summary>The product's own byte formats against an independent implementation (Python, OpenSSL).</summary>
public sealed class CertificateVectorTests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/certificate.json");

    private static IEnumerable<TestCaseData> Cases() =>
        Vectors.GetProperty("cases").EnumerateArray().Select(vector => new TestCaseData(vector).SetArgDisplayNames(Text(vector, "name")!));

    [Test]
    public void The_pre_authentication_encoding_is_the_specifications()
    {
        var vector = Vectors.GetProperty("dsse_pae");
        var encoding = DsseEnvelope.PreAuthenticationEncoding(Text(vector, "type")!, Encoding.UTF8.GetBytes(Text(vector, "payload")!));
        Assert.That(Encoding.UTF8.GetString(encoding), Is.EqualTo(Text(vector, "encoding")));
    }

    [TestCaseSource(nameof(Cases))]
    public async Task Fingerprint_payload_certificate_and_envelope_are_the_same_bytes(JsonElement vector)
    {
        var expected = vector.GetProperty("certificate");
        using var key = SigningKey.FromSeed(Convert.FromHexString(Text(vector, "secret")!));
        var identity = new SignerIdentity(Text(expected, "user_id")!, Text(expected, "org_name"), Text(expected, "org_type"), Text(expected, "key_name"));
        var time = new FixedTime(UtcTimestamp.Parse(Text(expected, "timestamp")!).Moment);
        var fingerprint = new ContentFingerprint(
            Sha256Digest.Parse(Text(expected, "original_sha256")), PerceptualHash.Parse(Text(expected, "perceptual_hash")), 768, 512)
        {
            Video = Text(vector, "name") == "video" ? VideoFingerprintTests.Read("a hash again after another").Video : null,
        };
        var metadata = Metadata.ToJson(vector.GetProperty("metadata").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!));
        var builder = new CertificateBuilder(key, identity, time);
        var signed = await builder.SignFingerprintAsync(fingerprint);
        var built = await builder.SignCertificateAsync(signed, new ContentClaims
        {
            Origin = OriginType.Parse(Text(expected, "origin_type")!),
            MediaType = Text(expected, "media_type")!,
            WatermarkedSha256 = Text(expected, "watermarked_sha256") is { } watermarked ? Sha256Digest.Parse(watermarked) : null,
            WatermarkFormat = Text(expected.GetProperty("algorithms"), "watermark"),
            DeviceId = Text(expected, "device_id"),
            MetadataJson = metadata,
            ParentRecordId = Text(expected, "parent_record_id") is { } parent ? RecordId.Parse(parent) : null,
        });
        // The id is random by design, so the vector's takes its place before the bytes are compared.
        var certificate = built.Certificate with { RecordId = RecordId.Parse(Text(expected, "record_id")!) };
        var envelope = await DsseEnvelope.SignAsync(Certificate.PayloadType, certificate.ToPayload(), key);
        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(fingerprint.ToSignedMessage(signed.Timestamp, identity.UserId)), Is.EqualTo(Text(vector, "fingerprint_message")));
            Assert.That(signed.Signature.ToString(), Is.EqualTo(Text(vector, "fingerprint_signature")));
            Assert.That(signed.Payload.ToString(), Is.EqualTo(Text(vector, "watermark_payload")));
            Assert.That(key.PublicKey.KeyId, Is.EqualTo(Text(vector, "key_id")));
            Assert.That(Encoding.UTF8.GetString(certificate.ToPayload()), Is.EqualTo(Text(vector, "payload_utf8")));
            Assert.That(envelope.PayloadSha256.ToString(), Is.EqualTo(Text(vector, "payload_sha256")));
            Assert.That(Encoding.UTF8.GetString(envelope.ToJson()), Is.EqualTo(Text(vector, "envelope_json")));
        });
        if (Text(vector, "metadata_json") is { } metadataJson)
            Assert.That(Metadata.Digest(metadataJson).ToString(), Is.EqualTo(Text(expected, "metadata_sha256")));
    }

    [TestCaseSource(nameof(Cases))]
    public void Envelopes_of_the_vectors_are_read_verified_and_say_what_was_signed(JsonElement vector)
    {
        var envelope = DsseEnvelope.FromJson(Encoding.UTF8.GetBytes(Text(vector, "envelope_json")!));
        var certificate = Certificate.FromPayload(envelope.Payload);
        Assert.Multiple(() =>
        {
            Assert.That(envelope.Verify(certificate.PublicKey), Is.True);
            Assert.That(certificate.VerifyFingerprintSignature(), Is.True);
            Assert.That(certificate.ToPayload(), Is.EqualTo(envelope.Payload.ToArray()), "reading and writing loses nothing");
            Assert.That(certificate.WatermarkPayload.ToString(), Is.EqualTo(Text(vector, "watermark_payload")));
        });
    }

    [TestCaseSource(nameof(Cases))]
    public void The_ledger_entry_has_the_same_message_hash_and_signature(JsonElement vector)
    {
        var ledger = vector.GetProperty("ledger");
        var entry = new LedgerEntry
        {
            Index = ledger.GetProperty("index").GetInt64(),
            PreviousHash = Sha256Digest.Parse(Text(ledger, "previous_hash")),
            Root = MerkleHash.Parse(Text(ledger, "root")),
            LeafCount = ledger.GetProperty("leaf_count").GetInt32(),
            Timestamp = UtcTimestamp.Parse(Text(ledger, "timestamp")!),
            PublicKey = PublicKey.Parse(Text(ledger, "public_key")),
            Signature = Signature.Parse(Text(ledger, "signature")),
        };
        Assert.Multiple(() =>
        {
            Assert.That(entry.Hash.ToString(), Is.EqualTo(Text(ledger, "hash")));
            Assert.That(entry.VerifySignature(), Is.True);
            Assert.That((entry with { LeafCount = 6 }).VerifySignature(), Is.False);
            Assert.That((entry with { Index = 8 }).VerifySignature(), Is.False);
        });
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
