using System.Globalization;
using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>Clips cut out of signed videos, and clips cut out of others.</summary>
public sealed class ExcerptTests
{
    private const double LeastFound = 0.95, Tolerance = 1;

    private static readonly int Cuts = TestData.IsFull ? 60 : 3, Strangers = TestData.IsFull ? 200 : 6;

    private static readonly Dictionary<string, double> Sources = new() { [VideoLab.Cars] = 30.0, [VideoLab.Bunny] = 29.9, [VideoLab.Tears] = 70.4 };

    [Test]
    public async Task Cuts_of_signed_videos_are_found_where_they_were_cut()
    {
        using var lab = new VideoLab();
        await using var registry = new VideoRegistry();
        foreach (var clip in VideoLab.Clips) await registry.SignAsync(clip);
        var random = new Random(6);
        var found = 0;
        for (var i = 0; i < Cuts; i++)
        {
            var (clip, cut) = Next(random, i);
            var path = lab.Cut(clip, cut, random.Next(180, 400) * 2, random.Next(23, 33), random.Next(3) switch { 0 => 24, 1 => 30, _ => null });
            var report = await registry.VerifyAsync(path);
            var excerpt = report.Video?.Excerpt;
            var right = excerpt is not null && Math.Abs(excerpt.RecordStart.TotalSeconds - cut.From) <= Tolerance && Math.Abs(excerpt.RecordEnd.TotalSeconds - cut.To) <= Tolerance;
            if (right) found++;
            Report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(clip),-32} {cut,-14} {(right ? "found" : "MISSED")} {excerpt?.RecordStart.TotalSeconds:0.0}–{excerpt?.RecordEnd.TotalSeconds:0.0} s, {excerpt?.MatchedFrames} of {excerpt?.ComparedFrames} frames, {report.Video?.VerifiedSegments} of {report.Video?.TotalSegments} segments"));
        }
        Report.Line($"excerpts: {found} of {Cuts} cuts found within {Tolerance} s");
        Assert.That((double)found / Cuts, Is.GreaterThanOrEqualTo(LeastFound));
    }

    [Test]
    public async Task Cuts_of_unsigned_videos_match_nothing()
    {
        using var lab = new VideoLab();
        var random = new Random(7);
        var (count, matches) = (0, 0);
        // Each source is a stranger to a registry of all the others; those that show the same are left out with it.
        foreach (var (stranger, kin) in new[] { (VideoLab.Tears, "tears"), (VideoLab.Cars, "cars"), (VideoLab.Bunny, "bbb") })
        {
            await using var registry = new VideoRegistry();
            foreach (var clip in VideoLab.Clips.Where(clip => !Path.GetFileName(clip).StartsWith(kin, StringComparison.Ordinal))) await registry.SignAsync(clip);
            for (var i = 0; i < Strangers / 6; i++)
            {
                var cut = NextCut(random, Sources[stranger]);
                await CheckAsync(registry, lab.Cut(stranger, cut, random.Next(180, 400) * 2, random.Next(23, 33), null), $"{Path.GetFileName(stranger)} {cut}");
            }
        }
        await using var all = new VideoRegistry();
        foreach (var clip in VideoLab.Clips) await all.SignAsync(clip);
        string[] graphs =
        [
            "testsrc=s=640x360:r=25", "testsrc2=s=640x360:r=25", "mandelbrot=s=640x360:r=25", "life=s=320x180:r=25:mold=10:ratio=0.1", "cellauto=s=320x180:r=25",
            "gradients=s=640x360:r=25:speed=0.02", "smptehdbars=s=640x360:r=25", "rgbtestsrc=s=640x360:r=25", "sierpinski=s=640x360:r=25", "color=c=black:s=640x360:r=25",
            "nullsrc=s=320x180:r=25,geq=random(1)*255:128:128", "nullsrc=s=320x180:r=25,geq='128+100*sin(X/20+T*3)*cos(Y/15-T)':128:128",
        ];
        for (var i = 0; count < Strangers; i++)
        {
            var seconds = 8 + (random.NextDouble() * 12);
            if (i % 3 == 0) await CheckAsync(all, lab.ZoomInto(TestData.PathOf($"images/kodak/kodim{1 + (i / 3 % 12):00}.png"), Math.Round(seconds)), $"photograph {i}");
            else
            {
                var graph = graphs[i % graphs.Length];
                await CheckAsync(all, lab.Generate($"{graph},trim=start={i % 5}", seconds), graph);
            }
        }
        Report.Line($"excerpts: {matches} false matches among {count} cuts of unsigned videos");
        Assert.That(matches, Is.Zero);

        async Task CheckAsync(VideoRegistry registry, string path, string name)
        {
            var report = await registry.VerifyAsync(path);
            count++;
            File.Delete(path);
            if (report is { Certificate: null, Video: null, Content: ContentState.Unknown, IsAuthentic: false }) return;
            if (report.Video is { VerifiedSegments: 0, Excerpt: null, Changes: { } changes } && changes.All(change => change.Kind == VideoChangeKind.Changed)) return;
            matches++;
            Report.Line($"FALSE MATCH {name}: {report.Video?.VerifiedSegments} of {report.Video?.TotalSegments} segments, {report.Content}, {report.PerceptualHash.Details}");
        }
    }

    private static (string Clip, Stretch Cut) Next(Random random, int i)
    {
        var (clip, length) = Sources.ElementAt(i % Sources.Count);
        return (clip, NextCut(random, length));
    }

    private static Stretch NextCut(Random random, double length)
    {
        var seconds = 8 + (random.NextDouble() * 12);
        var from = random.NextDouble() * (length - seconds);
        return new Stretch(from, from + seconds);
    }
}
