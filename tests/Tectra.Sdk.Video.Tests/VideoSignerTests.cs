using Microsoft.Extensions.DependencyInjection;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video.Tests;

/// <summary>What is signed of a video, and what an inspector finds of it again.</summary>
public class VideoSignerTests
{
    private const string Clip = "flower-h264-5s.mp4";

    [Test]
    public async Task A_signed_video_is_certified_by_its_bytes_and_frames()
    {
        var path = Clips.Real(Clip);
        var request = new VideoSignRequest(OriginType.CameraVideo) { DeviceId = "camera-1", Metadata = new Dictionary<string, string> { ["scene"] = "flower" } };
        var signed = await Signers.Create().SignFileAsync(path, request);
        var certificate = Certificate.FromPayload(signed.Registration.Envelope.Payload);
        var video = certificate.Fingerprint.Video!;
        Assert.That(certificate.Fingerprint.Sha256, Is.EqualTo(Sha256Digest.Compute(File.ReadAllBytes(path))));
        Assert.That((certificate.MediaType, certificate.DeviceId, certificate.WatermarkedSha256), Is.EqualTo(("video/mp4", "camera-1", (Sha256Digest?)null)));
        Assert.That(video.Rate, Is.EqualTo(SampleRate.Of(1)));
        Assert.That(video.Duration.TotalSeconds, Is.EqualTo(5).Within(0.2));
        Assert.That(video.Frames, Is.EqualTo((await Clips.SampleAsync(path, SampleRate.Of(1))).Hashes));
        Assert.That(certificate.Fingerprint.PerceptualHash, Is.EqualTo(video.PerceptualHash));
        Assert.That(signed.Notices, Is.Empty);
    }

    [Test]
    public async Task Signed_frames_are_among_the_inspected_ones()
    {
        var signed = (await Signers.Create().SignFileAsync(Clips.Real(Clip), new VideoSignRequest(OriginType.CameraVideo))).Certificate.Fingerprint.Video!;
        var observed = (await new VideoInspector().InspectFileAsync(Clips.Real(Clip))).Video!;
        Assert.That(observed.Rate, Is.EqualTo(SampleRate.Of(16)));
        Assert.That(signed.Frames.Select((hash, k) => hash == observed.Frames[16 * k]), Is.All.True);
        Assert.That(observed.DigestStep, Is.EqualTo(16));
        Assert.That(PixelDigest.OfSegment(observed.FrameDigests.AsSpan()), Is.EqualTo(signed.SegmentDigests.Single()));
        Assert.That(observed.Duration, Is.EqualTo(signed.Duration));
    }

    [Test]
    public async Task The_rate_can_be_named()
    {
        var options = new VideoOptions { SampleRate = SampleRate.Of(1, 2) };
        Assert.That((await Signers.Create(options).SignFileAsync(Clips.Real(Clip), new VideoSignRequest(OriginType.CameraVideo))).Certificate.Fingerprint.Video!.Frames, Has.Length.EqualTo(3));
        Assert.That((await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip))).Video!.Rate, Is.EqualTo(options.SampleRate));
        Assert.That((await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip), SampleRate.Of(3))).Video!.Rate, Is.EqualTo(SampleRate.Of(3)));
    }

    [Test]
    public void A_file_that_changes_meanwhile_is_not_signed()
    {
        using var clips = new Clips();
        File.Copy(Clips.Real(Clip), clips.At(Clip));
        var changed = false;
        var progress = new Reports(report =>
        {
            if (report.Frames == 0 || changed) return;
            changed = true;
            File.SetLastWriteTimeUtc(clips.At(Clip), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        });
        var error = Assert.ThrowsAsync<InvalidContentException>(() => Signers.Create().SignFileAsync(clips.At(Clip), new VideoSignRequest(OriginType.CameraVideo), progress));
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.FileChanged));
    }

    [Test]
    public async Task Progress_never_falls_and_ends_at_one()
    {
        var reports = new List<VideoProgress>();
        await Signers.Create().SignFileAsync(Clips.Real(Clip), new VideoSignRequest(OriginType.CameraVideo), new Reports(reports.Add));
        Assert.That(reports, Is.Ordered.By(nameof(VideoProgress.Fraction)).And.Ordered.By(nameof(VideoProgress.Frames)).And.Ordered.By(nameof(VideoProgress.Position)));
        Assert.That((reports[^1].Fraction, reports[^1].Frames, reports[^1].TotalFrames), Is.EqualTo((1.0, 5, 5)));
    }

    [Test]
    public void Somebody_elses_fault_in_a_report_ends_the_work() => Assert.That(
        () => Signers.Create().SignFileAsync(Clips.Real(Clip), new VideoSignRequest(OriginType.CameraVideo), new Reports(_ => throw new FormatException("mine"))),
        Throws.TypeOf<FormatException>());

    [Test]
    public void Services_share_one_inspector()
    {
        using var provider = new ServiceCollection().AddTectraVideo().BuildServiceProvider();
        var first = provider.GetRequiredService<VideoInspector>();
        Assert.That(provider.GetRequiredService<VideoInspector>(), Is.SameAs(first));
    }

    private sealed class Reports(Action<VideoProgress> report) : IProgress<VideoProgress>
    {
        public void Report(VideoProgress value) => report(value);
    }
}
