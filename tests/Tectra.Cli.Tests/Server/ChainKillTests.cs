using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Cli.Tests.Server;

/// <summary>SIGKILL of the process that anchors, and a node that comes and goes: every record is anchored once, no root is sent twice.</summary>
public sealed class ChainKillTests
{
    private const string BatchRegisteredTopic = "0x5c5dba5686c36be8d27cbe2d657f0fb397baf78bf2e924a8c5b736ac5d9fb1ec"; // BatchRegistered(bytes32,address,uint256,bytes,uint256)

    private static int Kills => TestData.IsFull ? 20 : 6;

    private static int Restarts => TestData.IsFull ? 5 : 2;

    [TestCase("SQLite")]
    [TestCase("PostgreSQL")]
    [CancelAfter(900_000)]
    public async Task Every_record_ends_in_one_anchored_batch(string engine)
    {
        await using var postgres = engine == "PostgreSQL" ? await PostgresServer.CreateAsync() : null;
        // Blocks come every second and two must confirm, so that at every moment something is on its way.
        await using var node = await AnvilNode.StartAsync(AnvilNode.DefaultChainId, "--block-time", "1");
        var contract = await node.DeployAsync();
        var settings = TestRegistry.ChainSettings(node, contract);
        settings["TECTRA_CONFIRMATIONS"] = "2";
        settings["TECTRA_STUCK_AFTER"] = "3";
        await using var registry = await TestRegistry.StartAsync(postgres is null ? null : await postgres.CreateDatabaseAsync(), settings);
        using var client = registry.CreateClient(await registry.CreateApiKeyAsync(), retries: 0);
        using var key = SigningKey.Create();
        await client.RegisterSigningKeyAsync(key, "load");
        var builder = new CertificateBuilder(key, new SignerIdentity((await client.GetAccountAsync()).UserId), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var known = new ConcurrentQueue<RecordId>();
        var writer = Task.Run(async () => await WriteAsync(client, builder, known, stop.Token));
        var comingAndGoing = Task.Run(async () => await ComeAndGoAsync(node, stop.Token));
        var random = new Random(5);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(2_500));
            registry.Process.Kill();
            await registry.RestartAsync();
        }
        var restarts = await comingAndGoing;
        await stop.CancelAsync();
        await writer;
        for (var waited = 0; (await client.GetStatsAsync()).PendingRecords > 0; waited++)
        {
            Assert.That(waited, Is.LessThan(1_200), "records are left over");
            await Task.Delay(100);
        }

        var registrations = await ReadRegistrationsAsync(node, contract);
        var byRoot = new Dictionary<MerkleHash, int>();
        foreach (var id in known)
        {
            var bundle = (await client.GetEvidenceAsync(id))!;
            var anchor = (EvmAnchor)bundle.Anchor!;
            var leaf = new MerkleLeaf(Certificate.FromPayload(bundle.Envelope.Payload).Fingerprint.Sha256, bundle.Envelope.PayloadSha256);
            Assert.That(bundle.Proof!.Verify(leaf, anchor.Root, anchor.LeafCount), Is.True);
            byRoot[anchor.Root] = byRoot.GetValueOrDefault(anchor.Root) + 1;
        }
        var transactions = await node.CallAsync("eth_getTransactionCount", AnvilNode.Accounts[0], "latest");
        Assert.Multiple(() =>
        {
            Assert.That(registrations.Select(registration => registration.Root), Is.Unique, "a root is registered once");
            Assert.That(registrations.ToDictionary(registration => registration.Root, registration => registration.LeafCount), Is.EquivalentTo(byRoot), "every record is in one batch that the chain has, with as many leaves");
            Assert.That(Number(transactions), Is.EqualTo(1 + registrations.Count), "one deployment and a transaction for each root: none was sent twice, none failed");
            Assert.That(restarts, Is.EqualTo(Restarts));
        });
        Report.Line($"kill -9 of the anchoring server on {engine}: {Kills} kills, node restarted {restarts} times, {known.Count} records in {registrations.Count} batches, each anchored once, no transaction too many");
    }

    private static async Task WriteAsync(TectraApiClient client, CertificateBuilder builder, ConcurrentQueue<RecordId> known, CancellationToken stop)
    {
        var unanswered = new List<RegistrationRequest>();
        while (!stop.IsCancellationRequested || unanswered.Count > 0)
        {
            var requests = unanswered.Count > 0 ? unanswered : await Records.SignAsync(builder, 5);
            try
            {
                foreach (var outcome in await client.RegisterBatchAsync(requests, CancellationToken.None)) known.Enqueue(outcome.GetReceipt().RecordId);
                unanswered = [];
            }
            catch (RegistryException e) when (e.Code is ErrorCodes.RegistryUnreachable or ErrorCodes.RegistryUnavailable)
            {
                unanswered = requests; // killed: once more, until there is an answer
            }
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static async Task<int> ComeAndGoAsync(AnvilNode node, CancellationToken stop)
    {
        var random = new Random(6);
        for (var restart = 0; restart < Restarts; restart++)
        {
            await Task.Delay(3_000 + random.Next(3_000), stop);
            await node.StopAsync();
            await Task.Delay(random.Next(1_500), stop);
            await node.StartAsync();
        }
        return Restarts;
    }

    private static async Task<List<(MerkleHash Root, int LeafCount)>> ReadRegistrationsAsync(AnvilNode node, string contract)
    {
        var logs = await node.CallAsync("eth_getLogs", new JsonObject { ["address"] = contract, ["fromBlock"] = "0x0", ["toBlock"] = "latest", ["topics"] = new JsonArray(BatchRegisteredTopic) });
        return [.. logs.EnumerateArray().Select(log => (
            MerkleHash.Parse(log.GetProperty("topics")[1].GetString()),
            int.Parse(log.GetProperty("data").GetString().AsSpan(2, 64), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)))];
    }

    private static long Number(JsonElement quantity) => long.Parse(quantity.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
