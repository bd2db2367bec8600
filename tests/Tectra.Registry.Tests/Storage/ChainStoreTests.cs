using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Api;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Storage;

/// <summary>The contract of what a store knows of chains, over every engine.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class ChainStoreTests(string engine) : StoreTests(engine)
{
    private static readonly AnchoringTarget Target = new(137, Address(1)), Other = new(80002, Address(1));

    [Test]
    public async Task The_last_target_that_was_chosen_counts()
    {
        Assert.That(await Store.ReadTargetAsync(default), Is.Null);
        await Store.ChooseTargetAsync(Target, Now, default);
        await Store.ChooseTargetAsync(Other, Now, default);
        Assert.That(await Store.ReadTargetAsync(default), Is.EqualTo(Other));
        await Store.ChooseTargetAsync(null, Now, default);
        Assert.That(await Store.ReadTargetAsync(default), Is.Null);
    }

    [Test]
    public async Task Transactions_come_back_as_they_were_stored_until_their_batch_is_anchored()
    {
        var batch = await FormAsync("a", "b");
        var sent = Transaction(batch, nonce: 7);
        await Store.AddTransactionAsync(sent, default);
        await Store.AddTransactionAsync(Transaction(batch, nonce: 8) with { Target = Other }, default);
        var found = (await Store.ReadTransactionsAsync(Target, default)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(found with { Raw = [] }, Is.EqualTo(sent with { Raw = [] }));
            Assert.That(found.Raw, Is.EqualTo(sent.Raw));
        });
        Assert.That(async () => await Store.AddTransactionAsync(sent, default), Throws.TypeOf<Sdk.RegistryException>(), "a transaction is stored once");
        await Store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        Assert.That(await Store.ReadTransactionsAsync(Target, default), Is.Empty);
        Assert.That(await Store.ReadTransactionsAsync(Other, default), Is.Empty);
    }

    [Test]
    public async Task An_anchor_stands_until_it_is_retracted_and_another_takes_its_place()
    {
        var batch = await FormAsync("a", "b");
        await Store.AddTransactionAsync(Transaction(batch, nonce: 7), default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "submitted", "submitted" }));
        await Store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        await Store.AddAnchorAsync(batch, Anchor(batch, block: 6), Now, default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "anchored", "anchored" }));
        Assert.That(await Store.ReadUnanchoredBatchesAsync(default), Is.Empty);
        var noted = (await Store.ReadAnchorsAsync(Target, 5, default)).Single();
        Assert.That(noted with { AnchorId = 0 }, Is.EqualTo(Anchor(batch, block: 5)), "the first one stands");
        Assert.That(await Store.ReadAnchorsAsync(Target, 6, default), Is.Empty);
        Assert.That(await Store.ReadAnchorsAsync(Other, 0, default), Is.Empty);

        await Store.RetractAnchorAsync(noted.AnchorId, Now, default);
        await Store.RetractAnchorAsync(noted.AnchorId, Now, default);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "submitted", "submitted" }));
        Assert.That((await Store.ReadUnanchoredBatchesAsync(default)).Single(), Is.EqualTo(batch));
        Assert.That(await Store.ReadTransactionsAsync(Target, default), Has.Count.EqualTo(1), "it waits again");
        Assert.That(await Store.CountChainAsync(default), Is.EqualTo(new ChainCounts(0, 1, 0, 1)));

        await Store.AddAnchorAsync(batch, Anchor(batch, block: 9), Now, default);
        var records = await Store.ListAsync(new RecordQuery { IsAnchored = true }, default);
        Assert.That(records.Select(record => record.ChainAnchor), Has.Exactly(2).EqualTo(Anchor(batch, block: 9).Anchor));
        Assert.That((await Store.CountAsync(RegistryFixture.UserId, default)).Anchored, Is.EqualTo(2));
        Assert.That(await Store.CountChainAsync(default), Is.EqualTo(new ChainCounts(0, 0, 1, 1)));
    }

    [Test]
    public async Task Records_are_listed_by_where_their_batch_is()
    {
        var anchored = await FormAsync("a");
        await Store.AddTransactionAsync(Transaction(anchored, 1), default);
        await Store.AddAnchorAsync(anchored, Anchor(anchored, 5), Now, default);
        var submitted = await FormAsync("b");
        await Store.AddTransactionAsync(Transaction(submitted, 2), default);
        await FormAsync("c");
        await AddAsync("d");
        Assert.That((await Store.ListAsync(new RecordQuery { IsAnchored = true }, default)).Select(Status), Is.EqualTo(new[] { "anchored" }));
        Assert.That((await Store.ListAsync(new RecordQuery { IsAnchored = false, IsSubmitted = true }, default)).Select(Status), Is.EqualTo(new[] { "submitted" }));
        Assert.That((await Store.ListAsync(new RecordQuery { IsAnchored = false, IsSubmitted = false }, default)).Select(Status), Is.EqualTo(new[] { "pending", "pending" }));
    }

    [Test]
    public async Task Anchors_and_retractions_are_changes()
    {
        var batch = await FormAsync("a");
        var cursor = await Store.ReadIndexAsync(_ => { }, default);
        await Store.AddAnchorAsync(batch, Anchor(batch, block: 5), Now, default);
        var changes = await Store.ReadChangesAsync(cursor, _ => { }, default);
        Assert.That((changes.HasAnchored, changes.HasRetracted), Is.EqualTo((true, false)));
        await Store.RetractAnchorAsync((await Store.ReadAnchorsAsync(Target, 0, default)).Single().AnchorId, Now, default);
        changes = await Store.ReadChangesAsync(changes.Cursor, _ => { }, default);
        Assert.That((changes.HasAnchored, changes.HasRetracted), Is.EqualTo((false, true)));
        changes = await Store.ReadChangesAsync(changes.Cursor, _ => { }, default);
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
        await Store.DisposeAsync();
        foreach (var table in SqlSchema.OnlyAddedOnChains.Concat(SqlSchema.OnlyAddedOfVideos).Reverse()) await Database.ExecuteAsync($"DROP TABLE {table}");
        await Database.ExecuteAsync(Engine == TestDatabase.Sqlite
            ? "PRAGMA user_version = 2"
            : "INSERT INTO schema_version VALUES (2); DELETE FROM schema_version WHERE version > 2");
        Store = await Database.OpenStoreAsync();
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { "pending" }), "what was there is there");
        await FillAsync();
        await AssertOnlyAddsAsync();
        await Store.DisposeAsync();
        Store = await Database.OpenStoreAsync();
        Assert.That((await Store.CountChainAsync(default)).Retracted, Is.EqualTo(1));
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
        await Store.ChooseTargetAsync(Target, Now, default);
        await Store.AddTransactionAsync(Transaction(batch, 1), default);
        await Store.AddAnchorAsync(batch, Anchor(batch, 5), Now, default);
        await Store.RetractAnchorAsync((await Store.ReadAnchorsAsync(Target, 0, default)).Single().AnchorId, Now, default);
    }

    private async Task AssertOnlyAddsAsync()
    {
        foreach (var table in SqlSchema.OnlyAddedOnChains)
        {
            var column = table switch { "anchoring_target" => "chosen_at", "evm_transaction" => "raw", "evm_anchor" => "block_hash", _ => "retracted_at" };
            foreach (var sql in new[] { $"DELETE FROM {table}", $"UPDATE {table} SET {column} = {column}" })
                Assert.That(async () => await Database.ExecuteAsync(sql), Throws.InstanceOf<System.Data.Common.DbException>().With.Message.Contains("only adds"), sql);
        }
    }

    private async Task AddAsync(params string[] names)
    {
        foreach (var name in names)
        {
            var signed = Fixture.Sign(name);
            await Store.AddRecordsAsync([new NewRecord(signed.Certificate, signed.Envelope, null, null, Now)], null, default);
        }
    }

    private async Task<FormedBatch> FormAsync(params string[] names)
    {
        await AddAsync(names);
        var leaves = await Store.ReadPendingAsync(100, default);
        return await Store.AddBatchAsync(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]), leaves, Now, default);
    }

    private async Task<IEnumerable<string>> StatusesAsync() => (await Store.ListAsync(new RecordQuery(), default)).Select(Status);
}
