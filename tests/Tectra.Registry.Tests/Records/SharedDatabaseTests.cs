using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Records;

/// <summary>Two registries on one database, as two server processes have it, with everything they keep in memory.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class SharedDatabaseTests(string engine)
{
    private static readonly RegistryCaching Fresh = new() { Records = 100 }, Stale = new() { Records = 100, MaxStaleness = TimeSpan.FromHours(1) };

    private TestDatabase _database = null!;
    private RegistryFixture _fixture = null!;

    [SetUp]
    public async Task Prepare()
    {
        _database = await TestDatabase.CreateAsync(engine);
        _fixture = await RegistryFixture.CreateAsync();
    }

    [TearDown]
    public async Task CleanUp()
    {
        await _fixture.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task What_one_does_the_other_sees_although_it_keeps_records_in_memory()
    {
        await using var first = await OpenAsync(Fresh);
        await using var second = await OpenAsync(Fresh);
        var id = await RegisterAsync(first, "a");
        var observed = RegistryFixture.Observe("a watermarked", 0x0123456789ABCDEF);
        Assert.That((await VerifyAsync(second, observed)).Blockchain.Code, Is.EqualTo("anchor_pending"));
        Assert.That((await VerifyAsync(second, observed)).Blockchain.Code, Is.EqualTo("anchor_pending"), "from memory");
        Assert.That(await first.AnchorPendingAsync(default), Is.EqualTo(1));
        Assert.That((await VerifyAsync(second, observed)).Blockchain.Code, Is.EqualTo("anchored_in_ledger"));
        var sibling = _fixture.Sign("a watermarked", hash: 0xFEDCBA9876543210);
        await first.RegisterAsync([new RegistrationRequest(sibling.Envelope, null)], null, null, default);
        Assert.That((await VerifyAsync(second, observed)).Findings.Select(finding => finding.Result.Code), Does.Contain(CheckCodes.OtherRecordsMatch), "another record of the same bytes");
        await first.RevokeAsync(id, "why", null, default);
        Assert.That((await VerifyAsync(second, observed)).Findings.Select(finding => finding.Result.Code), Does.Contain("record_revoked").Or.Contain(CheckCodes.OtherRecordRevoked));
    }

    [Test]
    public async Task What_a_registry_does_itself_it_sees_at_once_however_long_it_keeps_things()
    {
        await using var registry = await OpenAsync(Stale);
        await registry.WarmAsync(default);
        var id = await RegisterAsync(registry, "a");
        var copy = RegistryFixture.Observe("re-encoded", 0x0123456789ABCDEE);
        Assert.That((await VerifyAsync(registry, copy)).PerceptualHash.Code, Is.EqualTo("picture_similar"));
        await registry.AnchorPendingAsync(default);
        Assert.That((await VerifyAsync(registry, RegistryFixture.Observe("a"))).Blockchain.Code, Is.EqualTo("anchored_in_ledger"));
        await registry.RevokeAsync(id, "why", null, default);
        Assert.That((await VerifyAsync(registry, copy)).PerceptualHash.Code, Is.EqualTo("record_revoked"));
    }

    [Test]
    public async Task Unknown_bytes_are_looked_up_in_the_database_each_time()
    {
        await using var first = await OpenAsync(Fresh);
        await using var second = await OpenAsync(Stale);
        await second.WarmAsync(default);
        Assert.That((await VerifyAsync(second, RegistryFixture.Observe("a"))).Sha256.Code, Is.EqualTo("hash_unknown"));
        await RegisterAsync(first, "a");
        Assert.That((await VerifyAsync(second, RegistryFixture.Observe("a"))).Sha256.Code, Is.EqualTo("hash_is_original"));
    }

    [Test]
    public async Task Where_the_bytes_name_the_record_nothing_else_is_searched_unless_asked_for()
    {
        await using var registry = await OpenAsync(Fresh);
        var own = _fixture.Sign("a");
        var similar = _fixture.Sign("b", hash: 0x0123456789ABCDEE);
        await registry.RegisterAsync([new RegistrationRequest(own.Envelope, null), new RegistrationRequest(similar.Envelope, null)], null, null, default);
        var observed = RegistryFixture.Observe("a watermarked", 0x0123456789ABCDEF, own.Certificate.WatermarkPayload);
        Assert.That(await IdsAsync(registry, observed, new LookupOptions()), Is.EqualTo(new[] { own.Certificate.RecordId }));
        Assert.That(await IdsAsync(registry, observed, new LookupOptions { IsExhaustive = true }), Has.Count.EqualTo(2));
        var copy = observed with { Sha256 = RegistryFixture.Digest("re-encoded") };
        Assert.That(await IdsAsync(registry, copy, new LookupOptions()), Is.EqualTo(new[] { own.Certificate.RecordId }), "the watermark's record looks like it");
        Assert.That(await IdsAsync(registry, copy, new LookupOptions { IsExhaustive = true }), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_watermark_that_belongs_to_another_record_than_the_bytes_is_followed()
    {
        await using var registry = await OpenAsync(Fresh);
        SignedPair pair = new(_fixture.Sign("a", hash: 0xFFFF0000FFFF0000), _fixture.Sign("b"));
        await registry.RegisterAsync([new RegistrationRequest(pair.Victim.Envelope, null), new RegistrationRequest(pair.Copier.Envelope, null)], null, null, default);
        var stolen = RegistryFixture.Observe("b watermarked", 0x0123456789ABCDEF, pair.Victim.Certificate.WatermarkPayload);
        Assert.That((await VerifyAsync(registry, stolen)).Findings.Select(finding => finding.Result.Code), Does.Contain(CheckCodes.WatermarkOfOtherRecord));
        var pasted = stolen with { Sha256 = RegistryFixture.Digest("new bytes") };
        Assert.That(await IdsAsync(registry, pasted, new LookupOptions()), Has.Count.EqualTo(2), "the watermark's record doesn't look like it, so the picture is searched too");
    }

    [Test]
    public async Task A_chain_of_custody_is_shown_link_by_link()
    {
        await using var registry = await OpenAsync(Fresh);
        var photographer = await RegisterAsync(registry, "raw");
        var editor = _fixture.Sign("raw watermarked", parent: photographer);
        await registry.RegisterAsync([new RegistrationRequest(editor.Envelope, null)], null, null, default);
        var report = await VerifyAsync(registry, RegistryFixture.Observe("raw watermarked watermarked", 0x0123456789ABCDEF));
        Assert.That(report.Chain.Select(link => (link.Certificate!.RecordId, link.Result.Outcome, link.SourceIsParentFile)), Is.EqualTo(new (RecordId, CheckOutcome, bool?)[]
        {
            (editor.Certificate.RecordId, CheckOutcome.Passed, true), (photographer, CheckOutcome.Passed, null),
        }));
    }

    [Test]
    public async Task Records_registered_and_batched_by_several_at_once_are_each_in_one_batch()
    {
        await using var first = await OpenAsync(Fresh);
        await using var second = await OpenAsync(Fresh);
        var requests = Enumerable.Range(0, 200).Select(i => new RegistrationRequest(_fixture.Sign($"picture {i}").Envelope, null)).ToArray();
        var done = false;
        var batchers = new[] { first, second }.Select(registry => Task.Run(async () =>
        {
            var anchored = 0;
            while (!Volatile.Read(ref done)) anchored += await registry.AnchorPendingAsync(default);
            return anchored;
        })).ToArray();
        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            var mine = requests.OrderBy(request => (request.GetHashCode() * (client + 1)) % 1009).ToArray();
            var count = 0;
            foreach (var chunk in mine.Chunk(25))
                count += (await (client % 2 == 0 ? first : second).RegisterAsync(chunk, null, null, default)).Count(outcome => !outcome.GetReceipt().AlreadyRegistered);
            return count;
        })));
        Volatile.Write(ref done, true);
        var anchored = (await Task.WhenAll(batchers)).Sum() + await first.AnchorPendingAsync(default);
        Assert.That((added.Sum(), anchored), Is.EqualTo((200, 200)));
        foreach (var request in requests)
        {
            var record = await second.GetAsync(Sdk.Certificates.Certificate.FromPayload(request.Envelope.Payload).RecordId, default);
            Assert.That(record!.Evidence is { LeadsToRoot: true, IsAnchorSigned: true }, Is.True);
        }
        Assert.That(await first.AuditLedgerAsync(default), Is.GreaterThan(0));
    }

    private sealed record SignedPair(Sdk.Certificates.SignedCertificate Victim, Sdk.Certificates.SignedCertificate Copier);

    private static async Task<VerificationReport> VerifyAsync(ContentRegistry registry, ObservedContent observed) => await registry.VerifyAsync(observed, new LookupOptions(), default);

    private static async Task<List<RecordId>> IdsAsync(ContentRegistry registry, ObservedContent observed, LookupOptions options) =>
        [.. (await registry.FindAsync(observed, options, default)).Select(record => record.Evidence.Certificate!.RecordId)];

    private async Task<ContentRegistry> OpenAsync(RegistryCaching caching)
    {
        var store = await _database.OpenStoreAsync();
        var registry = new ContentRegistry(store, new StoredLedger(store, _fixture.LedgerKey, _fixture.Clock), null, caching, _fixture.Clock, NullLogger.Instance);
        await registry.RegisterKeyAsync(new NewSigningKey("1", _fixture.Key.PublicKey, RegistryFixture.UserId, null, null, UtcTimestamp.From(_fixture.Clock.Now)), default);
        return registry;
    }

    private async Task<RecordId> RegisterAsync(ContentRegistry registry, string name) =>
        (await registry.RegisterAsync([new RegistrationRequest(_fixture.Sign(name).Envelope, null)], null, null, default))[0].GetReceipt().RecordId;
}
