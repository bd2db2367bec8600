using System.Diagnostics;
using Npgsql;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests;

/// <summary>Two server processes on one PostgreSQL, and eight clients who register at the same time, much of it twice.</summary>
public sealed class ClusterTests
{
    private const int Clients = 8;

    private static int Records => TestData.IsFull ? 50_000 : 4_000;

    [Test]
    public async Task No_record_is_lost_none_doubled_and_each_is_in_exactly_one_batch()
    {
        await using var postgres = await PostgresServer.CreateAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await ServerCluster.StartAsync(database, servers: 2);
        var requests = new RegistrationRequest[Records];
        Parallel.For(0, requests.Length, i => requests[i] = cluster.Account.Sign(i));

        var since = Stopwatch.GetTimestamp();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => RegisterAsync(cluster, requests, client))));
        Report.Line($"cluster: {outcomes.Sum(outcome => outcome.Sent):N0} registrations of {Records:N0} records by {Clients} clients at 2 servers in {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        Assert.That(outcomes.Sum(outcome => outcome.Sent), Is.GreaterThanOrEqualTo(2 * Records));
        Assert.That(outcomes.Sum(outcome => outcome.New), Is.EqualTo(Records), "each record was new to exactly one request");

        await WaitUntilAnchoredAsync(database);
        Assert.Multiple(() =>
        {
            Assert.That(Count(database, "SELECT count(*) FROM record"), Is.EqualTo(Records));
            Assert.That(Count(database, "SELECT count(DISTINCT certificate_sha256) FROM record"), Is.EqualTo(Records));
            Assert.That(Count(database, "SELECT count(*) FROM batch_leaf"), Is.EqualTo(Records));
            Assert.That(Count(database, "SELECT count(*) FROM record WHERE NOT EXISTS (SELECT 1 FROM batch_leaf WHERE batch_leaf.sequence = record.sequence)"), Is.Zero);
            Assert.That(Count(database, "SELECT sum(leaf_count)::bigint FROM batch"), Is.EqualTo(Records));
            Assert.That(Count(database, "SELECT count(*) FROM ledger_entry"), Is.EqualTo(Count(database, "SELECT count(*) FROM batch")), "one ledger entry a batch");
            Assert.That(Count(database, "SELECT count(*) FROM batch_anchor"), Is.EqualTo(Count(database, "SELECT count(*) FROM batch")));
        });

        // Every record proves itself, at either server, to a verifier who trusts the ledger's key alone.
        var ledger = (await cluster.Clients[0].GetRegistryInfoAsync()).LedgerPublicKey;
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(ledger));
        var sample = TestData.IsFull ? 2_000 : 400;
        await Parallel.ForEachAsync(Enumerable.Range(0, sample), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, cancellationToken) =>
        {
            var certificate = Certificate.FromPayload(requests[i * (Records / sample)].Envelope.Payload);
            var observed = new ObservedContent { Sha256 = certificate.WatermarkedSha256!.Value, PerceptualHash = certificate.Fingerprint.PerceptualHash };
            var report = await cluster.Clients[i % 2].VerifyAsync(observed, policy, TimeProvider.System, cancellationToken);
            Assert.That((report.Certificate?.RecordId, report.Blockchain.Code), Is.EqualTo(((RecordId?)certificate.RecordId, "anchored_in_ledger")));
        });
    }

    /// <summary>Each client sends a half of all records, overlapping the others', in an order of its own, in batches of 1 to 100.</summary>
    private static async Task<(int Sent, int New)> RegisterAsync(ServerCluster cluster, RegistrationRequest[] requests, int client)
    {
        var random = new Random(client);
        var mine = Enumerable.Range(0, requests.Length).Where(i => (i + client) % 4 < 2).OrderBy(_ => random.Next()).ToArray();
        var (sent, added) = (0, 0);
        for (var i = 0; i < mine.Length;)
        {
            var batch = mine.Skip(i).Take(random.Next(1, ITectraApi.MaxBatch + 1)).Select(number => requests[number]).ToArray();
            var outcomes = await cluster.Clients[random.Next(2)].RegisterBatchAsync(batch);
            added += outcomes.Count(outcome => !outcome.GetReceipt().AlreadyRegistered);
            sent += batch.Length;
            i += batch.Length;
        }
        return (sent, added);
    }

    private static async Task WaitUntilAnchoredAsync(string database)
    {
        var since = Stopwatch.GetTimestamp();
        while (Count(database, "SELECT count(*) FROM pending_record") + Count(database, "SELECT (SELECT count(*) FROM batch) - (SELECT count(*) FROM batch_anchor)") > 0)
        {
            Assert.That(Stopwatch.GetElapsedTime(since), Is.LessThan(TimeSpan.FromMinutes(2)), "records are left without an anchor");
            await Task.Delay(200);
        }
    }

    private static long Count(string database, string sql)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (long)command.ExecuteScalar()!;
    }
}
