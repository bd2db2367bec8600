using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Tests.Content;

public sealed class ValueTests
{
    private static readonly string Hex64 = string.Concat(Enumerable.Range(0, 32).Select(i => i.ToString("x2")));

    [Test]
    public void A_digest_is_written_and_read_as_64_lower_case_digits()
    {
        var digest = Sha256Digest.Parse(Hex64);
        Assert.Multiple(() =>
        {
            Assert.That(digest.ToString(), Is.EqualTo(Hex64));
            Assert.That(digest.ToArray(), Is.EqualTo(Enumerable.Range(0, 32).Select(i => (byte)i)));
            Assert.That(Sha256Digest.TryParse(Hex64.ToUpperInvariant(), out _), Is.False);
            Assert.That(Sha256Digest.TryParse(Hex64[1..], out _), Is.False);
            Assert.That(Sha256Digest.TryParse(Hex64 + "0", out _), Is.False);
            Assert.That(Sha256Digest.TryParse("0x" + Hex64[2..], out _), Is.False);
            Assert.That(() => Sha256Digest.Parse("x"), Throws.TypeOf<FormatException>());
            Assert.That(() => new Sha256Digest(new byte[31]), Throws.ArgumentException);
        });
    }

    [Test]
    public async Task A_stream_has_the_digest_of_its_bytes_at_every_length_around_the_buffer()
    {
        var bytes = new byte[(128 * 1024 * 2) + 5];
        new Random(1).NextBytes(bytes);
        foreach (var length in new[] { 0, 1, 63, 64, 65, (128 * 1024) - 1, 128 * 1024, (128 * 1024) + 1, bytes.Length })
        {
            var part = bytes[..length];
            var expected = new Sha256Digest(SHA256.HashData(part));
            Assert.That(Sha256Digest.Compute(part), Is.EqualTo(expected));
            Assert.That(await Sha256Digest.ComputeAsync(new MemoryStream(part)), Is.EqualTo(expected), $"{length} bytes");
        }
    }

    [Test]
    public void A_cancelled_stream_hash_stops() =>
        Assert.That(
            async () => await Sha256Digest.ComputeAsync(new MemoryStream(new byte[10]), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Distances_count_differing_bits()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new PerceptualHash(0).DistanceTo(new PerceptualHash(ulong.MaxValue)), Is.EqualTo(64));
            Assert.That(PerceptualHash.Parse("c4c62e705bb94b17").DistanceTo(PerceptualHash.Parse("c4c62e705bb94b16")), Is.EqualTo(1));
            Assert.That(new WatermarkPayload(UInt128.Zero).DistanceTo(new WatermarkPayload(UInt128.MaxValue)), Is.EqualTo(128));
            Assert.That(new WatermarkPayload(UInt128.One << 127).DistanceTo(new WatermarkPayload(UInt128.One)), Is.EqualTo(2));
        });
    }

    [Test]
    public void A_payload_keeps_the_order_of_its_bytes()
    {
        var payload = WatermarkPayload.Parse("000102030405060708090a0b0c0d0e0f");
        var bytes = new byte[16];
        payload.CopyTo(bytes);
        Assert.Multiple(() =>
        {
            Assert.That(bytes, Is.EqualTo(Enumerable.Range(0, 16).Select(i => (byte)i)));
            Assert.That(new WatermarkPayload(bytes), Is.EqualTo(payload));
            Assert.That(payload.ToString(), Is.EqualTo("000102030405060708090a0b0c0d0e0f"));
        });
    }

    [TestCase("2025-01-15T12:34:56Z", true)]
    [TestCase("2025-01-15T12:34:56.1Z", true)]
    [TestCase("2025-01-15T12:34:56.1234567Z", true)]
    [TestCase("2025-01-15T12:34:56.12345678Z", false)]
    [TestCase("2025-01-15T12:34:56.Z", false)]
    [TestCase("2025-01-15T12:34:56,5Z", false)]
    [TestCase("2025-01-15T12:34:56.5-Z", false)]
    [TestCase("2025-01-15t12:34:56z", false)]
    [TestCase("2025-01-15T12:34:56+00:00", false)]
    [TestCase("2025-01-15 12:34:56Z", false)]
    [TestCase("2025-02-30T12:34:56Z", false)]
    [TestCase("2025-01-15T24:00:00Z", false)]
    [TestCase("Z", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Timestamps_are_RFC_3339_in_UTC(string? text, bool valid)
    {
        Assert.That(UtcTimestamp.TryParse(text, out var timestamp), Is.EqualTo(valid));
        if (valid) Assert.That(timestamp.ToString(), Is.EqualTo(text), "the text is part of what is signed");
    }

    [Test]
    public void Own_timestamps_are_cut_to_milliseconds_in_UTC()
    {
        var moment = new DateTimeOffset(2026, 11, 20, 18, 6, 7, 89, TimeSpan.FromHours(2)).AddTicks(9999);
        var timestamp = UtcTimestamp.From(moment);
        Assert.That(timestamp.ToString(), Is.EqualTo("2026-11-20T16:06:07.089Z"));
        Assert.That(UtcTimestamp.Parse(timestamp.ToString()), Is.EqualTo(timestamp));
        Assert.That(UtcTimestamp.Parse("2026-11-20T16:06:07.089Z").Moment, Is.EqualTo(timestamp.Moment));
    }

    [TestCase("user-42", true)]
    [TestCase("ünïcode user", true)]
    [TestCase("a|b", false)]
    [TestCase("a\nb", false)]
    [TestCase("\ud800", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void A_user_id_can_stand_between_bars(string? userId, bool valid) =>
        Assert.That(ContentFingerprint.IsValidUserId(userId), Is.EqualTo(valid));

    [Test]
    public void The_signed_message_refuses_what_would_change_its_meaning()
    {
        var fingerprint = new ContentFingerprint(default, default, 1, 1);
        Assert.That(() => fingerprint.ToSignedMessage(UtcTimestamp.Parse("2025-01-15T12:34:56Z"), "a|b"), Throws.ArgumentException);
        Assert.That(
            Encoding.UTF8.GetString(fingerprint.ToSignedMessage(UtcTimestamp.Parse("2025-01-15T12:34:56Z"), "a")),
            Is.EqualTo($"{new string('0', 64)}|0000000000000000|2025-01-15T12:34:56Z|a"));
    }

    [Test]
    public void Record_ids_sort_by_time_and_have_one_spelling()
    {
        var earlier = RecordId.Create(new FixedTime(DateTimeOffset.UnixEpoch.AddDays(20000)));
        var later = RecordId.Create(new FixedTime(DateTimeOffset.UnixEpoch.AddDays(20001)));
        Assert.Multiple(() =>
        {
            Assert.That(string.CompareOrdinal(earlier.ToString(), later.ToString()), Is.Negative);
            Assert.That(RecordId.Parse(earlier.ToString()), Is.EqualTo(earlier));
            Assert.That(RecordId.TryParse(earlier.ToString().ToUpperInvariant(), out _), Is.False);
            Assert.That(RecordId.TryParse("{" + earlier + "}", out _), Is.False);
            Assert.That(RecordId.TryParse(Guid.Empty.ToString("D"), out _), Is.False);
            Assert.That(RecordId.TryParse(null, out _), Is.False);
        });
    }

    [Test]
    public void The_catalogue_of_origins_has_the_four_categories_and_the_documented_codes()
    {
        Assert.Multiple(() =>
        {
            Assert.That(OriginType.All.Select(type => type.Category).Distinct(), Is.EquivalentTo(Enum.GetValues<OriginCategory>()));
            Assert.That(OriginType.All.Select(type => type.Code), Is.Unique);
            foreach (var code in new[] { "ai_generated_image", "digital_artwork", "photojournalism", "editorial_approved", "medical_imaging" })
                Assert.That(OriginType.Parse(code).Code, Is.EqualTo(code));
            Assert.That(OriginType.AiGeneratedImage.Label, Is.EqualTo("AI Generated Image"));
            Assert.That(OriginType.AiGeneratedImage.Category, Is.EqualTo(OriginCategory.Ai));
            Assert.That(() => OriginType.Parse("AI_generated_image"), Throws.TypeOf<FormatException>().With.Message.Contains("digital_artwork"));
        });
    }
}
