using System.Collections.Concurrent;
using Tectra.Registry.Storage;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Webhooks;

[TestFixture(TestDatabase.Sqlite)]
[TestFixture(TestDatabase.Postgres)]
public sealed class WebhookStoreTests(string engine)
{
    private const string Url = "https://receiver.example/hooks";
    private const long Lease = 60_000;

    [Test]
    public async Task Webhooks_are_due_in_the_order_in_which_their_oldest_delivery_waits()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhooks = new List<string>();
        for (var i = 0; i < 3; i++) webhooks.Add((await fixture.CreateWebhookAsync(Url)).Id);
        Assert.That(await fixture.Store.FindDueWebhooksAsync(Now(fixture), 10, default), Is.Empty);
        await AddAsync(fixture, webhooks[1], 0);
        await AddAsync(fixture, webhooks[2], 10);
        await AddAsync(fixture, webhooks[0], 20);
        await AddAsync(fixture, webhooks[2], 30);
        Assert.That(await fixture.Store.FindDueWebhooksAsync(Now(fixture) + 19, 10, default), Is.EqualTo(new[] { webhooks[1], webhooks[2] }));
        Assert.That(await fixture.Store.FindDueWebhooksAsync(Now(fixture) + 30, 10, default), Is.EqualTo(new[] { webhooks[1], webhooks[2], webhooks[0] }));
        Assert.That(await fixture.Store.FindDueWebhooksAsync(Now(fixture) + 30, 1, default), Is.EqualTo(new[] { webhooks[1] }));
    }

    [Test]
    public async Task A_claim_takes_each_webhooks_oldest_up_to_its_share_and_hides_them_for_the_lease()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var first = (await fixture.CreateWebhookAsync(Url)).Id;
        var second = (await fixture.CreateWebhookAsync("https://other.example/")).Id;
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add(await AddAsync(fixture, first, i));
        var other = await AddAsync(fixture, second, 0);
        var now = Now(fixture) + 10;
        var claimed = await fixture.Store.ClaimDeliveriesAsync([new WebhookShare(first, 2), new WebhookShare(second, 2)], now, Lease, default);
        Assert.That(claimed.Select(delivery => delivery.Id), Is.EqualTo(new[] { ids[0], ids[1], other }));
        Assert.That(claimed.Select(delivery => (delivery.Attempts, delivery.EventType)), Is.All.EqualTo((1, WebhookEvents.Test)));
        Assert.That(claimed.Select(delivery => (delivery.WebhookId, delivery.Url)), Is.EqualTo(new[] { (first, Url), (first, Url), (second, "https://other.example/") }));
        Assert.That((await ClaimAsync(now)).Select(delivery => delivery.Id), Is.EqualTo(new[] { ids[2] }));
        Assert.That(await ClaimAsync(now + Lease - 1), Is.Empty);
        Assert.That((await ClaimAsync(now + Lease)).Select(delivery => delivery.Attempts), Is.EqualTo(new[] { 2, 2, 2 }));

        async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(long at) => await fixture.Store.ClaimDeliveriesAsync([new WebhookShare(first, 10)], at, Lease, default);
    }

    [Test]
    public async Task A_late_failure_is_forgotten_and_a_late_success_is_not()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = (await fixture.CreateWebhookAsync(Url)).Id;
        var id = await AddAsync(fixture, webhook, 0);
        await ClaimAsync(Now(fixture));
        await ClaimAsync(Now(fixture) + Lease);
        await fixture.Store.CompleteDeliveryAsync(new DeliveryResult(id, 1, DeliveryStates.Failed, 500, "late", null, null), default);
        Assert.That((await LogAsync()).State, Is.EqualTo(DeliveryStates.Waiting));
        await fixture.Store.CompleteDeliveryAsync(new DeliveryResult(id, 1, DeliveryStates.Delivered, 200, null, null, "2026-11-20T16:00:01.000Z"), default);
        await fixture.Store.CompleteDeliveryAsync(new DeliveryResult(id, 2, DeliveryStates.Waiting, 500, "twice", Now(fixture), null), default);
        Assert.That((await LogAsync()).State, Is.EqualTo(DeliveryStates.Delivered));
        Assert.That((await LogAsync()).LastStatus, Is.EqualTo(200));

        async Task ClaimAsync(long at) => Assert.That(await fixture.Store.ClaimDeliveriesAsync([new WebhookShare(webhook, 1)], at, Lease, default), Has.Count.EqualTo(1));
        async Task<StoredDelivery> LogAsync() => (await fixture.Store.ListDeliveriesAsync(webhook, 10, default)).Single();
    }

    [Test]
    public async Task An_event_of_an_id_is_stored_once()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = (await fixture.CreateWebhookAsync(Url)).Id;
        var happened = new NewEvent("evt_1", WebhookFixture.User, WebhookEvents.ContentSigned, UtcTimestamp.From(fixture.Clock.Now), "{}"u8.ToArray());
        for (var i = 0; i < 2; i++) await fixture.Store.AddEventAsync(happened, default);
        Assert.That(await fixture.Store.ListDeliveriesAsync(webhook, 10, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Listeners_are_the_users_whose_webhooks_name_the_event()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await fixture.CreateWebhookAsync(Url, "user-1", WebhookEvents.ContentSigned, WebhookEvents.ContentVerified);
        await fixture.CreateWebhookAsync(Url, "user-1", WebhookEvents.ContentVerified);
        await fixture.CreateWebhookAsync(Url, "user-2", WebhookEvents.ContentSigned);
        var removed = await fixture.CreateWebhookAsync(Url, "user-3", WebhookEvents.ContentVerified);
        await fixture.Service.RemoveAsync("user-3", removed.Id, default);
        Assert.That(await fixture.Store.FindListenersAsync(WebhookEvents.ContentVerified, default), Is.EquivalentTo(new[] { "user-1" }));
        Assert.That(await fixture.Store.FindListenersAsync(WebhookEvents.ContentSigned, default), Is.EquivalentTo(new[] { "user-1", "user-2" }));
        Assert.That(await fixture.Store.FindListenersAsync(WebhookEvents.BatchAnchored, default), Is.Empty);
    }

    [Test]
    public async Task The_log_is_pruned_of_what_has_ended()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = (await fixture.CreateWebhookAsync(Url)).Id;
        var old = await AddAsync(fixture, webhook, 0);
        var waiting = await AddAsync(fixture, webhook, 0);
        var recent = await AddAsync(fixture, webhook, 1000);
        foreach (var id in new[] { old, recent }) await fixture.Store.CompleteDeliveryAsync(new DeliveryResult(id, 0, DeliveryStates.Delivered, 200, null, null, "2026-11-20T16:00:00.000Z"), default);
        Assert.That(await fixture.Store.PruneDeliveriesAsync(Now(fixture) + 1000, default), Is.EqualTo(1));
        Assert.That((await fixture.Store.ListDeliveriesAsync(webhook, 10, default)).Select(delivery => delivery.Id), Is.EqualTo(new[] { recent, waiting }));
        Assert.That(await fixture.Store.PruneDeliveriesAsync(Now(fixture) + 1000, default), Is.Zero);
    }

    [Test]
    public async Task Two_processes_on_one_database_deliver_every_event_once()
    {
        const int Events = 200;
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var underWay = new ConcurrentDictionary<string, int>();
        var collisions = 0;
        await using var receiver = new HttpReceiver(_ => "");
        receiver.Answer = async (request, cancellationToken) =>
        {
            if (!underWay.TryAdd(request.Headers["webhook-id"], 1)) Interlocked.Increment(ref collisions);
            await Task.Delay(5, cancellationToken);
            return HttpReceiver.Ok;
        };
        var webhooks = new List<string>();
        for (var i = 0; i < 10; i++) webhooks.Add((await fixture.CreateWebhookAsync(receiver.Url)).Id);
        for (var i = 0; i < Events; i++) await AddAsync(fixture, webhooks[i % webhooks.Count], 0);
        await using var store = await fixture.Database.OpenStoreAsync();
        using var other = fixture.CreateWebhooks(store);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var running = new[] { fixture.Webhooks.RunAsync(end.Token), other.RunAsync(end.Token) };
        while (underWay.Count < Events && !end.IsCancellationRequested) await Task.Delay(10);
        await end.CancelAsync();
        await Task.WhenAll(running);
        Assert.That(receiver.Requests, Has.Count.EqualTo(Events));
        Assert.That(collisions, Is.Zero);
        foreach (var webhook in webhooks)
        {
            var log = await fixture.Store.ListDeliveriesAsync(webhook, 100, default);
            Assert.That(log.Select(delivery => (delivery.State, delivery.Attempts)), Is.All.EqualTo((DeliveryStates.Delivered, 1)));
        }
    }

    private static long Now(WebhookFixture fixture) => fixture.Clock.Now.ToUnixTimeMilliseconds();

    private static async Task<string> AddAsync(WebhookFixture fixture, string webhook, int milliseconds) => (await fixture.Store.AddTestEventAsync(
        EventBodies.Test(WebhookFixture.User, webhook, UtcTimestamp.From(fixture.Clock.Now.AddMilliseconds(milliseconds))), webhook, default))!.Id;
}
