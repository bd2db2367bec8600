using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Tests;

/// <summary>One pass, key frames alone and seeking give the same frames; which of them is taken is a matter of time alone.</summary>
public class PlanTests
{
    private static readonly string[] Codecs =
    [
        "mp4|-c:v libx264 -g 25 -bf 3 -pix_fmt yuv420p",
        "mkv|-c:v libx264 -g 25 -bf 3 -pix_fmt yuv420p",
        "mp4|-c:v libx264 -g 25 -bf 3 -x264-params open-gop=1 -pix_fmt yuv420p",
        "mkv|-c:v libx264 -g 25 -bf 3 -x264-params open-gop=1 -pix_fmt yuv420p",
        "mp4|-c:v libx264 -g 50 -x264-params intra-refresh=1:keyint=50 -pix_fmt yuv420p",
        "mp4|-c:v libx265 -g 25 -x265-params log-level=none -pix_fmt yuv420p",
        "mkv|-c:v libx265 -g 25 -x265-params log-level=none:open-gop=1 -pix_fmt yuv420p10le",
        "webm|-c:v libvpx -g 25 -auto-alt-ref 1 -lag-in-frames 16 -deadline realtime -pix_fmt yuv420p",
        "webm|-c:v libvpx-vp9 -g 25 -cpu-used 8 -deadline realtime -pix_fmt yuv420p",
        "mp4|-c:v libvpx-vp9 -g 25 -cpu-used 8 -deadline realtime -pix_fmt yuv420p",
        "mp4|-c:v mpeg4 -g 25 -bf 2 -pix_fmt yuv420p",
        "mkv|-c:v mpeg2video -g 25 -bf 2 -pix_fmt yuv420p",
        "mov|-c:v mjpeg -pix_fmt yuvj420p",
        "mp4|-c:v libx264 -g 25 -bf 3 -pix_fmt yuv420p -movflags +frag_keyframe+empty_moov",
        "mp4|-c:v libx264 -g 25 -bf 3 -pix_fmt yuv420p -f lavfi -i sine=d=6 -map 0 -map 1 -c:a aac",
    ];

    [TestCaseSource(nameof(Codecs))]
    public async Task All_plans_give_the_same_frames(string codec)
    {
        var (extension, arguments) = (codec.Split('|')[0], codec.Split('|')[1]);
        using var clips = new Clips();
        var input = "-f lavfi -i testsrc2=s=160x90:r=25:d=6";
        var inputs = arguments.Contains("-f lavfi") ? arguments[arguments.IndexOf("-f lavfi", StringComparison.Ordinal)..(arguments.IndexOf("d=6", StringComparison.Ordinal) + 4)] : "";
        var path = clips.Make("clip." + extension, $"{input} {inputs} {(inputs.Length > 0 ? arguments.Replace(inputs, "") : arguments)}");
        foreach (var rate in TestData.IsFull ? new[] { SampleRate.Of(1), SampleRate.Of(3, 2), SampleRate.Of(1, 3) } : [SampleRate.Of(1, 2)])
        {
            var (video, schedule, onePass) = await Clips.SampleAsync(path, rate);
            Assert.That(onePass, Has.Length.EqualTo(schedule.Frames.Length));
            foreach (var cost in TestData.IsFull ? new[] { 0.001, 1000 } : [1.0])
            {
                var (_, _, seeking) = await OrOnePassAsync(path, rate, SamplingPlan.Seeking, cost);
                Assert.That(seeking, Is.EqualTo(onePass), $"seeking at {rate}");
            }
            if (schedule.Frames.All(frame => schedule.Timeline.Keys[frame]) && video.CanSkipToKeyFrames)
                Assert.That((await OrOnePassAsync(path, rate, SamplingPlan.KeyFrames, 1)).Hashes, Is.EqualTo(onePass), $"key frames at {rate}");
        }
    }

    private static async Task<(object, KeyframeSchedule, PerceptualHash[] Hashes)> OrOnePassAsync(string path, SampleRate rate, SamplingPlan plan, double cost)
    {
        try
        {
            var (_, schedule, hashes) = await Clips.SampleAsync(path, rate, plan, null, cost);
            return (path, schedule, hashes);
        }
        catch (PlanFailedException)
        {
            TestContext.Progress.WriteLine($"{TestContext.CurrentContext.Test.Name}: {plan} failed at {rate}");
            var (_, schedule, hashes) = await Clips.SampleAsync(path, rate);
            return (path, schedule, hashes);
        }
    }
}
