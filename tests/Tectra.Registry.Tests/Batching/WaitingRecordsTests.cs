using Tectra.Registry.Batching;

namespace Tectra.Registry.Tests.Batching;

public sealed class WaitingRecordsTests
{
    [Test]
    public async Task Whoever_waits_is_woken_by_enough_records_and_not_by_fewer()
    {
        using var waiting = new WaitingRecords();
        var woken = waiting.WaitAsync(5, default);
        waiting.Add(2);
        waiting.Add(2);
        Assert.That(woken.IsCompleted, Is.False);
        waiting.Add(1);
        await woken;
    }

    [Test]
    public async Task Records_that_came_before_count_until_they_are_being_batched()
    {
        using var waiting = new WaitingRecords();
        waiting.Add(5);
        await waiting.WaitAsync(5, default);
        await waiting.WaitAsync(5, default); // waiting takes nothing away
        waiting.Reset();
        var woken = waiting.WaitAsync(5, default);
        waiting.Add(4);
        Assert.That(woken.IsCompleted, Is.False);
        waiting.Add(4);
        await woken;
    }

    [Test]
    public async Task A_cancelled_wait_leaves_nothing_behind()
    {
        using var waiting = new WaitingRecords();
        using (var end = new CancellationTokenSource())
        {
            var cancelled = waiting.WaitAsync(1, end.Token);
            await end.CancelAsync();
            Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        }
        waiting.Add(7); // wakes nobody
        waiting.Reset();
        var next = waiting.WaitAsync(3, default);
        Assert.That(next.IsCompleted, Is.False);
        waiting.Add(3);
        await next;
    }

    [Test]
    public async Task A_wait_that_is_woken_and_cancelled_in_the_same_moment_wakes_no_later_one()
    {
        using var waiting = new WaitingRecords();
        for (var round = 0; round < 5_000; round++)
        {
            using var end = new CancellationTokenSource();
            var wait = waiting.WaitAsync(1, end.Token);
            using var together = new Barrier(2);
            var cancel = Task.Run(() =>
            {
                together.SignalAndWait();
                end.Cancel();
            });
            together.SignalAndWait();
            waiting.Add(1);
            await cancel;
            await wait.ContinueWith(_ => { }, TaskScheduler.Default); // either way
            waiting.Reset();
            using var later = new CancellationTokenSource();
            var next = waiting.WaitAsync(2, later.Token);
            waiting.Add(1);
            Assert.That(next.IsCompleted, Is.False, $"round {round}");
            waiting.Add(1);
            await next;
            waiting.Reset();
        }
    }
}
