using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class VideoJudgeTests
{
    private const int Radius = VerificationPolicy.DefaultSegmentRadius;

    [Test]
    public void The_same_frames_are_exact_and_the_chain_intact()
    {
        foreach (var rate in new[] { SampleRate.Of(1), SampleRate.Of(1, 2), SampleRate.Of(2), SampleRate.Of(8), SampleRate.Of(1, 5), SampleRate.Of(1, 10) })
        {
            var film = SyntheticVideo.Film(1, 103.4);
            var reading = Read(film.Record(rate), film.Observe());
            Assert.That(Outcomes(reading), Is.All.EqualTo(SegmentOutcome.Exact), $"{rate}");
            Assert.That((reading.ChainIntact, reading.ChainBrokenAt, reading.Confidence, reading.Excerpt), Is.EqualTo((true, (int?)null, 1.0, (VideoExcerpt?)null)));
            Assert.That(reading.TotalSegments, Is.EqualTo(rate.Seconds > 5 ? 11 : 21));
            Assert.That(reading.Segments[^1].End, Is.EqualTo(film.Record(rate).Duration));
        }
    }

    [Test]
    public void A_copy_that_was_encoded_again_verifies_by_its_looks_and_breaks_the_chain()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var film = SyntheticVideo.Film(seed, 95);
            var reading = Read(film.Record(), film.ReEncoded(seed).Observe());
            Assert.That(reading.VerifiedSegments, Is.EqualTo(reading.TotalSegments));
            Assert.That(Outcomes(reading), Does.Contain(SegmentOutcome.Perceptual));
            Assert.That((reading.ChainIntact, reading.Excerpt), Is.EqualTo((false, (VideoExcerpt?)null)));
            Assert.That(reading.ChainBrokenAt, Is.EqualTo(Outcomes(reading).TakeWhile(outcome => outcome == SegmentOutcome.Exact).Count()));
        }
    }

    [Test]
    public void Any_one_segment_that_was_replaced_fails_and_no_other()
    {
        for (var segment = 0; segment < 12; segment++)
        {
            var film = SyntheticVideo.Film(3, 60);
            var tampered = film.Replaced(5 * segment, (5 * segment) + 5, SyntheticVideo.Film(100 + segment, 5));
            foreach (var copy in new[] { tampered, tampered.ReEncoded(segment) })
            {
                var reading = Read(film.Record(), copy.Observe());
                Assert.That(reading.Segments.Where(part => !part.IsVerified).Select(part => part.Index), Is.EqualTo(new[] { segment }));
                Assert.That((reading.VerifiedSegments, reading.TotalSegments), Is.EqualTo((11, 12)));
                Assert.That(reading.Segments[segment].Outcome, Is.EqualTo(SegmentOutcome.Failed));
                Assert.That(reading.ChainIntact, Is.False);
            }
            Assert.That(Read(film.Record(), tampered.Observe()).ChainBrokenAt, Is.EqualTo(segment), "and each segment after it is exact by itself");
        }
    }

    [Test]
    public void A_single_foreign_frame_among_five_fails_its_segment()
    {
        var film = SyntheticVideo.Film(4, 40, hasCuts: false);
        var reading = Read(film.Record(), film.Replaced(16.5, 17.5, SyntheticVideo.Film(200, 1)).Observe());
        Assert.That(reading.Segments.Where(part => !part.IsVerified).Select(part => part.Index), Is.EqualTo(new[] { 3 }));
        Assert.That(reading.Segments[3].Details, Does.StartWith("Frames in it look different"));
    }

    [Test]
    public void A_frame_that_another_frame_rate_moved_across_a_cut_fails_nothing()
    {
        var film = SyntheticVideo.Film(5, 20).Then(SyntheticVideo.Film(6, 20));
        var shifted = film.Replaced(0, 0.04).Then(film.Cut(39.96, 40)); // one frame early, so that the cut is before 20 s
        var reading = Read(film.Record(), shifted.Observe());
        Assert.That(reading.VerifiedSegments, Is.EqualTo(8));
    }

    [TestCase(33.0, 33.04)]
    [TestCase(33.04, 33.0)]
    [TestCase(29.96, 30.04)]
    [TestCase(30.04, 29.96)]
    [TestCase(30.04, 30.5)]
    public void An_end_a_frame_earlier_or_later_fails_nothing_but_breaks_the_chain(double recorded, double copied)
    {
        var film = SyntheticVideo.Film(7, 40);
        var reading = Read(film.Cut(0, recorded).Record(), film.Cut(0, copied).Observe());
        Assert.That(reading.Confidence, Is.EqualTo(1));
        Assert.That(reading.TotalSegments, Is.EqualTo(recorded > 30 ? 7 : 6));
        var sameSamples = film.Cut(0, recorded).Record().Frames.Length == film.Cut(0, copied).Record().Frames.Length;
        Assert.That(reading.ChainIntact, Is.EqualTo(sameSamples));
        if (!sameSamples) Assert.That(reading.ChainBrokenAt, Is.EqualTo(reading.TotalSegments - 1));
    }

    [Test]
    public void A_file_that_ends_early_lacks_segments_that_are_named()
    {
        var film = SyntheticVideo.Film(8, 70);
        var reading = Read(film.Record(), film.Cut(0, 52.5).ReEncoded().Observe());
        Assert.That(reading.Excerpt, Is.Null);
        Assert.That((reading.VerifiedSegments, reading.TotalSegments), Is.EqualTo((10, 14)));
        Assert.That(Outcomes(reading).Skip(10), Is.EqualTo(new[] { SegmentOutcome.Failed, SegmentOutcome.Missing, SegmentOutcome.Missing, SegmentOutcome.Missing }));
        Assert.That(reading.Segments[10].Details, Is.EqualTo("The file ends in it, at 00:52.5."));
    }

    [Test]
    public void A_file_that_goes_on_has_segments_that_were_added()
    {
        var film = SyntheticVideo.Film(9, 70);
        var reading = Read(film.Record(), film.Then(SyntheticVideo.Film(10, 12)).Observe());
        Assert.That((reading.VerifiedSegments, reading.TotalSegments), Is.EqualTo((14, 17)));
        Assert.That(Outcomes(reading).Skip(14), Is.All.EqualTo(SegmentOutcome.Added));
        Assert.That((reading.Segments[^1].Start, reading.Segments[^1].End), Is.EqualTo((TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(82))));
        Assert.That((reading.ChainIntact, reading.ChainBrokenAt), Is.EqualTo((false, (int?)14)));

        var within = Read(film.Cut(0, 63).Record(), film.Cut(0, 63).Then(SyntheticVideo.Film(10, 12)).Observe());
        Assert.That(within.Segments[12].Details, Is.EqualTo("The record ends in it, at 01:03, and the file goes on."));
        Assert.That((within.VerifiedSegments, within.TotalSegments), Is.EqualTo((12, 15)));
    }

    [Test]
    public void The_first_third_of_a_record_is_an_excerpt_from_its_beginning()
    {
        var film = SyntheticVideo.Film(11, 90);
        var reading = Read(film.Record(), film.Cut(0, 28).Observe());
        Assert.That((reading.Excerpt!.RecordStart, reading.Excerpt.RecordEnd), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromSeconds(28))));
        Assert.That((reading.VerifiedSegments, reading.TotalSegments, reading.ChainIntact), Is.EqualTo((6, 6, false)));
        Assert.That(Outcomes(reading).Take(5), Is.All.EqualTo(SegmentOutcome.Exact), "frame by frame, since it begins where the record does");
        Assert.That((Outcomes(reading).Last(), reading.ChainBrokenAt), Is.EqualTo((SegmentOutcome.Perceptual, (int?)5)));
    }

    [Test]
    public void A_part_cut_out_anywhere_is_found_in_its_place()
    {
        var random = new Random(12);
        for (var round = 0; round < 60; round++)
        {
            var film = SyntheticVideo.Film(300 + round, 240);
            double at = random.NextDouble() * 180, length = 12 + (random.NextDouble() * 40);
            var reading = Read(film.Record(round % 3 == 0 ? SampleRate.Of(1, 2) : SampleRate.Of(1)), film.Cut(at, at + length).ReEncoded(round).Observe());
            Assert.That(reading.Excerpt, Is.Not.Null, $"round {round}: {at:F2} s, {length:F2} s long");
            Assert.That(reading.Excerpt!.RecordStart.TotalSeconds, Is.EqualTo(at).Within(0.6));
            Assert.That(reading.Excerpt.RecordEnd.TotalSeconds, Is.EqualTo(at + length).Within(0.6));
            Assert.That(reading.Confidence, Is.GreaterThanOrEqualTo(0.75), $"round {round}");
            Assert.That(Outcomes(reading), Does.Not.Contain(SegmentOutcome.Exact), "between other samples, no frame is known to be the same");
            Assert.That((reading.ChainIntact, reading.ChainBrokenAt), Is.EqualTo((false, (int?)0)));
        }
    }

    [Test]
    public void A_changed_stretch_of_a_part_fails_there()
    {
        var film = SyntheticVideo.Film(13, 240);
        var reading = Read(film.Record(), film.Cut(100, 140).Replaced(15, 20, SyntheticVideo.Film(14, 5)).Observe());
        Assert.That(reading.Excerpt!.RecordStart, Is.EqualTo(TimeSpan.FromSeconds(100)));
        Assert.That(reading.Segments.Where(part => !part.IsVerified).Select(part => part.Index), Is.EqualTo(new[] { 3 }));
    }

    [Test]
    public void A_part_within_a_longer_video_of_something_else_is_no_excerpt()
    {
        var film = SyntheticVideo.Film(15, 240);
        var collage = SyntheticVideo.Film(16, 30).Then(film.Cut(50, 80)).Then(SyntheticVideo.Film(17, 30));
        var reading = Read(film.Record(), collage.Observe());
        Assert.That((reading.Excerpt, reading.VerifiedSegments), Is.EqualTo(((VideoExcerpt?)null, 0)));
    }

    [Test]
    public void Unrelated_videos_are_never_taken_for_a_part_and_no_segment_of_them_verifies()
    {
        int excerpts = 0, verified = 0, segments = 0, aligned = 0;
        for (var round = 0; round < 1500; round++)
        {
            var record = SyntheticVideo.Film(1000 + round, 120, bitsPerSecond: round % 4 * 4).Record();
            var observed = SyntheticVideo.Film(50_000 + round, 40, bitsPerSecond: round % 3 * 5, hasCuts: round % 5 > 0).Observe();
            var comparison = VideoJudge.Compare(record, observed, Radius);
            excerpts += comparison.Reading.Excerpt is null ? 0 : 1;
            verified += comparison.Reading.VerifiedSegments;
            segments += comparison.Reading.TotalSegments;
            aligned = Math.Max(aligned, comparison.AlignedFrames);
        }
        Report.Line($"video: 1500 pairs of unrelated videos, {excerpts} taken for a part, {verified} of {segments} segments verify; at most {aligned} frames agree at an offset");
        Assert.That((excerpts, verified), Is.EqualTo((0, 0)));
    }

    [TestCase(3, 1, 8, 1)]
    [TestCase(7, 5, 8, 1)]
    [TestCase(1, 7, 3, 2)]
    [TestCase(1, 1, 1, 5)]
    public void Rates_that_do_not_divide_are_compared_where_both_have_frames_and_are_never_exact(int recordFrames, int recordSeconds, int frames, int seconds)
    {
        var film = SyntheticVideo.Film(18, 300, bitsPerSecond: 3, hasCuts: false);
        var reading = Read(film.Record(SampleRate.Of(recordFrames, recordSeconds)), film.Observe(SampleRate.Of(frames, seconds)));
        Assert.That(Outcomes(reading), Is.All.EqualTo(SegmentOutcome.Perceptual));
        Assert.That((reading.ChainIntact, reading.ChainBrokenAt), Is.EqualTo((false, (int?)0)));
    }

    [Test]
    public void Equal_hashes_of_other_pixels_look_the_same_and_are_not_exact()
    {
        var film = SyntheticVideo.Film(21, 30);
        var (record, observed) = (film.Record(), film.Observe());
        Assert.That(Read(record, observed).ChainIntact);
        var touched = observed.FrameDigests.SetItem(8 * 12, PixelDigest.OfFrame([1])); // the sample at 12 s
        var reading = Read(record, observed with { FrameDigests = touched });
        Assert.That(Outcomes(reading), Is.EqualTo(Enumerable.Range(0, 6).Select(i => i == 2 ? SegmentOutcome.Perceptual : SegmentOutcome.Exact)));
        Assert.That((reading.ChainIntact, reading.ChainBrokenAt, reading.Segments[2].Distance), Is.EqualTo((false, (int?)2, (int?)0)));
        foreach (var without in new[]
        {
            observed with { FrameDigests = [] },
            observed with { FrameDigests = [.. observed.FrameDigests.Where((_, i) => i % 3 == 0)], DigestStep = 3 }, // of other moments than the record's
        })
        {
            Assert.That(Outcomes(Read(record, without)), Is.All.EqualTo(SegmentOutcome.Perceptual), "what wasn't measured isn't exact");
        }
        Assert.That(Read(record, observed with { FrameDigests = [.. observed.FrameDigests.Where((_, i) => i % 8 == 0)], DigestStep = 8 }).ChainIntact);
    }

    [Test]
    public void A_flat_video_is_known_by_its_bytes_alone()
    {
        var black = TestVideos.Fingerprint(SampleRate.Of(1), TimeSpan.FromSeconds(30), [.. Enumerable.Repeat(new PerceptualHash(1), 30)]);
        var reading = Read(black, TestVideos.Observed(SampleRate.Of(8), TimeSpan.FromSeconds(30), [.. Enumerable.Repeat(new PerceptualHash(1), 240)]));
        Assert.That((reading.VerifiedSegments, reading.TotalSegments, reading.ChainIntact), Is.EqualTo((0, 6, false)));
        Assert.That(VideoJudge.SameBytes(black).Confidence, Is.EqualTo(1));
    }

    [Test]
    public void The_radius_bounds_what_looks_the_same()
    {
        var film = SyntheticVideo.Film(19, 30);
        var copy = film.ReEncoded(bits: 6).Observe();
        Assert.That(VideoJudge.Compare(film.Record(), copy, 0).Reading.Confidence, Is.LessThan(1));
        Assert.That(VideoJudge.Compare(film.Record(), copy, 16).Reading.Confidence, Is.EqualTo(1));
    }

    [Test]
    public void Hostile_rates_and_lengths_are_judged_within_bounds()
    {
        var random = new Random(20);
        PerceptualHash[] frames = [.. Enumerable.Range(0, ObservedVideo.MaxFrames).Select(_ => new PerceptualHash(SyntheticVideo.Picture(random)))];
        var rates = new[] { SampleRate.Of(1, 3600), SampleRate.Of(60), SampleRate.Of(59, 3599), SampleRate.Of(1), SampleRate.Of(7, 36) };
        foreach (var recorded in rates)
        {
            foreach (var rate in rates)
            {
                foreach (var count in new[] { 1, 2, ObservedVideo.MaxFrames })
                {
                    var record = TestVideos.Fingerprint(recorded, TimeSpan.FromMilliseconds(VideoFingerprint.MaxDurationMilliseconds), [.. frames[..VideoFingerprint.MaxFrames]]);
                    var comparison = VideoJudge.Compare(record, TestVideos.Observed(rate, TimeSpan.FromDays(400), [.. frames[..count]]), 16);
                    Assert.That(comparison.Reading.TotalSegments, Is.InRange(1, VideoJudge.MaxSegments));
                    Assert.That(() => VideoChanges.Of(comparison), Throws.Nothing);
                    var tiny = TestVideos.Fingerprint(recorded, TimeSpan.Zero, [frames[0]]);
                    Assert.That(() => VideoChanges.Of(VideoJudge.Compare(tiny, TestVideos.Observed(rate, TimeSpan.FromDays(-1), [.. frames[..count]]), 16)), Throws.Nothing);
                }
            }
        }
    }

    private static VideoReading Read(VideoFingerprint record, ObservedVideo observed) => VideoJudge.Compare(record, observed, Radius).Reading;

    private static IEnumerable<SegmentOutcome> Outcomes(VideoReading reading) => reading.Segments.Select(segment => segment.Outcome);
}
