using System.Net;

namespace Tectra.Server.Tests.Security;

/// <summary>Each with a server of its own: what is counted must not be counted twice.</summary>
internal sealed class RateLimitTests
{
    private static readonly string Observation = $$"""{"sha256":"{{Tenant.Digest("x")}}"}""";

    [Test]
    public async Task Verifications_are_limited_by_address_and_the_answer_says_when_to_come_again()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { VerificationsPerMinute = 3 });
        for (var i = 0; i < 3; i++) Assert.That((await server.PostJsonAsync("/api/v1/verify", Observation)).Status, Is.EqualTo(HttpStatusCode.OK));
        var limited = await server.PostJsonAsync("/api/v1/evidence/find", Observation);
        Assert.That(((int)limited.Status, limited.Code), Is.EqualTo((429, "rate_limited")));
        Assert.That(limited.Message.Headers.RetryAfter!.Delta!.Value.TotalSeconds, Is.InRange(1, 60));
        Assert.That((await server.GetAsync("/health")).Status, Is.EqualTo(HttpStatusCode.OK), "whatever the limits");
        Assert.That((await server.GetAsync("/api/v1/registry")).Status, Is.EqualTo(HttpStatusCode.OK), "counted apart");
    }

    [Test]
    public async Task A_header_that_names_another_address_is_believed_from_trusted_proxies_only()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { VerificationsPerMinute = 1 });
        Assert.That(await VerifyAsync(server, "203.0.113.1"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await VerifyAsync(server, "203.0.113.2"), Is.EqualTo(HttpStatusCode.TooManyRequests));

        await using var behind = await TestServer.StartAsync(TestServer.Sqlite, options => options with { VerificationsPerMinute = 1, TrustedProxies = ["127.0.0.0/8", "10.1.2.3"] });
        Assert.That(await VerifyAsync(behind, "203.0.113.1"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await VerifyAsync(behind, "203.0.113.2"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await VerifyAsync(behind, "203.0.113.1"), Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await VerifyAsync(behind, "198.51.100.7, 203.0.113.1"), Is.EqualTo(HttpStatusCode.TooManyRequests), "what stands before the last one anybody can write");
        Assert.That(await VerifyAsync(behind, "203.0.113.3, 10.1.2.3"), Is.EqualTo(HttpStatusCode.OK), "but a proxy before a proxy is believed");
        Assert.That(await VerifyAsync(behind, "2001:db8:1:2::1"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await VerifyAsync(behind, "2001:db8:1:2:ffff::2"), Is.EqualTo(HttpStatusCode.TooManyRequests), "one network");
        Assert.That(await VerifyAsync(behind, "2001:db8:1:3::1"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await VerifyAsync(behind, "::ffff:203.0.113.1"), Is.EqualTo(HttpStatusCode.TooManyRequests), "the same address");

        static async Task<HttpStatusCode> VerifyAsync(TestServer server, string forwardedFor)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/verify") { Content = new StringContent(Observation, System.Text.Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
            return (await server.SendAsync(request)).Status;
        }
    }

    [Test]
    public async Task A_key_that_may_verify_has_a_limit_of_its_own_and_another_key_has_not()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { VerificationsPerMinute = 1, KeyRequestsPerMinute = 10 });
        using var tenant = await Tenant.CreateAsync(server);
        var (verifying, reading) = (await tenant.CreateApiKeyAsync("verify"), await tenant.CreateApiKeyAsync("read"));
        Assert.That((await server.PostJsonAsync("/api/v1/verify", Observation)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await server.PostJsonAsync("/api/v1/verify", Observation, reading)).Code, Is.EqualTo("rate_limited"));
        for (var i = 0; i < 10; i++) Assert.That((await server.PostJsonAsync("/api/v1/verify", Observation, verifying)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await server.PostJsonAsync("/api/v1/verify", Observation, verifying)).Code, Is.EqualTo("rate_limited"));
        Assert.That((await server.GetAsync("/api/v1/auth/me", reading)).Status, Is.EqualTo(HttpStatusCode.OK), "each key counts for itself");
    }

    [Test]
    public async Task Logins_are_limited_by_account_whether_or_not_there_is_one()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { AccountAttemptsPerMinute = 3 });
        using var tenant = await Tenant.CreateAsync(server); // which logs in once
        foreach (var email in new[] { tenant.Email, tenant.Email.ToUpperInvariant(), "nobody@example.org", "Nobody@example.org", "nobody@EXAMPLE.org" })
            Assert.That((await server.PostAsync("/api/v1/auth/login", new { email, password = "a wrong password" })).Code, Is.EqualTo("credentials_invalid"));
        var known = await server.PostAsync("/api/v1/auth/login", new { email = tenant.Email, password = Tenant.Password });
        var unknown = await server.PostAsync("/api/v1/auth/login", new { email = "nobody@example.org", password = Tenant.Password });
        Assert.That(known.Code, Is.EqualTo("rate_limited"));
        Assert.That(known.Message.Headers.RetryAfter!.Delta!.Value.TotalSeconds, Is.InRange(1, 60));
        Assert.That(unknown.Text, Is.EqualTo(known.Text));
        Assert.That((await server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email })).Code, Is.EqualTo("rate_limited"), "so nobody is flooded with mails");
    }

    [Test]
    public async Task Attempts_at_accounts_are_limited_by_address()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { AuthAttemptsPerMinute = 4 });
        for (var i = 0; i < 4; i++) Assert.That((await server.PostAsync("/api/v1/auth/login", new { email = $"user{i}@example.org", password = "a wrong password" })).Code, Is.EqualTo("credentials_invalid"));
        foreach (var path in new[] { "register", "login", "forgot-password", "reset-password" })
        {
            var answer = await server.PostAsync($"/api/v1/auth/{path}", new { email = "another@example.org", password = "long enough" });
            Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((429, "rate_limited")), path);
            Assert.That(answer.Message.Headers.RetryAfter, Is.Not.Null);
        }
    }

    [Test]
    public async Task Wrong_credentials_are_told_apart_from_none_until_there_are_too_many_and_are_not_logged_any_more_then()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { AuthAttemptsPerMinute = 5 });
        for (var i = 0; i < 5; i++) Assert.That((await server.GetAsync("/api/v1/auth/me", "iai_wrong")).Code, Is.EqualTo("credentials_invalid"));
        for (var i = 0; i < 5; i++) Assert.That((await server.GetAsync("/api/v1/auth/me", "iai_wrong")).Code, Is.EqualTo("rate_limited"));
        Assert.That(server.Log.Lines.Count(line => line.Contains("Refused GET /api/v1/auth/me from")), Is.EqualTo(5));
        Assert.That((await server.GetAsync("/api/v1/auth/me")).Code, Is.EqualTo("authentication_required"));
    }

    [Test]
    public async Task Public_records_are_limited_by_address()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite, options => options with { PublicRequestsPerMinute = 2 });
        var path = $"/api/v1/content-records/public/search?sha256={Tenant.Digest("x")}";
        Assert.That((await server.GetAsync(path)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await server.GetAsync("/openapi/v1.json")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await server.GetAsync(path)).Code, Is.EqualTo("rate_limited"));
    }
}
