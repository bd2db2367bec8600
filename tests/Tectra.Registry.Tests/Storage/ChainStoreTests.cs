using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Storage;

/// <summary>The contract of what a store knows of chains, over every engine.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class ChainStoreTests(string engine)
{
    private static readonly UtcTimestamp Now = UtcTimestamp.Parse("2026-11-20T16:00:00.000Z");

    private static readonly AnchoringTarget Target = new(137, Address(1)), Other = new(80002, Address(1));

    private TestDatabase _database = null!;
    private RegistryFixture _fixture = null!;
    private SqlRegistryStore _store = null!;

    [SetUp]
    public async Task Open()
    {
        _database = await TestDatabase.CreateAsync(engine);
        _fixture = await RegistryFixture.CreateAsync();
        _store = await _database.OpenStoreAsync();
    }

    [TearDown]
    public async Task Close()
    {
        await _store.DisposeAsync();
        await _fixture.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task The_last_target_that_was_chosen_counts()
    {
        Assert.That(await _store.ReadTargetAsync(default), Is.Null);
        await _store.ChooseTargetAsync(Target, Now, default);
        await _store.ChooseTargetAsync(Other, Now, default);
        Assert.That(await _store.ReadTargetAsync(default), Is.EqualTo(Other));
        await _store.ChooseTargetAsync(null, Now, default);
        Assert.That(await _store.ReadTargetAsync(default), Is.Null);
    }

    [Test]
    public async Task Transactions_come_back_as_they_were_stored_until_their_batch_is_anchored()
    {
        var batch = await FormAsync("a", "b");
        var sent = Transaction(batch, nonce: 7);
        await _store.AddTransactionAsync(sent, default);
        await _store.AddTransactionAsync(Transaction(batch, nonce: 8) with { Target = Other }, default);
        var found = (await _store.ReadTransactionsAsync(Target, default)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(found with { Raw = [] }, Is.EqualTo(sent with { Raw = [] }));
            Assert.That(found.Raw, Is.EqualTo(sent.Raw));
        });
        Assert.That(async () => await _store.AddTransactionAsync(sent, default), Throws.TypeOf<Sdk.RegistryException>(), "a transaction is stored once");
        await _store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        Assert.That(await _store.ReadTransactionsAsync(Target, default), Is.Empty);
        Assert.That(await _store.ReadTransactionsAsync(Other, default), Is.Empty);
    }

    [Test]
    public async Task An_anchor_stands_until_it_is_retracted_and_another_takes_its_place()
    {
        var batch = await FormAsync("a", "b");
        await _store.AddTransactionAsync(Transaction(batch, nonce: 7), default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "submitted", "submitted" }));
        await _store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        await _store.AddAnchorAsync(batch, Anchor(batch, block: 6), Now, default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "anchored", "anchored" }));
        Assert.That(await _store.ReadUnanchoredBatchesAsync(default), Is.Empty);
        var noted = (await _store.ReadAnchorsAsync(Target, 5, default)).Single();
        Assert.That(noted with { AnchorId = 0 }, Is.EqualTo(Anchor(batch, block: 5)), "the first one stands");
        Assert.That(await _store.ReadAnchorsAsync(Target, 6, default), Is.Empty);
        Assert.That(await _store.ReadAnchorsAsync(Other, 0, default), Is.Empty);

        await _store.RetractAnchorAsync(noted.AnchorId, Now, default);
        await _store.RetractAnchorAsync(noted.AnchorId, Now, default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "submitted", "submitted" }));
        Assert.That((await _store.ReadUnanchoredBatchesAsync(default)).Single(), Is.EqualTo(batch));
        Assert.That(await _store.ReadTransactionsAsync(Target, default), Has.Count.EqualTo(1), "it waits again");
        Assert.That(await _store.CountChainAsync(default), Is.EqualTo(new ChainCounts(0, 1, 0, 1)));

        await _store.AddAnchorAsync(batch, Anchor(batch, block: 9), Now, default);
        var records = await _store.ListAsync(new RecordQuery { IsAnchored = true }, default);
        Assert.That(records.Select(record => record.ChainAnchor), Has.Exactly(2).EqualTo(Anchor(batch, block: 9).Anchor));
        Assert.That((await _store.CountAsync(RegistryFixture.UserId, default)).Anchored, Is.EqualTo(2));
        Assert.That(await _store.CountChainAsync(default), Is.EqualTo(new ChainCounts(0, 0, 1, 1)));
    }

    [Test]
    public async Task Records_are_listed_by_where_their_batch_is()
    {
        var anchored = await FormAsync("a");
        await _store.AddTransactionAsync(Transaction(anchored, 1), default);
        await _store.AddAnchorAsync(anchored, Anchor(anchored, 5), Now, default);
        var submitted = await FormAsync("b");
        await _store.AddTransactionAsync(Transaction(submitted, 2), default);
        await FormAsync("c");
        await AddAsync("d");
        Assert.That((await _store.ListAsync(new RecordQuery { IsAnchored = true }, default)).Select(Status), Is.EqualTo(new[] { "anchored" }));
        Assert.That((await _store.ListAsync(new RecordQuery { IsAnchored = false, IsSubmitted = true }, default)).Select(Status), Is.EqualTo(new[] { "submitted" }));
        Assert.That((await _store.ListAsync(new RecordQuery { IsAnchored = false, IsSubmitted = false }, default)).Select(Status), Is.EqualTo(new[] { "pending", "pending" }));
    }

    [Test]
    public async Task Anchors_and_retractions_are_changes()
    {
        var batch = await FormAsync("a");
        var cursor = await _store.ReadIndexAsync(_ => { }, default);
        await _store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        var changes = await _store.ReadChangesAsync(cursor, _ => { }, default);
        Assert.That((changes.HasAnchored, changes.HasRetracted), Is.EqualTo((true, false)));
        await _store.RetractAnchorAsync((await _store.ReadAnchorsAsync(Target, 0, default)).Single().AnchorId, Now, default);
        changes = await _store.ReadChangesAsync(changes.Cursor, _ => { }, default);
        Assert.That((changes.HasAnchored, changes.HasRetracted), Is.EqualTo((false, true)));
        changes = await _store.ReadChangesAsync(changes.Cursor, _ => { }, default);
        Assert.That((changes.HasAnchored, changes.HasRetracted), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task The_database_itself_refuses_changes_and_deletions()
    {
        await FillAsync();
        await AssertOnlyAddsAsync();
    }

    [Test]
    public async Task A_database_without_chains_is_taken_over()
    {
        await FormAsync("a");
        await _store.DisposeAsync();
        foreach (var table in SqlSchema.OnlyAddedOnChains.Concat(SqlSchema.OnlyAddedOfVideos).Reverse()) await _database.ExecuteAsync($"DROP TABLE {table}");
        await _database.ExecuteAsync(engine == TestDatabase.Sqlite
            ? "PRAGMA user_version = 2"
            : "INSERT INTO schema_version VALUES (2); DELETE FROM schema_version WHERE version > 2");
        _store = await _database.OpenStoreAsync();
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "pending" }), "what was there is there");
        await FillAsync();
        await AssertOnlyAddsAsync();
        await _store.DisposeAsync();
        _store = await _database.OpenStoreAsync();
        Assert.That((await _store.CountChainAsync(default)).Retracted, Is.EqualTo(1));
    }

    private static string Status(StoredRecord record) => BlockchainStatuses.Of(record.ChainAnchor, record.IsSubmitted);

    private static EvmAddress Address(byte last)
    {
        Span<byte> bytes = stackalloc byte[EvmAddress.LengthBytes];
        bytes[^1] = last;
        return new EvmAddress(bytes);
    }

    private static EvmHash Hash(long number, byte kind) => new([kind, .. new byte[23], .. BitConverter.GetBytes(number)]);

    private static BatchTransaction Transaction(FormedBatch batch, ulong nonce) => new()
    {
        BatchId = batch.BatchId,
        Target = Target,
        Sender = Address(2),
        Nonce = nonce,
        Hash = Hash((long)nonce, 1),
        Raw = [2, 3, (byte)nonce],
        SignedAt = Now.Moment,
    };

    private static NotedAnchor Anchor(FormedBatch batch, long block) =>
        new(0, batch.BatchId, new EvmAnchor(Target.ChainId, Target.Contract, batch.Root, batch.LeafCount, Hash(7, 1), block, Now), Hash(block, 2));

    private async Task FillAsync()
    {
        var batch = await FormAsync("filled");
        await _store.ChooseTargetAsync(Target, Now, default);
        await _store.AddTransactionAsync(Transaction(batch, 1), default);
        await _store.AddAnchorAsync(batch, Anchor(batch, 5), Now, default);
        await _store.RetractAnchorAsync((await _store.ReadAnchorsAsync(Target, 0, default)).Single().AnchorId, Now, default);
    }

    private async Task AssertOnlyAddsAsync()
    {
        foreach (var table in SqlSchema.OnlyAddedOnChains)
        {
            var column = table switch { "anchoring_target" => "chosen_at", "evm_transaction" => "raw", "evm_anchor" => "block_hash", _ => "retracted_at" };
            foreach (var sql in new[] { $"DELETE FROM {table}", $"UPDATE {table} SET {column} = {column}" })
                Assert.That(async () => await _database.ExecuteAsync(sql), Throws.InstanceOf<System.Data.Common.DbException>().With.Message.Contains("only adds"), sql);
        }
    }

    private async Task AddAsync(params string[] names)
    {
        foreach (var name in names)
        {
            var signed = _fixture.Sign(name);
            await _store.AddRecordsAsync([new NewRecord(signed.Certificate, signed.Envelope, null, null, Now)], null, default);
        }
    }

    private async Task<FormedBatch> FormAsync(params string[] names)
    {
        await AddAsync(names);
        var leaves = await _store.ReadPendingAsync(100, default);
        return await _store.AddBatchAsync(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]), leaves, Now, default);
    }

    private async Task<IEnumerable<string>> StatusesAsync() => (await _store.ListAsync(new RecordQuery(), default)).Select(Status);
}
