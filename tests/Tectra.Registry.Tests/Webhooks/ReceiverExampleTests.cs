using System.Text.RegularExpressions;
using Tectra.Registry.Webhooks;

namespace Tectra.Registry.Tests.Webhooks;

public sealed partial class ReceiverExampleTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, WebhookSigner.SecretBytes).Select(i => (byte)i)];
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 16, 0, 0, TimeSpan.Zero);

    [Test]
    public void The_document_shows_the_lines_that_are_tested()
    {
        var document = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "webhooks.md"));
        var snippet = CSharpFence().Match(document).Groups[1].Value;
        Assert.That(snippet, Is.Not.Empty);
        Assert.That(File.ReadAllText(Path.Combine(TestData.Repository, "tests", "Tectra.Registry.Tests", "Webhooks", "ReceiverExample.cs")), Does.Contain(snippet));
    }

    [Test]
    public void A_message_is_genuine_with_its_own_secret_body_and_time_only()
    {
        var body = "{\"event\":\"webhook.test\"}"u8.ToArray();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = "evt_1",
            ["webhook-timestamp"] = $"{Now.ToUnixTimeSeconds()}",
            ["webhook-signature"] = WebhookSigner.Sign(Secret, "evt_1", Now.ToUnixTimeSeconds(), body),
        };
        var secret = WebhookSigner.Format(Secret);
        Assert.That(ReceiverExample.IsGenuine(headers, body, secret, Now), Is.True);
        Assert.That(ReceiverExample.IsGenuine(new Dictionary<string, string>(headers) { ["webhook-signature"] = $"v1,AAAA v2,BBBB {headers["webhook-signature"]}" }, body, secret, Now), Is.True, "one of several");
        Assert.That(ReceiverExample.IsGenuine(headers, body, secret, Now.AddMinutes(5)), Is.True);
        Assert.That(ReceiverExample.IsGenuine(headers, body, secret, Now.AddSeconds(301)), Is.False);
        Assert.That(ReceiverExample.IsGenuine(headers, body, secret, Now.AddSeconds(-301)), Is.False);
        Assert.That(ReceiverExample.IsGenuine(headers, [.. body, (byte)' '], secret, Now), Is.False);
        Assert.That(ReceiverExample.IsGenuine(headers, body, WebhookSigner.Format(new byte[WebhookSigner.SecretBytes]), Now), Is.False);
        Assert.That(ReceiverExample.IsGenuine(new Dictionary<string, string>(headers) { ["webhook-id"] = "evt_2" }, body, secret, Now), Is.False);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpFence();
}
