using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evm;

namespace Tectra.Server.Tests.Hosting;

/// <summary>A server whose batches go to a chain, as its clients see it.</summary>
internal sealed class ChainServerTests
{
    private const string Records = "/api/v1/content-records", Webhooks = "/api/v1/webhooks";

    [TestCase(TestServer.Sqlite)]
    [TestCase(TestServer.Postgres)]
    public async Task A_record_is_pending_then_submitted_then_anchored_and_every_endpoint_says_so(string engine)
    {
        await using var chain = await ChainServer.StartAsync();
        await using var server = await chain.StartServerAsync(engine, confirmations: 3);
        using var tenant = await Tenant.CreateAsync(server);
        var info = await server.GetAsync("/api/v1/registry");
        Assert.That((info.Get("anchoring"), info["chain_id"].GetInt64(), info.Get("contract")), Is.EqualTo(("evm", 137, chain.Contract.ToString())));

        var first = await tenant.RegisterAsync("first");
        await server.Registry.AnchorPendingAsync(default);
        var second = await tenant.RegisterAsync("second");
        var (firstId, secondId) = (first.Certificate.RecordId.ToString(), second.Certificate.RecordId.ToString());
        await AssertStatusAsync(firstId, "submitted");
        await AssertListAsync("pending", secondId);
        await AssertListAsync("submitted", firstId);
        await AssertListAsync("anchored");
        var verified = await server.PostAsync("/api/v1/verify", new { sha256 = Tenant.Digest("first").ToString() });
        Assert.That(verified["checks"].GetProperty("blockchain").GetProperty("passed").GetBoolean(), Is.False, "not yet");

        await chain.Node.MineAsync(2); // its block is the first of three
        Assert.That(await server.Registry.AnchorPendingAsync(default), Is.EqualTo(1));
        var reference = await AssertStatusAsync(firstId, "anchored");
        Assert.That(EvmHash.TryParse(reference, out _), Is.True, reference);
        await AssertListAsync("pending");
        await AssertListAsync("submitted", secondId);
        await AssertListAsync("anchored", firstId);
        verified = await server.PostAsync("/api/v1/verify", new { sha256 = Tenant.Digest("first").ToString() });
        Assert.That(verified["checks"].GetProperty("blockchain").GetProperty("passed").GetBoolean(), Is.True, verified.Text);
        Assert.That(verified.Get("record_id"), Is.EqualTo(firstId));
        var evidence = await server.GetAsync($"{Records}/{firstId}/evidence");
        Assert.That(evidence.Text, Does.Contain(chain.Contract.ToString()).And.Contain(reference));

        async Task<string?> AssertStatusAsync(string id, string status)
        {
            var (detail, certificate) = ((await server.GetAsync($"{Records}/{id}", tenant.Token))["record"], await server.GetAsync($"{Records}/{id}/certificate"));
            Assert.That((detail.GetProperty("blockchain_status").GetString(), certificate.Get("blockchain_status")), Is.EqualTo((status, status)), detail.GetRawText());
            var tx = detail.GetProperty("blockchain_tx");
            Assert.That((tx.ValueKind, tx.GetString()), Is.EqualTo((status == "anchored" ? JsonValueKind.String : JsonValueKind.Null, certificate["blockchain_tx"].GetString())));
            return tx.GetString();
        }

        async Task AssertListAsync(string status, params string[] ids)
        {
            var list = await server.GetAsync($"{Records}?status={status}", tenant.Token);
            Assert.That(list["items"].EnumerateArray().Select(item => (item.GetProperty("record_id").GetString(), item.GetProperty("blockchain_status").GetString())),
                Is.EqualTo(ids.Select(id => (id, status))), list.Text);
        }
    }

    [Test]
    public async Task Webhooks_hear_of_a_batch_on_a_chain_and_again_after_a_reorganisation()
    {
        await using var chain = await ChainServer.StartAsync();
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        await using var server = await chain.StartServerAsync(configure: options => options with { AllowInsecureWebhooks = true, WebhookNetworks = ["127.0.0.1"] });
        using var tenant = await Tenant.CreateAsync(server);
        await server.PostAsync(Webhooks, new { url = receiver.Url, events = new[] { "batch.anchored" } }, tenant.Token);
        var record = await tenant.RegisterAsync("picture");
        await AnchorAsync(server, record);
        await Eventually.BecomesTrueAsync(() => receiver.Requests.Count == 1);
        var data = Data(receiver, 0);
        var certificate = await server.GetAsync($"{Records}/{record.Certificate.RecordId}/certificate");
        var block = data.GetProperty("block_number").GetInt64();
        Assert.Multiple(() =>
        {
            Assert.That(data.GetProperty("network").GetString(), Is.EqualTo("polygon"));
            Assert.That(data.GetProperty("tx_hash").GetString(), Is.EqualTo(certificate.Get("blockchain_tx")).And.Match("^0x[0-9a-f]{64}$"));
            Assert.That(data.GetProperty("leaf_count").GetInt32(), Is.EqualTo(1));
            Assert.That(data.GetProperty("record_ids").EnumerateArray().Select(id => id.GetString()), Is.EqualTo(new[] { record.Certificate.RecordId.ToString() }));
        });

        // The other branch of the chain has a block more before the transaction.
        await chain.Node.SetAutomineAsync(false);
        await chain.Node.RollbackAsync(1);
        await chain.Node.MineAsync(1);
        await Eventually.BecomesTrueAsync(async () =>
        {
            await server.Registry.AnchorPendingAsync(default);
            return (await server.GetAsync($"{Records}?status=submitted", tenant.Token))["items"].GetArrayLength() == 1;
        });
        await chain.Node.MineAsync(1);
        await AnchorAsync(server, record);
        await Eventually.BecomesTrueAsync(() => receiver.Requests.Count == 2);
        var again = Data(receiver, 1);
        Assert.That(again.GetProperty("block_number").GetInt64(), Is.EqualTo(block + 1));
        Assert.That(again.GetProperty("merkle_root").GetString(), Is.EqualTo(data.GetProperty("merkle_root").GetString()));
        Assert.That(receiver.Requests.Select(request => request.Headers["webhook-id"]).Distinct().Count(), Is.EqualTo(2), "it is another event");
    }

    [TestCase(TestServer.Sqlite)]
    [TestCase(TestServer.Postgres)]
    public async Task A_registry_on_a_chain_needs_its_settings_until_it_is_told_to_go_back(string engine)
    {
        await using var chain = await ChainServer.StartAsync();
        await using var server = await chain.StartServerAsync(engine, confirmations: 5);
        using var tenant = await Tenant.CreateAsync(server);
        var record = await tenant.RegisterAsync("between");
        await server.Registry.AnchorPendingAsync(default); // it is sent, and not anchored yet
        Assert.That(
            async () => await ChainServer.CreateAsync(server, options => options with { Chain = null }),
            Refused("anchoring_refused").And.Message.Contains(chain.Contract.ToString()).And.Message.Contains("TECTRA_RPC_URLS").And.Message.Contains("TECTRA_BACK_TO_LEDGER"));

        await using var back = await TestServer.StartAsync(server.Options.Database, server.Options.FernetKey, options => options with { BackToLedger = true });
        Assert.That((await back.GetAsync("/api/v1/registry")).Get("anchoring"), Is.EqualTo("ledger"));
        Assert.That(await back.Registry.AnchorPendingAsync(default), Is.EqualTo(1));
        var evidence = await back.GetAsync($"{Records}/{record.Certificate.RecordId}/evidence");
        Assert.That(evidence["anchor"].GetProperty("ledger").ValueKind, Is.EqualTo(JsonValueKind.Object), evidence.Text);
        Assert.That((await back.Registry.Store.CountChainAsync(default)).Submitted, Is.Zero, "what the ledger has waits for no chain");
        Assert.That(async () => await ChainServer.CreateAsync(server, options => options with { Chain = null }), Throws.Nothing, "that was noted: it has not to be said again");
    }

    [Test]
    public async Task What_the_settings_say_of_the_chain_is_checked_at_the_start()
    {
        await using var chain = await ChainServer.StartAsync();
        await using var server = await TestServer.StartAsync(TestServer.Sqlite);
        await AssertRefusedAsync("wrong_chain", options => options with { Chain = chain.Options(chainId: 80002) });
        await AssertRefusedAsync("contract_unknown", options => options with { Chain = chain.Options(contract: EvmAddress.Parse(AnvilNode.Accounts[2])) });
        await chain.Node.CallAsync("anvil_setCode", AnvilNode.Accounts[2], "0x6001");
        await AssertRefusedAsync("contract_unknown", options => options with { Chain = chain.Options(contract: EvmAddress.Parse(AnvilNode.Accounts[2])) });
        await AssertRefusedAsync("anchoring_refused", options => options with { Chain = chain.Options(account: 1) });
        Assert.That(await server.Registry.Store.ReadTargetAsync(default), Is.Null, "nothing of it was noted");
        await ChainServer.CreateAsync(server, options => options with { Chain = chain.Options() });
        Assert.That((await server.Registry.Store.ReadTargetAsync(default))?.Contract, Is.EqualTo(chain.Contract));

        async Task AssertRefusedAsync(string code, Func<ServerOptions, ServerOptions> configure)
        {
            await Task.Yield();
            Assert.That(async () => await ChainServer.CreateAsync(server, configure), Refused(code));
        }
    }

    [Test]
    public async Task A_server_starts_without_its_node_and_anchors_when_that_is_there()
    {
        await using var chain = await ChainServer.StartAsync();
        await chain.Node.StopAsync();
        await using var server = await chain.StartServerAsync(configure: options => options with { AnchoringInterval = TimeSpan.FromMilliseconds(50) });
        using var tenant = await Tenant.CreateAsync(server);
        var record = await tenant.RegisterAsync("patient");
        await Eventually.BecomesTrueAsync(() => server.Log.Lines.Any(line => line.Contains("Anchoring failed")));
        await chain.Node.StartAsync();
        await Eventually.BecomesTrueAsync(async () => await StatusAsync(server, record) == "anchored");
    }

    [TestCase(TestServer.Sqlite)]
    [TestCase(TestServer.Postgres)]
    public async Task A_batch_is_formed_as_soon_as_enough_records_wait_long_before_the_interval_ends(string engine)
    {
        await using var server = await TestServer.StartAsync(engine, options => options with { AnchoringInterval = TimeSpan.FromDays(1), AnchoringRecords = 3 });
        using var tenant = await Tenant.CreateAsync(server);
        for (var batch = 0; batch < 2; batch++)
        {
            var records = new List<SignedCertificate>();
            for (var i = 0; i < 3; i++)
            {
                if (i == 2) Assert.That(await StatusAsync(server, records[0]), Is.EqualTo("pending"), "two are not enough");
                records.Add(await tenant.RegisterAsync($"record {batch} {i}"));
            }
            await Eventually.BecomesTrueAsync(async () => await StatusAsync(server, records[0]) == "anchored");
            foreach (var record in records) Assert.That(await StatusAsync(server, record), Is.EqualTo("anchored"), "of one batch");
        }
    }

    private static async Task<string> StatusAsync(TestServer server, SignedCertificate record) =>
        (await server.GetAsync($"{Records}/{record.Certificate.RecordId}/certificate")).Get("blockchain_status");

    private static Task AnchorAsync(TestServer server, SignedCertificate record) => Eventually.BecomesTrueAsync(async () =>
    {
        await server.Registry.AnchorPendingAsync(default);
        return await StatusAsync(server, record) == "anchored";
    });

    private static JsonElement Data(HttpReceiver receiver, int index)
    {
        var body = JsonDocument.Parse(receiver.Requests.ElementAt(index).Body).RootElement;
        Assert.That(body.GetProperty("event").GetString(), Is.EqualTo("batch.anchored"));
        return body.GetProperty("data");
    }

    private static NUnit.Framework.Constraints.EqualStringConstraint Refused(string code) =>
        Throws.TypeOf<RegistryException>().With.Property(nameof(TectraException.Code)).EqualTo(code);
}
