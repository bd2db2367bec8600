using System.Collections.Concurrent;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Server;

/// <summary>SIGKILL in the midst of work, of the server and of its clients: what was acknowledged is there, and nothing twice.</summary>
public sealed class KillTests
{
    private static int Rounds => TestData.IsFull ? 20 : 5;

    [TestCase("SQLite")]
    [TestCase("PostgreSQL")]
    [CancelAfter(900_000)]
    public async Task A_server_that_is_killed_has_kept_all_that_it_acknowledged(string engine)
    {
        const int Writers = 4;
        await using var postgres = engine == "PostgreSQL" ? await PostgresServer.CreateAsync() : null;
        await using var registry = await TestRegistry.StartAsync(postgres is null ? null : await postgres.CreateDatabaseAsync());
        var apiKey = await registry.CreateApiKeyAsync();
        using var client = registry.CreateClient(apiKey, retries: 0);
        using var key = SigningKey.Create();
        await client.RegisterSigningKeyAsync(key, "load");
        var builder = new CertificateBuilder(key, new SignerIdentity((await client.GetAccountAsync()).UserId), TimeProvider.System);
        var acknowledged = new ConcurrentQueue<RecordId>();
        var unanswered = new ConcurrentQueue<RegistrationRequest>();
        var random = new Random(8);
        var (sent, interrupted, checkedCount) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var acknowledgedBefore = acknowledged.Count;
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    // Single records and batches, and now and then one again that was sent before a kill.
                    var requests = unanswered.TryDequeue(out var again) ? [again] : await Records.SignAsync(builder, writer == 0 ? 20 : 1);
                    Interlocked.Add(ref sent, requests.Count);
                    try
                    {
                        foreach (var outcome in await client.RegisterBatchAsync(requests)) acknowledged.Enqueue(outcome.GetReceipt().RecordId);
                    }
                    catch (RegistryException e) when (e.Code is ErrorCodes.RegistryUnreachable or ErrorCodes.RegistryUnavailable)
                    {
                        foreach (var request in requests) unanswered.Enqueue(request);
                        Interlocked.Increment(ref interrupted);
                        return; // killed
                    }
                }
            })).ToArray();
            while (acknowledged.Count == acknowledgedBefore) await Task.Delay(5);
            await Task.Delay(random.Next(500));
            registry.Process.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
            await registry.RestartAsync();
            foreach (var id in acknowledged.Skip(checkedCount)) Assert.That(await client.GetEvidenceAsync(id), Is.Not.Null, $"round {round}: {id}");
            checkedCount = acknowledged.Count;
        }
        var known = acknowledged.ToHashSet();
        foreach (var request in unanswered) known.Add((await client.RegisterAsync(request)).RecordId);
        var listed = await Records.ListAsync(client);
        Assert.That(interrupted, Is.GreaterThanOrEqualTo(Rounds), "requests were at work");
        Assert.Multiple(() =>
        {
            Assert.That(listed.Select(record => record.RecordId), Is.Unique, "registered twice");
            Assert.That(listed.Select(record => record.Sha256), Is.Unique);
            Assert.That(listed.Select(record => record.RecordId), Is.EquivalentTo(known.Select(id => id.ToString())), "all that was sent, and nothing else");
        });
        while ((await client.GetStatsAsync()).PendingRecords > 0) await Task.Delay(100);
        Assert.That((await client.GetStatsAsync()).AnchoredRecords, Is.EqualTo(known.Count), "what a kill interrupted is anchored later");
        foreach (var id in known.Take(200)) Assert.That((await client.GetEvidenceAsync(id))!.Proof, Is.Not.Null);
        Report.Line($"kill -9 of the server on {engine}: {Rounds} kills, {sent} registrations sent, {acknowledged.Count} acknowledged, {interrupted} requests cut off and sent again, {listed.Count} records, none lost, none twice");
    }

    [Test]
    [CancelAfter(900_000)]
    public async Task Clients_that_are_killed_deliver_later_all_that_they_promised()
    {
        await using var registry = await TestRegistry.StartAsync();
        var apiKey = await registry.CreateApiKeyAsync();
        var folder = Directory.CreateTempSubdirectory("tectra-kill-").FullName;
        try
        {
            var enqueued = await KilledOutbox.RunAsync(registry.Url, apiKey, Path.Combine(folder, "outbox"), Rounds, seed: 5);
            var promised = enqueued.SelectMany(ids => ids).ToList();
            using var client = registry.CreateClient(apiKey);
            var listed = (await Records.ListAsync(client)).Select(record => record.RecordId).ToList();
            Assert.Multiple(() =>
            {
                Assert.That(enqueued, Has.Count.EqualTo(Rounds).And.All.Not.Empty);
                Assert.That(promised.Except(listed), Is.Empty, "lost");
                Assert.That(listed, Is.Unique, "registered twice");
                Assert.That(listed.Except(promised).Count(), Is.LessThanOrEqualTo(Rounds), "each child may have been killed between the disk and its promise");
                Assert.That(Directory.GetFiles(Path.Combine(folder, "outbox"), "*.json", SearchOption.AllDirectories), Is.Empty, "none waits, none was refused");
            });
            Report.Line($"kill -9 of clients: {Rounds} kills, {promised.Count} registrations promised, {listed.Count} registered, none lost, none twice");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
