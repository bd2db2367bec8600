using System.Net;
using System.Text.Json;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests.Security;

/// <summary>Texts that mean something to a database, a shell, a browser or a log, in every place that takes a text.</summary>
internal sealed class InjectionTests(string engine) : ServerTests(engine)
{
    private static readonly string[] Texts =
    [
        "'; DROP TABLE record; --",
        "' OR '1'='1",
        "\" OR \"\"=\"",
        "1); DELETE FROM account WHERE (1=1",
        "' UNION SELECT password_hash FROM account --",
        "%' AND 1=1 --",
        "@user $1 :name ?",
        "\\'; SELECT pg_sleep(10); --",
        "$$; SELECT 1; $$",
        "<script>alert(1)</script>",
        "{0} {Message} %s %n",
        "${jndi:ldap://example.org/x}",
        "../../etc/passwd",
        "e\u0301 \u202Ecod.exe \uD83D\uDE00",
    ];

    [TestCaseSource(nameof(Texts))]
    public async Task A_text_is_stored_and_given_back_as_it_is_and_does_nothing(string text)
    {
        using var tenant = await Tenant.CreateAsync(Server, text, text);
        var me = await Server.GetAsync("/api/v1/auth/me", tenant.Token);
        Assert.That(me.Get("org_name"), Is.EqualTo(text));
        Assert.That(me.Get("org_type"), Is.EqualTo(text));

        var apiKey = await Server.PostAsync("/api/v1/keys/api-keys", new { name = text, scopes = new[] { "read" } }, tenant.Token);
        Assert.That(apiKey.Get("name"), Is.EqualTo(text));
        using var key = SigningKey.Create();
        Assert.That((await tenant.RegisterKeyAsync(key, text)).Get("name"), Is.EqualTo(text));
        Assert.That((await Server.GetAsync("/api/v1/keys/api-keys", tenant.Token))["items"][0].GetProperty("name").GetString(), Is.EqualTo(text));

        var metadata = JsonSerializer.Serialize(new { title = text });
        var signed = tenant.Sign($"injected {text}", device: text, metadata: metadata, orgName: text);
        var registered = await Server.PostJsonAsync("/api/v1/register", Tenant.Body(signed, metadata, text), tenant.Token, text.All(c => c is > ' ' and <= '~') ? text : null);
        Assert.That(registered.Status, Is.EqualTo(HttpStatusCode.Created), registered.Text);
        var id = signed.Certificate.RecordId.ToString();
        var revoked = await Server.DeleteAsync($"/api/v1/content-records/{id}?reason={Uri.EscapeDataString(text)}", tenant.Token);
        Assert.That(revoked.Get("reason"), Is.EqualTo(text));
        var detail = await Server.GetAsync($"/api/v1/content-records/{id}", tenant.Token);
        Assert.That(detail["record"].GetProperty("original_filename").GetString(), Is.EqualTo(text));
        Assert.That(detail["record"].GetProperty("device_id").GetString(), Is.EqualTo(text));
        Assert.That(detail["record"].GetProperty("org_name").GetString(), Is.EqualTo(text));
        Assert.That(detail["evidence"].GetProperty("metadata").GetString(), Is.EqualTo(metadata));
        Assert.That(detail["evidence"].GetProperty("revocation").GetProperty("reason").GetString(), Is.EqualTo(text));
    }

    [TestCaseSource(nameof(Texts))]
    public async Task A_text_where_an_id_a_filter_or_credentials_belong_finds_nothing_and_changes_nothing(string text)
    {
        using var tenant = await Tenant.CreateAsync(Server);
        await tenant.RegisterAsync($"kept {text}");
        var escaped = Uri.EscapeDataString(text);
        foreach (var path in new[] { "/api/v1/content-records/", "/api/v1/keys/signing-keys/" })
            Assert.That((int)(await Server.GetAsync(path + escaped, tenant.Token)).Status, Is.EqualTo(404));
        Assert.That((int)(await Server.DeleteAsync($"/api/v1/keys/api-keys/{escaped}", tenant.Token)).Status, Is.EqualTo(404));
        Assert.That((int)(await Server.DeleteAsync($"/api/v1/content-records/{escaped}", tenant.Token)).Status, Is.EqualTo(404));
        foreach (var filter in new[] { "limit", "cursor", "status", "from", "until", "sha256", "public_key" })
            Assert.That((await Server.GetAsync($"/api/v1/content-records?{filter}={escaped}", tenant.Token)).Code, Is.EqualTo("request_malformed"), filter);
        foreach (var criterion in new[] { "sha256", "perceptual_hash", "payload", "public_key" })
            Assert.That((await Server.GetAsync($"/api/v1/content-records/public/search?{criterion}={escaped}")).Code, Is.EqualTo("request_malformed"), criterion);
        Assert.That((await Server.GetAsync($"/api/v1/content-records?origin_type={escaped}", tenant.Token))["items"].GetArrayLength(), Is.Zero);
        Assert.That((await Server.PostAsync("/api/v1/auth/login", new { email = text, password = text })).Code, Is.EqualTo("credentials_invalid"));
        Assert.That((await Server.PostAsync("/api/v1/auth/login", new { email = tenant.Email, password = text })).Code, Is.EqualTo("credentials_invalid"));
        Assert.That((await Server.PostAsync("/api/v1/auth/reset-password", new { token = text, new_password = "a new password" })).Code, Is.EqualTo("reset_token_invalid"));
        Assert.That((await Server.GetAsync("/api/v1/content-records", tenant.Token))["items"].GetArrayLength(), Is.EqualTo(1), "the record is still there");
    }
}
