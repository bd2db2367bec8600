using System.Diagnostics.Metrics;
using System.Text.Json;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Webhooks;

[TestFixture(TestDatabase.Sqlite)]
[TestFixture(TestDatabase.Postgres)]
[NonParallelizable] // the meter is the process's
public sealed class VerifiedEventsTests(string engine)
{
    private const string Url = "https://receiver.example/hooks";

    [Test]
    public async Task An_owner_who_listens_is_told_once_a_minute_of_a_record()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        await fixture.CreateWebhookAsync(receiver.Url, WebhookFixture.User, WebhookEvents.ContentVerified);
        var record = await fixture.RegisterAsync();
        var report = await VerifyAsync(fixture, "picture");
        var verified = fixture.Webhooks.Verified;
        await verified.RefreshAsync(default);
        for (var minute = 0; minute < 2; minute++)
        {
            for (var i = 0; i < 5; i++) verified.Note(report);
            await verified.WriteAsync(default);
            Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.EqualTo(1));
            fixture.Clock.Now += TimeSpan.FromSeconds(59);
            verified.Note(report);
            await verified.WriteAsync(default);
            Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero);
            fixture.Clock.Now += TimeSpan.FromSeconds(1);
        }
        Assert.That(receiver.Requests.Select(request => request.Headers["webhook-id"]).Distinct().Count(), Is.EqualTo(2));
        using var body = JsonDocument.Parse(receiver.Requests.First().Body);
        Assert.That(body.RootElement.GetProperty("event").GetString(), Is.EqualTo(WebhookEvents.ContentVerified));
        var data = body.RootElement.GetProperty("data");
        Assert.That(data.GetProperty("record_id").GetString(), Is.EqualTo(record.ToString()));
        Assert.That(data.GetProperty("result").GetString(), Is.EqualTo("unverified"));
        Assert.That(data.GetProperty("confidence").GetDouble(), Is.EqualTo(0.25));
        Assert.That(data.GetProperty("checks").GetProperty("sha256").GetProperty("passed").GetBoolean(), Is.True);
    }

    [Test]
    public async Task Nobody_is_told_of_what_they_do_not_listen_to()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await fixture.CreateWebhookAsync(Url, "user-2", WebhookEvents.ContentVerified);
        var own = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.BatchAnchored);
        await fixture.RegisterAsync();
        var verified = fixture.Webhooks.Verified;
        await verified.RefreshAsync(default);
        verified.Note(await VerifyAsync(fixture, "picture"));
        verified.Note(await VerifyAsync(fixture, "unknown"));
        await verified.WriteAsync(default);
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, own.Id, default), Is.Empty);
        Assert.That(await fixture.Store.FindDueWebhooksAsync(long.MaxValue, 10, default), Is.Empty);
    }

    [Test]
    public async Task While_nobody_listens_a_verification_costs_nothing()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await fixture.RegisterAsync();
        var report = await VerifyAsync(fixture, "picture");
        var verified = fixture.Webhooks.Verified;
        verified.Note(report);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) verified.Note(report);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public async Task An_owner_is_told_sixty_times_a_minute_at_most_and_the_rest_is_counted()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentVerified);
        var verified = fixture.Webhooks.Verified;
        await verified.RefreshAsync(default);
        var dropped = new Dictionary<string, long>();
        using var listener = Listen(dropped);
        for (var i = 0; i < VerifiedEvents.MaxPerOwner + 3; i++)
        {
            await fixture.RegisterAsync($"picture {i}");
            verified.Note(await VerifyAsync(fixture, $"picture {i}"));
        }
        await verified.WriteAsync(default);
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default), Has.Count.EqualTo(VerifiedEvents.MaxPerOwner));
        Assert.That(dropped, Is.EqualTo(new Dictionary<string, long> { ["limit"] = 3 }));
    }

    [Test]
    public async Task What_cannot_be_written_in_time_is_dropped_and_counted()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await fixture.RegisterAsync();
        await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentVerified);
        var report = await VerifyAsync(fixture, "picture");
        var verified = fixture.Webhooks.Verified;
        await verified.RefreshAsync(default);
        var dropped = new Dictionary<string, long>();
        using var listener = Listen(dropped);
        for (var i = 0; i < VerifiedEvents.MaxQueued + 5; i++)
        {
            fixture.Clock.Now += TimeSpan.FromMinutes(1);
            verified.Note(report);
        }
        Assert.That(dropped, Is.EqualTo(new Dictionary<string, long> { ["queue_full"] = 5 }));
    }

    [Test]
    public async Task Two_processes_tell_of_the_same_minute_once()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentVerified);
        await fixture.RegisterAsync();
        var report = await VerifyAsync(fixture, "picture");
        await using var store = await fixture.Database.OpenStoreAsync();
        using var other = fixture.CreateWebhooks(store);
        foreach (var verified in new[] { fixture.Webhooks.Verified, other.Verified })
        {
            await verified.RefreshAsync(default);
            verified.Note(report);
            await verified.WriteAsync(default);
        }
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_loop_notices_a_new_listener_and_writes()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentVerified);
        await fixture.RegisterAsync();
        var report = await VerifyAsync(fixture, "picture");
        using var end = new CancellationTokenSource();
        var running = fixture.Webhooks.Verified.RunAsync(end.Token);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, limit.Token)).Count == 0)
        {
            fixture.Webhooks.Verified.Note(report);
            await Task.Delay(20, limit.Token);
        }
        await end.CancelAsync();
        await running;
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default), Has.Count.EqualTo(1));
    }

    private static async Task<VerificationReport> VerifyAsync(WebhookFixture fixture, string name) => await fixture.Registry.VerifyAsync(
        new ObservedContent { Sha256 = WebhookFixture.Digest(name) }, new LookupOptions(), default);

    private static MeterListener Listen(Dictionary<string, long> dropped)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Tectra" && instrument.Name == "tectra.webhook.verified_events.dropped") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, measurement, tags, _) =>
        {
            var reason = (string)tags[0].Value!;
            dropped[reason] = dropped.GetValueOrDefault(reason) + measurement;
        });
        listener.Start();
        return listener;
    }
}
