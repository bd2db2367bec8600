using Tectra.Sdk.Content;

namespace Tectra.Sdk.Tests.Content;

public sealed class SampleRateTests
{
    [TestCase("1/1", 1, 1)]
    [TestCase("60/1", 60, 1)]
    [TestCase("1/3600", 1, 3600)]
    [TestCase("7/3", 7, 3)]
    public void A_rate_is_written_in_one_way(string text, int frames, int seconds)
    {
        var rate = SampleRate.Parse(text);
        Assert.That((rate.Frames, rate.Seconds, rate.ToString()), Is.EqualTo((frames, seconds, text)));
        Assert.That(SampleRate.Of(frames * 6, seconds * 6), Is.EqualTo(rate), "in lowest terms");
    }

    [TestCase("")]
    [TestCase("1")]
    [TestCase("1/1/1")]
    [TestCase("01/1")]
    [TestCase("1/ 1")]
    [TestCase("+1/1")]
    [TestCase("2/4")]
    [TestCase("0/1")]
    [TestCase("1/0")]
    [TestCase("61/1")]
    [TestCase("1/3601")]
    [TestCase("-1/1")]
    [TestCase("1,0/1")]
    [TestCase("٣/1")]
    [TestCase("99999999999/1")]
    public void Any_other_text_is_refused(string text) => Assert.That(() => SampleRate.Parse(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Out_of_range_is_refused_and_the_default_is_one_a_second()
    {
        Assert.That(default(SampleRate), Is.EqualTo(SampleRate.Of(1)));
        Assert.That(() => SampleRate.Of(61), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => SampleRate.Of(1, 3601), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => SampleRate.Of(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => SampleRate.Of(1, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(SampleRate.Of(120, 2), Is.EqualTo(SampleRate.Of(60)));
    }

    [Test]
    public void Times_are_exact_to_a_tick()
    {
        Assert.That(SampleRate.Of(3).TimeOf(3), Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(SampleRate.Of(3).Interval.Ticks, Is.EqualTo(3_333_333));
        Assert.That(SampleRate.Of(3).TimeOf(2).Ticks, Is.EqualTo(6_666_667));
        Assert.That(SampleRate.Of(1, 3600).TimeOf(5000), Is.EqualTo(TimeSpan.FromHours(5000)));
    }
}
