using System.Net;
using System.Text.Json;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Evidence;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class PublicRecordEndpointTests(string engine) : ServerTests(engine)
{
    private const string Records = "/api/v1/content-records", Search = $"{Records}/public/search";

    private Tenant _tenant = null!;

    [OneTimeSetUp]
    public async Task CreateTenant() => _tenant = await Tenant.CreateAsync(Server);

    [OneTimeTearDown]
    public void DisposeTenant() => _tenant.Dispose();

    [Test]
    public async Task Anybody_gets_a_records_certificate_evidence_and_chain()
    {
        var parent = await _tenant.RegisterAsync("public parent", fileName: "secret-name.png");
        var child = await _tenant.RegisterAsync("public child", parent: parent.Certificate.RecordId, fileName: "secret-name.png");
        await Server.Registry.AnchorPendingAsync(default);
        await Server.DeleteAsync($"{Records}/{parent.Certificate.RecordId}?reason=withdrawn", _tenant.Token);

        var certificate = await Server.GetAsync($"{Records}/{parent.Certificate.RecordId}/certificate");
        Assert.That(certificate.Status, Is.EqualTo(HttpStatusCode.OK), certificate.Text);
        Assert.That(DsseEnvelope.FromJson(JsonSerializer.SerializeToUtf8Bytes(certificate["certificate"])).Verify(_tenant.Key.PublicKey), Is.True);
        Assert.That(certificate["statement"].GetProperty("original_sha256").GetString(), Is.EqualTo(Tenant.Digest("public parent").ToString()));
        Assert.That(certificate.Get("blockchain_status"), Is.EqualTo("anchored"));
        Assert.That(certificate["revocation"].GetProperty("reason").GetString(), Is.EqualTo("withdrawn"));

        var evidence = EvidenceBundle.FromJson(System.Text.Encoding.UTF8.GetBytes((await Server.GetAsync($"{Records}/{child.Certificate.RecordId}/evidence")).Text));
        Assert.That(evidence.Envelope.PayloadSha256, Is.EqualTo(child.Envelope.PayloadSha256));
        Assert.That(evidence.Anchor, Is.Not.Null);

        var chain = await Server.GetAsync($"{Records}/{child.Certificate.RecordId}/chain");
        Assert.That(chain["items"].GetArrayLength(), Is.EqualTo(2));
        Assert.That(chain["items"][1].GetProperty("revocation").GetProperty("reason").GetString(), Is.EqualTo("withdrawn"));
        foreach (var answer in new[] { certificate, chain }) Assert.That(answer.Text, Does.Not.Contain("secret-name"));
    }

    [TestCase("certificate")]
    [TestCase("evidence")]
    [TestCase("chain")]
    [TestCase("segments")]
    public async Task A_record_that_does_not_exist_is_unknown(string what)
    {
        Assert.That((await Server.GetAsync($"{Records}/01890000-0000-7000-8000-000000000000/{what}")).Code, Is.EqualTo("record_unknown"));
        Assert.That((await Server.GetAsync($"{Records}/01890000-0000-7000-8000-00000000000G/{what}")).Code, Is.EqualTo("record_unknown"));
        Assert.That((await Server.GetAsync($"{Records}/' OR 1=1 --/{what}")).Code, Is.EqualTo("record_unknown"));
    }

    [Test]
    public async Task A_search_finds_by_digest_picture_payload_and_key_and_hides_file_names()
    {
        using var other = await Tenant.CreateAsync(Server);
        var near = await other.RegisterAsync("near", 0x00000000FFFFFFF0, fileName: "secret-name.png");
        var exact = await other.RegisterAsync("exact", 0x00000000FFFFFFFF, fileName: "secret-name.png");
        var (nearId, exactId) = (near.Certificate.RecordId.ToString(), exact.Certificate.RecordId.ToString());

        await FindsAsync($"sha256={Tenant.Digest("near")}", nearId);
        await FindsAsync($"sha256={Tenant.Digest("near watermarked")}", nearId);
        await FindsAsync($"sha256={Tenant.Digest("nothing")}");
        await FindsAsync("perceptual_hash=00000000ffffffff", exactId, nearId);
        await FindsAsync("perceptual_hash=00000000fffffff0", nearId, exactId);
        await FindsAsync("perceptual_hash=00000000ffffffff&radius=3", exactId);
        await FindsAsync("perceptual_hash=00000000ffffffff&radius=4&limit=1", exactId);
        await FindsAsync($"payload={near.Certificate.WatermarkPayload}", nearId);
        await FindsAsync($"public_key={other.Key.PublicKey}", exactId, nearId);
        await FindsAsync($"public_key={new string('0', 64)}");

        var first = await Server.GetAsync($"{Search}?public_key={other.Key.PublicKey}&limit=1");
        Assert.That(Ids(first), Is.EqualTo(new[] { exactId }));
        var second = await Server.GetAsync($"{Search}?public_key={other.Key.PublicKey}&limit=1&cursor={first.Get("next_cursor")}");
        Assert.That(Ids(second), Is.EqualTo(new[] { nearId }));
        Assert.That(second["next_cursor"].ValueKind, Is.EqualTo(JsonValueKind.Null));

        async Task FindsAsync(string query, params string[] ids)
        {
            var answer = await Server.GetAsync($"{Search}?{query}");
            Assert.That(Ids(answer), Is.EqualTo(ids), query);
            Assert.That(answer.Text, Does.Not.Contain("secret-name"));
        }
    }

    [Test]
    public async Task A_search_for_similar_pictures_gives_at_most_256()
    {
        using var other = await Tenant.CreateAsync(Server);
        for (var batch = 0; batch < 3; batch++)
        {
            var bodies = Enumerable.Range(0, 90).Select(i => Tenant.Body(other.Sign($"many {batch} {i}", 0xAAAA0000AAAA0000)));
            Assert.That((await Server.PostJsonAsync("/api/v1/register-batch", $$"""{"records":[{{string.Join(',', bodies)}}]}""", other.Token)).Status, Is.EqualTo(HttpStatusCode.OK));
        }
        var answer = await Server.GetAsync($"{Search}?perceptual_hash=aaaa0000aaaa0000");
        Assert.That(Ids(answer), Has.Length.EqualTo(256));
        Assert.That(answer["next_cursor"].ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("")]
    [TestCase("?limit=5")]
    [TestCase("?sha256=00")]
    [TestCase("?perceptual_hash=xyz")]
    [TestCase("?perceptual_hash=0000000000000000&radius=13")]
    [TestCase("?perceptual_hash=0000000000000000&radius=-1")]
    [TestCase("?perceptual_hash=0000000000000000&payload=00000000000000000000000000000000")]
    [TestCase("?payload=00000000000000000000000000000000&radius=3")]
    [TestCase("?perceptual_hash=0000000000000000&cursor=AQAAAAAAAAAB")]
    [TestCase("?user_id=x")]
    [TestCase("?public_key=0")]
    public async Task A_search_has_exactly_one_well_formed_criterion(string query) => Assert.That((await Server.GetAsync(Search + query)).Code, Is.EqualTo("request_malformed"));

    private static string[] Ids(Answer page) => [.. page["items"].EnumerateArray().Select(item => item.GetProperty("record_id").GetString()!)];
}
