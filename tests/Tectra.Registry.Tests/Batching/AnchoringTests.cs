using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Batching;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Registry.Tests.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Batching;

public sealed class AnchoringTests
{
    private const ulong Hash = 0x0123456789ABCDEF;

    [Test]
    public async Task Every_record_of_a_batch_proves_itself_against_the_ledger()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        for (var i = 0; i < 37; i++) await fixture.RegisterAsync($"picture {i}");
        Assert.That((await fixture.VerifyAsync(RegistryFixture.Observe("picture 5 watermarked", Hash))).Blockchain.Code, Is.EqualTo("anchor_pending"));
        Assert.That(await fixture.Registry.AnchorPendingAsync(), Is.EqualTo(37));
        Assert.That(await fixture.Registry.AnchorPendingAsync(), Is.Zero, "nothing is anchored twice");
        for (var i = 0; i < 37; i++)
        {
            var report = await fixture.VerifyAsync(RegistryFixture.Observe($"picture {i} watermarked", Hash));
            Assert.That(report.Blockchain.Code, Is.EqualTo("anchored_in_ledger"), $"picture {i}");
        }
        Assert.That(await fixture.Registry.AuditLedgerAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_ledger_that_was_cut_off_or_replaced_shows()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        await fixture.RegisterAsync("a");
        await fixture.Registry.AnchorPendingAsync();
        AtomicFile.Write(fixture.LedgerPath, []);
        Assert.That((await fixture.VerifyAsync(RegistryFixture.Observe("a watermarked", Hash))).Blockchain.Code, Is.EqualTo("anchor_missing"));
        Assert.That(Anchor(fixture), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("ledger_damaged"), "it doesn't grow over the gap");
        File.Delete(fixture.LedgerPath);
        Assert.That((await fixture.VerifyAsync(RegistryFixture.Observe("a watermarked", Hash))).Blockchain.Code, Is.EqualTo("anchor_missing"));
    }

    [Test]
    public async Task Nothing_is_appended_to_a_ledger_that_was_changed_or_replaced()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        await using var other = await RegistryFixture.CreateAsync();
        foreach (var name in new[] { "a", "b" })
        {
            await fixture.RegisterAsync(name);
            await fixture.Registry.AnchorPendingAsync();
            await other.RegisterAsync($"other {name}");
            await other.Registry.AnchorPendingAsync();
        }
        var lines = await File.ReadAllLinesAsync(fixture.LedgerPath);
        var forged = new LedgerFile(Path.Combine(fixture.Folder, "forged.jsonl"), fixture.LedgerKey, fixture.Clock);
        for (byte i = 1; i <= 2; i++) await forged.AppendAsync(new MerkleHash([i, .. new byte[31]]), 1, default);
        await fixture.RegisterAsync("c");
        foreach (var (why, content) in new[]
        {
            ("cut off", lines[0] + "\n"),
            ("last entry changed", lines[0] + "\n" + lines[1].Replace("\"leaf_count\":1", "\"leaf_count\":2") + "\n"),
            ("entry before it changed", lines[0].Replace("\"leaf_count\":1", "\"leaf_count\":2") + "\n" + lines[1] + "\n"),
            ("another key's ledger", await File.ReadAllTextAsync(other.LedgerPath)),
            ("the same key's other ledger", await File.ReadAllTextAsync(Path.Combine(fixture.Folder, "forged.jsonl"))),
        })
        {
            await File.WriteAllTextAsync(fixture.LedgerPath, content);
            Assert.That(Anchor(fixture), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("ledger_damaged"), why);
            Assert.That(await File.ReadAllTextAsync(fixture.LedgerPath), Is.EqualTo(content), why);
        }
        await File.WriteAllLinesAsync(fixture.LedgerPath, lines);
        Assert.That(await fixture.Registry.AnchorPendingAsync(), Is.EqualTo(1), "put back, all is well");
        Assert.That(await fixture.Registry.AuditLedgerAsync(), Is.EqualTo(3));
    }

    [TestCase(nameof(IRecordStore.AddBatchAsync), false, 0)]
    [TestCase(nameof(IRecordStore.AddBatchAsync), true, 0)]
    [TestCase(nameof(IRecordStore.AddAnchorAsync), false, 1)]
    public async Task A_crash_at_any_step_ends_in_one_anchor(string step, bool after, int entriesLeft)
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        await fixture.RegisterAsync("a");
        await fixture.RegisterAsync("b");
        var ledger = new LedgerFile(fixture.LedgerPath, fixture.LedgerKey, fixture.Clock);
        await using (var store = new SqlRegistryStore(SqliteEngine.Open(Path.Combine(fixture.Folder, "registry.db"))))
        {
            var anchorer = new LedgerAnchorer(StoreProxy.Crashing(store, step, after), ledger, fixture.Clock, NullLogger.Instance);
            Assert.That(async () => await anchorer.RunAsync(default), Throws.TypeOf<CrashException>());
        }
        Assert.That(await ledger.AuditAsync(default), Is.EqualTo(entriesLeft));
        await fixture.ReopenAsync();
        Assert.That(await fixture.Registry.AnchorPendingAsync(), Is.EqualTo(2));
        Assert.That(await fixture.Registry.AuditLedgerAsync(), Is.EqualTo(1), "one batch, one entry");
        Assert.That((await fixture.VerifyAsync(RegistryFixture.Observe("b watermarked", Hash))).Blockchain.Code, Is.EqualTo("anchored_in_ledger"));
    }

    [Test]
    public async Task Several_processes_anchoring_at_once_anchor_each_record_once()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        for (var i = 0; i < 20; i++) await fixture.RegisterAsync($"picture {i}");
        var anchored = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            await using var registry = EmbeddedRegistry.Open(fixture.Folder, fixture.LedgerKey, fixture.Clock);
            return await registry.AnchorPendingAsync();
        })));
        Assert.That(anchored.Sum(), Is.EqualTo(20));
        Assert.That(await fixture.Registry.AuditLedgerAsync(), Is.EqualTo(1));
    }

    private static Func<Task> Anchor(RegistryFixture fixture) => async () => await fixture.Registry.AnchorPendingAsync();
}
