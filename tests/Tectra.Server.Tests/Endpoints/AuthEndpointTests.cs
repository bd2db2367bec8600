using System.Net;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class AuthEndpointTests(string engine) : ServerTests(engine)
{
    [Test]
    public async Task An_account_is_made_logs_in_and_is_shown_to_itself()
    {
        var made = await Server.PostAsync("/api/v1/auth/register", new { email = "  Ada@Example.ORG ", password = "correct horse", org_name = "Société Générale 🙂", org_type = "newsroom" });
        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        Assert.That(made.Get("user_id"), Does.Match("^user-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"));
        Assert.That(made.Get("email"), Is.EqualTo("ada@example.org"));
        Assert.That(made.Get("org_name"), Is.EqualTo("Société Générale 🙂"));
        Assert.That(made.Get("created_at"), Is.EqualTo("2026-11-20T16:00:00.000Z"));
        Assert.That(made.Text, Does.Not.Contain("argon2"));

        var login = await Server.PostAsync("/api/v1/auth/login", new { email = "ADA@example.org", password = "correct horse" });
        Assert.That(login.Status, Is.EqualTo(HttpStatusCode.OK), login.Text);
        Assert.That(login.Get("token_type"), Is.EqualTo("Bearer"));
        Assert.That(login["expires_in"].GetInt32(), Is.EqualTo(900));
        Assert.That(login.Get("user_id"), Is.EqualTo(made.Get("user_id")));

        var me = await Server.GetAsync("/api/v1/auth/me", login.Get("access_token"));
        Assert.That(me.Text, Is.EqualTo(made.Text));
    }

    [TestCase("", "email")]
    [TestCase("ada", "email")]
    [TestCase("@example.org", "email")]
    [TestCase("ada@", "email")]
    [TestCase("ada@localhost", "email")]
    [TestCase("ada@example..org", "email")]
    [TestCase(".ada@example.org", "email")]
    [TestCase("ada lovelace@example.org", "email")]
    [TestCase("ada@example.org\r\nBcc: eve@example.org", "email")]
    [TestCase("ada\0@example.org", "email")]
    [TestCase("short", "password")]
    [TestCase("", "org_name")]
    [TestCase("line\nbreak", "org_name")]
    [TestCase("nul\0", "org_name")]
    [TestCase("sep\u2028", "org_type")]
    public async Task A_text_that_breaks_its_rules_makes_no_account(string value, string field)
    {
        var body = new Dictionary<string, string> { ["email"] = "rules@example.org", ["password"] = "long enough" };
        body[field] = value;
        var answer = await Server.PostAsync("/api/v1/auth/register", body);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest), answer.Text);
        Assert.That(answer.Code, Is.EqualTo("request_malformed"));
    }

    [TestCase("email", 255)]
    [TestCase("password", 257)]
    [TestCase("org_name", 257)]
    [TestCase("org_type", 257)]
    public async Task A_text_that_is_too_long_makes_no_account(string field, int length)
    {
        var body = new Dictionary<string, string> { ["email"] = "long@example.org", ["password"] = "long enough" };
        body[field] = (field == "email" ? $"a@{string.Concat(Enumerable.Repeat("b.", length / 2))}" : "").PadRight(length, 'x');
        Assert.That((await Server.PostAsync("/api/v1/auth/register", body)).Code, Is.EqualTo("request_malformed"));
    }

    [Test]
    public async Task An_address_has_one_account_however_it_is_spelt_and_however_many_ask_at_once()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var again = await Server.PostAsync("/api/v1/auth/register", new { email = tenant.Email.ToUpperInvariant(), password = "another password" });
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.Code, Is.EqualTo("email_taken"));

        var many = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Server.PostAsync("/api/v1/auth/register", new { email = $"race-{Engine}@example.org", password = "long enough" })));
        Assert.That(many.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(many.Count(answer => answer.Code == "email_taken"), Is.EqualTo(5));
    }

    [Test]
    public async Task Whether_an_address_has_an_account_shows_neither_at_login_nor_when_a_password_is_forgotten()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var wrong = await Server.PostAsync("/api/v1/auth/login", new { email = tenant.Email, password = "not the password" });
        var unknown = await Server.PostAsync("/api/v1/auth/login", new { email = "nobody@example.org", password = "not the password" });
        var absurd = await Server.PostAsync("/api/v1/auth/login", new { email = "no address", password = new string('x', 5000) });
        Assert.That(wrong.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(wrong.Code, Is.EqualTo("credentials_invalid"));
        Assert.That(unknown.Text, Is.EqualTo(wrong.Text));
        Assert.That(absurd.Text, Is.EqualTo(wrong.Text));
        Assert.That(Headers(unknown), Is.EqualTo(Headers(wrong)));

        var known = await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var other = await Server.PostAsync("/api/v1/auth/forgot-password", new { email = "nobody@example.org" });
        Assert.That(known.Status, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(known.Text, Is.EqualTo("{}"));
        Assert.That(other.ToString(), Is.EqualTo(known.ToString()));
        Assert.That(Headers(other), Is.EqualTo(Headers(known)));
        await Server.Mails.WaitForTokenAsync(tenant.Email);
        Assert.That(Server.Mails.To("nobody@example.org"), Is.Empty);

        static string[] Headers(Answer answer) => [.. answer.Message.Headers.Concat(answer.Message.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order()];
    }

    [Test]
    public async Task A_forgotten_password_is_replaced_with_the_token_of_the_mail_once()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var key = await tenant.CreateApiKeyAsync("read");
        await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var token = await Server.Mails.WaitForTokenAsync(tenant.Email);

        var weak = await Server.PostAsync("/api/v1/auth/reset-password", new { token, new_password = "short" });
        Assert.That(weak.Code, Is.EqualTo("request_malformed"), "and the token isn't used up");
        var reset = await Server.PostAsync("/api/v1/auth/reset-password", new { token, new_password = "a new password" });
        Assert.That(reset.Status, Is.EqualTo(HttpStatusCode.NoContent), reset.Text);
        Assert.That(reset.Text, Is.Empty);

        Assert.That((await Server.PostAsync("/api/v1/auth/login", new { email = tenant.Email, password = Tenant.Password })).Code, Is.EqualTo("credentials_invalid"));
        Assert.That((await Server.GetAsync("/api/v1/auth/me", tenant.Token)).Code, Is.EqualTo("credentials_invalid"), "older logins have ended");
        Assert.That((await Server.GetAsync("/api/v1/auth/me", key)).Status, Is.EqualTo(HttpStatusCode.OK), "API keys are apart from the password");
        await tenant.LogInAsync("a new password");
        Assert.That((await Server.GetAsync("/api/v1/auth/me", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.OK));

        var again = await Server.PostAsync("/api/v1/auth/reset-password", new { token, new_password = "another password" });
        Assert.That((int)again.Status, Is.EqualTo(422));
        Assert.That(again.Code, Is.EqualTo("reset_token_invalid"));
    }

    [Test]
    public async Task Of_many_resets_with_one_token_at_once_one_succeeds()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var token = await Server.Mails.WaitForTokenAsync(tenant.Email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Server.PostAsync("/api/v1/auth/reset-password", new { token, new_password = $"password number {i}" })));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.NoContent), Is.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("x")]
    [TestCase("' OR '1'='1")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_token_that_was_never_sent_resets_nothing(string token) =>
        Assert.That((await Server.PostAsync("/api/v1/auth/reset-password", new { token, new_password = "a new password" })).Code, Is.EqualTo("reset_token_invalid"));
}

/// <summary>With a clock that the tests move.</summary>
internal sealed class AuthTimeTests(string engine) : ServerTests(engine)
{
    [Test]
    public async Task A_reset_token_ends_after_an_hour_and_when_a_newer_one_is_sent()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var first = await Server.Mails.WaitForTokenAsync(tenant.Email);
        await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var second = await Server.Mails.WaitForTokenAsync(tenant.Email, 2);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That((await Server.PostAsync("/api/v1/auth/reset-password", new { token = first, new_password = "a new password" })).Code, Is.EqualTo("reset_token_invalid"));
        Server.Clock.Now += TimeSpan.FromMinutes(60);
        Assert.That((await Server.PostAsync("/api/v1/auth/reset-password", new { token = second, new_password = "a new password" })).Code, Is.EqualTo("reset_token_invalid"));
    }

    [Test]
    public async Task A_login_ends_after_fifteen_minutes()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        Server.Clock.Now += TimeSpan.FromSeconds(899);
        Assert.That((await Server.GetAsync("/api/v1/auth/me", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.OK));
        Server.Clock.Now += TimeSpan.FromSeconds(1);
        var ended = await Server.GetAsync("/api/v1/auth/me", tenant.Token);
        Assert.That(ended.Code, Is.EqualTo("credentials_invalid"));
        Assert.That(ended.Message.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer error=\"invalid_token\""));
    }
}
