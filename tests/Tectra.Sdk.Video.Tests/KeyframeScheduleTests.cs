using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Ffmpeg;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Rates, samples and plans are arithmetic.</summary>
public class KeyframeScheduleTests
{
    [TestCase(0, 1, 1)]
    [TestCase(300_000, 1, 1)]
    [TestCase(300_001, 1, 2)]
    [TestCase(1_800_000, 1, 2)]
    [TestCase(1_800_001, 1, 5)]
    [TestCase(7_200_000, 1, 5)]
    [TestCase(7_200_001, 1, 10)]
    public void Longer_videos_are_sampled_less_often(long milliseconds, int frames, int seconds)
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        Assert.That(KeyframeSchedule.AdaptiveRate(duration), Is.EqualTo(SampleRate.Of(frames, seconds)));
        // Every time that is signed is among those that are inspected.
        var inspected = KeyframeSchedule.InspectionRate(duration);
        Assert.That(inspected.Frames * seconds % (inspected.Seconds * frames), Is.Zero);
    }

    [Test]
    public void A_frame_counts_from_half_a_millisecond_before_its_time()
    {
        // 90 units are a millisecond; sample 1 is at 90,000.
        int[] Frames(long second, long third) => Create(1, 90_000, [0, second, third], SampleRate.Of(1)).Frames;
        Assert.That(Frames(90_000, 100_000), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(Frames(90_044, 100_000), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(Frames(90_045, 100_000), Is.EqualTo(new[] { 0, 0 }));
        Assert.That(Frames(80_000, 89_955), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(Frames(80_000, 89_954), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void Times_count_from_the_first_frame() =>
        Assert.That(Create(1, 1000, [-500, 0, 500, 1500], SampleRate.Of(1)).Frames, Is.EqualTo(new[] { 0, 2, 3 }));

    [Test]
    public void Any_time_base_gives_what_exact_arithmetic_gives()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            int numerator = random.Next(1, 2000), denominator = random.Next(1, 200_000);
            var rate = SampleRate.Of(random.Next(1, 61), random.Next(1, 4));
            var times = new long[random.Next(1, 200)];
            for (var i = 1; i < times.Length; i++) times[i] = times[i - 1] + random.Next(0, 1 + (denominator / numerator));
            var schedule = Create(numerator, denominator, times, rate);
            if (schedule.UnitsPerSecond % denominator != 0) continue; // rounded to microseconds
            for (var k = 0; k < schedule.Frames.Length; k++)
            {
                var limit = ((decimal)k * rate.Seconds / rate.Frames) + 0.0005m;
                Assert.That(schedule.Frames[k], Is.EqualTo(Array.FindLastIndex(times, time => (decimal)time * numerator / denominator < limit - 1e-20m)), $"{numerator}/{denominator} {rate} {k}");
            }
        }
    }

    [Test]
    public void Too_many_samples_are_refused_with_a_rate_that_fits()
    {
        long[] times = [0, 86_400_000];
        var error = Assert.Throws<InvalidContentException>(() => KeyframeSchedule.Create(Line(1, 1000, times), SampleRate.Of(1), 5000));
        Assert.That((error!.Code, error.Message), Is.EqualTo((ErrorCodes.VideoTooLong, error.Message)));
        Assert.That(error.Message, Does.Contain("1/18 "));
        Assert.That(KeyframeSchedule.Create(Line(1, 1000, times), SampleRate.Of(1, 18), 5000).Frames, Has.Length.EqualTo(4801));
    }

    [Test]
    public void Times_out_of_all_bounds_are_refused() => Assert.That(
        () => KeyframeSchedule.Create(Line(1, 1000, [0, 1L << 59]), SampleRate.Of(1), 5000), Throws.TypeOf<InvalidContentException>());

    [Test]
    public void The_cheapest_plan_is_taken()
    {
        const int Hd = 1920 * 1080;
        IReadOnlyList<SamplingPlan> Plans(int seconds, int gop, SampleRate rate, long pixels = Hd, bool skip = true, bool seek = true)
        {
            var times = Enumerable.Range(0, seconds * 25).Select(n => (long)n).ToArray();
            var line = new FrameTimeline(TimeSource.Presentation, 1, 25, times, [.. times.Select(time => time % gop == 0)], times.Length);
            return SamplingPlans.Choose(KeyframeSchedule.Create(line, rate, 100_000), pixels, skip, seek).Plans;
        }
        Assert.That(Plans(7200, 250, SampleRate.Of(1, 10)), Is.EqualTo(new[] { SamplingPlan.KeyFrames, SamplingPlan.Seeking, SamplingPlan.OnePass }));
        Assert.That(Plans(7200, 240, SampleRate.Of(1, 10)), Is.EqualTo(new[] { SamplingPlan.Seeking, SamplingPlan.OnePass }));
        Assert.That(Plans(7200, 240, SampleRate.Of(1, 10), pixels: 64 * 36), Is.EqualTo(new[] { SamplingPlan.OnePass }));
        Assert.That(Plans(7200, 250, SampleRate.Of(1, 10), skip: false, seek: false), Is.EqualTo(new[] { SamplingPlan.OnePass }));
        Assert.That(Plans(60, 250, SampleRate.Of(8)), Is.EqualTo(new[] { SamplingPlan.OnePass }));
        Assert.That(Plans(60, 1, SampleRate.Of(8)), Is.EqualTo(new[] { SamplingPlan.OnePass }), "all are key frames: nothing to skip");
    }

    [TestCase("0 65536 0;-65536 0 0", true, true, false)]
    [TestCase("0 -65536 0;65536 0 0", true, false, true)]
    [TestCase("-65536 0 0;0 -65536 0", false, true, true)]
    [TestCase("-65536 0 0;0 65536 0", false, true, false)]
    [TestCase("65536 0 0;0 65536 0", false, false, false)]
    [TestCase("garbage", false, false, false)]
    public void A_display_matrix_is_quarter_turns_and_mirrors(string rows, bool swaps, bool across, bool down)
    {
        var text = "\\n" + string.Join("\\n", rows.Split(';').Append("0 0 1073741824").Select((row, i) => $"0000000{i}:  {row}"));
        Assert.That(FrameOrientation.Parse(text), Is.EqualTo(new FrameOrientation(swaps, across, down)));
    }

    [Test]
    public void Options_that_cannot_be_are_refused()
    {
        Assert.That(() => new VideoOptions { MaxBytes = 0 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { MaxPixels = -1 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { MaxDuration = TimeSpan.Zero }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { StallTimeout = TimeSpan.FromDays(31) }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { MaxProcessingTime = TimeSpan.Zero }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { Threads = 257 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new VideoOptions { Hashers = 0 }, Throws.InstanceOf<ArgumentException>());
    }

    private static FrameTimeline Line(int numerator, int denominator, long[] times) =>
        new(TimeSource.Presentation, numerator, denominator, times, new bool[times.Length], times[^1] + 1);

    private static KeyframeSchedule Create(int numerator, int denominator, long[] times, SampleRate rate) => KeyframeSchedule.Create(Line(numerator, denominator, times), rate, 100_000);
}
