using Tectra.Registry.Webhooks;

namespace Tectra.Registry.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    private static readonly AttemptOutcome Failed = new(500, "The receiver answered 500.");
    private static readonly IReadOnlyList<TimeSpan> Delays = new WebhookOptions().RetryDelays;

    [TestCase(0.0, 0.8)]
    [TestCase(0.5, 1.0)]
    [TestCase(0.999, 1.1996)]
    public void Delays_grow_and_are_off_their_length_by_a_fifth_at_most(double random, double factor)
    {
        var schedule = new RetrySchedule(Delays, () => random);
        var delays = Enumerable.Range(1, Delays.Count).Select(attempt => schedule.Next(attempt, Failed)!.Value).ToList();
        Assert.That(delays, Is.Ordered);
        for (var i = 0; i < delays.Count; i++) Assert.That(delays[i] / Delays[i], Is.EqualTo(factor).Within(1e-6));
    }

    [Test]
    public void After_the_last_delays_attempt_it_is_given_up()
    {
        var schedule = new RetrySchedule(Delays, () => 0.5);
        Assert.That(schedule.Next(Delays.Count, Failed), Is.EqualTo(TimeSpan.FromHours(24)));
        Assert.That(schedule.Next(Delays.Count + 1, Failed), Is.Null);
        Assert.That(schedule.Next(Delays.Count + 5, Failed), Is.Null, "claims of processes that ended count too");
    }

    [Test]
    public void Gone_is_given_up_at_once() => Assert.That(new RetrySchedule(Delays, () => 0.5).Next(1, new AttemptOutcome(410, "The receiver answered 410.")), Is.Null);

    [TestCase(60, 60)]
    [TestCase(1, 5)]
    [TestCase(-60, 5)]
    [TestCase(10_000_000, 86_400)]
    public void A_wish_to_be_left_alone_makes_a_delay_longer_but_not_shorter_or_endless(int wish, int expected) => Assert.That(
        new RetrySchedule(Delays, () => 0.5).Next(1, Failed with { RetryAfter = TimeSpan.FromSeconds(wish) }), Is.EqualTo(TimeSpan.FromSeconds(expected)));
}
