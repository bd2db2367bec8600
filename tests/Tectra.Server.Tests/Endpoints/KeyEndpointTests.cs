using System.Net;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class KeyEndpointTests(string engine) : ServerTests(engine)
{
    private const string ApiKeys = "/api/v1/keys/api-keys", SigningKeys = "/api/v1/keys/signing-keys";

    [Test]
    public async Task An_API_key_is_shown_once_listed_without_its_secret_and_refused_as_soon_as_it_is_revoked()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var made = await Server.PostAsync(ApiKeys, new { name = "camera 7", scopes = new[] { "read", "sign" } }, tenant.Token);
        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        var secret = made.Get("key");
        Assert.That(secret, Does.Match("^iai_[A-Za-z0-9_-]{43}$"));
        Assert.That((await Server.GetAsync("/api/v1/auth/me", secret)).Get("user_id"), Is.EqualTo(tenant.UserId));

        var list = await Server.GetAsync(ApiKeys, tenant.Token);
        var listed = list["items"].EnumerateArray().Single();
        Assert.That(listed.GetProperty("name").GetString(), Is.EqualTo("camera 7"));
        Assert.That(listed.GetProperty("prefix").GetString(), Is.EqualTo(secret[..12]));
        Assert.That(listed.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()), Is.EqualTo(new[] { "sign", "read" }));
        Assert.That(listed.GetProperty("revoked_at").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(list.Text, Does.Not.Contain(secret));

        Assert.That((await Server.DeleteAsync($"{ApiKeys}/{made.Get("id")}", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await Server.GetAsync("/api/v1/auth/me", secret)).Code, Is.EqualTo("credentials_invalid"));
        Assert.That((await Server.GetAsync(ApiKeys, tenant.Token)).Text, Does.Contain("\"revoked_at\":\"2026-11-20T"));
        Assert.That((await Server.DeleteAsync($"{ApiKeys}/{made.Get("id")}", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.NoContent), "once more");
    }

    [Test]
    public async Task The_time_of_an_API_keys_use_is_written_once_a_minute()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var secret = await tenant.CreateApiKeyAsync("read");
        var start = Server.Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Server.GetAsync("/api/v1/auth/me", secret)));
        Assert.That(await LastUsedAsync(), Is.EqualTo(start));
        Server.Clock.Now = start.AddSeconds(59);
        await Server.GetAsync("/api/v1/auth/me", secret);
        Assert.That(await LastUsedAsync(), Is.EqualTo(start));
        Server.Clock.Now = start.AddSeconds(60);
        await Server.GetAsync("/api/v1/auth/me", secret);
        Assert.That(await LastUsedAsync(), Is.EqualTo(start.AddSeconds(60)));
        Server.Clock.Now = start;

        async Task<DateTimeOffset> LastUsedAsync() => (await Server.GetAsync(ApiKeys, tenant.Token))["items"][0].GetProperty("last_used_at").GetDateTimeOffset();
    }

    [TestCase("""{"name":"k","scopes":[]}""")]
    [TestCase("""{"name":"k","scopes":["everything"]}""")]
    [TestCase("""{"name":"k","scopes":["read","read"]}""")]
    [TestCase("""{"name":"k","scopes":["Read"]}""")]
    [TestCase("""{"name":"k","scopes":[null]}""")]
    [TestCase("""{"name":"","scopes":["read"]}""")]
    [TestCase("""{"name":"a\u0000b","scopes":["read"]}""")]
    [TestCase("""{"scopes":["read"]}""")]
    public async Task An_API_key_has_a_name_and_known_scopes(string body)
    {
        using var tenant = await Tenant.CreateAsync(Server);
        Assert.That((await Server.PostJsonAsync(ApiKeys, body, tenant.Token)).Code, Is.EqualTo("request_malformed"));
    }

    [Test]
    public async Task A_signing_key_is_registered_by_who_proves_to_have_it_and_its_private_half_is_given_back_to_its_owner_only()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        using var stranger = await Tenant.CreateAsync(Server);
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        var token = EncryptedPrivateKey.Protect(key, fernet, Server.Clock).Token;
        var made = await tenant.RegisterKeyAsync(key, "press", token);
        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        Assert.That(made.Get("public_key"), Is.EqualTo(key.PublicKey.ToString()));
        Assert.That(made.Get("key_id"), Is.EqualTo(key.PublicKey.KeyId));
        Assert.That(made.Text, Does.Not.Contain(token));

        var again = await tenant.RegisterKeyAsync(key, "another name", token);
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(again.Text, Is.EqualTo(made.Text), "it stays as it was");

        var list = await Server.GetAsync(SigningKeys, tenant.Token);
        Assert.That(list["items"].EnumerateArray().Select(item => item.GetProperty("name").GetString()), Is.EquivalentTo(new[] { "production", "press" }));
        Assert.That(list.Text, Does.Not.Contain(token));

        var own = await Server.GetAsync($"{SigningKeys}/{made.Get("id")}", tenant.Token);
        Assert.That(own.Get("encrypted_private_key"), Is.EqualTo(token));
        using var unlocked = new EncryptedPrivateKey(key.PublicKey, own.Get("encrypted_private_key")).Unprotect(fernet);
        Assert.That(unlocked.PublicKey, Is.EqualTo(key.PublicKey));
        Assert.That((await Server.GetAsync($"{SigningKeys}/{made.Get("id")}", await tenant.CreateApiKeyAsync("sign"))).Get("encrypted_private_key"), Is.EqualTo(token));

        var foreign = await Server.GetAsync($"{SigningKeys}/{made.Get("id")}", stranger.Token);
        Assert.That(foreign.Code, Is.EqualTo("not_found"));
        Assert.That((await Server.GetAsync(SigningKeys, stranger.Token)).Text, Does.Not.Contain(made.Get("id")));
    }

    [Test]
    public async Task A_key_without_its_own_signature_for_this_account_is_refused()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        using var victim = await Tenant.CreateAsync(Server);
        using var key = SigningKey.Create();
        using var other = SigningKey.Create();
        Assert.That(await RegisterAsync(victim.Proof(key)), Is.EqualTo("key_proof_invalid"), "a proof for another account");
        Assert.That(await RegisterAsync(other.Sign(SigningKeyProof.Message(tenant.UserId, key.PublicKey)).ToString()), Is.EqualTo("key_proof_invalid"), "another key's signature");
        Assert.That(await RegisterAsync(new string('0', 128)), Is.EqualTo("key_proof_invalid"));
        Assert.That(await RegisterAsync("none"), Is.EqualTo("request_malformed"));
        Assert.That((await Server.GetAsync(SigningKeys, tenant.Token))["items"].GetArrayLength(), Is.EqualTo(1));

        // Even who really has the key can't take one that was registered first by somebody else.
        var stolen = await Server.PostAsync(SigningKeys, new { name = "n", public_key = victim.Key.PublicKey.ToString(), encrypted_private_key = (string?)null, proof = tenant.Proof(victim.Key) }, tenant.Token);
        Assert.That(stolen.Code, Is.EqualTo("key_owner_mismatch"));

        async Task<string?> RegisterAsync(string proof) => (await Server.PostAsync(SigningKeys, new { name = "n", public_key = key.PublicKey.ToString(), encrypted_private_key = (string?)null, proof }, tenant.Token)).Code;
    }

    [TestCase("a b")]
    [TestCase("")]
    [TestCase("a\u0000")]
    [TestCase("<script>")]
    public async Task What_is_no_Fernet_token_is_not_kept_as_a_private_key(string token)
    {
        using var tenant = await Tenant.CreateAsync(Server);
        using var key = SigningKey.Create();
        Assert.That((await tenant.RegisterKeyAsync(key, "n", token)).Code, Is.EqualTo("request_malformed"));
        Assert.That((await tenant.RegisterKeyAsync(key, "n", new string('A', 1025))).Code, Is.EqualTo("request_malformed"));
    }

    [Test]
    public async Task Of_many_registrations_of_one_key_at_once_one_makes_it_and_all_are_told_the_same()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        using var key = SigningKey.Create();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tenant.RegisterKeyAsync(key, "n")));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(answers.Select(answer => answer.Get("id")).Distinct().Count(), Is.EqualTo(1));
    }
}
