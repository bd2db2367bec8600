using Microsoft.Data.Sqlite;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Storage;

/// <summary>The contract of a store, over every adapter.</summary>
public sealed class RecordStoreTests
{
    private static readonly UtcTimestamp Now = UtcTimestamp.Parse("2026-11-20T16:00:00.000Z");

    private string _folder = "";

    private static IEnumerable<TestCaseData> Stores()
    {
        yield return new TestCaseData((Func<string, object>)(folder => SqliteRecordStore.Open(Path.Combine(folder, "registry.db")))).SetArgDisplayNames("SQLite");
    }

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("tectra-store-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Stores))]
    public async Task A_record_comes_back_as_it_was_given(Func<string, object> open)
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        using var store = (IRecordStore)open(_folder);
        var signed = fixture.Sign("a", hash: 0xFFEEDDCCBBAA9988, metadata: "{\"k\":\"ü\"}");
        var record = new NewRecord(signed.Certificate, signed.Envelope, "{\"k\":\"ü\"}", Now);
        Assert.That(store.TryAdd(record), Is.True);
        Assert.That(store.TryAdd(record), Is.False, "a second time");
        var found = store.Find(signed.Certificate.RecordId)!;
        Assert.Multiple(() =>
        {
            Assert.That(found.Envelope.ToJson(), Is.EqualTo(signed.Envelope.ToJson()));
            Assert.That(found.MetadataJson, Is.EqualTo("{\"k\":\"ü\"}"));
            Assert.That((found.Revocation, found.Proof, found.LedgerIndex), Is.EqualTo(((Revocation?)null, (MerkleProof?)null, (long?)null)));
            Assert.That(store.Find(found.Sequence)!.Envelope.PayloadSha256, Is.EqualTo(signed.Envelope.PayloadSha256));
            Assert.That(store.FindBySha256(RegistryFixture.Digest("a")), Is.EqualTo(new[] { found.Sequence }));
            Assert.That(store.FindBySha256(RegistryFixture.Digest("a watermarked")), Is.EqualTo(new[] { found.Sequence }));
            Assert.That(store.FindBySha256(RegistryFixture.Digest("b")), Is.Empty);
            Assert.That(store.ReadAfter(0), Is.EqualTo(new[] { new IndexedRecord(found.Sequence, new PerceptualHash(0xFFEEDDCCBBAA9988), signed.Certificate.WatermarkPayload) }));
            Assert.That(store.ReadAfter(found.Sequence), Is.Empty);
            Assert.That(store.Find(RecordId.Create(TimeProvider.System)), Is.Null);
        });
    }

    [TestCaseSource(nameof(Stores))]
    public async Task Batches_proofs_anchors_and_revocations_are_additions(Func<string, object> open)
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        using var store = (IRecordStore)open(_folder);
        var ids = new List<RecordId>();
        for (var i = 0; i < 5; i++)
        {
            var signed = fixture.Sign($"picture {i}");
            Assert.That(store.TryAdd(new NewRecord(signed.Certificate, signed.Envelope, null, Now)), Is.True);
            ids.Add(signed.Certificate.RecordId);
        }
        var leaves = store.ReadPending(3);
        Assert.That(leaves, Has.Count.EqualTo(3));
        var tree = MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]);
        store.AddBatch(tree, leaves, Now);
        Assert.That(store.ReadPending(10), Has.Count.EqualTo(2));
        var formed = store.ReadUnanchoredBatches().Single();
        Assert.That((formed.Root, formed.LeafCount), Is.EqualTo((tree.Root, 3)));
        Assert.That(store.ReadLastAnchor(), Is.Null);
        store.AddAnchor(formed.BatchId, 17);
        Assert.That(store.ReadLastAnchor(), Is.EqualTo(new AnchoredBatch(17, tree.Root)));
        Assert.That(store.ReadUnanchoredBatches(), Is.Empty);
        var record = store.Find(ids[1])!;
        Assert.That(record.LedgerIndex, Is.EqualTo(17));
        Assert.That(record.Proof!.Verify(leaves[1].Leaf, tree.Root, 3), Is.True);
        store.Revoke(record.Sequence, new Revocation(Now, "first"));
        store.Revoke(record.Sequence, new Revocation(Now, "second"));
        Assert.That(store.Find(ids[1])!.Revocation!.Reason, Is.EqualTo("first"), "once revoked it stays as it is");
    }

    [TestCaseSource(nameof(Stores))]
    public void A_key_stays_with_its_first_owner(Func<string, object> open)
    {
        using var store = (IRecordStore)open(_folder);
        using var key = Sdk.Keys.SigningKey.Create();
        Assert.That(store.FindKeyOwner(key.PublicKey), Is.Null);
        store.AddKey(key.PublicKey, "first", null, Now);
        store.AddKey(key.PublicKey, "second", null, Now);
        Assert.That(store.FindKeyOwner(key.PublicKey), Is.EqualTo("first"));
    }

    [Test]
    public async Task The_database_itself_refuses_changes_and_deletions()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var id = await fixture.RegisterAsync("a");
        await fixture.Registry.AnchorPendingAsync();
        await fixture.Registry.RevokeAsync(id, "why");
        using var connection = new SqliteConnection($"Data Source={Path.Combine(fixture.Folder, "registry.db")};Pooling=False");
        connection.Open();
        foreach (var table in new[] { "signing_key", "record", "revocation", "batch", "batch_leaf", "batch_anchor" })
        {
            foreach (var sql in new[] { $"DELETE FROM {table}", $"UPDATE {table} SET rowid = rowid + 1000" })
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                Assert.That(() => command.ExecuteNonQuery(), Throws.TypeOf<SqliteException>().With.Message.Contains("only adds"), sql);
            }
        }
    }

    [Test]
    public async Task A_database_that_stops_working_is_an_error_with_a_code()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var path = Path.Combine(_folder, "registry.db");
        using var store = SqliteRecordStore.Open(path);
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE batch_anchor; ALTER TABLE record RENAME TO gone";
            command.ExecuteNonQuery();
        }
        var signed = fixture.Sign("a");
        var record = new NewRecord(signed.Certificate, signed.Envelope, null, Now);
        Assert.That(() => store.TryAdd(record), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        Assert.That(() => store.Find(signed.Certificate.RecordId), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        Assert.That(() => store.AddAnchor(1, 0), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
    }

    [Test]
    public void A_damaged_or_foreign_database_is_refused_with_a_code()
    {
        var path = Path.Combine(_folder, "registry.db");
        using (var file = File.Create(path)) file.Write("this is not a database, but it is long enough to be looked at as one"u8);
        Assert.That(() => SqliteRecordStore.Open(path), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        var future = Path.Combine(_folder, "future.db");
        SqliteRecordStore.Open(future).Dispose();
        using (var connection = new SqliteConnection($"Data Source={future};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        Assert.That(() => SqliteRecordStore.Open(future), Throws.TypeOf<RegistryException>().With.Message.Contains("99"));
    }
}
