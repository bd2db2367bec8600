using System.Net;
using System.Text.Json;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class WebhookEndpointTests(string engine) : ServerTests(engine)
{
    private const string Webhooks = "/api/v1/webhooks";

    protected override ServerOptions Configure(ServerOptions options) => options with { AllowInsecureWebhooks = true, WebhookNetworks = ["127.0.0.1"] };

    [Test]
    public async Task A_webhook_is_made_listed_without_its_secret_and_removed()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var made = await Server.PostAsync(Webhooks, new { url = "https://receiver.example/hooks", events = new[] { "content.signed", "batch.anchored" } }, tenant.Token);
        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        Assert.That(made.Get("secret"), Does.Match("^whsec_[A-Za-z0-9+/]{43}=$"));
        var list = await Server.GetAsync(Webhooks, tenant.Token);
        var listed = list["items"].EnumerateArray().Single();
        foreach (var field in new[] { "id", "url", "created_at" }) Assert.That(listed.GetProperty(field).GetString(), Is.EqualTo(made.Get(field)));
        Assert.That(listed.GetProperty("events").EnumerateArray().Select(name => name.GetString()), Is.EqualTo(new[] { "content.signed", "batch.anchored" }));
        Assert.That(list.Text, Does.Not.Contain("whsec_"));
        Assert.That((await Server.DeleteAsync($"{Webhooks}/{made.Get("id")}", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await Server.DeleteAsync($"{Webhooks}/{made.Get("id")}", tenant.Token)).Code, Is.EqualTo("not_found"));
        Assert.That((await Server.GetAsync(Webhooks, tenant.Token))["items"].GetArrayLength(), Is.Zero);
    }

    [TestCase("""{"url":"https://receiver.example/","events":[]}""", 400, "request_malformed")]
    [TestCase("""{"url":"https://receiver.example/","events":["content.deleted"]}""", 400, "request_malformed")]
    [TestCase("""{"url":"https://receiver.example/","events":[null]}""", 400, "request_malformed")]
    [TestCase("""{"url":"https://receiver.example/"}""", 400, "request_malformed")]
    [TestCase("""{"url":null,"events":["content.signed"]}""", 400, "request_malformed")]
    [TestCase("""{"url":"https://receiver.example/","events":["content.signed"],"secret":"whsec_AAAA"}""", 400, "request_malformed")]
    [TestCase("""{"url":"","events":["content.signed"]}""", 422, "webhook_url_refused")]
    [TestCase("""{"url":"ftp://receiver.example/","events":["content.signed"]}""", 422, "webhook_url_refused")]
    [TestCase("""{"url":"https://10.0.0.1/","events":["content.signed"]}""", 422, "webhook_url_refused")]
    public async Task What_is_no_webhook_is_refused(string json, int status, string code)
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var answer = await Server.PostJsonAsync(Webhooks, json, tenant.Token);
        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((status, code)), answer.Text);
    }

    [Test]
    public async Task A_key_with_admin_changes_webhooks_and_one_with_read_only_sees_them()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var (admin, read, sign) = (await tenant.CreateApiKeyAsync("admin"), await tenant.CreateApiKeyAsync("read"), await tenant.CreateApiKeyAsync("sign"));
        var body = new { url = "http://127.0.0.1:1/", events = new[] { "content.signed" } };
        foreach (var key in new[] { read, sign }) Assert.That((await Server.PostAsync(Webhooks, body, key)).Code, Is.EqualTo("scope_missing"));
        var id = (await Server.PostAsync(Webhooks, body, admin)).Get("id");
        Assert.That((await Server.GetAsync(Webhooks, read))["items"].GetArrayLength(), Is.EqualTo(1));
        Assert.That((await Server.GetAsync($"{Webhooks}/{id}/deliveries", read)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Server.GetAsync(Webhooks, sign)).Code, Is.EqualTo("scope_missing"));
        foreach (var key in new[] { read, sign })
        {
            Assert.That((await Server.SendAsync(HttpMethod.Post, $"{Webhooks}/{id}/test", null, key)).Code, Is.EqualTo("scope_missing"));
            Assert.That((await Server.DeleteAsync($"{Webhooks}/{id}", key)).Code, Is.EqualTo("scope_missing"));
        }
        Assert.That((await Server.GetAsync(Webhooks)).Code, Is.EqualTo("authentication_required"));
        Assert.That((await Server.DeleteAsync($"{Webhooks}/{id}", admin)).Status, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [Test]
    public async Task Another_accounts_webhook_is_answered_like_one_that_does_not_exist()
    {
        using var owner = await Tenant.CreateAsync(Server);
        using var stranger = await Tenant.CreateAsync(Server);
        var id = (await Server.PostAsync(Webhooks, new { url = "http://127.0.0.1:1/", events = new[] { "content.signed" } }, owner.Token)).Get("id");
        foreach (var path in new[] { id, "0198f0a0-0000-7000-8000-000000000000", "no-uuid" })
        {
            Assert.That((await Server.DeleteAsync($"{Webhooks}/{path}", stranger.Token)).Code, Is.EqualTo("not_found"));
            Assert.That((await Server.SendAsync(HttpMethod.Post, $"{Webhooks}/{path}/test", null, stranger.Token)).Code, Is.EqualTo("not_found"));
            Assert.That((await Server.GetAsync($"{Webhooks}/{path}/deliveries", stranger.Token)).Code, Is.EqualTo("not_found"));
        }
        Assert.That((await Server.GetAsync(Webhooks, owner.Token))["items"].GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_test_a_registration_and_a_verification_reach_the_receiver_and_the_log_says_so()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        var id = (await Server.PostAsync(Webhooks, new { url = receiver.Url, events = new[] { "content.signed", "content.verified" } }, tenant.Token)).Get("id");
        var test = await Server.SendAsync(HttpMethod.Post, $"{Webhooks}/{id}/test", null, tenant.Token);
        Assert.That((test.Status, test.Get("event"), test.Get("state")), Is.EqualTo((HttpStatusCode.Accepted, "webhook.test", "waiting")));
        await Eventually.BecomesTrueAsync(() => receiver.Requests.Count == 1);
        Assert.That(receiver.Requests.First().Headers["webhook-id"], Is.EqualTo(test.Get("event_id")));

        var signed = await tenant.RegisterAsync("picture");
        await Eventually.BecomesTrueAsync(async () =>
        {
            await Server.PostAsync("/api/v1/verify", new { sha256 = Tenant.Digest("picture").ToString() });
            return receiver.Requests.Count == 3;
        });
        var posted = receiver.Requests.Skip(1).Select(request => JsonDocument.Parse(request.Body).RootElement).ToDictionary(body => body.GetProperty("event").GetString()!);
        Assert.That(posted.Keys, Is.EquivalentTo(new[] { "content.signed", "content.verified" }));
        Assert.That(posted.Values.Select(body => body.GetProperty("data").GetProperty("record_id").GetString()), Is.All.EqualTo(signed.Certificate.RecordId.ToString()));

        await Eventually.BecomesTrueAsync(async () =>
            (await Server.GetAsync($"{Webhooks}/{id}/deliveries", tenant.Token))["items"].EnumerateArray().Count(delivery => delivery.GetProperty("state").GetString() == "delivered") == 3);
    }
}
