using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class VideoChangesTests
{
    private static readonly SyntheticVideo Film = SyntheticVideo.Film(1, 120);

    [Test]
    public void Nothing_is_told_of_a_faithful_copy()
    {
        Assert.That(Changes(Film), Is.Empty);
        Assert.That(Changes(Film.ReEncoded()), Is.Empty);
        Assert.That(Changes(Film.Cut(30, 70).ReEncoded()), Is.Empty, "nor of a part of one");
    }

    [Test]
    public void A_replaced_stretch_is_called_changed()
    {
        Assert.That(Changes(Film.Replaced(35, 40, SyntheticVideo.Film(2, 5))), Is.EqualTo(new[] { "00:35–00:40 changed" }));
        Assert.That(Changes(Film.Replaced(36, 48, SyntheticVideo.Film(2, 12)).ReEncoded()), Is.EqualTo(new[] { "00:35–00:50 changed" }), "segment by segment");
    }

    [Test]
    public void Stretches_that_changed_places_are_told_with_the_places_they_came_from()
    {
        var swapped = Film.Cut(0, 20).Then(Film.Cut(40, 50)).Then(Film.Cut(30, 40)).Then(Film.Cut(20, 30)).Then(Film.Cut(50, 120));
        foreach (var copy in new[] { swapped, swapped.ReEncoded() })
        {
            Assert.That(Changes(copy), Is.EqualTo(new[]
            {
                "00:20–00:30 shows what the record has at 00:40–00:50",
                "00:40–00:50 shows what the record has at 00:20–00:30",
            }));
        }
    }

    [Test]
    public void A_dropped_stretch_is_told_with_its_place_and_length()
    {
        Assert.That(Changes(Film.Replaced(85, 90)), Is.EqualTo(new[]
        {
            "5.0 s of the record are missing at 01:25: 01:25–01:30",
            "01:25–01:55 shows what the record has at 01:30–02:00",
        }));
        var odd = Judge(Film.Replaced(81.7, 94.1).ReEncoded()).Changes;
        var missing = odd.Single(change => change.Kind == VideoChangeKind.Missing);
        Assert.That((missing.RecordEnd - missing.RecordStart)!.Value.TotalSeconds, Is.EqualTo(12.4).Within(0.3));
        Assert.That(missing.Start.TotalSeconds, Is.EqualTo(81.7).Within(2));
        Assert.That(odd.Count(change => change.Kind == VideoChangeKind.Moved), Is.EqualTo(1));
    }

    [Test]
    public void A_stretch_that_was_put_in_is_told_and_what_follows_it()
    {
        Assert.That(Changes(Film.Replaced(85, 85, SyntheticVideo.Film(3, 10))), Is.EqualTo(new[]
        {
            "01:25–01:35 is not in the record",
            "01:35–02:10 shows what the record has at 01:25–02:00",
        }));
        Assert.That(Changes(Film.Then(SyntheticVideo.Film(3, 10))), Is.EqualTo(new[] { "02:00–02:10 is not in the record" }));
    }

    [Test]
    public void A_missing_end_is_told()
    {
        Assert.That(Changes(Film.Cut(0, 100)), Is.EqualTo(new[] { "20.0 s of the record are missing at 01:40: 01:40–02:00" }));
    }

    [Test]
    public void A_clip_that_runs_backwards_is_told()
    {
        foreach (var copy in new[] { Film.Backwards(), Film.Backwards().ReEncoded() })
        {
            var change = Judge(copy).Changes.Single();
            Assert.That(change.Kind, Is.EqualTo(VideoChangeKind.Reversed));
            Assert.That((change.Start, change.End), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromSeconds(120))));
            Assert.That(change.Details, Does.StartWith("00:00–02:00 runs backwards: it shows what the record has at 00:00"));
            Assert.That((change.RecordStart!.Value.TotalSeconds, change.RecordEnd!.Value.TotalSeconds), Is.EqualTo((0.0, 120.0)).Using<(double, double)>((a, b) => Math.Abs(a.Item1 - b.Item1) < 0.3 && Math.Abs(a.Item2 - b.Item2) < 0.3));
        }
    }

    [Test]
    public void A_stretch_that_runs_backwards_is_told()
    {
        var change = Judge(Film.Replaced(60, 80, Film.Cut(60, 80).Backwards()).ReEncoded()).Changes.Single();
        Assert.That(change.Kind, Is.EqualTo(VideoChangeKind.Reversed));
        Assert.That((change.Start.TotalSeconds, change.End.TotalSeconds), Is.EqualTo((60.0, 80.0)));
        Assert.That(change.RecordStart!.Value.TotalSeconds, Is.EqualTo(60).Within(1));
        Assert.That(change.RecordEnd!.Value.TotalSeconds, Is.EqualTo(80).Within(1));
    }

    [Test]
    public void A_stretch_shown_twice_is_told()
    {
        Assert.That(Changes(Film.Replaced(60, 70, Film.Cut(20, 30))), Is.EqualTo(new[]
        {
            "10.0 s of the record are missing at 01:00: 01:00–01:10",
            "01:00–01:10 shows what the record has at 00:20–00:30",
        }));
    }

    [Test]
    public void Of_a_part_that_was_edited_the_edit_is_told_and_not_what_lies_beside_the_part()
    {
        var part = Film.Cut(30, 90);
        Assert.That(Changes(part.Replaced(25, 30, SyntheticVideo.Film(4, 5))), Is.EqualTo(new[] { "00:25–00:30 changed" }));
        Assert.That(Changes(part.Replaced(50, 55)), Is.EqualTo(new[]
        {
            "5.0 s of the record are missing at 00:50: 01:20–01:25",
            "00:50–00:55 shows what the record has at 01:25–01:30",
        }));
    }

    [Test]
    public void In_a_fixed_shot_nothing_is_told_that_nobody_did()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var shot = SyntheticVideo.Film(seed, 90, bitsPerSecond: 0, hasCuts: false);
            Assert.That(Changes(shot.ReEncoded(seed), shot), Is.Empty);
            var tampered = shot.Replaced(40, 45, SyntheticVideo.Film(500 + seed, 5));
            Assert.That(Changes(tampered.ReEncoded(seed), shot), Is.EqualTo(new[] { "00:40–00:45 changed" }));
            var flash = shot.Replaced(41.6, 42.9, SyntheticVideo.Film(500 + seed, 1.3));
            Assert.That(Changes(flash.ReEncoded(seed), shot), Is.EqualTo(new[] { "00:40–00:45 changed" }));
        }
    }

    [Test]
    public void A_fixed_shot_that_was_cropped_is_called_changed_and_neither_moved_nor_reversed()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var shot = SyntheticVideo.Film(seed, 60, bitsPerSecond: 1, hasCuts: false);
            var cropped = shot.Masked(SyntheticVideo.Picture(new Random(seed)) & SyntheticVideo.Picture(new Random(seed + 1000))).ReEncoded(seed, bits: 10);
            Assert.That(Judge(cropped, shot).Changes.Select(change => change.Kind), Is.All.EqualTo(VideoChangeKind.Changed), $"seed {seed}");
        }
    }

    [Test]
    public void Random_edits_are_told_without_nonsense()
    {
        var random = new Random(5);
        int told = 0, rounds = 60;
        for (var round = 0; round < rounds; round++)
        {
            var film = SyntheticVideo.Film(600 + round, 180);
            double from = 90 + (random.NextDouble() * 40), length = 6 + (random.NextDouble() * 20);
            var kind = (VideoChangeKind)(round % 5);
            var edited = kind switch
            {
                VideoChangeKind.Missing => film.Replaced(from, from + length),
                VideoChangeKind.Inserted => film.Replaced(from, from, SyntheticVideo.Film(900 + round, length)),
                VideoChangeKind.Moved => film.Replaced(from, from + length, film.Cut(30, 30 + length)),
                VideoChangeKind.Reversed => film.Replaced(from, from + length, film.Cut(from, from + length).Backwards()),
                _ => film.Replaced(from, from + length, SyntheticVideo.Film(900 + round, length)),
            };
            var changes = Judge(edited.ReEncoded(round), film).Changes;
            Assert.That(changes, Is.Not.Empty);
            Assert.That(changes.Min(change => change.Start.TotalSeconds), Is.GreaterThan(from - 6), $"round {round}: {string.Join("; ", changes.Select(change => change.Details))}");
            if (changes.Any(change => change.Kind == kind)) told++;
            else Report.Line($"video: {kind} at {from:F1} for {length:F1} s: {string.Join("; ", changes.Select(change => change.Details))}");
        }
        Report.Line($"video: {told} of {rounds} random edits are told by their kind");
        Assert.That(told, Is.GreaterThanOrEqualTo(0.9 * rounds));
    }

    [TestCase(0, "00:00")]
    [TestCase(35_000, "00:35")]
    [TestCase(35_500, "00:35.5")]
    [TestCase(35_960, "00:36")]
    [TestCase(59_960, "01:00")]
    [TestCase(3_599_949, "59:59.9")]
    [TestCase(3_599_960, "01:00:00")]
    [TestCase(3_635_125, "01:00:35.1")]
    [TestCase(360_000_000, "100:00:00")]
    [TestCase(-1_500, "-00:01.5")]
    public void Times_are_minutes_and_seconds_and_hours_only_where_there_are_any(long milliseconds, string text) =>
        Assert.That(VideoTime.Format(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo(text));

    private static IEnumerable<string> Changes(SyntheticVideo copy, SyntheticVideo? record = null) => Judge(copy, record).Changes.Select(change => change.Details);

    private static VideoReading Judge(SyntheticVideo copy, SyntheticVideo? record = null)
    {
        var comparison = VideoJudge.Compare((record ?? Film).Record(), copy.Observe(), VerificationPolicy.DefaultSegmentRadius);
        return comparison.Reading with { Changes = VideoChanges.Of(comparison) };
    }
}
