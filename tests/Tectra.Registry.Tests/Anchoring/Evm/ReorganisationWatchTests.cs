using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>What counts as a re-organisation, by what a node says of an anchor's block and transaction.</summary>
public sealed class ReorganisationWatchTests
{
    private const long Block = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly UtcTimestamp Now = UtcTimestamp.Parse("2026-11-20T16:00:00.000Z");
    private static readonly EvmHash Transaction = Hash('1'), BlockHash = Hash('2'), OtherHash = Hash('3');

    private readonly ManualTime _time = new(Now.Moment);
    private TestDatabase _database = null!;
    private RegistryFixture _fixture = null!;
    private SqlRegistryStore _store = null!;
    private FakeNode _node = null!;
    private HttpClient _http = null!;
    private EvmRpc _rpc = null!;
    private ReorganisationWatch _watch = null!;

    [SetUp]
    public async Task Anchor()
    {
        _database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        _fixture = await RegistryFixture.CreateAsync();
        _store = await _database.OpenStoreAsync();
        _node = new FakeNode();
        _http = new HttpClient(JsonRpcClient.CreateHandler());
        _rpc = new EvmRpc(new JsonRpcClient(_http, _node.Url, TimeProvider.System));
        var target = new AnchoringTarget(137, EvmAddress.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
        _watch = new ReorganisationWatch(_store, target, Patience, _time, NullLogger.Instance);
        var signed = _fixture.Sign("a");
        await _store.AddRecordsAsync([new NewRecord(signed.Certificate, signed.Envelope, null, null, Now)], null, default);
        var leaves = await _store.ReadPendingAsync(1, default);
        var batch = await _store.AddBatchAsync(MerkleTree.Build([.. leaves.Select(leaf => leaf.Leaf)]), leaves, Now, default);
        var anchor = new EvmAnchor(target.ChainId, target.Contract, batch.Root, batch.LeafCount, Transaction, Block, Now);
        await _store.AddAnchorAsync(batch, new NotedAnchor(0, batch.BatchId, anchor, BlockHash), Now, default);
        ShowReceipt(BlockHash);
        ShowBlock(BlockHash);
    }

    [TearDown]
    public async Task Close()
    {
        await _store.DisposeAsync();
        await _node.DisposeAsync();
        _http.Dispose();
        await _fixture.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task A_chain_that_goes_on_costs_one_question_a_round()
    {
        Assert.That(await CheckAsync(head: 120), Is.Zero);
        var asked = _node.Calls.Count;
        _node.Results["eth_getBlockByNumber"] = call => BlockJson(120, HeadHash(120));
        Assert.That(await CheckAsync(head: 125), Is.Zero);
        Assert.That(_node.Calls, Has.Count.EqualTo(asked + 1));
    }

    [Test]
    public async Task A_transaction_in_another_block_is_taken_back_at_once()
    {
        ShowReceipt(OtherHash);
        Assert.That(await CheckAsync(head: 120), Is.EqualTo(1));
        Assert.That(await CheckAsync(head: 120), Is.Zero, "once");
        Assert.That((await _store.CountChainAsync(default)).Retracted, Is.EqualTo(1));
    }

    [Test]
    public async Task Another_block_in_its_place_takes_it_back_at_once()
    {
        ShowReceipt(null);
        ShowBlock(OtherHash);
        Assert.That(await CheckAsync(head: 120), Is.EqualTo(1));
    }

    [Test]
    public async Task A_node_that_is_behind_is_no_re_organisation()
    {
        Assert.That(await CheckAsync(head: 120), Is.Zero);
        ShowReceipt(null);
        ShowBlock(null);
        Assert.That(await CheckAsync(head: 90), Is.Zero);
        _time.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.That(await CheckAsync(head: 95), Is.Zero);
        ShowReceipt(BlockHash); // it has caught up
        ShowBlock(BlockHash);
        _time.Advance(Patience);
        Assert.That(await CheckAsync(head: 121), Is.Zero);
        ShowReceipt(null); // and falls behind again: the patience begins anew
        ShowBlock(null);
        Assert.That(await CheckAsync(head: 92), Is.Zero);
        Assert.That((await _store.CountChainAsync(default)).Anchored, Is.EqualTo(1));
        _time.Advance(Patience);
        Assert.That(await CheckAsync(head: 92), Is.EqualTo(1), "so long behind, it is the chain that is shorter");
    }

    private static EvmHash Hash(char digit) => EvmHash.Parse($"0x{new string(digit, 64)}");

    private static EvmHash HeadHash(long number) => EvmHash.Parse($"0x{number:x64}");

    private static string BlockJson(long number, EvmHash hash) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"number":"0x{{number:x}}","hash":"{{hash}}","parentHash":"{{Hash('0')}}","timestamp":"0x1"}""");

    private async Task<int> CheckAsync(long head) => await _watch.CheckAsync(_rpc, new EvmBlock(head, HeadHash(head), Hash('0'), Now.Moment, 1), default);

    private void ShowBlock(EvmHash? hash) => _node.Results["eth_getBlockByNumber"] = call =>
        call.Parameters[0].GetString() == $"0x{Block:x}" ? hash is { } shown ? BlockJson(Block, shown) : "null" : BlockJson(Convert.ToInt64(call.Parameters[0].GetString(), 16), OtherHash);

    private void ShowReceipt(EvmHash? block) => _node.Results["eth_getTransactionReceipt"] = _ => block is null ? "null" : $$"""
        {"transactionHash":"{{Transaction}}","status":"0x1","blockNumber":"0x{{Block:x}}","blockHash":"{{block}}","from":"0x5fbdb2315678afecb367f032d93f642f64180aa3",
        "gasUsed":"0x1","effectiveGasPrice":"0x1","logs":[]}
        """;
}
