using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class VideoReportTests
{
    private static readonly VerificationPolicy AnyKey = new(KeyTrust.AnyKey, KeyTrust.AnyKey);
    private static readonly SyntheticVideo Film = SyntheticVideo.Film(1, 100);

    private SignedRecord _record = null!;

    [OneTimeSetUp]
    public void Sign() => _record = SignedRecord.Create("film", watermark: false, video: Film.Record());

    [OneTimeTearDown]
    public void Forget() => _record.Dispose();

    [Test]
    public void The_signed_file_is_strongly_authentic()
    {
        var report = Verify(Observed(Film, "film original"));
        Assert.Multiple(() =>
        {
            Assert.That((report.Confidence, report.IsAuthentic, report.Verdict), Is.EqualTo((1.0, true, Verdict.StronglyAuthentic)));
            Assert.That(report.Content, Is.EqualTo(ContentState.IdenticalToOriginal));
            Assert.That((report.Video!.TotalSegments, report.Video.VerifiedSegments, report.Video.ChainIntact), Is.EqualTo((20, 20, true)));
            Assert.That((report.Sha256.Code, report.Blockchain.Code, report.PassedChecks), Is.EqualTo(("hash_is_original", "anchored_in_ledger", 3)));
            Assert.That((report.PerceptualHash.Code, report.PerceptualHash.Details), Is.EqualTo(("segments_match", $"20 of 20 segments match record {_record.Certificate.RecordId}, all exactly")));
            Assert.That((report.Watermark.Outcome, report.Watermark.Code), Is.EqualTo((CheckOutcome.NotRun, "unsupported_format")));
        });
    }

    [Test]
    public void The_signed_file_is_known_by_its_bytes_where_no_frame_can_be_read()
    {
        var problem = new MeasurementProblem("unsupported_format", "no decoder");
        var report = Verify(Observed(Film, "film original") with { Video = null, PerceptualHashProblem = problem });
        Assert.That((report.Confidence, report.Verdict, report.Content), Is.EqualTo((1.0, Verdict.StronglyAuthentic, ContentState.IdenticalToOriginal)));
        Assert.That(report.Video!.Segments.Select(segment => (segment.Outcome, segment.Details)), Is.All.EqualTo((SegmentOutcome.Exact, "The same bytes.")));
        Assert.That((report.PerceptualHash.Outcome, report.PerceptualHash.Code), Is.EqualTo((CheckOutcome.NotRun, "unsupported_format")));
        var other = Verify(Observed(Film, "other") with { Video = null, PerceptualHashProblem = problem });
        Assert.That((other.Video, other.Confidence, other.IsAuthentic, other.Certificate), Is.EqualTo(((VideoReading?)null, 0.0, false, (object?)null)));
    }

    [Test]
    public void The_same_frames_in_other_bytes_are_called_so_and_are_not_anchored()
    {
        var report = Verify(Observed(Film, "remuxed"));
        Assert.That((report.Content, report.Video!.ChainIntact, report.Confidence, report.Verdict), Is.EqualTo((ContentState.ReEncoded, true, 1.0, Verdict.Authentic)));
        Assert.That((report.Sha256.Code, report.Blockchain.Code), Is.EqualTo(("hash_unknown", "content_not_anchored")));
        Assert.That(report.Certificate!.RecordId, Is.EqualTo(_record.Certificate.RecordId));
    }

    [Test]
    public void A_copy_that_was_encoded_again_is_authentic_though_its_chain_is_not_intact()
    {
        var report = Verify(Observed(Film.ReEncoded(), "copy"));
        Assert.That((report.Content, report.Video!.ChainIntact, report.Confidence, report.Verdict, report.IsAuthentic), Is.EqualTo((ContentState.ReEncoded, false, 1.0, Verdict.Authentic, true)));
        Assert.That(report.Video.Changes, Is.Empty);
    }

    [TestCase(1, 0.95, Verdict.Authentic, true)]
    [TestCase(2, 0.9, Verdict.Authentic, true)]
    [TestCase(3, 0.85, Verdict.ProbablyAuthentic, true)]
    [TestCase(10, 0.5, Verdict.ProbablyAuthentic, true)]
    [TestCase(11, 0.45, Verdict.Unverified, false)]
    [TestCase(19, 0.05, Verdict.Unverified, false)]
    public void Tampered_segments_cost_their_share(int segments, double confidence, Verdict verdict, bool authentic)
    {
        var report = Verify(Observed(Film.Replaced(100 - (5 * segments), 100, SyntheticVideo.Film(2, 5 * segments)).ReEncoded(), "tampered"));
        Assert.That((report.Confidence, report.Verdict, report.IsAuthentic, report.Content), Is.EqualTo((confidence, verdict, authentic, ContentState.Edited)));
        Assert.That(report.PerceptualHash.Code, Is.EqualTo(authentic ? "segments_match" : "segments_differ"));
        Assert.That(report.Certificate, Is.Not.Null, "what is left of it shows whose it is");
        Assert.That(report.Video!.Changes.Single().Kind, Is.EqualTo(VideoChangeKind.Changed));
    }

    [Test]
    public void A_part_is_called_so_with_its_place()
    {
        var report = Verify(Observed(Film.Cut(31, 63).ReEncoded(), "part"));
        Assert.That((report.Content, report.IsAuthentic, report.Verdict), Is.EqualTo((ContentState.Excerpt, true, Verdict.Authentic)));
        Assert.That(report.PerceptualHash.Details, Is.EqualTo($"7 of 7 segments match record {_record.Certificate.RecordId} at 00:31–01:03"));
        Assert.That(report.Video!.Excerpt!.Offset, Is.EqualTo(TimeSpan.FromSeconds(31)));
    }

    [Test]
    public void A_clip_that_runs_backwards_is_shown_with_its_record_but_not_authentic()
    {
        var report = Verify(Observed(Film.Backwards(), "backwards"));
        Assert.That((report.IsAuthentic, report.Content, report.Certificate?.RecordId), Is.EqualTo((false, ContentState.Edited, (RecordId?)_record.Certificate.RecordId)));
        Assert.That(report.Video!.Changes.Single().Kind, Is.EqualTo(VideoChangeKind.Reversed));
    }

    [Test]
    public void A_video_in_pieces_is_shown_with_its_record()
    {
        var pieces = Film.Cut(70, 90).Then(Film.Cut(40, 60)).Then(Film.Cut(5, 25)).Then(Film.Cut(60, 70));
        var report = Verify(Observed(pieces.ReEncoded(), "pieces"));
        Assert.That((report.IsAuthentic, report.Content, report.Certificate?.RecordId), Is.EqualTo((false, ContentState.Edited, (RecordId?)_record.Certificate.RecordId)));
        Assert.That(report.Video!.Changes.Count(change => change.Kind == VideoChangeKind.Moved), Is.EqualTo(3), "and the last is where it was");
    }

    [Test]
    public void An_unrelated_video_shows_no_record()
    {
        var report = Verify(Observed(SyntheticVideo.Film(3, 100), "unrelated"));
        Assert.That((report.Confidence, report.IsAuthentic, report.Content, report.Certificate), Is.EqualTo((0.0, false, ContentState.Unknown, (object?)null)));
        Assert.That((report.Video!.TotalSegments, report.Video.Changes.Length), Is.EqualTo((20, 0)));

        var without = Verifier.Verify(Observed(Film, "film original"), [], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That((without.Confidence, without.Video!.TotalSegments, without.PerceptualHash.Code), Is.EqualTo((0.0, 20, "segments_differ")));
    }

    [Test]
    public void With_a_record_that_cannot_be_believed_no_segment_counts()
    {
        var revoked = _record.Bundle with { Revocation = new Revocation(UtcTimestamp.Parse("2026-11-20T17:00:00Z"), "key lost") };
        var distrusting = new VerificationPolicy(KeyTrust.Only(), KeyTrust.AnyKey);
        foreach (var (bundle, policy, code) in new[] { (revoked, AnyKey, "record_revoked"), (_record.Bundle, distrusting, "signer_untrusted") })
        {
            foreach (var observed in new[] { Observed(Film, "film original"), Observed(Film.ReEncoded(), "copy"), Observed(Film.Cut(20, 50), "part") })
            {
                var report = Verifier.Verify(observed, [bundle], EvidenceSource.Registry, policy, SignedRecord.Clock.Now);
                Assert.That((report.Video!.VerifiedSegments, report.Video.ChainIntact, report.Confidence, report.IsAuthentic), Is.EqualTo((0, false, 0.0, false)));
                Assert.That((report.Verdict, report.Content, report.PerceptualHash.Code), Is.EqualTo((Verdict.Unverified, ContentState.Unknown, code)));
                Assert.That(report.Video.Segments[0].Details, Does.StartWith("It does not count: "));
            }
        }
        using var thief = SigningKey.Create();
        var forged = Verifier.Verify(Observed(Film, "film original"), [_record.Resigned(_record.Certificate, thief)], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That((forged.IsAuthentic, forged.Certificate, forged.Video!.VerifiedSegments), Is.EqualTo((false, (object?)null, 0)));
    }

    [Test]
    public void A_still_is_recognised_by_the_nearest_frame()
    {
        var frame = _record.Certificate.Fingerprint.Video!.Frames[12];
        var still = new ObservedContent { Sha256 = SignedRecord.Digest("still"), MediaType = "image/png", PerceptualHash = new PerceptualHash(frame.Bits ^ 0b111) };
        var report = Verify(still);
        Assert.That((report.PerceptualHash.Outcome, report.PerceptualHash.Code), Is.EqualTo((CheckOutcome.Passed, "frame_similar")));
        Assert.That(report.PerceptualHash.Details, Is.EqualTo($"Distance 3 to the frame at 00:12 of record {_record.Certificate.RecordId}"));
        Assert.That((report.Video, report.Confidence, report.IsAuthentic), Is.EqualTo(((VideoReading?)null, 0.25, false)));
        Assert.That(report.Certificate!.RecordId, Is.EqualTo(_record.Certificate.RecordId));

        var other = Verify(still with { PerceptualHash = new PerceptualHash(SyntheticVideo.Picture(new Random(4))) });
        Assert.That((other.PerceptualHash.Outcome, other.PerceptualHash.Code, other.Certificate), Is.EqualTo((CheckOutcome.Failed, "picture_different", (object?)null)));
        var doubtful = Verify(still with { PerceptualHashDoubt = new MeasurementProblem("perceptual_hash_misleading", "flat") });
        Assert.That((doubtful.PerceptualHash.Outcome, doubtful.PerceptualHash.Code), Is.EqualTo((CheckOutcome.NotRun, "perceptual_hash_misleading")));
    }

    [Test]
    public void A_black_still_is_like_no_frame()
    {
        using var black = SignedRecord.Create("black", watermark: false, video: TestVideos.Fingerprint(SampleRate.Of(1), TimeSpan.FromSeconds(9), [.. Enumerable.Repeat(new PerceptualHash(1), 9)]));
        var still = new ObservedContent { Sha256 = SignedRecord.Digest("still"), PerceptualHash = new PerceptualHash(1) };
        Assert.That(Verifier.Verify(still, [black.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now).PerceptualHash.Outcome, Is.EqualTo(CheckOutcome.Failed));
    }

    [Test]
    public void A_video_is_not_compared_with_the_record_of_a_picture()
    {
        using var picture = SignedRecord.Create();
        var report = Verifier.Verify(Observed(Film, "film"), [picture.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        Assert.That((report.PerceptualHash.Outcome, report.PerceptualHash.Code), Is.EqualTo((CheckOutcome.NotRun, "record_is_picture")));
        Assert.That((report.Confidence, report.IsAuthentic, report.Certificate), Is.EqualTo((0.0, false, (object?)null)));
    }

    [Test]
    public void Of_several_records_the_one_with_the_largest_verified_share_is_shown_and_of_equals_the_one_with_these_bytes()
    {
        using var clip = SignedRecord.Create("clip", watermark: false, video: Film.Cut(20, 60).Record());
        using var edited = SignedRecord.Create("edited", watermark: false, video: Film.Replaced(30, 40, SyntheticVideo.Film(5, 10)).Record());
        using var picture = SignedRecord.Create();
        EvidenceBundle[] bundles = [picture.Bundle, edited.Bundle, clip.Bundle, _record.Bundle];
        Assert.That(Best(Observed(Film, "film copy")), Is.EqualTo(_record.Certificate.RecordId));
        Assert.That(Best(Observed(Film.Cut(20, 60), "clip original")), Is.EqualTo(clip.Certificate.RecordId), "the whole film has it too, but not these bytes");
        Assert.That(Best(Observed(Film.Cut(20, 60), "clip copy")), Is.EqualTo(clip.Certificate.RecordId), "or else the one with more exact segments");
        Assert.That(Best(Observed(Film.Cut(60, 90), "end")), Is.EqualTo(edited.Certificate.RecordId).Or.EqualTo(_record.Certificate.RecordId));
        Assert.That(Best(Observed(Film.Backwards(), "backwards")), Is.EqualTo(_record.Certificate.RecordId), "by the frames that agree backwards");

        RecordId? Best(ObservedContent observed) => Verifier.Verify(observed, bundles, EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now).Certificate?.RecordId;
    }

    [Test]
    public void The_policy_bounds_the_radius_and_a_video_without_frames_is_refused()
    {
        Assert.That(AnyKey.SegmentRadius, Is.EqualTo(10));
        Assert.That(() => AnyKey with { SegmentRadius = 17 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => AnyKey with { SegmentRadius = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(Verify(Observed(Film.ReEncoded(), "copy"), AnyKey with { SegmentRadius = 0 }).Confidence, Is.LessThan(1));
        Assert.That(() => Verify(Observed(Film, "x") with { Video = TestVideos.Observed(SampleRate.Of(1), TimeSpan.Zero, []) }), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Verify(Observed(Film, "x") with { Video = TestVideos.Observed(SampleRate.Of(1), TimeSpan.Zero, [.. new PerceptualHash[16_385]]) }), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void The_JSON_has_the_guides_fields_and_everything_else_under_video()
    {
        using var document = JsonDocument.Parse(Verify(Observed(Film.Replaced(85, 90), "cut")).ToJson());
        var json = document.RootElement;
        Assert.That(
            json.EnumerateObject().Select(field => field.Name).Take(10),
            Is.EqualTo(new[] { "authentic", "confidence", "origin", "signer", "timestamp", "blockchain_tx", "checks", "total_segments", "verified_segments", "chain_intact" }));
        Assert.That((json.GetProperty("total_segments").GetInt32(), json.GetProperty("verified_segments").GetInt32(), json.GetProperty("chain_intact").GetBoolean()), Is.EqualTo((20, 17, false)));
        Assert.That(json.GetProperty("confidence").GetDouble(), Is.EqualTo(0.85));
        Assert.That(json.GetProperty("content").GetString(), Is.EqualTo("edited"));
        var video = json.GetProperty("video");
        Assert.That(video.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "chain_broken_at", "excerpt", "changes", "segments" }));
        Assert.That(video.GetProperty("excerpt").ValueKind, Is.EqualTo(JsonValueKind.Null));
        var change = video.GetProperty("changes")[0];
        Assert.That(change.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "kind", "start_ms", "end_ms", "record_start_ms", "record_end_ms", "details" }));
        Assert.That((change.GetProperty("kind").GetString(), change.GetProperty("start_ms").GetInt64(), change.GetProperty("record_end_ms").GetInt64()), Is.EqualTo(("missing", 85_000L, 90_000L)));
        var segment = video.GetProperty("segments")[19];
        Assert.That(segment.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "index", "start_ms", "end_ms", "outcome", "distance", "details" }));
        Assert.That((segment.GetProperty("outcome").GetString(), segment.GetProperty("end_ms").GetInt64()), Is.EqualTo(("missing", 100_000L)));

        using var part = JsonDocument.Parse(Verify(Observed(Film.Cut(31, 63), "part")).ToJson());
        Assert.That(part.RootElement.GetProperty("content").GetString(), Is.EqualTo("excerpt"));
        Assert.That(
            part.RootElement.GetProperty("video").GetProperty("excerpt").ToString(),
            Is.EqualTo("""{"record_start_ms":31000,"record_end_ms":63000,"offset_ms":31000,"matched_frames":32,"compared_frames":32}"""));

        using var picture = SignedRecord.Create();
        using var still = JsonDocument.Parse(Verifier.Verify(picture.Delivered, [picture.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now).ToJson());
        foreach (var field in new[] { "total_segments", "verified_segments", "chain_intact", "video" })
            Assert.That(still.RootElement.GetProperty(field).ValueKind, Is.EqualTo(JsonValueKind.Null), field);
    }

    [Test]
    public void A_report_reads_back_as_it_was_written()
    {
        foreach (var copy in new[] { Film.Replaced(85, 90), Film.Cut(31, 63), Film.Backwards() })
        {
            var json = Verify(Observed(copy, "copy")).ToJson();
            var document = JsonSerializer.Deserialize(json, Wire.Json.VerificationReportDocument)!;
            Assert.That(JsonSerializer.SerializeToUtf8Bytes(document, Wire.Json.VerificationReportDocument), Is.EqualTo(json));
        }
    }

    private static ObservedContent Observed(SyntheticVideo video, string bytes) => new()
    {
        Sha256 = SignedRecord.Digest(bytes),
        MediaType = "video/mp4",
        Width = 640,
        Height = 360,
        Video = video.Observe(),
        WatermarkProblem = new MeasurementProblem("unsupported_format", "videos carry no watermark"),
    };

    private VerificationReport Verify(ObservedContent observed, VerificationPolicy? policy = null) =>
        Verifier.Verify(observed, [_record.Bundle], EvidenceSource.Registry, policy ?? AnyKey, SignedRecord.Clock.Now);
}
