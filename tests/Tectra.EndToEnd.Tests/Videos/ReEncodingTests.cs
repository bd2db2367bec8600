using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>Signed videos as they are, in another container, and encoded again.</summary>
public sealed class ReEncodingTests
{
    private const double LeastVerified = 0.9;

    private static readonly IReadOnlyList<string> Clips = TestData.IsFull ? VideoLab.Clips : [VideoLab.Flower];

    [Test]
    public async Task The_signed_file_passes_with_every_segment_and_an_unbroken_chain()
    {
        foreach (var clip in VideoLab.Clips)
        {
            await using var registry = new VideoRegistry();
            var certificate = await registry.SignAsync(clip);
            var report = await registry.VerifyAsync(clip);
            var video = report.Video!;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(report.Certificate!.RecordId, Is.EqualTo(certificate.RecordId), clip);
                Assert.That(report.Confidence, Is.EqualTo(1), clip);
                Assert.That(report.IsAuthentic, clip);
                Assert.That(report.Blockchain.Outcome, Is.EqualTo(CheckOutcome.Passed), clip);
                Assert.That((video.VerifiedSegments, video.TotalSegments), Is.EqualTo((certificate.Fingerprint.Video!.Chain.Segments.Length, certificate.Fingerprint.Video.Chain.Segments.Length)), clip);
                Assert.That(video.ChainIntact, clip);
                Assert.That(video.Segments.Select(segment => segment.Outcome), Is.All.EqualTo(SegmentOutcome.Exact), clip);
                Assert.That(report.Content, Is.EqualTo(ContentState.IdenticalToOriginal), clip);
            }
        }
    }

    [Test]
    public async Task The_same_packets_in_another_container_are_exact_in_every_segment()
    {
        using var lab = new VideoLab();
        foreach (var clip in TestData.IsFull ? VideoLab.Clips : [VideoLab.Bunny, TestData.PathOf("video/flower-vp8-5s.webm"), TestData.PathOf("video/tears-of-steel-vp9-8s.webm")])
        {
            await using var registry = new VideoRegistry();
            await registry.SignAsync(clip);
            var report = await registry.VerifyAsync(lab.Remux(clip));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(report.Sha256.Outcome, Is.EqualTo(CheckOutcome.Failed), clip);
                Assert.That(report.Video!.Segments.Select(segment => segment.Outcome), Is.All.EqualTo(SegmentOutcome.Exact), clip);
                Assert.That(report.Video.ChainIntact, clip);
                Assert.That(report.Confidence, Is.EqualTo(1), clip);
            }
        }
    }

    [Test]
    public async Task Encoded_again_it_is_authentic_and_its_chain_is_not_intact()
    {
        using var lab = new VideoLab();
        foreach (var clip in Clips)
        {
            await using var registry = new VideoRegistry();
            await registry.SignAsync(clip);
            foreach (var (name, options) in VideoLab.ReEncodings)
            {
                var report = await registry.VerifyAsync(lab.ReEncode(clip, options, name == "VP9" ? "webm" : "mp4"));
                var video = report.Video!;
                var farthest = video.Segments.Max(segment => segment.Distance);
                Report.Line($"{Path.GetFileName(clip),-32} {name,-18} {video.VerifiedSegments} of {video.TotalSegments} segments, farthest {farthest} of 64 bits, chain {(video.ChainIntact ? "intact" : $"broken at {video.ChainBrokenAt}")}");
                using (Assert.EnterMultipleScope())
                {
                    Assert.That(report.IsAuthentic, $"{clip}: {name}");
                    Assert.That((double)video.VerifiedSegments / video.TotalSegments, Is.GreaterThanOrEqualTo(LeastVerified), $"{clip}: {name}");
                    Assert.That(video.ChainIntact, Is.False, $"{clip}: {name}");
                    Assert.That(report.Content, Is.EqualTo(ContentState.ReEncoded), $"{clip}: {name}");
                }
            }
        }
    }
}
