using Tectra.Registry.Storage;
using Tectra.Registry.Webhooks;

namespace Tectra.Registry.Tests.Webhooks;

public sealed class DeliverySlotsTests
{
    [Test]
    public void A_webhook_gets_four_places_and_one_while_it_fails()
    {
        var slots = new DeliverySlots(100);
        Assert.That(slots.Share(["a", "b"]), Is.EqualTo(new[] { new WebhookShare("a", 4), new WebhookShare("b", 4) }));
        slots.Take("a");
        Assert.That(slots.Share(["a"]), Is.EqualTo(new[] { new WebhookShare("a", 3) }));
        slots.GiveBack("a", succeeded: false);
        Assert.That(slots.Share(["a"]), Is.EqualTo(new[] { new WebhookShare("a", 1) }));
        slots.Take("a");
        Assert.That(slots.Share(["a"]), Is.Empty);
        slots.GiveBack("a", succeeded: true);
        Assert.That(slots.Share(["a"]), Is.EqualTo(new[] { new WebhookShare("a", 4) }));
    }

    [Test]
    public void No_more_places_are_shared_out_than_there_are()
    {
        var slots = new DeliverySlots(6);
        Assert.That(slots.Share(["a", "b", "c"]), Is.EqualTo(new[] { new WebhookShare("a", 4), new WebhookShare("b", 2) }));
        for (var i = 0; i < 6; i++) slots.Take($"{i}");
        Assert.That(slots.AnyFree, Is.False);
        Assert.That(slots.Share(["a"]), Is.Empty);
    }

    [Test]
    public void All_webhooks_of_one_user_leave_places_to_others()
    {
        var options = new WebhookOptions();
        Assert.That(options.MaxPerUser * DeliverySlots.PerWebhook, Is.LessThan(options.MaxConcurrent));
    }
}
