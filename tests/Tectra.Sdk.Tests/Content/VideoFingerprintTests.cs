using System.Globalization;
using System.Text.Json;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Tests.Content;

public sealed class VideoFingerprintTests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/video-fingerprint.json").GetProperty("cases");

    /// <summary>A vector of an independent implementation, and the fingerprint of its frames.</summary>
    internal static (JsonElement Vector, VideoFingerprint Video) Read(string name)
    {
        var vector = Vectors.EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var frames = vector.GetProperty("frames_and_repeats").GetString()!.Split(' ').SelectMany(run =>
            Enumerable.Repeat(PerceptualHash.Parse(run.Split('*')[0]), 1 + int.Parse(run.Split('*')[1], CultureInfo.InvariantCulture)));
        return (vector, TestVideos.Fingerprint(
            SampleRate.Parse(vector.GetProperty("sample_rate").GetString()!), TimeSpan.FromMilliseconds(vector.GetProperty("duration_ms").GetInt64()), [.. frames]));
    }

    private static IEnumerable<string> Names() => Vectors.EnumerateArray().Select(vector => vector.GetProperty("name").GetString()!);

    [TestCaseSource(nameof(Names))]
    public void Segments_majorities_chain_and_coding_are_an_independent_implementations(string name)
    {
        var (vector, video) = Read(name);
        Assert.That(video.Frames, Has.Length.EqualTo(vector.GetProperty("frame_count").GetInt32()));
        Assert.That(video.PerceptualHash.ToString(), Is.EqualTo(vector.GetProperty("perceptual_hash").GetString()));
        Assert.That(
            video.Chain.Segments.Select((segment, i) => (
                (long)video.TimesOf(i).Start.TotalMilliseconds, (long)video.TimesOf(i).End.TotalMilliseconds, segment.FrameHashes.Length, segment.AggregateHash.ToString(), segment.Hash.ToString())),
            Is.EqualTo(vector.GetProperty("segments").EnumerateArray().Select(segment => (
                segment.GetProperty("start_ms").GetInt64(), segment.GetProperty("end_ms").GetInt64(), segment.GetProperty("frame_count").GetInt32(),
                segment.GetProperty("aggregate_phash").GetString()!, segment.GetProperty("hash").GetString()!))));
        Assert.That(video.Chain.FinalHash, Is.EqualTo(video.Chain.Segments[^1].Hash));
        Assert.That(
            video.SegmentDigests.Select(digest => digest.ToString()),
            Is.EqualTo(vector.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("pixel_digest").GetString())));
        var bytes = vector.GetProperty("frames_base64").GetBytesFromBase64();
        Assert.That(FrameHashCoding.Encode(video.Frames.AsSpan()), Is.EqualTo(bytes));
        Assert.That(FrameHashCoding.Decode(bytes, VideoFingerprint.MaxFrames), Is.EqualTo(video.Frames));
    }

    [Test]
    public void Every_sample_is_in_the_segment_of_its_time()
    {
        foreach (var (frames, seconds) in new[] { (1, 1), (1, 2), (1, 5), (1, 10), (8, 1), (4, 1), (60, 1), (7, 3), (7, 60), (59, 3600), (1, 3600), (13, 64), (60, 299) })
        {
            var rate = SampleRate.Of(frames, seconds);
            for (var sample = 0; sample < 3000; sample++)
            {
                var segment = VideoFingerprint.SegmentOf(rate, sample);
                var time = new System.Numerics.BigInteger(sample) * seconds; // in 1/frames of a second
                var length = seconds >= 5 * frames ? seconds : 5 * frames;
                Assert.That(new System.Numerics.BigInteger(segment), Is.EqualTo(time / length), $"{rate} {sample}");
                if (VideoFingerprint.StartOf(rate, segment) > rate.TimeOf(sample)) Assert.Fail($"{rate} {sample} lies before its segment");
            }
        }
    }

    [Test]
    public void What_is_no_video_is_refused()
    {
        var one = new PerceptualHash(1);
        Assert.That(() => TestVideos.Fingerprint(default, default, []), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => TestVideos.Fingerprint(default, default, default), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => TestVideos.Fingerprint(default, TimeSpan.FromTicks(-10_000), [one]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TestVideos.Fingerprint(default, TimeSpan.FromDays(366), [one]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TestVideos.Fingerprint(default, default, [.. Enumerable.Repeat(one, VideoFingerprint.MaxFrames + 1)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        var video = TestVideos.Fingerprint(default, TimeSpan.FromTicks(15_999), [one]);
        Assert.That(video.Duration, Is.EqualTo(TimeSpan.FromMilliseconds(1)), "cut to whole milliseconds");
        Assert.That(() => video.TimesOf(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => video.TimesOf(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PerceptualHash.MajorityOf([]), Throws.InstanceOf<ArgumentException>());
    }
}
