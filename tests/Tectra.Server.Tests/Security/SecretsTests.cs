using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk.Keys;
using Tectra.Server.Hosting;

namespace Tectra.Server.Tests.Security;

/// <summary>Where secrets must not be: logs, answers, telemetry, texts of objects, the database.</summary>
internal sealed class SecretsTests(string engine) : ServerTests(engine)
{
    [Test]
    public async Task No_secret_is_logged_measured_or_answered_whatever_happens()
    {
        var measured = new StringBuilder();
        using var activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Note($"{activity.OperationName} {activity.DisplayName} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.Start();

        using var tenant = await Tenant.CreateAsync(Server);
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        var seed = EncryptedPrivateKey.Protect(key, fernet, Server.Clock).Token;
        await tenant.RegisterKeyAsync(key, "press", seed);
        var apiKey = await tenant.CreateApiKeyAsync("read", "sign");
        const string Wrong = "a wrong password of mine", New = "an entirely new password";
        await Server.PostAsync("/api/v1/auth/login", new { email = tenant.Email, password = Wrong });
        await Server.PostAsync("/api/v1/auth/register", new { email = tenant.Email, password = Wrong });
        await Server.PostJsonAsync("/api/v1/auth/login", $$"""{"email":"{{tenant.Email}}","password":"{{Wrong}}""");
        await Server.PostJsonAsync("/api/v1/auth/login", $$"""{"email":"{{tenant.Email}}","{{Wrong}}":"password"}""");
        await Server.GetAsync("/api/v1/auth/me", $"{apiKey[..^1]}!");
        await Server.GetAsync("/api/v1/auth/me", $"{tenant.Token}x");
        await Server.GetAsync("/api/v1/dashboard/stats", await tenant.CreateApiKeyAsync("verify"));
        await Server.PostJsonAsync("/api/v1/register", Tenant.Body(tenant.Sign("secrets", key: key)), apiKey);
        await Server.PostJsonAsync("/api/v1/verify", $$"""{"sha256":"{{Tenant.Digest("secrets")}}"}""");
        await Server.PostAsync("/api/v1/auth/forgot-password", new { email = tenant.Email });
        var reset = await Server.Mails.WaitForTokenAsync(tenant.Email);
        var refusedReset = await Server.PostAsync("/api/v1/auth/reset-password", new { token = $"{reset[..^1]}!", new_password = New });
        var usedReset = await Server.PostAsync("/api/v1/auth/reset-password", new { token = reset, new_password = New });
        Assert.That(usedReset.Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(refusedReset.Text, Does.Not.Contain(reset[..20]));

        var account = (await Server.Registry.Store.FindAccountAsync(tenant.UserId, default))!;
        var tokens = Convert.ToBase64String(await ServerSecrets.GetAsync(Server.Registry.Store, Server.Options.FernetKey, ServerSecrets.Tokens, Server.Clock, default));
        var logged = string.Join('\n', Server.Log.Lines);
        string[] secrets = [Tenant.Password, Wrong, New, apiKey, apiKey[..20], tenant.Token, tenant.Token.Split('.')[2], seed, reset, account.PasswordHash, tokens, Encoding.ASCII.GetString(Server.Options.FernetKey.Export())];
        foreach (var secret in secrets)
        {
            Assert.That(logged, Does.Not.Contain(secret));
            Assert.That(measured.ToString(), Does.Not.Contain(secret));
        }
        Assert.That(logged, Does.Contain("Refused GET /api/v1/auth/me").And.Contain("an API key without the scope"), "what is refused is told");
        Assert.That(measured.ToString(), Does.Contain("tectra.server.request.duration").And.Contain("tectra.server.verifications").And.Contain("verdict").And.Contain("tectra.server.registrations"));

        void Note(string text)
        {
            lock (measured) measured.AppendLine(text);
        }
    }

    [Test]
    public async Task The_database_holds_digests_hashes_and_tokens_but_no_secret()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var apiKey = await tenant.CreateApiKeyAsync("read");
        var account = (await Server.Registry.Store.FindAccountAsync(tenant.UserId, default))!;
        Assert.That(account.PasswordHash, Does.StartWith("$argon2id$"));
        var stored = (await Server.Registry.Store.ListApiKeysAsync(tenant.UserId, default)).Single();
        Assert.That(stored.ToString(), Does.Not.Contain(apiKey));
        Assert.That(stored.SecretSha256.ToArray(), Is.EqualTo(SHA256.HashData(Encoding.UTF8.GetBytes(apiKey))));
        var secret = await Server.Registry.Store.FindServerSecretAsync(ServerSecrets.Tokens, default);
        Assert.That(secret, Does.StartWith("gAAAA"), "a Fernet token");
    }

    [Test]
    public void Options_and_mails_do_not_show_their_secrets_as_text()
    {
        using var key = FernetKey.Create();
        Assert.That(new ServerOptions("postgres://tectra:s3cret@db/tectra", key).ToString(), Does.Not.Contain("s3cret"));
        Assert.That(new Tectra.Registry.Accounts.Mail("a@example.org", "Subject", "token").ToString(), Does.Not.Contain("token"));
    }
}
