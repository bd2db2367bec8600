using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Storage;

/// <summary>The contract of a store's records, over every engine.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class RecordStoreTests(string engine) : StoreTests(engine)
{
    [Test]
    public async Task A_record_comes_back_as_it_was_given()
    {
        var signed = Fixture.Sign("a", hash: 0xFFEEDDCCBBAA9988, metadata: "{\"k\":\"ü\"}");
        var record = new NewRecord(signed.Certificate, signed.Envelope, "{\"k\":\"ü\"}", "päßword.png", Now);
        Assert.That((await AddAsync(record)).Outcome, Is.EqualTo(AddOutcome.Added));
        Assert.That((await AddAsync(record)).Outcome, Is.EqualTo(AddOutcome.Repeated), "a second time");
        var found = (await Store.FindAsync(signed.Certificate.RecordId, default))!;
        var indexed = new IndexedRecord(found.Sequence, new PerceptualHash(0xFFEEDDCCBBAA9988), signed.Certificate.WatermarkPayload);
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(found.Envelope.ToJson(), Is.EqualTo(signed.Envelope.ToJson()));
            Assert.That((found.MetadataJson, found.OriginalFileName, found.UserId, found.RegisteredAt), Is.EqualTo(("{\"k\":\"ü\"}", "päßword.png", RegistryFixture.UserId, Now.ToString())));
            Assert.That((found.Revocation, found.Proof, found.LedgerIndex), Is.EqualTo(((Revocation?)null, (MerkleProof?)null, (long?)null)));
            Assert.That((await Store.FindAsync([found.Sequence, 999], default)).Single().Envelope.PayloadSha256, Is.EqualTo(signed.Envelope.PayloadSha256));
            Assert.That(await Store.FindBySha256Async(RegistryFixture.Digest("a"), 10, default), Is.EqualTo(new[] { found.Sequence }));
            Assert.That(await Store.FindBySha256Async(RegistryFixture.Digest("a watermarked"), 10, default), Is.EqualTo(new[] { found.Sequence }));
            Assert.That(await Store.FindBySha256Async(RegistryFixture.Digest("b"), 10, default), Is.Empty);
            Assert.That(await IndexAsync(), Is.EqualTo(new[] { indexed }));
            Assert.That(await Store.FindAsync(RecordId.Create(TimeProvider.System), default), Is.Null);
            Assert.That(await Store.FindExistingAsync([signed.Certificate.RecordId, RecordId.Create(TimeProvider.System)], default), Is.EquivalentTo(new[] { signed.Certificate.RecordId }));
        });
    }

    [Test]
    public async Task Records_are_added_together_with_repeats_and_conflicts_among_them()
    {
        var first = Fixture.Sign("a");
        await AddAsync(Of(first));
        var other = Fixture.Sign("b");
        var forged = new NewRecord(first.Certificate with { DeviceId = "other" }, Fixture.Sign("c").Envelope, null, null, Now);
        var results = await Store.AddRecordsAsync([Of(other), Of(first), forged, Of(other)], null, default);
        Assert.That(results.Select(result => result.Outcome), Is.EqualTo(new[] { AddOutcome.Added, AddOutcome.Repeated, AddOutcome.Conflict, AddOutcome.Repeated }));
        Assert.That(await IndexAsync(), Has.Count.EqualTo(2));
        Assert.That(await Store.ReadPendingAsync(10, default), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Repeated_records_use_up_no_numbers()
    {
        NewRecord[] records = [.. Enumerable.Range(0, 20).Select(i => Of(Fixture.Sign($"picture {i}")))];
        await Store.AddRecordsAsync(records, null, default);
        for (var i = 0; i < 10; i++) await Store.AddRecordsAsync(records, null, default);
        var next = await AddAsync(Of(Fixture.Sign("next")));
        Assert.That(next.Sequence, Is.EqualTo(21));
    }

    [Test]
    public async Task Many_writers_with_the_same_records_in_other_orders_add_each_once()
    {
        NewRecord[] records = [.. Enumerable.Range(0, 60).Select(i => Of(Fixture.Sign($"picture {i}")))];
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var mine = records.OrderBy(_ => random.Next()).ToArray();
            var added = 0;
            foreach (var chunk in mine.Chunk(20)) added += (await Store.AddRecordsAsync(chunk, null, default)).Count(result => result.Outcome == AddOutcome.Added);
            return added;
        })));
        Assert.That(results.Sum(), Is.EqualTo(60));
        Assert.That(await IndexAsync(), Has.Count.EqualTo(60));
    }

    [Test]
    public async Task Changes_tell_everything_that_was_committed_since_and_nothing_is_missed()
    {
        var known = new HashSet<long>();
        var cursor = await Store.ReadIndexAsync(record => known.Add(record.Sequence), default);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) cursor = (await Store.ReadChangesAsync(cursor, record => known.Add(record.Indexed.Sequence), default)).Cursor;
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++) await Store.AddRecordsAsync([Of(Fixture.Sign($"{writer} {i}")), Of(Fixture.Sign($"{writer} {i} b"))], null, default);
        })));
        await done.CancelAsync();
        await reader;
        cursor = (await Store.ReadChangesAsync(cursor, record => known.Add(record.Indexed.Sequence), default)).Cursor;
        Assert.That(known, Has.Count.EqualTo(320));

        var added = new List<AddedRecord>();
        var signed = Fixture.Sign("last");
        await AddAsync(Of(signed));
        cursor = (await Store.ReadChangesAsync(cursor, added.Add, default)).Cursor;
        var last = added.Single(record => !known.Contains(record.Indexed.Sequence));
        Assert.That((last.OriginalSha256, last.WatermarkedSha256), Is.EqualTo((signed.Certificate.Fingerprint.Sha256, signed.Certificate.WatermarkedSha256)));
        await Store.RevokeAsync(last.Indexed.Sequence, new Revocation(Now, "why"), default);
        var changes = await Store.ReadChangesAsync(cursor, _ => { }, default);
        Assert.That((changes.Revoked, changes.HasAnchored, changes.HasRetracted), Is.EqualTo((new[] { last.Indexed.Sequence }, false, false)));
        await BatchAsync(limit: 1000, ledgerIndex: 5);
        changes = await Store.ReadChangesAsync(changes.Cursor, _ => { }, default);
        Assert.That((changes.Revoked, changes.HasAnchored, changes.HasRetracted), Is.EqualTo((Array.Empty<long>(), true, false)));
    }

    [Test]
    public async Task Batches_proofs_anchors_and_revocations_are_additions()
    {
        var ids = new List<RecordId>();
        for (var i = 0; i < 5; i++)
        {
            var signed = Fixture.Sign($"picture {i}");
            await AddAsync(Of(signed));
            ids.Add(signed.Certificate.RecordId);
        }
        Assert.That(await Store.ReadLastAnchorAsync(default), Is.Null);
        var (tree, leaves) = await BatchAsync(limit: 3, ledgerIndex: null);
        Assert.That(leaves, Has.Count.EqualTo(3));
        Assert.That(await Store.ReadPendingAsync(10, default), Has.Count.EqualTo(2));
        var formed = (await Store.ReadUnanchoredBatchesAsync(default)).Single();
        Assert.That((formed.Root, formed.LeafCount), Is.EqualTo((tree.Root, 3)));
        await Store.AddAnchorAsync(formed, Fixture.Entry(17, tree.Root, 3), Now, default);
        Assert.That(await Store.ReadLastAnchorAsync(default), Is.EqualTo(new AnchoredBatch(17, tree.Root)));
        Assert.That(await Store.ReadUnanchoredBatchesAsync(default), Is.Empty);
        var record = (await Store.FindAsync(ids[1], default))!;
        Assert.That(record.LedgerIndex, Is.EqualTo(17));
        Assert.That(record.Proof!.Verify(leaves[1].Leaf, tree.Root, 3), Is.True);
        await Store.RevokeAsync(record.Sequence, new Revocation(Now, "first"), default);
        await Store.RevokeAsync(record.Sequence, new Revocation(Now, "second"), default);
        Assert.That((await Store.FindAsync(ids[1], default))!.Revocation!.Reason, Is.EqualTo("first"), "once revoked it stays as it is");
        var counts = await Store.CountAsync(RegistryFixture.UserId, default);
        Assert.That((counts.Total, counts.Anchored, counts.Revoked, counts.ByOriginType["digital_artwork"]), Is.EqualTo((5, 3, 1, 5)));
    }

    [Test]
    public async Task Lists_are_filtered_and_go_on_where_they_stopped()
    {
        for (var i = 0; i < 7; i++) await AddAsync(Of(Fixture.Sign($"picture {i}")));
        await BatchAsync(limit: 3, ledgerIndex: 0);
        var page = await Store.ListAsync(new RecordQuery { UserId = RegistryFixture.UserId, Limit = 4 }, default);
        Assert.That(page.Select(record => record.Sequence), Is.Ordered.Descending);
        var rest = await Store.ListAsync(new RecordQuery { UserId = RegistryFixture.UserId, Limit = 4, Before = page[^1].Sequence }, default);
        Assert.That(page.Concat(rest).Select(record => record.Sequence).Distinct().Count(), Is.EqualTo(7));
        await Store.RevokeAsync(rest[^1].Sequence, new Revocation(Now, ""), default);
        var milliseconds = Now.Moment.ToUnixTimeMilliseconds();
        foreach (var (query, expected) in new (RecordQuery, int)[]
        {
            (new() { UserId = "nobody" }, 0),
            (new() { OriginType = "digital_artwork" }, 7),
            (new() { OriginType = "camera_photo" }, 0),
            (new() { IsAnchored = true }, 3),
            (new() { IsAnchored = false }, 4),
            (new() { IsRevoked = true }, 1),
            (new() { FromMilliseconds = milliseconds }, 7),
            (new() { FromMilliseconds = milliseconds + 1 }, 0),
            (new() { UntilMilliseconds = milliseconds }, 0),
            (new() { Sha256 = RegistryFixture.Digest("picture 2 watermarked") }, 1),
            (new() { PublicKey = Fixture.Key.PublicKey }, 7),
            (new() { PublicKey = Fixture.LedgerKey.PublicKey }, 0),
        })
        {
            Assert.That(await Store.ListAsync(query, default), Has.Count.EqualTo(expected), query.ToString());
        }
    }

    [Test]
    public async Task An_idempotency_key_stands_for_one_request()
    {
        var signed = Fixture.Sign("a");
        var key = new IdempotencyKey(RegistryFixture.UserId, "first", RegistryFixture.Digest("request"));
        Assert.That((await Store.AddRecordsAsync([Of(signed)], key, default))[0].Outcome, Is.EqualTo(AddOutcome.Added));
        Assert.That((await Store.AddRecordsAsync([Of(signed)], key, default))[0].Outcome, Is.EqualTo(AddOutcome.Repeated));
        var other = Of(Fixture.Sign("b"));
        Assert.That(
            async () => await Store.AddRecordsAsync([other], key with { RequestSha256 = RegistryFixture.Digest("another") }, default),
            Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("idempotency_key_reused"));
        Assert.That(await Store.FindAsync(other.Certificate.RecordId, default), Is.Null, "nothing of a refused request is stored");
        Assert.That((await Store.AddRecordsAsync([other], key with { UserId = "user-2" }, default))[0].Outcome, Is.EqualTo(AddOutcome.Added), "keys are each user's own");
    }

    [Test]
    public async Task A_key_stays_with_its_first_owner()
    {
        using var key = SigningKey.Create();
        Assert.That(await Store.FindKeyOwnerAsync(key.PublicKey, default), Is.Null);
        await Store.AddKeyAsync(new NewSigningKey("1", key.PublicKey, "first", null, null, Now), default);
        await Store.AddKeyAsync(new NewSigningKey("2", key.PublicKey, "second", null, null, Now), default);
        Assert.That(await Store.FindKeyOwnerAsync(key.PublicKey, default), Is.EqualTo("first"));
    }

    [Test]
    public async Task Ledger_entries_are_added_in_order_and_once()
    {
        Assert.That(await Store.CountLedgerEntriesAsync(default), Is.Zero);
        Assert.That(await Store.TryAddLedgerEntryAsync(0, [1], default), Is.True);
        Assert.That(await Store.TryAddLedgerEntryAsync(1, [2, 3], default), Is.True);
        Assert.That(await Store.TryAddLedgerEntryAsync(1, [4], default), Is.False);
        Assert.That(await Store.CountLedgerEntriesAsync(default), Is.EqualTo(2));
        Assert.That(await Store.ReadLedgerEntriesAsync(1, 10, default), Is.EqualTo(new[] { new byte[] { 2, 3 } }));
    }

    [Test]
    public async Task The_database_itself_refuses_changes_and_deletions()
    {
        var signed = Fixture.Sign("a");
        await AddAsync(Of(signed));
        await Store.AddKeyAsync(new NewSigningKey("1", Fixture.Key.PublicKey, "first", null, null, Now), default);
        await BatchAsync(limit: 10, ledgerIndex: 0);
        await Store.RevokeAsync((await Store.FindAsync(signed.Certificate.RecordId, default))!.Sequence, new Revocation(Now, ""), default);
        await Store.TryAddLedgerEntryAsync(0, [1], default);
        await Store.AddServerSecretAsync("name", "token", default);
        foreach (var table in SqlSchema.OnlyAdded.Except(SqlSchema.OnlyAddedOnChains).Except(SqlSchema.OnlyAddedOfVideos))
        {
            var column = table switch { "signing_key" => "user_id", "record" => "envelope", "revocation" => "reason", "batch" => "root", "batch_leaf" => "proof", "ledger_entry" => "entry", "server_secret" => "token", _ => "ledger_index" };
            foreach (var sql in new[] { $"DELETE FROM {table}", $"UPDATE {table} SET {column} = {column}" })
                Assert.That(async () => await Database.ExecuteAsync(sql), Throws.InstanceOf<System.Data.Common.DbException>().With.Message.Contains("only adds"), sql);
        }
    }

    [Test]
    public async Task A_database_that_stops_working_is_an_error_with_a_code()
    {
        await Database.ExecuteAsync("ALTER TABLE record RENAME TO gone");
        await Database.ExecuteAsync("DROP TABLE batch_anchor");
        var signed = Fixture.Sign("a");
        Assert.That(async () => await AddAsync(Of(signed)), Unavailable);
        Assert.That(async () => await Store.FindAsync(signed.Certificate.RecordId, default), Unavailable);
        Assert.That(async () => await Store.AddAnchorAsync(new FormedBatch(1, default, 1, Now), Fixture.Entry(0, default, 1), Now, default), Unavailable);
    }

    [Test]
    public async Task A_database_of_another_version_is_refused_with_a_code()
    {
        await Store.DisposeAsync();
        await Database.ExecuteAsync(Engine == TestDatabase.Sqlite ? "PRAGMA user_version = 99" : "UPDATE schema_version SET version = 99");
        Assert.That(async () => await Database.OpenStoreAsync(), Throws.TypeOf<RegistryException>().With.Message.Contains("99"));
    }

    [Test]
    public async Task Several_processes_that_open_a_newDatabase_at_once_make_it_once()
    {
        await using var fresh = await TestDatabase.CreateAsync(Engine);
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () => await fresh.OpenStoreAsync())));
        Assert.That(await stores[3].FindBySha256Async(default, 1, default), Is.Empty);
        foreach (var store in stores) await store.DisposeAsync();
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Unavailable => Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable");

    private static NewRecord Of(Sdk.Certificates.SignedCertificate signed) => new(signed.Certificate, signed.Envelope, null, null, Now);

    private async Task<AddResult> AddAsync(NewRecord record) => (await Store.AddRecordsAsync([record], null, default))[0];

    private async Task<List<IndexedRecord>> IndexAsync()
    {
        var records = new List<IndexedRecord>();
        await Store.ReadIndexAsync(records.Add, default);
        return records;
    }

    private async Task<(MerkleTree Tree, IReadOnlyList<PendingLeaf> Leaves)> BatchAsync(int limit, long? ledgerIndex)
    {
        var leaves = await Store.ReadPendingAsync(limit, default);
        var tree = MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]);
        await Store.AddBatchAsync(tree, leaves, Now, default);
        if (ledgerIndex is { } index) await Store.AddAnchorAsync((await Store.ReadUnanchoredBatchesAsync(default)).Single(), Fixture.Entry(index, tree.Root, leaves.Count), Now, default);
        return (tree, leaves);
    }
}

/// <summary>What only a file can be.</summary>
public sealed class SqliteFileTests
{
    [Test]
    public void A_file_that_is_noDatabase_is_refused_with_a_code()
    {
        var folder = Directory.CreateTempSubdirectory("tectra-store-");
        var path = Path.Combine(folder.FullName, "registry.db");
        using (var file = File.Create(path)) file.Write("this is not a database, but it is long enough to be looked at as one"u8);
        Assert.That(() => SqliteEngine.Open(path), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        folder.Delete(recursive: true);
    }
}
