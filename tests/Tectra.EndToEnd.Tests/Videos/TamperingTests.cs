using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>Signed videos in which something was changed.</summary>
public sealed class TamperingTests
{
    private const int Touched = 2; // the segment from 10 to 15 s

    private static readonly Stretch Inside = new(10, 14.9);

    private static readonly IReadOnlyList<string> Clips = TestData.IsFull ? [VideoLab.Cars, VideoLab.Bunny, VideoLab.Tears] : [VideoLab.Bunny];

    [Test]
    public async Task A_changed_stretch_fails_exactly_its_segment()
    {
        using var lab = new VideoLab();
        var flower = lab.Still(VideoLab.Flower, 2);
        foreach (var clip in Clips)
        {
            await using var registry = new VideoRegistry();
            await registry.SignAsync(clip);
            var changes = new Dictionary<string, string>
            {
                ["another clip"] = lab.Replace(clip, Inside, clip == VideoLab.Bunny ? VideoLab.Tears : VideoLab.Bunny),
                ["mirrored"] = lab.Mirror(clip, Inside),
                ["an object over a sixth"] = lab.Paste(clip, Inside, flower, 3, 2),
            };
            if (TestData.IsFull)
            {
                changes["black"] = lab.Blacken(clip, Inside);
                changes["an object over a quarter"] = lab.Paste(clip, Inside, flower);
                changes["an object over a ninth"] = lab.Paste(clip, Inside, flower, 3, 3);
            }
            foreach (var (name, path) in changes)
            {
                var report = await registry.VerifyAsync(path);
                var video = report.Video!;
                var failed = video.Segments.Where(segment => segment.Outcome is not (SegmentOutcome.Exact or SegmentOutcome.Perceptual)).Select(segment => segment.Index).ToList();
                Report.Line($"{Path.GetFileName(clip),-32} {name,-26} {video.VerifiedSegments} of {video.TotalSegments}, failed: {string.Join(' ', failed)}; {string.Join("; ", video.Changes.Select(change => change.Details))}");
                using (Assert.EnterMultipleScope())
                {
                    Assert.That(failed, Is.EqualTo(new[] { Touched }), $"{clip}: {name}");
                    Assert.That(video.ChainIntact, Is.False, $"{clip}: {name}");
                    Assert.That(video.ChainBrokenAt, Is.LessThanOrEqualTo(Touched), $"{clip}: {name}");
                    Assert.That(video.Changes.Select(change => change.Details), Has.Some.Contains("00:10–00:15"), $"{clip}: {name}");
                    Assert.That(report.Content, Is.EqualTo(ContentState.Edited), $"{clip}: {name}");
                }
            }
        }
    }

    [Test]
    public async Task Where_nothing_else_was_touched_the_chain_breaks_at_the_change_and_every_other_segment_is_exact()
    {
        using var lab = new VideoLab();
        await using var registry = new VideoRegistry();
        await registry.SignAsync(VideoLab.Bunny);
        var video = (await registry.VerifyAsync(lab.BlackenLosslessly(VideoLab.Bunny, Inside))).Video!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(video.ChainIntact, Is.False);
            Assert.That(video.ChainBrokenAt, Is.EqualTo(Touched));
            Assert.That(video.Segments.Select(segment => segment.Outcome), Is.EqualTo(Enumerable.Range(0, video.TotalSegments).Select(i => i == Touched ? SegmentOutcome.Failed : SegmentOutcome.Exact)));
        }
    }

    [Test]
    public async Task Stretches_that_are_left_out_reordered_or_reversed_are_told()
    {
        using var lab = new VideoLab();
        foreach (var clip in Clips)
        {
            await using var registry = new VideoRegistry();
            await registry.SignAsync(clip);
            await TellsAsync("5 s left out", lab.Assemble(clip, new Stretch(0, 10), new Stretch(15, 30)), VideoChangeKind.Missing);
            if (TestData.IsFull) await TellsAsync("2 s left out", lab.Assemble(clip, new Stretch(0, 11), new Stretch(13, 30)), VideoChangeKind.Missing);
            await TellsAsync("5 to 10 s and 15 to 20 s exchanged", lab.Assemble(clip, new Stretch(0, 5), new Stretch(15, 20), new Stretch(10, 15), new Stretch(5, 10), new Stretch(20, 30)), VideoChangeKind.Moved);
            await TellsAsync("reversed", lab.Reverse(clip), VideoChangeKind.Reversed);

            async Task TellsAsync(string name, string path, VideoChangeKind kind)
            {
                var report = await registry.VerifyAsync(path);
                var changes = report.Video!.Changes;
                Report.Line($"{Path.GetFileName(clip),-32} {name,-36} {report.Video.VerifiedSegments} of {report.Video.TotalSegments}; {string.Join("; ", changes.Select(change => change.Details))}");
                Assert.That(changes.Select(change => change.Kind), Has.Some.EqualTo(kind), $"{clip}: {name}");
                Assert.That(report.Video.ChainIntact, Is.False, $"{clip}: {name}");
                Assert.That(report.Content, Is.Not.EqualTo(ContentState.ReEncoded), $"{clip}: {name}");
            }
        }
    }
}
