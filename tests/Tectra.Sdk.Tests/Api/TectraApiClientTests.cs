using System.Text;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Tests.Verification;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Api;

public sealed class TectraApiClientTests
{
    private const string Address = "https://registry.example/base/", Id = "019345a0-0000-7000-8000-000000000001", Time = "2026-11-20T16:00:00.000Z";

    private static readonly string Key64 = new('a', 64);

    private static readonly string AccountJson = $$"""{"user_id":"u-1","email":"a@b.example","org_name":"Acme","org_type":null,"created_at":"{{Time}}","plan":"a newer server's"}""";

    private static readonly string WebhookJson = $$"""{"id":"{{Id}}","url":"https://hook.example/x","events":["content.signed"],"created_at":"{{Time}}","secret":"whsec_1"}""";

    private static readonly string DeliveryJson =
        $$"""{"id":"{{Id}}","event_id":"e","event":"content.signed","state":"waiting","attempts":0,"last_status":null,"last_error":null,"created_at":"{{Time}}","next_attempt_at":null,"delivered_at":null}""";

    private static readonly string SummaryJson =
        $$"""{"record_id":"{{Id}}","sha256":"{{Key64}}","watermarked_sha256":null,"perceptual_hash":"0123456789abcdef","signature_hex":"00","media_type":"image/png","origin_type":"camera_photo","public_key":"{{Key64}}","org_name":null,"device_id":null,"timestamp":"{{Time}}","registered_at":"{{Time}}","parent_record_id":null,"original_filename":"a.png","blockchain_status":"pending","blockchain_tx":null,"revoked_at":null}""";

    /// <summary>Everything that needs no certificate: what is called, what must be sent, what is answered.</summary>
    private static IEnumerable<TestCaseData> Endpoints()
    {
        const string auth = "api/v1/auth", keys = "api/v1/keys", records = "api/v1/content-records", hooks = "api/v1/webhooks";
        var createdKey = $$"""{"id":"{{Id}}","name":"ci","scopes":["sign"],"key":"iai_new","created_at":"{{Time}}"}""";
        var keyInfo = $$"""{"id":"{{Id}}","name":"ci","prefix":"iai_ab","scopes":["sign"],"created_at":"{{Time}}","last_used_at":null,"revoked_at":null}""";
        var signingKey = $$"""{"id":"{{Id}}","key_id":"0011","name":"production","public_key":"{{Key64}}","created_at":"{{Time}}"}""";
        var stats = $$"""{"total_records":3,"anchored_records":2,"pending_records":1,"revoked_records":0,"by_origin_type":{"camera_photo":3},"recent":[{{SummaryJson}}]}""";
        var page = $$"""{"items":[{{SummaryJson}}],"next_cursor":"c2"}""";
        var filter = new RecordFilter { Limit = 7, Cursor = "c/1", OriginType = "camera_photo", Status = "pending", From = Time, Until = Time, Sha256 = Key64, PublicKey = Key64 };
        var digest = Sha256Digest.Parse(Key64);
        return
        [
            Case("register account", c => c.RegisterAccountAsync("a@b.example", "pass word", "Acme"), "POST", $"{auth}/register", """{"email":"a@b.example","password":"pass word","org_name":"Acme","org_type":null}""", AccountJson, false),
            Case("login", c => c.LoginAsync("a@b.example", "pass word"), "POST", $"{auth}/login", """{"email":"a@b.example","password":"pass word"}""", """{"access_token":"e.y.J","token_type":"Bearer","expires_in":3600,"user_id":"u-1"}""", false),
            Case("me", c => c.GetAccountAsync(), "GET", $"{auth}/me", null, AccountJson, true),
            Case("forgot password", c => c.RequestPasswordResetAsync("a@b.example"), "POST", $"{auth}/forgot-password", """{"email":"a@b.example"}""", "{}", false),
            Case("reset password", c => c.ResetPasswordAsync("reset", "new one"), "POST", $"{auth}/reset-password", """{"token":"reset","new_password":"new one"}""", null, false),
            Case("create API key", c => c.CreateApiKeyAsync("ci", [ApiScopes.Sign, ApiScopes.Read]), "POST", $"{keys}/api-keys", """{"name":"ci","scopes":["sign","read"]}""", createdKey, true),
            Case("list API keys", c => c.ListApiKeysAsync(), "GET", $"{keys}/api-keys", null, $$"""{"items":[{{keyInfo}}]}""", true),
            Case("revoke API key", c => c.RevokeApiKeyAsync(Id), "DELETE", $"{keys}/api-keys/{Id}", null, null, true),
            Case("list signing keys", c => c.ListSigningKeysAsync(), "GET", $"{keys}/signing-keys", null, $$"""{"items":[{{signingKey}}]}""", true),
            Case("origin types", c => c.ListOriginTypesAsync(), "GET", "api/v1/origin-types", null, """{"items":[{"category":"camera","code":"camera_photo","label":"Camera Photo"}]}""", true),
            Case("registry", c => c.GetRegistryInfoAsync(), "GET", "api/v1/registry", null, $$"""{"ledger_public_key":"{{Key64}}","anchoring":"ledger"}""", true),
            Case("list records", c => c.ListRecordsAsync(filter), "GET", $"{records}?limit=7&cursor=c%2F1&origin_type=camera_photo&status=pending&from=2026-11-20T16%3A00%3A00.000Z&until=2026-11-20T16%3A00%3A00.000Z&sha256={Key64}&public_key={Key64}", null, page, true),
            Case("list first records", c => c.ListRecordsAsync(new RecordFilter()), "GET", $"{records}?limit=50", null, page, true),
            Case("search bytes", c => c.SearchAsync(RecordSearch.BySha256(digest)), "GET", $"{records}/public/search?sha256={Key64}&limit=50", null, page, true),
            Case("search pictures", c => c.SearchAsync(RecordSearch.ByPerceptualHash(new PerceptualHash(1), 3) with { Limit = 9, Cursor = "x" }), "GET", $"{records}/public/search?perceptual_hash=0000000000000001&radius=3&limit=9&cursor=x", null, page, true),
            Case("search payloads", c => c.SearchAsync(RecordSearch.ByPayload(new WatermarkPayload(1))), "GET", $"{records}/public/search?payload=00000000000000000000000000000001&limit=50", null, page, true),
            Case("search keys", c => c.SearchAsync(RecordSearch.ByPublicKey(PublicKey.Parse(Key64))), "GET", $"{records}/public/search?public_key={Key64}&limit=50", null, page, true),
            Case("segments", c => c.GetSegmentsAsync(RecordId.Parse(Id)), "GET", $"{records}/{Id}/segments", null, $$"""{"items":[{"index":0,"start_ms":0,"end_ms":40,"segment_hash":"{{Key64}}","aggregate_phash":"0123456789abcdef","frame_count":1}]}""", true),
            Case("create webhook", c => c.CreateWebhookAsync(new Uri("https://hook.example/x?a=1"), [WebhookEvents.ContentSigned]), "POST", hooks, """{"url":"https://hook.example/x?a=1","events":["content.signed"]}""", WebhookJson, true),
            Case("list webhooks", c => c.ListWebhooksAsync(), "GET", hooks, null, $$"""{"items":[{{WebhookJson}}]}""", true),
            Case("delete webhook", c => c.DeleteWebhookAsync(Id), "DELETE", $"{hooks}/{Id}", null, null, true),
            Case("test webhook", c => c.TestWebhookAsync(Id), "POST", $"{hooks}/{Id}/test", null, DeliveryJson, true),
            Case("webhook deliveries", c => c.ListWebhookDeliveriesAsync(Id), "GET", $"{hooks}/{Id}/deliveries", null, $$"""{"items":[{{DeliveryJson}}]}""", true),
            Case("stats", c => c.GetStatsAsync(), "GET", "api/v1/dashboard/stats", null, stats, true),
            Case("health", c => c.PingAsync(), "GET", "health", null, """{"status":"ok"}""", false),
            Case("ready", c => c.IsReadyAsync(), "GET", "health/ready", null, """{"status":"ok"}""", false),
            Case("revoke without reason", c => c.RevokeAsync(RecordId.Parse(Id), ""), "DELETE", $"{records}/{Id}", null, $$"""{"timestamp":"{{Time}}","reason":""}""", true),
            Case("revoke", c => c.RevokeAsync(RecordId.Parse(Id), "key lost & found"), "DELETE", $"{records}/{Id}?reason=key%20lost%20%26%20found", null, $$"""{"timestamp":"{{Time}}","reason":"key lost & found"}""", true),
        ];
    }

    [TestCaseSource(nameof(Endpoints))]
    public async Task Every_endpoint_has_its_verb_path_body_and_credentials(
        Func<TectraApiClient, Task<object?>> call, string verb, string path, string? body, string? answer, bool hasCredential)
    {
        using var registry = new FakeRegistry(() => answer is null ? new HttpResponseMessage(System.Net.HttpStatusCode.NoContent) : FakeRegistry.Json(answer));
        using var client = registry.Client();
        var result = await call(client);
        var sent = registry.Sent.Single();
        Assert.Multiple(() =>
        {
            Assert.That((sent.Verb, sent.Address), Is.EqualTo((verb, Address + path)));
            Assert.That(sent.Body, Is.EqualTo(body));
            Assert.That(sent.ContentType, Is.EqualTo(body is null ? null : "application/json"));
            Assert.That(sent.Authorization, Is.EqualTo(hasCredential ? "Bearer " + FakeRegistry.ApiKey : null));
            Assert.That($"{result}", Does.Not.Contain("iai_new").And.Not.Contain("whsec_").And.Not.Contain("e.y.J"), "no secret shows by chance");
        });
    }

    [Test]
    public async Task A_registration_is_sent_as_documented_and_its_receipt_read()
    {
        using var record = SignedRecord.Create(metadata: new Dictionary<string, string> { ["camera"] = "Ä\"1" });
        var envelope = record.Bundle.Envelope;
        var sig = Convert.ToBase64String(envelope.Signatures[0].Signature.ToArray());
        var json = $$$"""{"certificate":{"payload":"{{{Convert.ToBase64String(envelope.Payload)}}}","payloadType":"application/vnd.tectra.certificate+json","signatures":[{"keyid":"{{{record.Key.PublicKey.KeyId}}}","sig":"{{{sig}}}"}]},"metadata":"{\"camera\":\"Ä\\\"1\"}","watermark_payload":null,"original_filename":"a.png"}""";
        var receipt = $$"""{"record_id":"{{record.Certificate.RecordId}}","already_registered":true,"sha256":"","perceptual_hash":"","signature_hex":"","timestamp":"","blockchain_status":"pending"}""";
        var batch = $$$"""{"results":[{"record_id":"{{{record.Certificate.RecordId}}}","status":"registered","error":null},{"record_id":null,"status":"refused","error":{"code":"key_not_registered","message":"Register it."}}]}""";
        using var registry = new FakeRegistry(() => FakeRegistry.Json(receipt), () => FakeRegistry.Json(batch));
        using var client = registry.Client();
        var request = new RegistrationRequest(envelope, record.Bundle.MetadataJson) { OriginalFileName = "a.png" };

        Assert.That(await client.RegisterAsync(request), Is.EqualTo(new RegistrationReceipt(record.Certificate.RecordId, true)));
        var outcomes = await client.RegisterBatchAsync([request, request]);
        Assert.Multiple(() =>
        {
            Assert.That((registry.Sent[0].Verb, registry.Sent[0].Address, registry.Sent[0].Body), Is.EqualTo(("POST", Address + "api/v1/register", json)));
            Assert.That((registry.Sent[1].Verb, registry.Sent[1].Address, registry.Sent[1].Body), Is.EqualTo(("POST", Address + "api/v1/register-batch", $$"""{"records":[{{json}},{{json}}]}""")));
            Assert.That(outcomes[0].GetReceipt(), Is.EqualTo(new RegistrationReceipt(record.Certificate.RecordId, false)));
            Assert.That(outcomes[1].Refusal, Is.EqualTo(new RegistrationRefusal("key_not_registered", "Register it.")));
        });
        Assert.That(async () => await client.RegisterBatchAsync([]), Throws.ArgumentException);
        Assert.That(async () => await client.RegisterBatchAsync([.. Enumerable.Repeat(request, 101)]), Throws.ArgumentException);
        Assert.That(registry.Sent, Has.Count.EqualTo(2), "what can't be right isn't sent");
    }

    [Test]
    public async Task What_was_observed_is_sent_and_the_evidence_judged_here_or_the_verdict_taken()
    {
        using var record = SignedRecord.Create();
        var bundle = Encoding.UTF8.GetString(record.Bundle.ToJson());
        var policy = new VerificationPolicy(KeyTrust.Only(record.Key.PublicKey), KeyTrust.AnyKey);
        var report = Verifier.Verify(record.Delivered, [record.Bundle], EvidenceSource.Registry, policy, SignedRecord.Clock.Now);
        var newer = Encoding.UTF8.GetString(report.ToJson()).Replace("{\"authentic\"", "{\"new_field\":1,\"authentic\"", StringComparison.Ordinal);
        using var registry = new FakeRegistry(() => FakeRegistry.Json($$"""{"items":[{{bundle}}]}"""), () => FakeRegistry.Json(newer));
        using var client = registry.Client();

        var own = await client.VerifyAsync(record.Delivered, policy, SignedRecord.Clock);
        var verdict = await client.VerifyOnServerAsync(record.Delivered, new LookupOptions { PerceptualRadius = 5, IsExhaustive = true });
        Assert.Multiple(() =>
        {
            Assert.That(own.PassedChecks, Is.EqualTo(4));
            Assert.That((verdict.Authentic, verdict.Confidence, verdict.Verdict, verdict.RecordId), Is.EqualTo((true, 1.0, "strongly_authentic", (RecordId?)record.Certificate.RecordId)));
            Assert.That(verdict.Report.GetProperty("new_field").GetInt32(), Is.EqualTo(1));
            Assert.That(registry.Sent.Select(sent => sent.Address), Is.EqualTo(new[] { Address + "api/v1/evidence/find", Address + "api/v1/verify" }));
            Assert.That(registry.Sent[1].Body, Is.EqualTo(
                $$"""{"sha256":"{{record.Certificate.WatermarkedSha256}}","media_type":"image/png","width":768,"height":512,"perceptual_hash":"0123456789abcdef","perceptual_hash_doubt":null,"perceptual_hash_problem":null,"watermark":{"found":true,"payload":"{{record.Certificate.WatermarkPayload}}","confidence":22,"geometry":null,"alteration":null},"watermark_problem":null,"perceptual_radius":5,"exhaustive":true}"""));
        });
    }

    [Test]
    public async Task Records_are_read_with_their_evidence_certificate_and_chain()
    {
        using var record = SignedRecord.Create();
        var id = record.Certificate.RecordId;
        var bundle = Encoding.UTF8.GetString(record.Bundle.ToJson());
        var certificate = JsonSerializer.Serialize(PublicCertificateDocument.From(record.Bundle, isSubmitted: false), Wire.Json.PublicCertificateDocument);
        using var registry = new FakeRegistry(
            () => FakeRegistry.Json(bundle),
            () => FakeRegistry.Json($$"""{"items":[{{bundle}}]}"""),
            () => FakeRegistry.Json(certificate),
            () => FakeRegistry.Json($$"""{"record":{{SummaryJson}},"evidence":{{bundle}},"chain":[]}"""));
        using var client = registry.Client();
        Assert.That((await client.GetEvidenceAsync(id))!.ToJson(), Is.EqualTo(record.Bundle.ToJson()));
        Assert.That((await client.GetCustodyChainAsync(id)).Single().Envelope.PayloadSha256, Is.EqualTo(record.Bundle.Envelope.PayloadSha256));
        var found = await client.GetCertificateAsync(id);
        Assert.That((found!.BlockchainStatus, found.BlockchainTx, found.Envelope.PayloadSha256), Is.EqualTo(("anchored", record.Bundle.Anchor!.Reference, record.Bundle.Envelope.PayloadSha256)));
        var detail = await client.GetRecordAsync(id);
        Assert.That((detail!.Record.OriginalFilename, detail.Evidence.Envelope.PayloadSha256), Is.EqualTo(("a.png", record.Bundle.Envelope.PayloadSha256)));
        Assert.That(registry.Sent.Select(sent => sent.Address[(Address.Length + "api/v1/content-records".Length)..]), Is.EqualTo(new[] { $"/{id}/evidence", $"/{id}/chain", $"/{id}/certificate", $"/{id}" }));
    }

    [Test]
    public async Task An_unknown_record_is_null_but_an_unknown_address_is_an_error()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Problem(404, "record_unknown", "No such record."));
        using var client = registry.Client();
        var id = RecordId.Parse(Id);
        Assert.That(await client.GetEvidenceAsync(id), Is.Null);
        Assert.That(await client.GetCertificateAsync(id), Is.Null);
        Assert.That(await client.GetRecordAsync(id), Is.Null);
        Assert.That(await client.GetCustodyChainAsync(id), Is.Empty);
        Assert.That(await client.GetSegmentsAsync(id), Is.Empty);
        Assert.That(async () => await client.RevokeAsync(id, ""), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("record_unknown"));
        using var proxy = new FakeRegistry(() => FakeRegistry.Json("<html>", System.Net.HttpStatusCode.NotFound));
        using var lost = proxy.Client();
        Assert.That(async () => await lost.GetEvidenceAsync(id), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_answer_malformed"));
    }

    [Test]
    public void Evidence_of_another_record_than_the_one_asked_for_is_no_answer()
    {
        using var record = SignedRecord.Create();
        using var other = SignedRecord.Create("other");
        using var registry = new FakeRegistry(() => FakeRegistry.Json(Encoding.UTF8.GetString(other.Bundle.ToJson())));
        using var client = registry.Client();
        Assert.That(async () => await client.GetEvidenceAsync(record.Certificate.RecordId), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_answer_malformed"));
    }

    [Test]
    public async Task A_signing_key_is_registered_with_the_proof_that_it_can_sign()
    {
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        var encrypted = EncryptedPrivateKey.Protect(key, fernet, SignedRecord.Clock);
        var info = $$"""{"id":"{{Id}}","key_id":"{{key.PublicKey.KeyId}}","name":"production","public_key":"{{key.PublicKey}}","created_at":"{{Time}}"}""";
        using var registry = new FakeRegistry(() => FakeRegistry.Json(AccountJson), () => FakeRegistry.Json(info));
        using var client = registry.Client();
        var registered = await client.RegisterSigningKeyAsync(key, "production", encrypted);
        Assert.That(registered.Id, Is.EqualTo(Id));
        Assert.That(registry.Sent.Select(sent => $"{sent.Verb} {sent.Address}"), Is.EqualTo(new[] { $"GET {Address}api/v1/auth/me", $"POST {Address}api/v1/keys/signing-keys" }));
        using var body = JsonDocument.Parse(registry.Sent[1].Body!);
        var proof = Signature.Parse(body.RootElement.GetProperty("proof").GetString());
        Assert.Multiple(() =>
        {
            Assert.That(key.PublicKey.Verify(Encoding.UTF8.GetBytes($"tectra-key-1\nu-1\n{key.PublicKey}\n"), proof), Is.True);
            Assert.That(body.RootElement.GetProperty("name").GetString(), Is.EqualTo("production"));
            Assert.That(body.RootElement.GetProperty("public_key").GetString(), Is.EqualTo(key.PublicKey.ToString()));
            Assert.That(body.RootElement.GetProperty("encrypted_private_key").GetString(), Is.EqualTo(encrypted.Token));
        });
        using var other = SigningKey.Create();
        Assert.That(async () => await client.RegisterSigningKeyAsync(other, "x", encrypted), Throws.ArgumentException);
    }

    [Test]
    public async Task The_signing_key_is_fetched_and_opened_here()
    {
        using var key = SigningKey.Create();
        using var fernet = FernetKey.Create();
        var fernetText = Encoding.ASCII.GetString(fernet.Export());
        var token = EncryptedPrivateKey.Protect(key, fernet, SignedRecord.Clock).Token;
        string Info(string? encrypted) => $$"""{"id":"{{Id}}","key_id":"k","name":"n","public_key":"{{key.PublicKey}}","created_at":"{{Time}}","encrypted_private_key":{{JsonSerializer.Serialize(encrypted)}}}""";
        using var registry = new FakeRegistry(
            () => FakeRegistry.Json(Info(token)), () => FakeRegistry.Json(Info(token)), () => FakeRegistry.Json(Info(null)), () => FakeRegistry.Problem(404, "not_found"), () => FakeRegistry.Json(Info(token)));
        var options = FakeRegistry.Options with { SigningKeyId = Id, FernetKey = fernetText };
        using var client = registry.Client(options);
        using (var opened = await client.OpenSigningKeyAsync()) Assert.That(opened.PublicKey, Is.EqualTo(key.PublicKey));
        Assert.That((await client.GetSigningKeyAsync(Id)).Token, Is.EqualTo(token));
        Assert.That(async () => await client.GetSigningKeyAsync(Id), Refused("signing_key_unknown"), "only the public half is there");
        Assert.That(async () => await client.GetSigningKeyAsync(Id), Refused("signing_key_unknown"));
        Assert.That(registry.Sent.Select(sent => $"{sent.Verb} {sent.Address}"), Is.All.EqualTo($"GET {Address}api/v1/keys/signing-keys/{Id}"));

        using var wrong = FernetKey.Create();
        using var locked = registry.Client(options with { FernetKey = Encoding.ASCII.GetString(wrong.Export()) });
        Assert.That(async () => await locked.OpenSigningKeyAsync(), Refused("fernet_key_wrong"));
        using var unset = registry.Client();
        Assert.That(async () => await unset.OpenSigningKeyAsync(), Refused("signing_key_unknown"));

        static NUnit.Framework.Constraints.Constraint Refused(string code) => Throws.InstanceOf<KeyAccessException>().With.Property("Code").EqualTo(code);
    }

    [Test]
    public async Task A_token_takes_the_API_keys_place_in_another_client()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Json(AccountJson));
        using var client = registry.Client();
        using var loggedIn = client.WithToken("e.y.J");
        await loggedIn.GetAccountAsync();
        await client.GetAccountAsync();
        Assert.That(registry.Sent.Select(sent => sent.Authorization), Is.EqualTo(new[] { "Bearer e.y.J", "Bearer " + FakeRegistry.ApiKey }));
        Assert.That($"{loggedIn}{client}", Does.Not.Contain("e.y.J").And.Not.Contain(FakeRegistry.ApiKey));
        Assert.That(() => client.WithToken("a\r\nb"), Throws.ArgumentException);
    }

    [Test]
    public void What_needs_an_account_is_not_sent_without_credentials()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Json("{}"));
        using var client = registry.Client(FakeRegistry.Options with { ApiKey = null });
        Assert.That(
            async () => await client.GetAccountAsync(),
            Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("authentication_required").And.Message.Contain("TECTRA_API_KEY"));
        Assert.That(registry.Sent, Is.Empty);
    }

    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("")]
    public void An_id_that_is_none_never_becomes_an_address(string id)
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Json("{}"));
        using var client = registry.Client();
        Assert.That(async () => await client.DeleteWebhookAsync(id), Throws.ArgumentException);
        Assert.That(registry.Sent, Is.Empty);
    }

    [Test]
    public async Task Whether_the_registry_is_ready_is_asked_once()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Json("""{"status":"filling"}""", System.Net.HttpStatusCode.ServiceUnavailable));
        using var client = registry.Client();
        Assert.That(await client.IsReadyAsync(), Is.False);
        Assert.That(registry.Sent, Has.Count.EqualTo(1));
    }

    private static TestCaseData Case<T>(string name, Func<TectraApiClient, ValueTask<T>> call, string verb, string path, string? body, string? answer, bool credential) =>
        new TestCaseData((Func<TectraApiClient, Task<object?>>)(async client => await call(client)), verb, path, body, answer, credential).SetArgDisplayNames(name);

    private static TestCaseData Case(string name, Func<TectraApiClient, ValueTask> call, string verb, string path, string? body, string? answer, bool credential) =>
        new TestCaseData(
            (Func<TectraApiClient, Task<object?>>)(async client =>
            {
                await call(client);
                return null;
            }),
            verb, path, body, answer, credential).SetArgDisplayNames(name);
}
