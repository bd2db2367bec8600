using System.Net;
using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class RegistrationEndpointTests(string engine) : ServerTests(engine)
{
    private const string Register = "/api/v1/register", Batch = "/api/v1/register-batch";

    private Tenant _tenant = null!;

    [SetUp]
    public async Task CreateTenant() => _tenant = await Tenant.CreateAsync(Server, "Example Press", "newsroom");

    [TearDown]
    public void DisposeTenant() => _tenant.Dispose();

    [Test]
    public async Task A_record_is_registered_once_and_its_receipt_says_what_was_signed()
    {
        var signed = _tenant.Sign("one", 0xF0F0F0F0F0F0F0F0, metadata: """{"title":"One"}""", orgName: "Example Press");
        var body = Tenant.Body(signed, """{"title":"One"}""", "DSC_0001.png");
        var first = await Server.PostJsonAsync(Register, body, _tenant.Token);
        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.Created), first.Text);
        Assert.That(first.Get("record_id"), Is.EqualTo(signed.Certificate.RecordId.ToString()));
        Assert.That(first["already_registered"].GetBoolean(), Is.False);
        Assert.That(first.Get("sha256"), Is.EqualTo(Tenant.Digest("one").ToString()));
        Assert.That(first.Get("perceptual_hash"), Is.EqualTo("f0f0f0f0f0f0f0f0"));
        Assert.That(first.Get("signature_hex"), Is.EqualTo(signed.Certificate.FingerprintSignature.ToString()));
        Assert.That(first.Get("blockchain_status"), Is.EqualTo("pending"));

        var second = await Server.PostJsonAsync(Register, body, await _tenant.CreateApiKeyAsync("sign"));
        Assert.That(second.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(second["already_registered"].GetBoolean(), Is.True);
        await AnchorAsync();
        Assert.That((await Server.PostJsonAsync(Register, body, _tenant.Token)).Get("blockchain_status"), Is.EqualTo("anchored"));
    }

    [Test]
    public async Task What_the_registry_refuses_it_refuses_with_its_own_code()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        using var unknown = SigningKey.Create();
        var signed = _tenant.Sign("refused");
        var other = _tenant.Sign("other");
        await Server.PostJsonAsync(Register, Tenant.Body(signed), _tenant.Token);

        await RefusesAsync(Tenant.Body(_tenant.Sign("a", key: unknown)), 422, "key_not_registered");
        await RefusesAsync(Tenant.Body(stranger.Sign("b")), 422, "key_owner_mismatch");
        await RefusesAsync(Tenant.Body(_tenant.Sign("c", orgName: "Another Press")), 422, "signer_identity_mismatch");
        await RefusesAsync(Tenant.Body(_tenant.Sign("d", parent: RecordId.Create(Server.Clock))), 422, "parent_unknown");
        await RefusesAsync(Tenant.Body(_tenant.Sign("e", metadata: "{}"), "{ }"), 422, "metadata_digest_mismatch");
        await RefusesAsync(Tenant.Body(other).Replace(Convert.ToBase64String(other.Envelope.Signatures[0].Signature.ToArray()), Convert.ToBase64String(new byte[64])), 422, "certificate_signature_invalid");
        await RefusesAsync(Tenant.Body(other).Replace("\"watermark_payload\":null", $"\"watermark_payload\":\"{new string('0', 32)}\""), 422, "watermark_payload_mismatch");
        await RefusesAsync($$$"""{"certificate":{"payload":"e30=","payloadType":"application/vnd.tectra.certificate+json","signatures":[{"keyid":"","sig":"{{{Convert.ToBase64String(new byte[64])}}}"}]}}""", 422, "certificate_malformed");
        await RefusesAsync("""{"certificate":{"payload":"!","payloadType":"x","signatures":[]}}""", 400, "request_malformed");

        async Task RefusesAsync(string body, int status, string code)
        {
            var answer = await Server.PostJsonAsync(Register, body, _tenant.Token);
            Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((status, code)), answer.Text);
        }
    }

    [Test]
    public async Task A_future_signing_time_is_refused_and_another_certificate_under_the_same_id_is_a_conflict()
    {
        var now = Server.Clock.Now;
        Server.Clock.Now = now.AddMinutes(6);
        var future = _tenant.Sign("future");
        Server.Clock.Now = now;
        Assert.That((await Server.PostJsonAsync(Register, Tenant.Body(future), _tenant.Token)).Code, Is.EqualTo("timestamp_in_future"));

        var signed = await _tenant.RegisterAsync("conflict");
        var forged = signed.Certificate with { MediaType = "image/jpeg" };
        var envelope = await Sdk.Certificates.DsseEnvelope.SignAsync(Sdk.Certificates.Certificate.PayloadType, forged.ToPayload(), _tenant.Key);
        var answer = await Server.PostJsonAsync(Register, Tenant.Body(new Sdk.Certificates.SignedCertificate(forged, envelope)), _tenant.Token);
        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((409, "record_conflict")));
    }

    [Test]
    public async Task A_batch_is_answered_record_by_record_and_a_child_may_follow_its_parent()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        var parent = _tenant.Sign("parent");
        var child = _tenant.Sign("child", parent: parent.Certificate.RecordId);
        var answer = await SendBatchAsync([Tenant.Body(parent), Tenant.Body(stranger.Sign("foreign")), Tenant.Body(child), Tenant.Body(parent)]);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        var results = answer["results"].EnumerateArray().ToList();
        Assert.That(results.Select(result => result.GetProperty("status").GetString()), Is.EqualTo(new[] { "registered", "refused", "registered", "already_registered" }));
        Assert.That(results[1].GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("key_owner_mismatch"));
        Assert.That(results[2].GetProperty("record_id").GetString(), Is.EqualTo(child.Certificate.RecordId.ToString()));
    }

    [Test]
    public async Task A_batch_has_one_to_a_hundred_records()
    {
        Assert.That((await SendBatchAsync([])).Code, Is.EqualTo("request_malformed"));
        var signed = Enumerable.Range(0, 101).Select(i => Tenant.Body(_tenant.Sign($"batch {i}"))).ToList();
        Assert.That((await SendBatchAsync(signed)).Code, Is.EqualTo("request_malformed"));
        var answer = await SendBatchAsync(signed[..100]);
        Assert.That(answer["results"].EnumerateArray().Select(result => result.GetProperty("status").GetString()), Is.All.EqualTo("registered"));
        Assert.That((await Server.PostJsonAsync(Batch, """{"records":[null]}""", _tenant.Token)).Code, Is.EqualTo("request_malformed"));
    }

    [Test]
    public async Task A_text_that_no_database_takes_refuses_its_record_and_not_its_batch()
    {
        var good = _tenant.Sign("good");
        var named = Tenant.Body(_tenant.Sign("named"), fileName: "x").Replace("\"original_filename\":\"x\"", "\"original_filename\":\"a\\u0000b\"");
        const string Metadata = "{\"a\":\"\0\"}";
        var described = Tenant.Body(_tenant.Sign("described", metadata: Metadata), Metadata);
        var strange = _tenant.Sign("strange").Certificate with { OriginCode = "camera\0photo" };
        var envelope = await Sdk.Certificates.DsseEnvelope.SignAsync(Sdk.Certificates.Certificate.PayloadType, strange.ToPayload(), _tenant.Key);
        var answer = await SendBatchAsync([named, described, Tenant.Body(new Sdk.Certificates.SignedCertificate(strange, envelope)), Tenant.Body(good)]);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        Assert.That(
            answer["results"].EnumerateArray().Select(result => result.GetProperty("error") is { ValueKind: JsonValueKind.Object } error ? error.GetProperty("code").GetString() : "registered"),
            Is.EqualTo(new[] { "request_malformed", "request_malformed", "certificate_malformed", "registered" }));
    }

    [Test]
    public async Task An_idempotency_key_is_good_for_one_request_of_one_account()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        var (first, second) = (Tenant.Body(_tenant.Sign("first")), Tenant.Body(_tenant.Sign("second")));
        Assert.That((await Server.PostJsonAsync(Register, first, _tenant.Token, "request-1")).Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await Server.PostJsonAsync(Register, first, _tenant.Token, "request-1")).Status, Is.EqualTo(HttpStatusCode.OK), "the same again");
        var reused = await Server.PostJsonAsync(Register, second, _tenant.Token, "request-1");
        Assert.That(((int)reused.Status, reused.Code), Is.EqualTo((422, "idempotency_key_reused")));
        Assert.That((await Server.GetAsync("/api/v1/content-records", _tenant.Token))["items"].GetArrayLength(), Is.EqualTo(1), "and nothing was registered");
        Assert.That((await SendBatchAsync([second], "request-1")).Code, Is.EqualTo("idempotency_key_reused"));
        Assert.That((await Server.PostJsonAsync(Register, Tenant.Body(stranger.Sign("third")), stranger.Token, "request-1")).Status, Is.EqualTo(HttpStatusCode.Created), "names are an account's own");
        Assert.That((await SendBatchAsync([second], "request-2")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await SendBatchAsync([second], "request-2"))["results"][0].GetProperty("status").GetString(), Is.EqualTo("already_registered"));
    }

    [Test]
    public async Task Many_identical_requests_at_once_register_one_record()
    {
        var body = Tenant.Body(_tenant.Sign("race"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Server.PostJsonAsync(Register, body, _tenant.Token, "race")));
        Assert.That(answers.Select(answer => (int)answer.Status), Is.All.EqualTo(200).Or.EqualTo(201));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
    }

    [TestCase("two words")]
    [TestCase("tab\there")]
    public async Task An_idempotency_key_is_visible_ASCII(string key)
    {
        Assert.That((await Server.PostJsonAsync(Register, Tenant.Body(_tenant.Sign("k")), _tenant.Token, key)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await Server.PostJsonAsync(Register, Tenant.Body(_tenant.Sign("k")), _tenant.Token, new string('k', 129))).Code, Is.EqualTo("request_malformed"));
        Assert.That((await Server.PostJsonAsync(Register, Tenant.Body(_tenant.Sign("k")), _tenant.Token, new string('k', 128))).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    private Task<Answer> SendBatchAsync(IEnumerable<string> bodies, string? idempotencyKey = null) =>
        Server.PostJsonAsync(Batch, $$"""{"records":[{{string.Join(',', bodies)}}]}""", _tenant.Token, idempotencyKey);

    private async Task AnchorAsync() => await Server.Registry.AnchorPendingAsync(default);
}
