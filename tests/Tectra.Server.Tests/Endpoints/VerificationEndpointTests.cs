using System.Net;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class VerificationEndpointTests(string engine) : ServerTests(engine)
{
    private const string Verify = "/api/v1/verify", Find = "/api/v1/evidence/find";

    [Test]
    public async Task A_file_is_judged_by_its_bytes_its_picture_and_its_watermark()
    {
        using var tenant = await Tenant.CreateAsync(Server, "Example Press");
        var signed = tenant.Sign("judged", 0x1111222233334444, orgName: "Example Press", device: "NIKON Z9");
        await Server.PostJsonAsync("/api/v1/register", Tenant.Body(signed), tenant.Token);
        await Server.Registry.AnchorPendingAsync(default);

        var observed = Observation("judged watermarked", 0x1111222233334444, signed.Certificate.WatermarkPayload);
        var report = await Server.PostJsonAsync(Verify, observed);
        Assert.That(report.Status, Is.EqualTo(HttpStatusCode.OK), report.Text);
        Assert.That(report["authentic"].GetBoolean(), Is.True);
        Assert.That(report.Get("verdict"), Is.EqualTo("strongly_authentic"));
        Assert.That(report.Get("record_id"), Is.EqualTo(signed.Certificate.RecordId.ToString()));
        Assert.That(report["signer"].GetProperty("org_name").GetString(), Is.EqualTo("Example Press"));
        Assert.That(report["signer"].GetProperty("device_id").GetString(), Is.EqualTo("NIKON Z9"));
        Assert.That(report["checks"].EnumerateObject().Select(check => check.Value.GetProperty("passed").GetBoolean()), Is.All.True);
        Assert.That(report.Get("blockchain_tx"), Does.StartWith("ledger:"));

        var found = await Server.PostJsonAsync(Find, observed);
        var bundle = EvidenceBundle.FromJson(JsonSerializer.SerializeToUtf8Bytes(found["items"].EnumerateArray().Single(item => item.GetRawText().Contains(report.Get("blockchain_tx")[7..8], StringComparison.Ordinal))));
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(Server.Server.LedgerKey));
        var own = Verifier.Verify(Observed("judged watermarked", 0x1111222233334444, signed.Certificate.WatermarkPayload), [bundle], EvidenceSource.Registry, policy, Server.Clock.Now);
        Assert.That(own.Verdict, Is.EqualTo(Verdict.StronglyAuthentic), "what the client judges itself");
    }

    [Test]
    public async Task An_unknown_file_is_not_authentic_and_has_no_evidence()
    {
        var observed = Observation("never signed", 0xFFFF0000FFFF0000);
        var report = await Server.PostJsonAsync(Verify, observed);
        Assert.That(report["authentic"].GetBoolean(), Is.False);
        Assert.That(report.Get("verdict"), Is.EqualTo("unverified"));
        Assert.That((await Server.PostJsonAsync(Find, observed)).Text, Is.EqualTo("""{"items":[]}"""));
    }

    [Test]
    public async Task A_report_shows_the_chain_of_custody_and_a_revocation()
    {
        using var tenant = await Tenant.CreateAsync(Server);
        var first = await tenant.RegisterAsync("chain 1", 0x0101010101010101);
        var second = await tenant.RegisterAsync("chain 2", 0x0202020202020202, first.Certificate.RecordId);
        var report = await Server.PostJsonAsync(Verify, Observation("chain 2", 0x0202020202020202));
        Assert.That(report.Get("parent_record_id"), Is.EqualTo(first.Certificate.RecordId.ToString()));
        Assert.That(report["chain"].EnumerateArray().Select(link => link.GetProperty("record_id").GetString()), Does.Contain(first.Certificate.RecordId.ToString()));

        await Server.DeleteAsync($"/api/v1/content-records/{second.Certificate.RecordId}?reason=withdrawn", tenant.Token);
        var revoked = await Server.PostJsonAsync(Verify, Observation("chain 2", 0x0202020202020202));
        Assert.That(revoked["authentic"].GetBoolean(), Is.False);
        Assert.That(revoked.Text, Does.Contain("record_revoked").And.Contain("withdrawn"));
    }

    [TestCase("""{"sha256":"00"}""")]
    [TestCase("""{"sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [TestCase("""{}""")]
    [TestCase("""{"sha256":"HASH","perceptual_radius":13}""")]
    [TestCase("""{"sha256":"HASH","perceptual_radius":-1}""")]
    [TestCase("""{"sha256":"HASH","width":-1}""")]
    [TestCase("""{"sha256":"HASH","width":1e99}""")]
    [TestCase("""{"sha256":"HASH","perceptual_hash":"zz"}""")]
    [TestCase("""{"sha256":"HASH","watermark":{"found":true,"payload":"00","confidence":1}}""")]
    [TestCase("""{"sha256":"HASH","watermark":{"found":true,"payload":"00000000000000000000000000000000","confidence":"NaN"}}""")]
    [TestCase("""{"sha256":"HASH","watermark":{"found":true,"payload":"00000000000000000000000000000000","confidence":1e999}}""")]
    [TestCase("""{"sha256":"HASH","watermark":{"found":true,"payload":"00000000000000000000000000000000","confidence":1,"alteration":{"regions":[],"judged_share":2,"smallest_side":1}}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"1/1","frames":""}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"1/1","frames":"AAAA"}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"2/2","frames":"AAAAAAAAAAAA"}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":-1,"sample_rate":"1/1","frames":"AAAAAAAAAAAA"}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":31536000001,"sample_rate":"1/1","frames":"AAAAAAAAAAAA"}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"1/1","frames":"AAAAAAAAAACAgAE="}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"1/1","frames":null}}""")]
    [TestCase("""{"sha256":"HASH","video":{"duration_ms":1000,"sample_rate":"1/1","frames":"AAAAAAAAAAAA","segments":[]}}""")]
    [TestCase("""{"sha256":"HASH","perceptual_hash":"0000000000000000","video":{"duration_ms":1000,"sample_rate":"1/1","frames":"AAAAAAAAAAAA"}}""")]
    [TestCase("""{"sha256":"HASH","image":"iVBORw0KGgo="}""")]
    public async Task A_malformed_observation_is_refused(string body)
    {
        body = body.Replace("HASH", Tenant.Digest("x").ToString());
        Assert.That((await Server.PostJsonAsync(Verify, body)).Code, Is.EqualTo("request_malformed"));
        Assert.That((await Server.PostJsonAsync(Find, body)).Code, Is.EqualTo("request_malformed"));
    }

    private static ObservedContent Observed(string name, ulong hash, WatermarkPayload? payload = null) => new()
    {
        Sha256 = Tenant.Digest(name),
        PerceptualHash = new PerceptualHash(hash),
        Watermark = new WatermarkReading(payload is not null, payload ?? default, 20),
    };

    private static string Observation(string name, ulong hash, WatermarkPayload? payload = null) =>
        JsonSerializer.Serialize(ObservationDocument.From(Observed(name, hash, payload), new LookupOptions()), Wire.Json.ObservationDocument);
}
