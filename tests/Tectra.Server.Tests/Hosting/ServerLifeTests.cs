using System.Net;
using Microsoft.Extensions.Logging;
using Tectra.Sdk;
using Tectra.Sdk.Keys;
using Tectra.Server.Hosting;

namespace Tectra.Server.Tests.Hosting;

/// <summary>Starting, ending, sharing a database, and losing it.</summary>
internal sealed class ServerLifeTests
{
    private static readonly string[] Engines = [TestServer.Sqlite, TestServer.Postgres];

    [TestCaseSource(nameof(Engines))]
    public async Task A_restart_keeps_accounts_records_logins_and_the_ledgers_key(string engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        using var tenant = await Tenant.CreateAsync(server);
        var record = await tenant.RegisterAsync("kept");
        await server.Registry.AnchorPendingAsync(default);
        var ledger = server.Server.LedgerKey;
        await server.RestartAsync();
        Assert.That(server.Server.LedgerKey, Is.EqualTo(ledger));
        Assert.That((await server.GetAsync("/api/v1/auth/me", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.OK));
        var evidence = await server.GetAsync($"/api/v1/content-records/{record.Certificate.RecordId}/evidence");
        Assert.That(evidence["anchor"].GetProperty("ledger").GetProperty("public_key").GetString(), Is.EqualTo(ledger.ToString()));
        await server.Registry.AuditLedgerAsync(default);
    }

    [Test]
    public async Task A_folder_may_have_a_ledger_key_of_the_callers()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-server-").FullName;
        using var fernet = FernetKey.Create();
        using var signer = SigningKey.Create();
        await using (var server = await TectraServer.CreateAsync(new ServerOptions(folder, fernet) { Urls = ["http://127.0.0.1:0"] }, signer, _ => { }))
            Assert.That(server.LedgerKey, Is.EqualTo(signer.PublicKey));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task A_server_runs_until_it_is_asked_to_end_and_an_address_that_is_taken_is_told()
    {
        await using var other = await TestServer.StartAsync(TestServer.Sqlite);
        await using var server = await TectraServer.CreateAsync(other.Options with { Urls = [other.Server.Urls[0]] }, configureLogging: _ => { });
        Assert.That(async () => await server.RunAsync(), Throws.InstanceOf<IOException>());

        await using var free = await TectraServer.CreateAsync(other.Options, configureLogging: _ => { });
        using var end = new CancellationTokenSource();
        var running = free.RunAsync(end.Token);
        using var client = new HttpClient();
        await Eventually.BecomesTrueAsync(() => free.Urls.All(url => !url.EndsWith(":0", StringComparison.Ordinal)));
        Assert.That(await client.GetStringAsync(new Uri($"{free.Urls[0]}/health")), Does.Contain("ok"));
        Assert.That(running.IsCompleted, Is.False);
        await end.CancelAsync();
        await running;
    }

    [TestCaseSource(nameof(Engines))]
    public async Task Another_Fernet_key_does_not_open_the_servers_secrets(string engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        using var other = FernetKey.Create();
        Assert.That(
            async () => await TectraServer.CreateAsync(new ServerOptions(server.Options.Database, other), configureLogging: _ => { }),
            Throws.TypeOf<KeyAccessException>().With.Property(nameof(TectraException.Code)).EqualTo("fernet_key_wrong").And.Message.Contains("TECTRA_FERNET_KEY"));
    }

    [Test]
    public async Task A_database_that_is_not_there_is_told_when_the_server_is_made()
    {
        using var fernet = FernetKey.Create();
        Assert.That(
            async () => await TectraServer.CreateAsync(new ServerOptions("postgres://tectra:s3cret@127.0.0.1:1/tectra", fernet), configureLogging: _ => { }),
            Throws.TypeOf<RegistryException>().With.Property(nameof(TectraException.Code)).EqualTo("registry_unavailable").And.Message.Not.Contains("s3cret"));
    }

    [Test]
    public async Task Several_servers_share_one_database_its_logins_its_keys_and_its_ledger()
    {
        await using var first = await TestServer.StartAsync(TestServer.Postgres);
        await using var second = await TestServer.StartAsync(first.Options.Database, first.Options.FernetKey);
        Assert.That(second.Server.LedgerKey, Is.EqualTo(first.Server.LedgerKey));
        using var tenant = await Tenant.CreateAsync(first);
        Assert.That((await second.GetAsync("/api/v1/auth/me", tenant.Token)).Status, Is.EqualTo(HttpStatusCode.OK), "a login at one is one at the other");

        var record = await tenant.RegisterAsync("shared", 0x5555AAAA5555AAAA);
        var observation = $$"""{"sha256":"{{Tenant.Digest("shared copy")}}","perceptual_hash":"5555aaaa5555aaaa"}""";
        Assert.That((await second.PostJsonAsync("/api/v1/verify", observation)).Get("record_id"), Is.EqualTo(record.Certificate.RecordId.ToString()), "found by its picture at once");

        var key = await first.PostAsync("/api/v1/keys/api-keys", new { name = "k", scopes = new[] { "read" } }, tenant.Token);
        Assert.That((await second.GetAsync("/api/v1/auth/me", key.Get("key"))).Status, Is.EqualTo(HttpStatusCode.OK));
        await first.DeleteAsync($"/api/v1/keys/api-keys/{key.Get("id")}", tenant.Token);
        Assert.That((await second.GetAsync("/api/v1/auth/me", key.Get("key"))).Code, Is.EqualTo("credentials_invalid"), "revoked at once everywhere");

        await Task.WhenAll(first.Registry.AnchorPendingAsync(default).AsTask(), second.Registry.AnchorPendingAsync(default).AsTask());
        Assert.That(await first.Registry.AuditLedgerAsync(default), Is.EqualTo(1));
        foreach (var server in new[] { first, second })
            Assert.That((await server.GetAsync($"/api/v1/content-records/{record.Certificate.RecordId}/certificate")).Get("blockchain_status"), Is.EqualTo("anchored"));
        await first.DeleteAsync($"/api/v1/content-records/{record.Certificate.RecordId}?reason=x", tenant.Token);
        Assert.That((await second.PostJsonAsync("/api/v1/verify", observation)).Text, Does.Contain("record_revoked"), "revoked at once everywhere");
    }

    [Test]
    public async Task Two_servers_that_start_on_an_empty_database_at_once_agree_on_its_secrets()
    {
        var database = await (await PostgresServer.GetSharedAsync()).CreateDatabaseAsync();
        using var fernet = FernetKey.Create();
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TectraServer.CreateAsync(new ServerOptions(database, fernet) { Urls = ["http://127.0.0.1:0"] }, configureLogging: _ => { })));
        Assert.That(servers.Select(server => server.LedgerKey).Distinct().Count(), Is.EqualTo(1));
        foreach (var server in servers) await server.DisposeAsync();
    }

    [Test]
    public async Task Without_its_database_a_server_says_so_and_recovers_by_itself()
    {
        await using var postgres = await PostgresServer.CreateAsync();
        await using var server = await TestServer.StartAsync(await postgres.CreateDatabaseAsync(), FernetKey.Create(), options => options with { AnchoringInterval = TimeSpan.FromMilliseconds(50) });
        using var tenant = await Tenant.CreateAsync(server);
        await Eventually.BecomesTrueAsync(async () => (await server.GetAsync("/health/ready")).Status == HttpStatusCode.OK);

        await postgres.StopAsync();
        var down = await server.PostJsonAsync("/api/v1/register", Tenant.Body(tenant.Sign("lost")), tenant.Token);
        Assert.That(((int)down.Status, down.Code), Is.EqualTo((503, "registry_unavailable")), down.Text);
        Assert.That(down.Message.Headers.RetryAfter, Is.Not.Null);
        Assert.That(down.Text, Does.Not.Contain("127.0.0.1").And.Not.Contain("Npgsql"));
        var unready = await server.GetAsync("/health/ready");
        Assert.That(((int)unready.Status, unready.Text), Is.EqualTo((503, """{"status":"database_unavailable"}""")));
        Assert.That((await server.GetAsync("/health")).Status, Is.EqualTo(HttpStatusCode.OK), "the process lives");
        await Eventually.BecomesTrueAsync(() => server.Log.Lines.Any(line => line.Contains("Anchoring failed")));

        await postgres.StartAsync();
        await Eventually.BecomesTrueAsync(async () => (await server.GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        var record = await tenant.RegisterAsync("found");
        await Eventually.BecomesTrueAsync(async () => (await server.GetAsync($"/api/v1/content-records/{record.Certificate.RecordId}/certificate")).Get("blockchain_status") == "anchored");
    }

    [TestCaseSource(nameof(Engines))]
    public async Task Records_are_anchored_by_themselves(string engine)
    {
        await using var server = await TestServer.StartAsync(engine, options => options with { AnchoringInterval = TimeSpan.FromMilliseconds(50) });
        using var tenant = await Tenant.CreateAsync(server);
        var record = await tenant.RegisterAsync("anchored");
        await Eventually.BecomesTrueAsync(async () => (await server.GetAsync($"/api/v1/content-records/{record.Certificate.RecordId}/certificate")).Get("blockchain_status") == "anchored");
    }

    [Test]
    public void After_failures_anchoring_waits_longer_and_longer_up_to_a_limit()
    {
        var interval = TimeSpan.FromSeconds(10);
        Assert.That(Enumerable.Range(0, 8).Select(failures => AnchoringService.WaitAfter(failures, interval).TotalSeconds), Is.EqualTo(new[] { 10d, 20, 40, 80, 160, 300, 300, 300 }));
        Assert.That(AnchoringService.WaitAfter(int.MaxValue, TimeSpan.FromDays(1)), Is.EqualTo(TimeSpan.FromDays(1)));
    }

    [TestCaseSource(nameof(Engines))]
    public async Task Idempotency_keys_are_forgotten_after_thirty_days(string engine)
    {
        await using var server = await TestServer.StartAsync(engine);
        using var tenant = await Tenant.CreateAsync(server);
        var key = await tenant.CreateApiKeyAsync("sign");
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(server.Log));
        using var housekeeping = new HousekeepingService(server.Registry, server.Clock, loggers.CreateLogger<HousekeepingService>());
        await server.PostJsonAsync("/api/v1/register", Tenant.Body(tenant.Sign("first")), key, "name");
        server.Clock.Now += TimeSpan.FromDays(30);
        await housekeeping.RunAsync(default);
        var second = Tenant.Body(tenant.Sign("second"));
        Assert.That((await server.PostJsonAsync("/api/v1/register", second, key, "name")).Code, Is.EqualTo("idempotency_key_reused"));
        server.Clock.Now += TimeSpan.FromSeconds(1);
        await housekeeping.RunAsync(default);
        Assert.That((await server.PostJsonAsync("/api/v1/register", second, key, "name")).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Without_a_mail_server_mails_are_in_the_log()
    {
        var log = new LogLines();
        var folder = Directory.CreateTempSubdirectory("tectra-server-").FullName;
        using var fernet = FernetKey.Create();
        await using (var server = await TectraServer.CreateAsync(new ServerOptions(folder, fernet) { Urls = ["http://127.0.0.1:0"] }, configureLogging: logging => logging.AddProvider(log)))
        {
            await server.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(server.Urls[0]) };
            foreach (var (path, body) in new[] { ("register", """{"email":"ada@example.org","password":"correct horse"}"""), ("forgot-password", """{"email":"ada@example.org"}""") })
            {
                using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                Assert.That((await client.PostAsync(new Uri($"/api/v1/auth/{path}", UriKind.Relative), content)).IsSuccessStatusCode, Is.True);
            }
            await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.Contains("Reset token: ")));
            Assert.That(log.Lines.Where(line => line.Contains("HTTP/1.1")), Is.Empty, "single requests are not logged");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task A_request_at_work_is_finished_when_the_server_is_asked_to_end()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite);
        using var tenant = await Tenant.CreateAsync(server);
        var body = System.Text.Encoding.UTF8.GetBytes(Tenant.Body(tenant.Sign("draining")));
        using var slow = new SlowContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/register") { Content = slow };
        request.Headers.Authorization = new("Bearer", await tenant.CreateApiKeyAsync("sign"));
        var sending = server.SendAsync(request);
        // The server is at it once it has noted the key's use.
        await Eventually.BecomesTrueAsync(async () => (await server.Registry.Store.ListApiKeysAsync(tenant.UserId, default))[0].LastUsedMilliseconds is not null);
        var stopping = server.Server.StopAsync();
        slow.Finish();
        Assert.That((await sending).Status, Is.EqualTo(HttpStatusCode.Created));
        await stopping;
        Assert.That(async () => await server.GetAsync("/health"), Throws.TypeOf<HttpRequestException>());
    }

    /// <summary>Sends one half, and the other one when it is told to.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowContent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new("application/json");
        }

        public void Finish() => _finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, _body.Length / 2));
            await stream.FlushAsync();
            await _finish.Task;
            await stream.WriteAsync(_body.AsMemory(_body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
