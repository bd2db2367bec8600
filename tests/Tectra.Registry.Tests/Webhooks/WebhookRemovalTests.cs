using Tectra.Registry.Storage;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>What only a database with several writers can get wrong.</summary>
public sealed class WebhookRemovalTests
{
    [Test]
    public async Task A_webhook_that_is_removed_during_a_registration_leaves_nothing_waiting()
    {
        await using var fixture = await WebhookFixture.CreateAsync(TestDatabase.Postgres);
        var webhook = await fixture.CreateWebhookAsync("https://receiver.example/");
        await fixture.RegisterAsync("before");
        await fixture.Database.ExecuteAsync(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END';
            CREATE TRIGGER wait AFTER INSERT ON webhook_delivery FOR EACH ROW EXECUTE FUNCTION wait();
            """);
        var registering = fixture.RegisterAsync("meanwhile");
        await Task.Delay(200);
        await fixture.Service.RemoveAsync(WebhookFixture.User, webhook.Id, default);
        Assert.That(registering.IsCompleted, Is.True, "the removal waited for it");
        await registering;
        var log = await fixture.Store.ListDeliveriesAsync(webhook.Id, 10, default);
        Assert.That(log.Select(delivery => delivery.State), Is.EqualTo(new[] { DeliveryStates.Failed, DeliveryStates.Failed }));
    }
}
