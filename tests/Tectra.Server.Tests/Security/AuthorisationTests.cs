using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tectra.Sdk.Api;
using Tectra.Server.Hosting;
using Tectra.Server.Http;

namespace Tectra.Server.Tests.Security;

/// <summary>Who may do what: a table of every endpoint, written down apart from the code, and every wrong way to ask.</summary>
internal sealed class AuthorisationTests(string engine) : ServerTests(engine)
{
    private const string Anybody = "anybody", Public = "public", Account = "account", Login = "login";

    /// <summary>The contract: who may call what. A word that is a scope means a login, or an API key with that scope or <c>admin</c>.</summary>
    private static readonly Dictionary<string, string> Contract = new()
    {
        ["GET /health"] = Anybody,
        ["GET /health/ready"] = Anybody,
        ["GET /openapi/v1.json"] = Anybody,
        ["POST /api/v1/auth/register"] = Anybody,
        ["POST /api/v1/auth/login"] = Anybody,
        ["POST /api/v1/auth/forgot-password"] = Anybody,
        ["POST /api/v1/auth/reset-password"] = Anybody,
        ["GET /api/v1/auth/me"] = Account,
        ["POST /api/v1/keys/api-keys"] = Login,
        ["GET /api/v1/keys/api-keys"] = Login,
        ["DELETE /api/v1/keys/api-keys/{id}"] = Login,
        ["POST /api/v1/keys/signing-keys"] = ApiScopes.Sign,
        ["GET /api/v1/keys/signing-keys"] = ApiScopes.Sign,
        ["GET /api/v1/keys/signing-keys/{id}"] = ApiScopes.Sign,
        ["GET /api/v1/origin-types"] = Anybody,
        ["GET /api/v1/registry"] = Anybody,
        ["POST /api/v1/register"] = ApiScopes.Sign,
        ["POST /api/v1/register-batch"] = ApiScopes.Sign,
        ["POST /api/v1/verify"] = Public,
        ["POST /api/v1/evidence/find"] = Public,
        ["GET /api/v1/content-records"] = ApiScopes.Read,
        ["GET /api/v1/content-records/{id}"] = ApiScopes.Read,
        ["DELETE /api/v1/content-records/{id}"] = ApiScopes.Sign,
        ["GET /api/v1/content-records/{id}/certificate"] = Public,
        ["GET /api/v1/content-records/{id}/evidence"] = Public,
        ["GET /api/v1/content-records/{id}/chain"] = Public,
        ["GET /api/v1/content-records/{id}/segments"] = Public,
        ["GET /api/v1/content-records/public/search"] = Public,
        ["GET /api/v1/dashboard/stats"] = ApiScopes.Read,
        ["POST /api/v1/webhooks"] = ApiScopes.Admin,
        ["GET /api/v1/webhooks"] = ApiScopes.Read,
        ["DELETE /api/v1/webhooks/{id}"] = ApiScopes.Admin,
        ["POST /api/v1/webhooks/{id}/test"] = ApiScopes.Admin,
        ["GET /api/v1/webhooks/{id}/deliveries"] = ApiScopes.Read,
    };

    private static string[] Endpoints => [.. Contract.Keys];

    private Tenant _tenant = null!;
    private Tenant _stranger = null!;
    private Dictionary<string, string> _keys = null!;
    private Dictionary<string, string> _wrong = null!;

    [OneTimeSetUp]
    public async Task CreateCredentials()
    {
        _tenant = await Tenant.CreateAsync(Server);
        _stranger = await Tenant.CreateAsync(Server);
        _keys = [];
        foreach (var scope in ApiScopes.All) _keys[scope] = await _tenant.CreateApiKeyAsync(scope);
        _wrong = await MakeWrongCredentialsAsync();
    }

    [OneTimeTearDown]
    public void DisposeTenants()
    {
        _tenant.Dispose();
        _stranger.Dispose();
    }

    [Test]
    public void The_table_lists_every_endpoint_that_there_is()
    {
        var mapped = Server.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<ApiEndpoint>()!).Select(endpoint => $"{endpoint.Method} {endpoint.Path}");
        Assert.That(mapped, Is.EquivalentTo(Contract.Keys));
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task Without_credentials_only_what_is_public_answers(string endpoint)
    {
        var answer = await AskAsync(endpoint, null);
        if (Contract[endpoint] is Anybody or Public)
        {
            Assert.That((int)answer.Status, Is.Not.EqualTo(401).And.Not.EqualTo(403));
            return;
        }
        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((401, "authentication_required")));
        Assert.That(answer.Message.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task Wrong_credentials_are_refused_whatever_is_wrong_with_them(string endpoint)
    {
        foreach (var (what, header) in _wrong)
        {
            var answer = await AskAsync(endpoint, header);
            if (Contract[endpoint] == Anybody) Assert.That((int)answer.Status, Is.Not.EqualTo(401).And.Not.EqualTo(403), what);
            else Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((401, "credentials_invalid")), what);
        }
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task An_API_key_does_what_its_scope_allows_and_nothing_else(string endpoint)
    {
        foreach (var (scope, key) in _keys)
        {
            var answer = await AskAsync(endpoint, $"Bearer {key}");
            var isAllowed = Contract[endpoint] switch
            {
                Anybody or Public or Account => true,
                Login => false,
                var needed => scope == needed || scope == ApiScopes.Admin,
            };
            if (isAllowed) Assert.That((int)answer.Status, Is.Not.EqualTo(401).And.Not.EqualTo(403), scope);
            else Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((403, "scope_missing")), scope);
        }
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task A_login_does_everything(string endpoint) =>
        Assert.That((int)(await AskAsync(endpoint, $"Bearer {_tenant.Token}")).Status, Is.Not.EqualTo(401).And.Not.EqualTo(403));

    [TestCaseSource(nameof(Endpoints))]
    public async Task Another_accounts_ids_are_as_if_they_did_not_exist(string endpoint)
    {
        if (!endpoint.Contains("{id}") || Contract[endpoint] == Public) return;
        var foreign = endpoint switch
        {
            _ when endpoint.Contains("api-keys") => (await Server.GetAsync("/api/v1/keys/api-keys", _tenant.Token))["items"][0].GetProperty("id").GetString()!,
            _ when endpoint.Contains("signing-keys") => (await Server.GetAsync("/api/v1/keys/signing-keys", _tenant.Token))["items"][0].GetProperty("id").GetString()!,
            _ when endpoint.Contains("webhooks") => (await Server.PostAsync("/api/v1/webhooks", new { url = "https://receiver.invalid/", events = WebhookEvents.All }, _tenant.Token)).Get("id"),
            _ => (await _tenant.RegisterAsync($"foreign {endpoint}")).Certificate.RecordId.ToString(),
        };
        var answer = await AskAsync(endpoint, $"Bearer {_stranger.Token}", foreign);
        Assert.That((int)answer.Status, Is.EqualTo(404), answer.Text);
        Assert.That(answer.Code, Is.EqualTo("not_found").Or.EqualTo("record_unknown"));
        var own = await AskAsync(endpoint.Replace("DELETE", "GET"), $"Bearer {_tenant.Token}", foreign);
        Assert.That((int)own.Status, Is.EqualTo(200).Or.EqualTo(202).Or.EqualTo(405), "and still there for its owner");
    }

    [Test]
    public async Task Two_sets_of_credentials_in_one_request_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {_tenant.Token}", $"Bearer {_stranger.Token}"]);
        Assert.That((await Server.SendAsync(request)).Code, Is.EqualTo("credentials_invalid"));
    }

    private async Task<Answer> AskAsync(string endpoint, string? authorization, string id = "01890000-0000-7000-8000-000000000000")
    {
        var (method, path) = endpoint.Split(' ') is [var first, var second] ? (first, second) : throw new ArgumentException(endpoint);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", id));
        // No valid request of any endpoint: whoever gets in is told so with 400, and nothing happens.
        if (method == "POST") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await Server.SendAsync(request);
    }

    private async Task<Dictionary<string, string>> MakeWrongCredentialsAsync()
    {
        var secret = await ServerSecrets.GetAsync(Server.Registry.Store, Server.Options.FernetKey, ServerSecrets.Tokens, Server.Clock, default);
        var right = _tenant.Token;
        var mark = new JsonWebToken(right).GetPayloadValue<string>("pwd");
        var revoked = await Server.PostAsync("/api/v1/keys/api-keys", new { name = "revoked", scopes = ApiScopes.All }, right);
        await Server.DeleteAsync($"/api/v1/keys/api-keys/{revoked.Get("id")}", right);
        var key = _keys[ApiScopes.Admin];
        var (header, payload, signature) = right.Split('.') is [var h, var p, var s] ? (h, p, s) : throw new FormatException(right);
        Assert.That((await Server.GetAsync("/api/v1/auth/me", Token())).Status, Is.EqualTo(System.Net.HttpStatusCode.OK), "a token that is made here as the server does is taken");
        return new Dictionary<string, string>
        {
            ["no scheme"] = right,
            ["another scheme"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_tenant.Email}:{Tenant.Password}"))}",
            ["nothing"] = "Bearer",
            ["rubbish"] = "Bearer rubbish",
            ["rubbish in three parts"] = "Bearer a.b.c",
            ["a long text"] = $"Bearer {new string('a', 3000)}",
            ["a revoked key"] = $"Bearer {revoked.Get("key")}",
            ["an unknown key"] = $"Bearer iai_{new string('A', 43)}",
            ["a key cut short"] = $"Bearer {key[..^1]}",
            ["a key with one character more"] = $"Bearer {key}A",
            ["a key with another last character"] = $"Bearer {key[..^1]}{(key[^1] == 'A' ? 'E' : 'A')}",
            ["a key in capitals"] = $"Bearer {key.ToUpperInvariant()}",
            ["a token of another secret"] = $"Bearer {Token(with: new byte[32])}",
            ["a token that has expired"] = $"Bearer {Token(expires: Server.Clock.Now.AddSeconds(-1))}",
            ["a token that expires now"] = $"Bearer {Token(expires: Server.Clock.Now)}",
            ["a token that never expires"] = $"Bearer {Unending(secret)}",
            ["a token of another issuer"] = $"Bearer {Token(issuer: "other")}",
            ["a token for another audience"] = $"Bearer {Token(audience: "other")}",
            ["a token with another algorithm"] = $"Bearer {Token(algorithm: SecurityAlgorithms.HmacSha512, with: [.. secret, .. secret])}",
            ["a token of another password"] = $"Bearer {Token(password: "AAAAAAAAAAAAAAAA")}",
            ["a token without the password's mark"] = $"Bearer {Token(password: null)}",
            ["a token of nobody"] = $"Bearer {Token(subject: "user-nobody")}",
            ["a token without a signature"] = $"Bearer {header}.{payload}.",
            ["a token with alg none"] = $"Bearer {Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{payload}.",
            ["a token with alg None and a signature"] = $"Bearer {Base64UrlEncoder.Encode("""{"alg":"None","typ":"JWT"}""")}.{payload}.{signature}",
            ["a token with another payload"] = $"Bearer {header}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(payload).Replace(_tenant.UserId, _stranger.UserId))}.{signature}",
            ["a token with a key of its own"] = $"Bearer {Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}""")}.{payload}.{signature}",
        };

        string Token(byte[]? with = null, DateTimeOffset? expires = null, string issuer = "tectra", string audience = "tectra", string algorithm = SecurityAlgorithms.HmacSha256, string? subject = null, string? password = "")
        {
            var claims = new Dictionary<string, object> { ["sub"] = subject ?? _tenant.UserId };
            if (password is not null) claims["pwd"] = password.Length == 0 ? mark : password;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                Expires = (expires ?? Server.Clock.Now.AddMinutes(10)).UtcDateTime,
                Claims = claims,
                SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(with ?? secret), algorithm),
            });
        }

        string Unending(byte[] with) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "tectra",
            Audience = "tectra",
            Claims = new Dictionary<string, object> { ["sub"] = _tenant.UserId, ["pwd"] = mark },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(with), SecurityAlgorithms.HmacSha256),
        });
    }
}
