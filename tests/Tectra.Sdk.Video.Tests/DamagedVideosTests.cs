using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Damaged and hostile files: an inspector always returns, in bounded time, with the SHA-256 and either frames or a reason.</summary>
public class DamagedVideosTests
{
    private const string Source = "-f lavfi -i testsrc2=s=64x36:r=10:d=6 -f lavfi -i sine=d=6 -g 10 -pix_fmt yuv420p";
    private static readonly VideoOptions Options = new() { StallTimeout = TimeSpan.FromSeconds(30), MaxProcessingTime = TimeSpan.FromSeconds(60), MaxPixels = 4_000_000, Threads = 1 };

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["moov-last.mp4"] = "-c:v libx264 -preset ultrafast -c:a aac",
        ["moov-first.mp4"] = "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart",
        ["fragmented.mp4"] = "-c:v libx264 -preset ultrafast -c:a aac -movflags +frag_keyframe+empty_moov",
        ["clip.webm"] = "-c:v libvpx -deadline realtime -c:a libopus",
        ["clip.ts"] = "-c:v libx264 -preset ultrafast -c:a aac",
        ["clip.avi"] = "-c:v mpeg4 -c:a mp3",
    };

    [TestCase("moov-last.mp4")]
    [TestCase("moov-first.mp4")]
    [TestCase("fragmented.mp4")]
    [TestCase("clip.webm")]
    [TestCase("clip.ts")]
    public async Task A_truncated_video_is_measured_as_far_as_it_goes(string name)
    {
        using var clips = new Clips();
        var whole = File.ReadAllBytes(clips.Make(name, $"{Source} {Kinds[name]}"));
        var full = await new VideoInspector(Options).InspectFileAsync(clips.At(name));
        Assert.That(full.Video!.Frames, Has.Length.EqualTo(95));
        var longest = 0;
        for (var percent = 0; percent < 100; percent += TestData.IsFull ? 5 : 20)
        {
            var path = clips.At("cut-" + name);
            File.WriteAllBytes(path, whole[..(whole.Length * percent / 100)]);
            var observed = await InspectAsync(path);
            if (percent == 0) Assert.That(observed.PerceptualHashProblem!.Code, Is.EqualTo(ErrorCodes.FileEmpty));
            if (observed.Video is not { } video) continue;
            longest = video.Frames.Length;
            // What is left of an intact beginning is as it was; the last frames may be broken.
            var sure = Math.Max(0, longest - 20);
            Assert.That(video.Frames[..sure], Is.EqualTo(full.Video.Frames[..sure]), $"{percent} %");
        }
        if (name != "moov-last.mp4") Assert.That(longest, Is.GreaterThan(40));
    }

    [TestCase("moov-first.mp4", ErrorCodes.VideoTruncated)]
    [TestCase("moov-last.mp4", ErrorCodes.VideoTruncated)]
    [TestCase("clip.webm", ErrorCodes.VideoTruncated)]
    public void A_truncated_video_is_not_signed(string name, string code)
    {
        using var clips = new Clips();
        var whole = File.ReadAllBytes(clips.Make(name, $"{Source} {Kinds[name]}"));
        File.WriteAllBytes(clips.At(name), whole[..(whole.Length * 3 / 5)]);
        var error = Assert.ThrowsAsync<InvalidContentException>(() => Signers.Create().SignFileAsync(clips.At(name), new VideoSignRequest(OriginType.CameraVideo)));
        Assert.That(error!.Code, Is.EqualTo(code), error.Message);
    }

    [Test]
    public async Task Mutants_are_refused_or_measured_in_bounded_time()
    {
        using var clips = new Clips();
        var corpus = Kinds.Select(kind => File.ReadAllBytes(clips.Make(kind.Key, $"{Source} {kind.Value}"))).ToArray();
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < (TestData.IsFull ? 600 : 18); index++)
        {
            var random = new Random(index);
            var mutant = (byte[])corpus[index % corpus.Length].Clone();
            for (var rounds = random.Next(1, 4); rounds > 0; rounds--) mutant = Mutate(random, mutant);
            var path = clips.At("mutant");
            File.WriteAllBytes(path, mutant);
            var observed = await InspectAsync(path);
            var outcome = observed.PerceptualHashProblem?.Code ?? "measured";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            Assert.That(outcome, Is.Not.EqualTo(ErrorCodes.VideoTimeout), index.ToString(CultureInfo.InvariantCulture));
        }
        TestContext.Out.WriteLine(string.Join(", ", outcomes.Select(pair => $"{pair.Key}: {pair.Value}")));
    }

    [Test]
    public async Task Sound_alone_has_no_video_and_a_cover_is_none()
    {
        using var clips = new Clips();
        var cover = clips.Make("cover.jpg", "-f lavfi -i testsrc2=s=64x36 -frames:v 1");
        foreach (var path in new[]
        {
            clips.Make("sound.mp4", "-f lavfi -i sine=d=2 -c:a aac"),
            clips.Make("sound.mkv", "-f lavfi -i sine=d=2 -c:a aac"),
            clips.Make("sound.ogg", "-f lavfi -i sine=d=2 -c:a libvorbis"),
            clips.Make("covered.mp4", $"-f lavfi -i sine=d=2 -i {cover} -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic"),
        })
        {
            var observed = await InspectAsync(path);
            Assert.That(observed.PerceptualHashProblem?.Code, Is.EqualTo(ErrorCodes.VideoStreamMissing), path);
        }
        var both = clips.Make("both.mp4", $"-f lavfi -i testsrc2=s=64x36:r=10:d=2 -i {cover} -map 1 -map 0 -c:v:0 copy -c:v:1 libx264 -disposition:v:0 attached_pic");
        Assert.That((await InspectAsync(both)).Video!.Frames, Has.Length.EqualTo(31));
    }

    [Test]
    public async Task Limits_are_kept()
    {
        using var clips = new Clips();
        var path = clips.Make("clip.mp4", "-f lavfi -i testsrc2=s=64x36:r=10:d=2 -c:v libx264");
        foreach (var (options, code) in new[]
        {
            (new VideoOptions { MaxBytes = 1000 }, ErrorCodes.FileTooLarge),
            (new VideoOptions { MaxPixels = 1000 }, ErrorCodes.TooManyPixels),
            (new VideoOptions { MaxDuration = TimeSpan.FromSeconds(1) }, ErrorCodes.VideoTooLong),
        })
        {
            var observed = await new VideoInspector(options).InspectFileAsync(path);
            Assert.That(observed.PerceptualHashProblem?.Code, Is.EqualTo(code));
            Assert.That(observed.Sha256, Is.EqualTo(Sha256Digest.Compute(File.ReadAllBytes(path))));
        }
    }

    [Test]
    public async Task Extreme_times_are_refused_or_bounded()
    {
        using var clips = new Clips();
        var day = clips.Make("days.mkv", "-f lavfi -i testsrc2=s=64x36:r=1:d=4 -vf setpts=PTS*86400 -fps_mode vfr -c:v mjpeg");
        var observed = await new VideoInspector(Options).InspectFileAsync(day, SampleRate.Of(1));
        Assert.That(observed.PerceptualHashProblem?.Code, Is.EqualTo(ErrorCodes.VideoTooLong));
        Assert.That(observed.PerceptualHashProblem!.Reason, Does.Contain("1/16"));
        Assert.That((await new VideoInspector(Options).InspectFileAsync(day, SampleRate.Of(1, 16))).Video!.Frames, Has.Length.EqualTo(16_201));
        var fast = clips.Make("fast.mkv", "-f lavfi -i testsrc2=s=16x16:r=10000:d=0.3 -c:v mjpeg");
        Assert.That((await new VideoInspector(Options).InspectFileAsync(fast)).Video!.Frames, Has.Length.EqualTo(5));
    }

    private static async Task<ObservedContent> InspectAsync(string path)
    {
        var observed = await new VideoInspector(Options).InspectFileAsync(path);
        Assert.That(observed.Sha256, Is.EqualTo(Sha256Digest.Compute(File.ReadAllBytes(path))));
        Assert.That(observed.Video is null, Is.EqualTo(observed.PerceptualHashProblem is not null));
        Assert.That(observed.WatermarkProblem, Is.Not.Null);
        return observed;
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        if (bytes.Length == 0) return bytes;
        int at = random.Next(bytes.Length), length = random.Next(1, Math.Min(bytes.Length - at, 4096) + 1);
        switch (random.Next(6))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2:
                bytes.AsSpan(at, Math.Min(length, 64)).Fill((byte)(random.Next(2) * 255));
                return bytes;
            case 3:
                // Headers deserve more than their share.
                for (var flips = random.Next(1, 20); flips > 0; flips--) bytes[random.Next(Math.Min(bytes.Length, 1200))] ^= (byte)(1 << random.Next(8));
                return bytes;
            default:
                for (var flips = random.Next(1, 20); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}
