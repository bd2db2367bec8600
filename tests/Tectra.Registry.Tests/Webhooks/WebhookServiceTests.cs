using Tectra.Registry.Webhooks;
using Tectra.Sdk;
using Tectra.Sdk.Api;

namespace Tectra.Registry.Tests.Webhooks;

[TestFixture(TestDatabase.Sqlite)]
[TestFixture(TestDatabase.Postgres)]
public sealed class WebhookServiceTests(string engine)
{
    private const string Url = "https://receiver.example/hooks";

    [Test]
    public async Task A_webhook_shows_its_secret_once_and_the_database_holds_it_sealed()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var made = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.BatchAnchored, WebhookEvents.ContentSigned);
        Assert.That(made.Url, Is.EqualTo(Url));
        Assert.That(made.Events, Is.EqualTo(new[] { WebhookEvents.BatchAnchored, WebhookEvents.ContentSigned }));
        Assert.That(made.CreatedAt, Is.EqualTo("2026-11-20T16:00:00.000Z"));
        Assert.That(made.Secret, Does.StartWith(WebhookSigner.SecretPrefix));
        var secret = Convert.FromBase64String(made.Secret![WebhookSigner.SecretPrefix.Length..]);
        Assert.That(secret, Has.Length.EqualTo(WebhookSigner.SecretBytes));

        var listed = (await fixture.Service.ListAsync(WebhookFixture.User, default)).Single();
        Assert.That(listed.Secret, Is.Null);
        Assert.That((listed.Id, listed.Url, listed.CreatedAt), Is.EqualTo((made.Id, made.Url, made.CreatedAt)));
        Assert.That(listed.Events, Is.EqualTo(made.Events));
        var stored = await fixture.Store.FindWebhookAsync(WebhookFixture.User, made.Id, default);
        Assert.That(stored!.SecretToken, Does.Not.Contain(Convert.ToBase64String(secret)));
        Assert.That(fixture.Key.TryDecrypt(stored.SecretToken, out var opened), Is.True);
        Assert.That(opened, Is.EqualTo(secret));
        Assert.That((await fixture.CreateWebhookAsync(Url)).Secret, Is.Not.EqualTo(made.Secret), "every webhook has its own");
    }

    [TestCase()]
    [TestCase("content.signed", "content.signed")]
    [TestCase("content.signed", "content.deleted")]
    [TestCase("webhook.test")]
    [TestCase("content.signed batch.anchored")]
    [TestCase("%")]
    [TestCase("")]
    public async Task Events_are_some_of_those_there_are_each_once(params string[] events)
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var error = Assert.ThrowsAsync<RegistryException>(async () => await fixture.Service.CreateAsync(WebhookFixture.User, Url, events, default));
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.RequestMalformed));
        Assert.That(await fixture.Service.ListAsync(WebhookFixture.User, default), Is.Empty);
    }

    [Test]
    public async Task An_address_that_may_not_be_posted_to_is_refused()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine, new WebhookOptions());
        var error = Assert.ThrowsAsync<RegistryException>(async () => await fixture.CreateWebhookAsync("https://10.0.0.1/"));
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.WebhookUrlRefused));
    }

    [Test]
    public async Task A_user_has_so_many_webhooks_and_removed_ones_do_not_count()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine, WebhookFixture.LocalOptions with { MaxPerUser = 2 });
        var first = await fixture.CreateWebhookAsync(Url);
        await fixture.CreateWebhookAsync(Url);
        var error = Assert.ThrowsAsync<RegistryException>(async () => await fixture.CreateWebhookAsync(Url));
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.LimitReached));
        await fixture.CreateWebhookAsync(Url, "user-2");
        await fixture.Service.RemoveAsync(WebhookFixture.User, first.Id, default);
        await fixture.CreateWebhookAsync(Url);
        Assert.That(await fixture.Service.ListAsync(WebhookFixture.User, default), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Another_users_webhook_is_as_if_it_were_not_there()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var own = await fixture.CreateWebhookAsync(Url);
        Assert.That(await fixture.Service.ListAsync("user-2", default), Is.Empty);
        foreach (var id in new[] { own.Id, "no-such-webhook", "' OR 1=1 --" })
        {
            Func<Task>[] calls =
            [
                async () => await fixture.Service.RemoveAsync("user-2", id, default),
                async () => await fixture.Service.TestAsync("user-2", id, default),
                async () => await fixture.Service.ListDeliveriesAsync("user-2", id, default),
            ];
            foreach (var call in calls) Assert.That(Assert.ThrowsAsync<RegistryException>(async () => await call())!.Code, Is.EqualTo(ErrorCodes.NotFound));
        }
        Assert.That(await fixture.Service.ListAsync(WebhookFixture.User, default), Has.Count.EqualTo(1));
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, own.Id, default), Is.Empty, "nothing was sent either");
    }

    [Test]
    public async Task A_removed_webhook_is_gone_for_its_owner_too()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = await fixture.CreateWebhookAsync(Url);
        await fixture.Service.RemoveAsync(WebhookFixture.User, webhook.Id, default);
        Assert.That(await fixture.Service.ListAsync(WebhookFixture.User, default), Is.Empty);
        Assert.ThrowsAsync<RegistryException>(async () => await fixture.Service.RemoveAsync(WebhookFixture.User, webhook.Id, default));
        Assert.ThrowsAsync<RegistryException>(async () => await fixture.Service.TestAsync(WebhookFixture.User, webhook.Id, default));
    }

    [Test]
    public async Task Events_go_to_the_webhooks_of_their_user_that_listen()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var signed = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentSigned);
        var anchored = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.BatchAnchored);
        var both = await fixture.CreateWebhookAsync(Url, WebhookFixture.User, WebhookEvents.ContentSigned, WebhookEvents.BatchAnchored);
        var stranger = await fixture.CreateWebhookAsync(Url, "user-2", WebhookEvents.ContentSigned, WebhookEvents.BatchAnchored);
        await fixture.RegisterAsync();
        await fixture.Registry.AnchorPendingAsync(default);
        Assert.That(await EventsAsync(signed), Is.EqualTo(new[] { WebhookEvents.ContentSigned }));
        Assert.That(await EventsAsync(anchored), Is.EqualTo(new[] { WebhookEvents.BatchAnchored }));
        Assert.That(await EventsAsync(both), Is.EquivalentTo(new[] { WebhookEvents.BatchAnchored, WebhookEvents.ContentSigned }));
        Assert.That((await fixture.Service.ListDeliveriesAsync("user-2", stranger.Id, default)), Is.Empty);

        async Task<IEnumerable<string>> EventsAsync(Webhook webhook) =>
            (await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default)).Select(delivery => delivery.Event);
    }

    [Test]
    public async Task A_record_and_its_event_are_stored_both_or_neither()
    {
        await using var fixture = await WebhookFixture.CreateAsync(engine);
        var webhook = await fixture.CreateWebhookAsync(Url);
        await fixture.RegisterAsync("before");
        await fixture.Database.ExecuteAsync(engine == TestDatabase.Sqlite
            ? "CREATE TRIGGER broken BEFORE INSERT ON webhook_delivery BEGIN SELECT RAISE(ABORT, 'broken'); END"
            : """
              CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END';
              CREATE TRIGGER broken BEFORE INSERT ON webhook_delivery FOR EACH ROW EXECUTE FUNCTION broken();
              """);
        Assert.That(Assert.ThrowsAsync<RegistryException>(() => fixture.RegisterAsync("broken"))!.Code, Is.EqualTo(ErrorCodes.RegistryUnavailable));
        Assert.That(await fixture.Store.FindBySha256Async(WebhookFixture.Digest("broken"), 10, default), Is.Empty, "no record");
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default), Has.Count.EqualTo(1), "no event");
        await fixture.Database.ExecuteAsync(engine == TestDatabase.Sqlite ? "DROP TRIGGER broken" : "DROP TRIGGER broken ON webhook_delivery");
        await fixture.RegisterAsync("broken");
        Assert.That(await fixture.Store.FindBySha256Async(WebhookFixture.Digest("broken"), 10, default), Has.Count.EqualTo(1));
        Assert.That(await fixture.Service.ListDeliveriesAsync(WebhookFixture.User, webhook.Id, default), Has.Count.EqualTo(2));
    }
}
