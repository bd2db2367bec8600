using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Samples are the frames that the definition names: checked against all frames, decoded and timed by themselves.</summary>
public class ExactFramesTests
{
    private const string H264 = "-c:v libx264 -preset ultrafast -bf 2 -g 20 -pix_fmt yuv420p";

    [TestCase("flower-h264-5s.mp4", 1, 1)]
    [TestCase("flower-vp8-5s.webm", 7, 3)]
    [TestCase("tears-of-steel-vp9-8s.webm", 8, 1)]
    public Task A_real_clip_is_sampled_as_defined(string name, int frames, int seconds) => CheckAsync(_ => Clips.Real(name), SampleRate.Of(frames, seconds));

    [TestCase("24000/1001")]
    [TestCase("7")]
    [TestCase("1000/17")]
    [TestCase("1/3")]
    public Task Any_frame_rate_is_sampled_as_defined(string rate) =>
        CheckAsync(clips => clips.Make("clip.mp4", $"-f lavfi -i testsrc2=s=64x36:r={rate}:d=7 {H264}"), SampleRate.Of(1), SampleRate.Of(8), SampleRate.Of(7, 2));

    [TestCase("mp4")]
    [TestCase("mkv")]
    [TestCase("webm")]
    public Task Variable_frame_rates_are_sampled_as_defined(string container) => CheckAsync(
        clips => clips.Make("clip." + container, $"-f lavfi -i testsrc2=s=64x36:r=50:d=8 -vf select=gt(mod(n*n\\,17)\\,11)+eq(n\\,0) -fps_mode vfr {(container == "webm" ? "-c:v libvpx -deadline realtime" : H264)}"),
        SampleRate.Of(1), SampleRate.Of(8));

    [Test]
    public Task Still_stretches_repeat_their_frame() => CheckAsync(
        clips => clips.Make("clip.mkv", $"-f lavfi -i testsrc2=s=64x36:r=10:d=20 -vf select=lt(n\\,25)+gt(n\\,150) -fps_mode vfr {H264}"), SampleRate.Of(1), SampleRate.Of(4));

    [TestCase("yuv420p", 8)]
    [TestCase("yuvj420p", 8)]
    [TestCase("yuv422p", 8)]
    [TestCase("yuv444p", 8)]
    [TestCase("yuv420p10le", 10)]
    [TestCase("yuv422p12le", 12)]
    [TestCase("yuv420p16le", 16)]
    [TestCase("yuva420p", 8)]
    [TestCase("yuv410p", 8)]
    public Task Plane_Y_is_taken_as_it_is_coded(string format, int depth) => CheckAsync(
        clips => clips.Make("clip.mkv", $"-f lavfi -i testsrc2=s=64x36:r=10:d=3 -vf format={format} -c:v ffv1 -strict -2 -pix_fmt {format}"), depth, null, 0, SampleRate.Of(2));

    [TestCase("gray", "format=gray", 8)]
    [TestCase("gray16le", "format=gray16le", 16)]
    [TestCase("gbrp", "format=gray", 8)]
    [TestCase("bgr0", "format=gray", 8)]
    public Task Colours_without_a_plane_Y_become_grey(string format, string filters, int depth) => CheckAsync(
        clips => clips.Make("clip.mkv", $"-f lavfi -i testsrc2=s=64x36:r=10:d=3 -vf format={format} -c:v ffv1 -pix_fmt {format}"), depth, filters, 0, SampleRate.Of(2));

    [TestCase("nv12")]
    [TestCase("yuyv422")]
    [TestCase("uyvy422")]
    public Task Luma_among_other_samples_is_picked_out(string format) => CheckAsync(
        clips => clips.Make("clip.nut.avi", $"-f lavfi -i testsrc2=s=64x36:r=10:d=3 -vf format={format} -c:v rawvideo -pix_fmt {format} -f avi"), 8,
        format == "nv12" ? "format=yuv420p,extractplanes=y,format=gray" : "format=yuv422p,extractplanes=y,format=gray", 0, SampleRate.Of(2));

    [Test]
    public Task A_gif_is_sampled_as_defined() => CheckAsync(
        clips => clips.Make("clip.gif", "-f lavfi -i testsrc2=s=64x36:r=10:d=3"), 8, "format=gray", 0, SampleRate.Of(1), SampleRate.Of(4));

    [TestCase("63x35")]
    [TestCase("1x1")]
    [TestCase("2x300")]
    [TestCase("32x32")]
    [TestCase("33x32")]
    public Task Odd_sizes_are_sampled_as_defined(string size) => CheckAsync(
        clips => clips.Make("clip.mkv", $"-f lavfi -i testsrc2=s=400x400:r=5:d=3 -vf scale={size.Replace('x', ':')} -c:v ffv1 -pix_fmt yuv444p"), SampleRate.Of(2));

    [TestCase("90")]
    [TestCase("180")]
    [TestCase("270")]
    public async Task A_turned_video_is_sampled_as_it_is_shown(string degrees)
    {
        using var clips = new Clips();
        clips.Make("upright.mp4", $"-f lavfi -i testsrc2=s=64x36:r=10:d=3 {H264}");
        var path = clips.Make("turned.mp4", $"-i {clips.At("upright.mp4")} -c copy -metadata:s:v rotate={degrees}");
        var rate = SampleRate.Of(2);
        var (video, _, hashes) = await Clips.SampleAsync(path, rate);
        Assert.That(hashes, Is.EqualTo(clips.Oracle(path, rate)));
        Assert.That((video.Width, video.Height), Is.EqualTo(degrees == "180" ? (64, 36) : (36, 64)));
    }

    [Test]
    public Task Interlaced_frames_are_taken_whole() => CheckAsync(
        clips => clips.Make("clip.mkv", "-f lavfi -i testsrc2=s=64x64:r=50:d=4 -vf tinterlace=interleave_top -c:v mpeg2video -flags +ildct+ilme -pix_fmt yuv420p"), SampleRate.Of(1), SampleRate.Of(8));

    [Test]
    public Task A_single_frame_is_a_video() => CheckAsync(
        clips => clips.Make("clip.mp4", $"-f lavfi -i testsrc2=s=64x36:r=5 -frames:v 1 {H264}"), SampleRate.Of(1), SampleRate.Of(8));

    [Test]
    public Task The_last_frame_may_stand_at_the_time_of_a_sample() => CheckAsync(
        clips => clips.Make("clip.mp4", $"-f lavfi -i testsrc2=s=64x36:r=5 -frames:v 11 {H264}"), SampleRate.Of(1), SampleRate.Of(5));

    [TestCase("ts")]
    [TestCase("mpg")]
    [TestCase("flv")]
    [TestCase("ogv")]
    [TestCase("wmv")]
    [TestCase("3gp")]
    [TestCase("mxf")]
    [TestCase("mov")]
    public Task Other_containers_are_sampled_as_defined(string container) => CheckAsync(
        clips => clips.Make("clip." + container, $"-f lavfi -i testsrc2=s=176x144:r=25:d=4 -pix_fmt yuv420p {Codec(container)}"), SampleRate.Of(1), SampleRate.Of(8));

    [TestCase("h264", "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p")]
    [TestCase("hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p")]
    [TestCase("avi", "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p")]
    [TestCase("avi", "-c:v mpeg4 -bf 2")]
    [TestCase("avi", "-c:v mjpeg")]
    [TestCase("m2v", "-c:v mpeg2video -bf 2")]
    public Task Streams_without_presentation_times_go_by_their_rate(string container, string codec) => CheckAsync(
        clips => clips.Make("clip." + container, $"-f lavfi -i testsrc2=s=176x144:r=25:d=4 {codec}"), 8, null, 0.04m, SampleRate.Of(1), SampleRate.Of(8));

    [Test]
    public async Task What_an_edit_list_leaves_out_is_not_sampled()
    {
        using var clips = new Clips();
        var source = clips.Make("source.mp4", $"-f lavfi -i testsrc2=s=64x36:r=25:d=8 -f lavfi -i sine=d=8 {H264} -c:a aac");
        foreach (var start in TestData.IsFull ? new[] { "0.5", "1.3", "2.04" } : ["1.3"])
        {
            var path = clips.Make($"cut{start}.mp4", $"-ss {start} -i {source} -c copy");
            foreach (var rate in new[] { SampleRate.Of(1), SampleRate.Of(8) })
            {
                var (_, _, hashes) = await Clips.SampleAsync(path, rate);
                Assert.That(hashes, Is.EqualTo(clips.Oracle(path, rate)), $"from {start} at {rate}");
            }
        }
    }

    [Test]
    public async Task A_video_keeps_its_samples_in_another_container()
    {
        using var clips = new Clips();
        var source = clips.Make("source.mp4", $"-f lavfi -i testsrc2=s=64x36:r=30000/1001:d=9 {H264}");
        foreach (var rate in TestData.IsFull ? new[] { SampleRate.Of(1), SampleRate.Of(8), SampleRate.Of(1, 2) } : [SampleRate.Of(8)])
        {
            var (_, _, hashes) = await Clips.SampleAsync(source, rate);
            foreach (var copy in new[] { clips.Remux(source, "copy.mkv"), clips.Remux(source, "copy.mov"), clips.Remux(clips.At("copy.mkv"), "again.mp4"), clips.Remux(source, "copy.ts") })
                Assert.That((await Clips.SampleAsync(copy, rate)).Hashes, Is.EqualTo(hashes), $"{Path.GetFileName(copy)} at {rate}");
        }
    }

    [Test]
    public async Task A_stream_that_changes_its_size_is_sampled_at_the_first()
    {
        using var clips = new Clips();
        var small = clips.Make("small.ts", $"-f lavfi -i testsrc2=s=64x36:r=10:d=2 {H264}");
        var large = clips.Make("large.ts", $"-f lavfi -i testsrc2=s=320x180:r=10:d=2 {H264} -output_ts_offset 2");
        foreach (var (first, second) in new[] { (small, large), (large, small) })
        {
            var joined = clips.At("joined.ts");
            File.WriteAllBytes(joined, [.. File.ReadAllBytes(first), .. File.ReadAllBytes(second)]);
            var (_, schedule, hashes) = await Clips.SampleAsync(joined, SampleRate.Of(2));
            Assert.That(hashes, Has.Length.EqualTo(schedule.Frames.Length));
        }
    }

    private static string Codec(string container) => container switch
    {
        "mpg" => "-c:v mpeg2video -bf 2 -f vob",
        "ogv" => "-c:v libtheora",
        "wmv" => "-c:v wmv2",
        "mxf" => "-c:v mpeg2video",
        "3gp" => "-c:v mpeg4",
        _ => H264,
    };

    private static Task CheckAsync(Func<Clips, string> make, params SampleRate[] rates) => CheckAsync(make, 8, null, 0, rates);

    private static async Task CheckAsync(Func<Clips, string> make, int depth, string? filters, decimal frameSeconds, params SampleRate[] rates)
    {
        using var clips = new Clips();
        var path = make(clips);
        foreach (var rate in TestData.IsFull ? rates : rates[^1..])
        {
            var (_, _, hashes) = await Clips.SampleAsync(path, rate, SamplingPlan.OnePass);
            Assert.That(hashes, Is.EqualTo(clips.Oracle(path, rate, depth, filters, frameSeconds)), rate.ToString());
        }
    }
}
