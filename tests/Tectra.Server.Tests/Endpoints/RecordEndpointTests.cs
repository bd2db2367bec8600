using System.Net;
using System.Text.Json;
using Tectra.Sdk.Evidence;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class RecordEndpointTests(string engine) : ServerTests(engine)
{
    private const string Records = "/api/v1/content-records";

    private Tenant _tenant = null!;

    [SetUp]
    public async Task CreateTenant() => _tenant = await Tenant.CreateAsync(Server);

    [TearDown]
    public void DisposeTenant() => _tenant.Dispose();

    [Test]
    public async Task A_list_holds_the_accounts_own_records_newest_first()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        await stranger.RegisterAsync("foreign");
        var first = await _tenant.RegisterAsync("first", fileName: "IMG_1.png");
        var second = await _tenant.RegisterAsync("second", 0xABCD, first.Certificate.RecordId);
        var page = await Server.GetAsync(Records, await _tenant.CreateApiKeyAsync("read"));
        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.OK), page.Text);
        Assert.That(Ids(page), Is.EqualTo(new[] { second.Certificate.RecordId.ToString(), first.Certificate.RecordId.ToString() }));
        Assert.That(page["next_cursor"].ValueKind, Is.EqualTo(JsonValueKind.Null));
        var (newer, older) = (page["items"][0], page["items"][1]);
        Assert.That(older.GetProperty("original_filename").GetString(), Is.EqualTo("IMG_1.png"));
        Assert.That(older.GetProperty("sha256").GetString(), Is.EqualTo(Tenant.Digest("first").ToString()));
        Assert.That(older.GetProperty("watermarked_sha256").GetString(), Is.EqualTo(Tenant.Digest("first watermarked").ToString()));
        Assert.That(older.GetProperty("blockchain_status").GetString(), Is.EqualTo("pending"));
        Assert.That(newer.GetProperty("perceptual_hash").GetString(), Is.EqualTo("000000000000abcd"));
        Assert.That(newer.GetProperty("parent_record_id").GetString(), Is.EqualTo(first.Certificate.RecordId.ToString()));
        Assert.That(newer.GetProperty("public_key").GetString(), Is.EqualTo(_tenant.Key.PublicKey.ToString()));
        Assert.That(newer.GetProperty("registered_at").GetString(), Is.EqualTo("2026-11-20T16:00:00.000Z"));
    }

    [Test]
    public async Task Pages_follow_each_other_without_gaps_or_repeats_while_records_are_added()
    {
        var expected = new List<string>();
        for (var i = 0; i < 7; i++) expected.Add((await _tenant.RegisterAsync($"page {i}")).Certificate.RecordId.ToString());
        expected.Reverse();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Server.GetAsync($"{Records}?limit=3{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", _tenant.Token);
            seen.AddRange(Ids(page));
            cursor = page["next_cursor"].GetString();
            await _tenant.RegisterAsync($"late {seen.Count}");
        }
        while (cursor is not null);
        Assert.That(seen, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_page_that_is_exactly_full_is_the_last_one()
    {
        for (var i = 0; i < 3; i++) await _tenant.RegisterAsync($"full {i}");
        Assert.That((await Server.GetAsync($"{Records}?limit=3", _tenant.Token))["next_cursor"].ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That((await Server.GetAsync($"{Records}?limit=2", _tenant.Token))["next_cursor"].ValueKind, Is.EqualTo(JsonValueKind.String));
    }

    [Test]
    public async Task Filters_hold_together()
    {
        var start = Server.Clock.Now;
        var early = await _tenant.RegisterAsync("early");
        await Server.Registry.AnchorPendingAsync(default);
        var key = await _tenant.CreateApiKeyAsync("sign");
        Server.Clock.Now = start.AddHours(1);
        var late = await _tenant.RegisterAsync("late", credentials: key);
        Server.Clock.Now = start;
        await Server.DeleteAsync($"{Records}/{early.Certificate.RecordId}?reason=mistake", _tenant.Token);
        var (earlyId, lateId) = (early.Certificate.RecordId.ToString(), late.Certificate.RecordId.ToString());

        await FindsAsync("status=anchored", earlyId);
        await FindsAsync("status=pending", lateId);
        await FindsAsync("status=revoked", earlyId);
        await FindsAsync("until=2026-11-20T16:00:00.001Z", earlyId);
        await FindsAsync("from=2026-11-20T16:00:00.0001Z", lateId);
        await FindsAsync("from=2026-11-20T16:00:00Z", lateId, earlyId);
        await FindsAsync("until=2026-11-20T16:00:00Z");
        await FindsAsync($"sha256={Tenant.Digest("early")}", earlyId);
        await FindsAsync($"sha256={Tenant.Digest("late watermarked")}", lateId);
        await FindsAsync($"sha256={Tenant.Digest("late")}&status=anchored");
        await FindsAsync($"public_key={_tenant.Key.PublicKey}", lateId, earlyId);
        await FindsAsync($"public_key={new string('0', 64)}");
        await FindsAsync("origin_type=digital_artwork", lateId, earlyId);
        await FindsAsync("origin_type=of_a_later_version");

        async Task FindsAsync(string query, params string[] ids) => Assert.That(Ids(await Server.GetAsync($"{Records}?{query}", _tenant.Token)), Is.EqualTo(ids), query);
    }

    [TestCase("limit=0")]
    [TestCase("limit=201")]
    [TestCase("limit=-1")]
    [TestCase("limit=99999999999999999999")]
    [TestCase("limit=1&limit=2")]
    [TestCase("limit=")]
    [TestCase("cursor=x")]
    [TestCase("cursor=AAAAAAAAAAAA")]
    [TestCase("status=lost")]
    [TestCase("from=yesterday")]
    [TestCase("from=2026-11-20")]
    [TestCase("until=2026-13-20T00:00:00Z")]
    [TestCase("sha256=00")]
    [TestCase("public_key=00")]
    [TestCase("origin_type=a%00b")]
    [TestCase("user_id=somebody")]
    [TestCase("Limit=3&limit=3")]
    public async Task A_malformed_or_unknown_filter_is_refused(string query)
    {
        var answer = await Server.GetAsync($"{Records}?{query}", _tenant.Token);
        Assert.That(answer.Code, Is.EqualTo("request_malformed"), answer.Text);
    }

    [Test]
    public async Task A_detail_has_summary_evidence_and_chain_and_is_its_owners_only()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        var grandparent = await _tenant.RegisterAsync("grandparent");
        var parent = await _tenant.RegisterAsync("parent", parent: grandparent.Certificate.RecordId);
        var child = await _tenant.RegisterAsync("child", parent: parent.Certificate.RecordId, fileName: "child.png");
        await Server.Registry.AnchorPendingAsync(default);
        var detail = await Server.GetAsync($"{Records}/{child.Certificate.RecordId}", _tenant.Token);
        Assert.That(detail.Status, Is.EqualTo(HttpStatusCode.OK), detail.Text);
        Assert.That(detail["record"].GetProperty("original_filename").GetString(), Is.EqualTo("child.png"));
        Assert.That(detail["record"].GetProperty("blockchain_tx").GetString(), Does.StartWith("ledger:"));
        Assert.That(
            detail["chain"].EnumerateArray().Select(link => link.GetProperty("record_id").GetString()),
            Is.SupersetOf(new[] { parent.Certificate.RecordId.ToString(), grandparent.Certificate.RecordId.ToString() }));
        Assert.That(EvidenceBundle.FromJson(JsonSerializer.SerializeToUtf8Bytes(detail["evidence"])).Envelope.PayloadSha256, Is.EqualTo(child.Envelope.PayloadSha256));
        Assert.That((await Server.GetAsync($"{Records}/{grandparent.Certificate.RecordId}", _tenant.Token))["chain"].GetArrayLength(), Is.Zero);

        var foreign = await Server.GetAsync($"{Records}/{child.Certificate.RecordId}", stranger.Token);
        var missing = await Server.GetAsync($"{Records}/01890000-0000-7000-8000-000000000000", stranger.Token);
        Assert.That(foreign.Code, Is.EqualTo("record_unknown"));
        Assert.That(foreign.Text.Replace(child.Certificate.RecordId.ToString(), "ID"), Is.EqualTo(missing.Text.Replace("01890000-0000-7000-8000-000000000000", "ID")), "as if there were none");
        Assert.That((await Server.GetAsync($"{Records}/no-id", _tenant.Token)).Code, Is.EqualTo("record_unknown"));
    }

    [Test]
    public async Task A_record_is_revoked_by_its_owner_once_and_for_all()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        var id = (await _tenant.RegisterAsync("revoked")).Certificate.RecordId.ToString();
        Assert.That((await Server.DeleteAsync($"{Records}/{id}?reason=not%20mine", stranger.Token)).Code, Is.EqualTo("record_unknown"));
        var first = await Server.DeleteAsync($"{Records}/{id}?reason=published%20by%20mistake", await _tenant.CreateApiKeyAsync("sign"));
        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.OK), first.Text);
        Assert.That(first.Get("reason"), Is.EqualTo("published by mistake"));
        Server.Clock.Now += TimeSpan.FromMinutes(1);
        var second = await Server.DeleteAsync($"{Records}/{id}?reason=another", _tenant.Token);
        Server.Clock.Now -= TimeSpan.FromMinutes(1);
        Assert.That(second.Text, Is.EqualTo(first.Text), "the first one stands");
        Assert.That((await Server.GetAsync(Records, _tenant.Token))["items"][0].GetProperty("revoked_at").GetString(), Is.EqualTo(first.Get("timestamp")));

        var plain = (await _tenant.RegisterAsync("without a reason")).Certificate.RecordId.ToString();
        Assert.That((await Server.DeleteAsync($"{Records}/{plain}", _tenant.Token)).Get("reason"), Is.Empty);
        Assert.That((await Server.DeleteAsync($"{Records}/{plain}?reason=a%0d%0ab", _tenant.Token)).Code, Is.EqualTo("request_malformed"));
        Assert.That((await Server.DeleteAsync($"{Records}/{plain}?reason={new string('x', 1025)}", _tenant.Token)).Code, Is.EqualTo("request_malformed"));
        Assert.That((await Server.DeleteAsync($"{Records}/{plain}?because=x", _tenant.Token)).Code, Is.EqualTo("request_malformed"));
    }

    [Test]
    public async Task Statistics_count_the_accounts_own_records()
    {
        using var stranger = await Tenant.CreateAsync(Server);
        await stranger.RegisterAsync("foreign");
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add((await _tenant.RegisterAsync($"counted {i}")).Certificate.RecordId.ToString());
            if (i == 8) await Server.Registry.AnchorPendingAsync(default);
        }
        await Server.DeleteAsync($"{Records}/{ids[0]}", _tenant.Token);
        var stats = await Server.GetAsync("/api/v1/dashboard/stats", await _tenant.CreateApiKeyAsync("read"));
        Assert.That(stats.Status, Is.EqualTo(HttpStatusCode.OK), stats.Text);
        Assert.That(stats["total_records"].GetInt64(), Is.EqualTo(12));
        Assert.That(stats["anchored_records"].GetInt64(), Is.EqualTo(9));
        Assert.That(stats["pending_records"].GetInt64(), Is.EqualTo(3));
        Assert.That(stats["revoked_records"].GetInt64(), Is.EqualTo(1));
        Assert.That(stats["by_origin_type"].GetRawText(), Is.EqualTo("""{"digital_artwork":12}"""));
        Assert.That(stats["recent"].EnumerateArray().Select(item => item.GetProperty("record_id").GetString()), Is.EqualTo(Enumerable.Reverse(ids).Take(10)));
    }

    private static string[] Ids(Answer page) => [.. page["items"].EnumerateArray().Select(item => item.GetProperty("record_id").GetString()!)];
}
