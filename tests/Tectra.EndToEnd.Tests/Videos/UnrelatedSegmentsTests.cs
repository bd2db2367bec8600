using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>How often segments of videos that have nothing to do with each other are alike.</summary>
public sealed class UnrelatedSegmentsTests
{
    private const double MostAlike = 0.001;

    [Test]
    public async Task Segments_of_unrelated_videos_are_hardly_ever_within_the_radius()
    {
        using var lab = new VideoLab();
        var videos = new List<(string Kin, VideoFingerprint Video)>();
        var inspector = new VideoInspector(new VideoOptions { SampleRate = SampleRate.Of(2) });
        foreach (var clip in VideoLab.Clips) videos.Add((Path.GetFileName(clip).Split('-')[0], await MeasureAsync(clip)));
        var photographs = TestData.IsFull ? 12 : 1;
        for (var i = 1; i <= photographs; i++) videos.Add(($"photograph {i}", await MeasureAsync(lab.ZoomInto(TestData.PathOf($"images/kodak/kodim{i:00}.png"), 15))));

        int pairs = 0, alike = 0, frames = 0, framesAlike = 0;
        var nearest = PerceptualHash.LengthBits;
        for (var a = 0; a < videos.Count; a++)
        {
            for (var b = a + 1; b < videos.Count; b++)
            {
                if (videos[a].Kin == videos[b].Kin) continue;
                foreach (var left in videos[a].Video.Chain.Segments)
                {
                    foreach (var right in videos[b].Video.Chain.Segments)
                    {
                        var distance = left.AggregateHash.DistanceTo(right.AggregateHash);
                        pairs++;
                        nearest = Math.Min(nearest, distance);
                        if (distance <= VerificationPolicy.DefaultSegmentRadius) alike++;
                    }
                }
                foreach (var left in videos[a].Video.Frames)
                {
                    frames += videos[b].Video.Frames.Length;
                    framesAlike += videos[b].Video.Frames.Count(right => left.DistanceTo(right) <= VerificationPolicy.DefaultSegmentRadius);
                }
            }
        }
        Report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"unrelated videos: {alike} of {pairs:N0} pairs of segments within {VerificationPolicy.DefaultSegmentRadius} bits ({(double)alike / pairs:0.00000}), the nearest {nearest}; {framesAlike} of {frames:N0} pairs of frames ({(double)framesAlike / frames:0.00000})"));
        Assert.That((double)alike / pairs, Is.LessThanOrEqualTo(MostAlike));

        async Task<VideoFingerprint> MeasureAsync(string path) => (await inspector.FingerprintFileAsync(path)).Fingerprint.Video!;
    }
}
