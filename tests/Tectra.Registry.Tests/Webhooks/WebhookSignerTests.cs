using Tectra.Registry.Webhooks;

namespace Tectra.Registry.Tests.Webhooks;

public sealed class WebhookSignerTests
{
    /// <summary>The vector that every reference library of Standard Webhooks tests itself with.</summary>
    [Test]
    public void The_signature_is_that_of_the_reference_libraries()
    {
        var secret = Convert.FromBase64String("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"[WebhookSigner.SecretPrefix.Length..]);
        Assert.That(
            WebhookSigner.Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8),
            Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    [Test]
    public void Id_timestamp_and_body_are_all_signed()
    {
        byte[] secret = [.. Enumerable.Range(0, WebhookSigner.SecretBytes).Select(i => (byte)i)];
        var signatures = new[]
        {
            WebhookSigner.Sign(secret, "evt_1", 1, "{}"u8),
            WebhookSigner.Sign(secret, "evt_2", 1, "{}"u8),
            WebhookSigner.Sign(secret, "evt_1", 2, "{}"u8),
            WebhookSigner.Sign(secret, "evt_1", 1, "{ }"u8),
            WebhookSigner.Sign([.. secret[..^1], 0], "evt_1", 1, "{}"u8),
        };
        Assert.That(signatures, Is.Unique);
        Assert.That(signatures, Is.All.StartsWith("v1,"));
    }

    [Test]
    public void A_secret_is_base64_behind_its_prefix() => Assert.That(WebhookSigner.Format([0xFF, 0xFE, 0xFD]), Is.EqualTo("whsec_//79"));
}
