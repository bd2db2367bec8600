using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Registry.Storage;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>From an event to a receiver on this machine, over every way it can go wrong.</summary>
[TestFixture(TestDatabase.Sqlite)]
[TestFixture(TestDatabase.Postgres)]
public sealed class WebhookDispatcherTests(string engine)
{
    [Test]
    public async Task A_registration_reaches_its_owner_signed()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        var record = await fixture.RegisterAsync();
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.EqualTo(1));
        var request = receiver.Requests.Single();
        Assert.That(ReceiverExample.IsGenuine(request.Headers, request.Body, webhook.Secret!, fixture.Clock.Now), Is.True);
        using var body = JsonDocument.Parse(request.Body);
        Assert.That(body.RootElement.GetProperty("event").GetString(), Is.EqualTo(WebhookEvents.ContentSigned));
        Assert.That(body.RootElement.GetProperty("timestamp").GetString(), Is.EqualTo("2026-11-20T16:00:00.000Z"));
        Assert.That(body.RootElement.GetProperty("data").GetProperty("record_id").GetString(), Is.EqualTo(record.ToString()));
        var delivery = await OnlyDeliveryAsync(fixture, webhook);
        Assert.That(
            (delivery.State, delivery.Attempts, delivery.LastStatus, delivery.LastError, delivery.NextAttemptAt, delivery.DeliveredAt, delivery.EventId),
            Is.EqualTo((DeliveryStates.Delivered, 1, (int?)204, (string?)null, (string?)null, "2026-11-20T16:00:00.000Z", request.Headers["webhook-id"])));
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero, "once is enough");
    }

    [Test]
    public async Task Every_attempt_posts_the_same_bytes_under_the_same_id_with_a_signature_of_its_own_time()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var answers = new Queue<string>([HttpReceiver.Error, "", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", HttpReceiver.Ok]);
        await using var receiver = new HttpReceiver(_ => answers.Dequeue());
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        await fixture.RegisterAsync();
        var errors = new List<string?>();
        foreach (var wait in new[] { 0, 5, 30, 120 })
        {
            fixture.Clock.Now += TimeSpan.FromSeconds(wait - 0.001);
            if (wait > 0) Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero, "not due yet");
            fixture.Clock.Now += TimeSpan.FromSeconds(0.001);
            Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.EqualTo(1));
            errors.Add((await OnlyDeliveryAsync(fixture, webhook)).LastError);
        }
        Assert.That(errors, Is.EqualTo(new[]
        {
            "The receiver answered 500.",
            "The receiver ended the connection before it answered.",
            "The receiver answered 302: redirects are not followed. Make a webhook for the address it leads to.",
            null,
        }));
        var requests = receiver.Requests.ToList();
        Assert.That(requests.Select(request => Convert.ToHexString(request.Body)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(requests.Select(request => request.Headers["webhook-id"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(requests.Select(request => long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture) - 1795190400), Is.EqualTo(new[] { 0, 5, 35, 155 }));
        var now = DateTimeOffset.FromUnixTimeSeconds(1795190400 + 155);
        Assert.That(requests.Select(request => ReceiverExample.IsGenuine(request.Headers, request.Body, webhook.Secret!, now)), Is.All.True);
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).Attempts, Is.EqualTo(4));
    }

    [Test]
    public async Task A_receiver_that_is_down_or_silent_gets_the_event_when_it_is_back()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine, WebhookFixture.LocalOptions with { AttemptTimeout = TimeSpan.FromMilliseconds(500) });
        int port;
        await using (var first = new HttpReceiver(_ => HttpReceiver.Ok)) port = first.Port;
        var webhook = await fixture.CreateWebhookAsync($"http://127.0.0.1:{port}/");
        await fixture.RegisterAsync();
        await fixture.Dispatcher.RunOnceAsync(default);
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).LastError, Is.EqualTo("The connection failed (ConnectionRefused)."));

        await using var back = new HttpReceiver(_ => HttpReceiver.Ok, port);
        var answer = back.Answer;
        back.Answer = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "";
        };
        fixture.Clock.Now += TimeSpan.FromSeconds(5);
        await fixture.Dispatcher.RunOnceAsync(default);
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).LastError, Is.EqualTo("No answer within 0.5 seconds."));

        back.Answer = answer;
        fixture.Clock.Now += TimeSpan.FromSeconds(30);
        await fixture.Dispatcher.RunOnceAsync(default);
        var delivery = await OnlyDeliveryAsync(fixture, webhook);
        Assert.That((delivery.State, delivery.Attempts, delivery.LastError), Is.EqualTo((DeliveryStates.Delivered, 3, (string?)null)));
    }

    [Test]
    public async Task After_the_last_attempt_a_delivery_has_failed()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Error);
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        await fixture.RegisterAsync();
        var attempts = 0;
        for (; await fixture.Dispatcher.RunOnceAsync(default) == 1; attempts++)
        {
            if ((await OnlyDeliveryAsync(fixture, webhook)).NextAttemptAt is { } next) fixture.Clock.Now = DateTimeOffset.Parse(next, CultureInfo.InvariantCulture);
        }
        Assert.That(attempts, Is.EqualTo(11));
        var delivery = await OnlyDeliveryAsync(fixture, webhook);
        Assert.That((delivery.State, delivery.Attempts, delivery.LastStatus, delivery.LastError, delivery.NextAttemptAt), Is.EqualTo((DeliveryStates.Failed, 11, (int?)500, "The receiver answered 500.", (string?)null)));
        Assert.That(fixture.Clock.Now - new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero), Is.EqualTo(new TimeSpan(46, 42, 35)));
        fixture.Clock.Now += TimeSpan.FromDays(30);
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero);
    }

    [Test]
    public async Task Retry_After_is_waited_for_and_Gone_ends_it()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var answers = new Queue<string>(["HTTP/1.1 429 Slow\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"]);
        await using var receiver = new HttpReceiver(_ => answers.Dequeue());
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        await fixture.RegisterAsync();
        await fixture.Dispatcher.RunOnceAsync(default);
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).NextAttemptAt, Is.EqualTo("2026-11-20T16:10:00.000Z"));
        fixture.Clock.Now += TimeSpan.FromSeconds(599);
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero);
        fixture.Clock.Now += TimeSpan.FromSeconds(1);
        await fixture.Dispatcher.RunOnceAsync(default);
        var delivery = await OnlyDeliveryAsync(fixture, webhook);
        Assert.That((delivery.State, delivery.Attempts, delivery.LastStatus), Is.EqualTo((DeliveryStates.Failed, 2, (int?)410)));
    }

    [Test]
    public async Task A_test_is_sent_once_to_its_webhook_alone()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Error);
        var webhook = await fixture.CreateWebhookAsync(receiver.Url, WebhookFixture.User, WebhookEvents.BatchAnchored);
        await fixture.CreateWebhookAsync(receiver.Url);
        var delivery = await fixture.Service.TestAsync(WebhookFixture.User, webhook.Id, default);
        Assert.That((delivery.Event, delivery.State, delivery.Attempts, delivery.NextAttemptAt), Is.EqualTo(("webhook.test", DeliveryStates.Waiting, 0, "2026-11-20T16:00:00.000Z")));
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.EqualTo(1));
        Assert.That(
            Encoding.UTF8.GetString(receiver.Requests.Single().Body),
            Is.EqualTo($"{{\"event\":\"webhook.test\",\"timestamp\":\"2026-11-20T16:00:00.000Z\",\"data\":{{\"webhook_id\":\"{webhook.Id}\"}}}}"));
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).State, Is.EqualTo(DeliveryStates.Failed));
    }

    [Test]
    public async Task Removing_a_webhook_stops_its_deliveries_even_one_under_way()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var underWay = new TaskCompletionSource();
        var removed = new TaskCompletionSource();
        await using var receiver = new HttpReceiver(_ => "");
        receiver.Answer = async (_, _) =>
        {
            underWay.TrySetResult();
            await removed.Task;
            return HttpReceiver.Error;
        };
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        await fixture.RegisterAsync("first");
        var running = fixture.Dispatcher.RunOnceAsync(default).AsTask();
        await underWay.Task;
        await fixture.RegisterAsync("second");
        await fixture.Service.RemoveAsync(WebhookFixture.User, webhook.Id, default);
        removed.SetResult();
        await running;
        await fixture.RegisterAsync("third");
        fixture.Clock.Now += TimeSpan.FromDays(3);
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero);
        Assert.That(receiver.Requests, Has.Count.EqualTo(1));
        var log = await fixture.Store.ListDeliveriesAsync(webhook.Id, 10, default);
        Assert.That(log.Select(delivery => (delivery.State, delivery.LastError)), Is.All.EqualTo((DeliveryStates.Failed, "The webhook was removed.")));
        Assert.That(log, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_delivery_whose_process_ended_is_delivered_after_its_lease_under_the_same_id()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        await fixture.RegisterAsync();
        var now = fixture.Clock.Now.ToUnixTimeMilliseconds();
        var lost = (await fixture.Store.ClaimDeliveriesAsync([new WebhookShare(webhook.Id, 1)], now, (long)fixture.Options.Lease.TotalMilliseconds, default)).Single();
        fixture.Clock.Now += fixture.Options.Lease - TimeSpan.FromMilliseconds(1);
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.Zero, "it may still be under way");
        fixture.Clock.Now += TimeSpan.FromMilliseconds(1);
        Assert.That(await fixture.Dispatcher.RunOnceAsync(default), Is.EqualTo(1));
        Assert.That(receiver.Requests.Single().Headers["webhook-id"], Is.EqualTo(lost.EventId));
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).Attempts, Is.EqualTo(2));

        // The one who was lost comes back late and says that it failed.
        await fixture.Store.CompleteDeliveryAsync(new DeliveryResult(lost.Id, lost.Attempts, DeliveryStates.Waiting, null, "late", now, null), default);
        Assert.That((await OnlyDeliveryAsync(fixture, webhook)).State, Is.EqualTo(DeliveryStates.Delivered));
    }

    [Test]
    public async Task The_loop_delivers_soon_after_its_signal_outlives_errors_and_finishes_what_is_under_way()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine, WebhookFixture.LocalOptions with { PollInterval = TimeSpan.FromMilliseconds(500) });
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        using var end = new CancellationTokenSource();
        var running = fixture.Webhooks.RunAsync(end.Token);
        await fixture.Database.ExecuteAsync("ALTER TABLE webhook_delivery RENAME TO away");
        fixture.Webhooks.Signal.Set();
        await UntilAsync(() => fixture.Logger.Lines.Any(line => line.Contains("could not be read", StringComparison.Ordinal)));
        await fixture.Database.ExecuteAsync("ALTER TABLE away RENAME TO webhook_delivery");

        await fixture.Service.TestAsync(WebhookFixture.User, webhook.Id, default);
        await UntilAsync(() => receiver.Requests.Count == 1);
        var cancelled = new TaskCompletionSource();
        receiver.Answer = async (_, _) =>
        {
            await cancelled.Task;
            return HttpReceiver.Ok;
        };
        await fixture.RegisterAsync();
        fixture.Webhooks.Signal.Set();
        await UntilAsync(() => receiver.Requests.Count == 2);
        await end.CancelAsync();
        cancelled.SetResult();
        await running;
        Assert.That((await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default)).Select(delivery => delivery.State), Is.EqualTo(new[] { DeliveryStates.Delivered, DeliveryStates.Delivered }));
    }

    [Test]
    public async Task A_receiver_that_never_answers_does_not_hold_up_the_others()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine, WebhookFixture.LocalOptions with { AttemptTimeout = TimeSpan.FromSeconds(60) });
        var over = new TaskCompletionSource();
        await using var silent = new HttpReceiver(_ => "");
        silent.Answer = async (_, _) =>
        {
            await over.Task;
            return HttpReceiver.Ok;
        };
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        await fixture.CreateWebhookAsync(silent.Url, "user-2");
        for (var i = 0; i < 3 * DeliverySlots.PerWebhook; i++) await fixture.RegisterAsync($"silent {i}", "user-2");
        using var end = new CancellationTokenSource();
        var running = fixture.Dispatcher.RunAsync(end.Token);
        await UntilAsync(() => silent.Requests.Count == DeliverySlots.PerWebhook);
        await fixture.CreateWebhookAsync(receiver.Url);
        for (var i = 0; i < 20; i++) await fixture.RegisterAsync($"picture {i}");
        fixture.Webhooks.Signal.Set();
        await UntilAsync(() => receiver.Requests.Count == 20);
        Assert.That(silent.Requests, Has.Count.EqualTo(DeliverySlots.PerWebhook));
        await end.CancelAsync();
        over.SetResult();
        await running;
    }

    [Test]
    public async Task Lines_of_the_log_hold_neither_secrets_nor_addresses()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var answers = new Queue<string>([HttpReceiver.Error, HttpReceiver.Ok]);
        await using var receiver = new HttpReceiver(_ => answers.Dequeue());
        var webhook = await fixture.CreateWebhookAsync(receiver.Url);
        var refused = await fixture.CreateWebhookAsync("http://nowhere.invalid/?token=query-secret");
        await fixture.RegisterAsync();
        await fixture.Dispatcher.RunOnceAsync(default);
        fixture.Clock.Now += TimeSpan.FromSeconds(5);
        await fixture.Dispatcher.RunOnceAsync(default);
        Assert.That(fixture.Logger.Lines, Has.Count.EqualTo(4));
        var errors = (await fixture.Store.ListDeliveriesAsync(webhook.Id, 10, default)).Concat(await fixture.Store.ListDeliveriesAsync(refused.Id, 10, default)).Select(delivery => delivery.LastError ?? "");
        string[] forbidden = ["query-secret", "127.0.0.1", "nowhere", webhook.Secret!, webhook.Secret![WebhookSigner.SecretPrefix.Length..], "v1,"];
        foreach (var line in fixture.Logger.Lines.Concat(errors))
        {
            foreach (var text in forbidden) Assert.That(line, Does.Not.Contain(text));
        }
    }

    private static async Task<WebhookDelivery> OnlyDeliveryAsync(WebhookFixture fixture, Webhook webhook) =>
        (await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default)).Single();

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(10, limit.Token);
    }
}
