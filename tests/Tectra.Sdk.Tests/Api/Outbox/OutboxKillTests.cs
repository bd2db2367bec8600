namespace Tectra.Sdk.Tests.Api.Outbox;

public sealed class OutboxKillTests
{
    [Test]
    public async Task Whatever_is_killed_everything_enqueued_arrives_and_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-kill-").FullName;
        try
        {
            await using var registry = new LoopbackRegistry(seed: 4);
            var rounds = TestData.IsFull ? 20 : 5;
            var enqueued = await KilledOutbox.RunAsync(registry.Url, FakeRegistry.ApiKey, Path.Combine(folder, "outbox"), rounds, seed: 3);
            var promised = enqueued.SelectMany(ids => ids).ToList();
            var arrived = registry.Registered.Select(id => id.ToString()).ToList();
            Assert.Multiple(() =>
            {
                Assert.That(enqueued, Has.Count.EqualTo(rounds).And.All.Not.Empty);
                Assert.That(promised.Except(arrived), Is.Empty, "lost");
                Assert.That(arrived, Is.Unique, "registered twice");
                Assert.That(registry.Refused, Is.Empty);
                Assert.That(arrived.Except(promised).Count(), Is.LessThanOrEqualTo(rounds), "each child may have been killed between the disk and its promise");
                Assert.That(arrived.Intersect(promised), Is.EqualTo(promised), "in the order of arrival, across all lives");
                Assert.That(Directory.GetFiles(Path.Combine(folder, "outbox"), "*.json", SearchOption.AllDirectories), Is.Empty);
            });
            Report.Line($"Outbox: {rounds} kills, {promised.Count} registrations promised, {arrived.Count} arrived, {registry.Repeated} sent again, {registry.TurnedAway} requests turned away, {registry.BrokenOff} answers broken off");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
