using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class VerifierTests
{
    private static readonly VerificationPolicy AnyKey = new(KeyTrust.AnyKey, KeyTrust.AnyKey);

    [Test]
    public void The_delivered_file_passes_four_of_four()
    {
        using var record = SignedRecord.Create();
        var report = Verify(record.Delivered, record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That(report.Confidence, Is.EqualTo(1.0));
            Assert.That(report.IsAuthentic, Is.True);
            Assert.That(report.Verdict, Is.EqualTo(Verdict.StronglyAuthentic));
            Assert.That(report.Content, Is.EqualTo(ContentState.IdenticalToSigned));
            Assert.That(report.Certificate!.RecordId, Is.EqualTo(record.Certificate.RecordId));
            Assert.That(report.Watermark.Code, Is.EqualTo("payload_exact"));
            Assert.That(report.Sha256.Code, Is.EqualTo("hash_is_signed_file"));
            Assert.That(report.PerceptualHash.Code, Is.EqualTo("picture_similar"));
            Assert.That(report.Blockchain.Code, Is.EqualTo("anchored_in_ledger"));
            Assert.That(report.Blockchain.Details, Does.Contain("local ledger, not a public chain"));
        });
    }

    [Test]
    public void The_original_passes_all_but_the_watermark()
    {
        using var record = SignedRecord.Create();
        var report = Verify(record.Delivered with { Sha256 = record.Certificate.Fingerprint.Sha256, Watermark = Nothing() }, record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That(report.PassedChecks, Is.EqualTo(3));
            Assert.That(report.Watermark.Code, Is.EqualTo("watermark_absent"));
            Assert.That(report.Content, Is.EqualTo(ContentState.IdenticalToOriginal));
        });
    }

    [Test]
    public void A_re_encoded_copy_passes_two_and_is_called_so()
    {
        using var record = SignedRecord.Create();
        var report = Verify(ReEncoded(record), record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That(report.Confidence, Is.EqualTo(0.5));
            Assert.That(report.IsAuthentic, Is.True);
            Assert.That(report.Content, Is.EqualTo(ContentState.ReEncoded));
            Assert.That(report.Sha256.Code, Is.EqualTo("hash_unknown"));
            Assert.That(report.Blockchain.Code, Is.EqualTo("content_not_anchored"));
            Assert.That(report.Findings.Single(finding => finding.Subject == "anchor").Result.Outcome, Is.EqualTo(CheckOutcome.Passed));
        });
    }

    [TestCase(0, CheckOutcome.Passed, "payload_exact")]
    [TestCase(6, CheckOutcome.Passed, "payload_near")]
    [TestCase(7, CheckOutcome.Failed, "payload_mismatch")]
    public void The_watermark_may_be_six_bits_off(int bits, CheckOutcome outcome, string code)
    {
        using var record = SignedRecord.Create();
        var payload = new WatermarkPayload(record.Certificate.WatermarkPayload.Bits ^ ((UInt128.One << bits) - 1));
        var report = Verify(ReEncoded(record) with { Watermark = new WatermarkReading(true, payload, 15) }, record.Bundle);
        Assert.That((report.Watermark.Outcome, report.Watermark.Code), Is.EqualTo((outcome, code)));
    }

    [Test]
    public void A_candidate_below_the_threshold_counts_when_it_matches()
    {
        using var record = SignedRecord.Create();
        var report = Verify(ReEncoded(record) with { Watermark = new WatermarkReading(false, record.Certificate.WatermarkPayload, 12.1) }, record.Bundle);
        Assert.That(report.Watermark.Outcome, Is.EqualTo(CheckOutcome.Passed));
    }

    [TestCase(8, true)]
    [TestCase(9, false)]
    public void The_perceptual_radius_is_eight(int distance, bool passes)
    {
        using var record = SignedRecord.Create();
        var hash = new PerceptualHash(record.Certificate.Fingerprint.PerceptualHash.Bits ^ ((1UL << distance) - 1));
        var report = Verify(ReEncoded(record) with { PerceptualHash = hash }, record.Bundle);
        Assert.That(report.PerceptualHash.Outcome == CheckOutcome.Passed, Is.EqualTo(passes));
        Assert.That(report.Content, Is.EqualTo(passes ? ContentState.ReEncoded : ContentState.Edited));
    }

    [Test]
    public void Nothing_is_known_of_an_unsigned_file()
    {
        var observed = new ObservedContent
        {
            Sha256 = SignedRecord.Digest("x"), PerceptualHash = new PerceptualHash(1), Watermark = Nothing(), MediaType = "image/png", Width = 1, Height = 1,
        };
        var report = Verifier.Verify(observed, [], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.Multiple(() =>
        {
            Assert.That(report.Confidence, Is.Zero);
            Assert.That(report.IsAuthentic, Is.False);
            Assert.That(report.Certificate, Is.Null);
        });
        using var record = SignedRecord.Create();
        var withBundle = Verify(observed, record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That(withBundle.Confidence, Is.Zero);
            Assert.That(withBundle.Certificate, Is.Null, "a bundle that has nothing to do with the file says nothing about its signer");
        });
    }

    [Test]
    public void A_copied_watermark_does_not_add_up_with_another_records_picture()
    {
        using var stolen = SignedRecord.Create("stolen from");
        using var other = SignedRecord.Create("looks like");
        var observed = new ObservedContent
        {
            Sha256 = SignedRecord.Digest("forgery"),
            PerceptualHash = new PerceptualHash(~other.Certificate.Fingerprint.PerceptualHash.Bits),
            Watermark = new WatermarkReading(true, stolen.Certificate.WatermarkPayload, 20),
            MediaType = "image/png",
            Width = 768,
            Height = 512,
        };
        var report = Verifier.Verify(observed, [stolen.Bundle, other.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That((report.PassedChecks, report.IsAuthentic), Is.EqualTo((1, false)));
        Assert.That(report.PerceptualHash.Code, Is.EqualTo("picture_different"));
    }

    [Test]
    public void What_could_not_be_measured_is_not_run_and_never_passed()
    {
        using var record = SignedRecord.Create();
        var observed = record.Delivered with
        {
            Watermark = null,
            WatermarkProblem = new MeasurementProblem("colour_model_unsupported", "CMYK"),
            PerceptualHash = null,
            PerceptualHashProblem = new MeasurementProblem("unsupported_format", "no image"),
        };
        var report = Verify(observed, record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That((report.Watermark.Outcome, report.Watermark.Code), Is.EqualTo((CheckOutcome.NotRun, "colour_model_unsupported")));
            Assert.That((report.PerceptualHash.Outcome, report.PerceptualHash.Code), Is.EqualTo((CheckOutcome.NotRun, "unsupported_format")));
            Assert.That(report.Confidence, Is.EqualTo(0.5), "a check that did not run still counts in the denominator");
        });
    }

    [Test]
    public void A_record_without_watermark_reaches_three_of_four_and_says_why()
    {
        using var record = SignedRecord.Create(watermark: false);
        var report = Verify(record.Delivered with { Watermark = Nothing() }, record.Bundle);
        Assert.Multiple(() =>
        {
            Assert.That(report.PassedChecks, Is.EqualTo(3));
            Assert.That((report.Watermark.Outcome, report.Watermark.Code), Is.EqualTo((CheckOutcome.NotRun, "record_has_no_watermark")));
        });
    }

    [Test]
    public void The_best_record_wins_and_the_others_are_named()
    {
        using var first = SignedRecord.Create("one");
        using var second = SignedRecord.Create("two");
        var report = Verifier.Verify(second.Delivered, [first.Bundle, second.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.Multiple(() =>
        {
            Assert.That(report.Certificate!.RecordId, Is.EqualTo(second.Certificate.RecordId));
            Assert.That(report.PassedChecks, Is.EqualTo(4));
            Assert.That(report.Findings.Single(finding => finding.Subject == "other_records").Result.Details, Does.Contain(first.Certificate.RecordId.ToString()));
        });
    }

    [Test]
    public void Of_two_records_of_one_file_the_first_anchored_wins_whatever_time_the_other_claims()
    {
        using var victim = SignedRecord.Create(user: "victim");
        using var thief = SignedRecord.Create(user: "thief", claimed: TimeSpan.FromDays(-30), anchored: TimeSpan.FromHours(1));
        foreach (var order in new EvidenceBundle[][] { [victim.Bundle, thief.Bundle], [thief.Bundle, victim.Bundle] })
        {
            var observed = victim.Delivered with { Watermark = Nothing() };
            var report = Verifier.Verify(observed, order, EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
            Assert.That(report.Certificate!.Signer.UserId, Is.EqualTo("victim"));
        }
    }

    [Test]
    public void A_record_made_of_another_ones_copy_is_called_so()
    {
        using var victim = SignedRecord.Create("picture", user: "victim");
        using var thief = SignedRecord.Create("copy", watermark: false, user: "thief");
        var copy = thief.Delivered with { Watermark = new WatermarkReading(true, victim.Certificate.WatermarkPayload, 20) };
        var report = Verifier.Verify(copy, [thief.Bundle, victim.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That((report.PassedChecks, report.Watermark.Code), Is.EqualTo((3, "payload_mismatch")));
        var finding = report.Findings.Single(candidate => candidate.Result.Code == "watermark_of_other_record");
        Assert.That(finding.Result.Details, Does.Contain(victim.Certificate.RecordId.ToString()));
        // Who names the other record as the parent makes no secret of it.
        using var child = SignedRecord.Create("copy", watermark: false, parent: victim.Certificate.RecordId);
        var honest = Verifier.Verify(copy, [child.Bundle, victim.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That(honest.Certificate!.ParentRecordId, Is.EqualTo(victim.Certificate.RecordId));
        Assert.That(honest.Findings.Select(candidate => candidate.Result.Code), Does.Not.Contain("watermark_of_other_record"));
    }

    [Test]
    public void A_revoked_record_of_the_same_file_is_not_hidden_by_a_new_one()
    {
        using var revoked = SignedRecord.Create(user: "first");
        using var again = SignedRecord.Create(user: "second");
        var bundle = revoked.Bundle with { Revocation = new Revocation(UtcTimestamp.Parse("2026-11-20T17:00:00Z"), "forged") };
        var report = Verifier.Verify(again.Delivered, [bundle, again.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That(report.Certificate!.Signer.UserId, Is.EqualTo("second"));
        Assert.That(report.Findings.Single(candidate => candidate.Result.Code == "other_record_revoked").Result.Details, Does.Contain("forged"));
        var choosy = new VerificationPolicy(KeyTrust.Only(again.Key.PublicKey), KeyTrust.AnyKey);
        var other = Verifier.Verify(again.Delivered, [bundle, again.Bundle], EvidenceSource.Registry, choosy, SignedRecord.Clock.Now);
        Assert.That(other.Findings.Select(candidate => candidate.Result.Code), Does.Contain("other_record_revoked"), "also when its key isn't trusted anyway");
    }

    [Test]
    public void A_misleading_perceptual_hash_recognises_known_bytes_only()
    {
        using var record = SignedRecord.Create();
        var doubt = new MeasurementProblem("perceptual_hash_misleading", "16-bit grey");
        Assert.That(Verify(record.Delivered with { PerceptualHashDoubt = doubt }, record.Bundle).PassedChecks, Is.EqualTo(4));
        var report = Verify(ReEncoded(record) with { PerceptualHashDoubt = doubt }, record.Bundle);
        Assert.That((report.PerceptualHash.Outcome, report.PerceptualHash.Code), Is.EqualTo((CheckOutcome.NotRun, "perceptual_hash_misleading")));
        Assert.That((report.PassedChecks, report.IsAuthentic), Is.EqualTo((1, false)));
        var far = ReEncoded(record) with { PerceptualHashDoubt = doubt, PerceptualHash = new PerceptualHash(~record.Certificate.Fingerprint.PerceptualHash.Bits) };
        Assert.That(Verify(far, record.Bundle).Content, Is.Not.EqualTo(ContentState.Edited), "a hash that says nothing doesn't say that the picture was changed");
    }

    [Test]
    public void A_crowd_of_matching_records_is_counted_not_listed_and_can_be_cancelled()
    {
        using var record = SignedRecord.Create();
        var crowd = Enumerable.Repeat(record.Bundle, 30).ToList();
        var report = Verifier.Verify(record.Delivered, crowd, EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That(report.Findings.Single(finding => finding.Subject == "other_records").Result.Details, Does.Contain("and 24 more"));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(
            () => Verifier.Verify(record.Delivered, crowd, EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(null, "alteration_not_judged", CheckOutcome.NotRun)]
    [TestCase(0.94, "alteration_partly_judged", CheckOutcome.NotRun)]
    [TestCase(0.95, "not_altered", CheckOutcome.Passed)]
    public void How_much_was_judged_decides_what_is_said_of_alterations(double? share, string code, CheckOutcome outcome)
    {
        using var record = SignedRecord.Create();
        var reading = ReEncoded(record).Watermark! with { Alteration = share is { } judged ? new AlterationReading([], judged, 128) : null };
        var report = Verify(ReEncoded(record) with { Watermark = reading }, record.Bundle);
        var finding = report.Findings.Single(candidate => candidate.Subject == "alteration").Result;
        Assert.That((finding.Code, finding.Outcome), Is.EqualTo((code, outcome)));
        Assert.That((report.Content, report.PassedChecks), Is.EqualTo((ContentState.ReEncoded, 2)));
        if (share is not null) Assert.That(finding.Details, Does.Contain("128×128"));
    }

    [Test]
    public void The_response_has_the_guides_fields_with_the_guides_meaning()
    {
        using var record = SignedRecord.Create();
        using var document = JsonDocument.Parse(Verify(record.Delivered, record.Bundle).ToJson());
        var json = document.RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(
                json.EnumerateObject().Select(field => field.Name).Take(7),
                Is.EqualTo(new[] { "authentic", "confidence", "origin", "signer", "timestamp", "blockchain_tx", "checks" }));
            Assert.That(json.GetProperty("authentic").GetBoolean(), Is.True);
            Assert.That(json.GetProperty("confidence").GetDouble(), Is.EqualTo(1.0));
            Assert.That(json.GetProperty("origin").GetRawText(), Is.EqualTo("{\"category\":\"ai\",\"code\":\"ai_generated_image\",\"label\":\"AI Generated Image\"}"));
            Assert.That(
                json.GetProperty("signer").EnumerateObject().Select(field => field.Name),
                Is.EqualTo(new[] { "org_name", "org_type", "device_id", "public_key", "key_name" }));
            Assert.That(json.GetProperty("signer").GetProperty("org_name").GetString(), Is.EqualTo("Acme AI Inc."));
            Assert.That(json.GetProperty("signer").GetProperty("device_id").GetString(), Is.EqualTo("model-v3"));
            Assert.That(json.GetProperty("timestamp").GetString(), Is.EqualTo("2026-11-20T16:00:00.000Z"));
            Assert.That(json.GetProperty("blockchain_tx").GetString(), Does.StartWith("ledger:3:"));
            var checks = json.GetProperty("checks");
            Assert.That(checks.EnumerateObject().Select(check => check.Name), Is.EqualTo(new[] { "watermark", "sha256", "perceptual_hash", "blockchain" }));
            foreach (var check in checks.EnumerateObject())
            {
                Assert.That(check.Value.GetProperty("passed").GetBoolean(), Is.True);
                Assert.That(check.Value.GetProperty("details").GetString(), Is.Not.Empty);
            }
            Assert.That(checks.GetProperty("watermark").GetProperty("details").GetString(), Is.EqualTo($"Payload matched record {record.Certificate.RecordId}"));
            Assert.That(checks.GetProperty("sha256").GetProperty("details").GetString(), Is.EqualTo($"Exact hash match: record {record.Certificate.RecordId}"));
            Assert.That(checks.GetProperty("perceptual_hash").GetProperty("details").GetString(), Is.EqualTo($"Distance 0, record {record.Certificate.RecordId}"));
        });
    }

    [Test]
    public void A_pending_record_says_pending_as_in_the_guide()
    {
        using var record = SignedRecord.Create();
        var report = Verify(record.Delivered, record.Bundle with { Anchor = null, Proof = null });
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Multiple(() =>
        {
            Assert.That(report.Confidence, Is.EqualTo(0.75));
            Assert.That(json.RootElement.GetProperty("blockchain_tx").GetString(), Is.EqualTo("pending"));
            Assert.That(json.RootElement.GetProperty("checks").GetProperty("blockchain").GetProperty("details").GetString(), Is.EqualTo("Blockchain record pending."));
        });
    }

    internal static WatermarkReading Nothing() => new(false, new WatermarkPayload(UInt128.MaxValue / 3), 11.7);

    internal static ObservedContent ReEncoded(SignedRecord record) => record.Delivered with { Sha256 = SignedRecord.Digest("re-encoded") };

    private static VerificationReport Verify(ObservedContent observed, EvidenceBundle bundle) =>
        Verifier.Verify(observed, [bundle], EvidenceSource.Bundle, AnyKey, SignedRecord.Clock.Now);

    [TestCase(255, EvidenceSource.Registry, false)]
    [TestCase(256, EvidenceSource.Registry, true)]
    [TestCase(256, EvidenceSource.Bundle, false)]
    public void A_lookup_that_gave_as_much_as_it_can_says_so(int candidates, EvidenceSource source, bool expected)
    {
        using var record = SignedRecord.Create();
        var report = Verifier.Verify(
            record.Delivered, [.. Enumerable.Repeat(record.Bundle, candidates)], source, new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.AnyKey), SignedRecord.Clock.Now);
        Assert.That(report.Findings.Any(finding => finding.Result is { Code: "candidates_cut", Outcome: CheckOutcome.NotRun }), Is.EqualTo(expected));
        Assert.That(report.PassedChecks, Is.EqualTo(4));
    }
}
