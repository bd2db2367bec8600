using System.Text.Json.Nodes;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Storage;
using Tectra.Registry.Tests.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>Batches on their way to a contract on a real node, and what can happen to them.</summary>
public sealed class EvmAnchoringTests
{
    [TestCase(TestDatabase.Sqlite)]
    [TestCase(TestDatabase.Postgres)]
    public async Task A_record_is_pending_then_submitted_then_anchored(string engine)
    {
        await using var chain = await ChainFixture.CreateAsync(engine);
        await chain.ReopenAsync(chain.MakeOptions() with { Confirmations = 3 });
        await chain.Node.SetAutomineAsync(false);
        var id = (await chain.RegisterAsync(3))[1];
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("pending"));
        Assert.That(await chain.Registry.AnchorPendingAsync(default), Is.Zero);
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("submitted"));
        for (var confirmations = 1; confirmations <= 2; confirmations++)
        {
            await chain.Node.MineAsync();
            Assert.That(await chain.Registry.AnchorPendingAsync(default), Is.Zero);
            Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("submitted"), $"{confirmations} of 3");
        }
        await chain.Node.MineAsync();
        Assert.That(await chain.Registry.AnchorPendingAsync(default), Is.EqualTo(3));
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("anchored"));
        Assert.That(await chain.Registry.AnchorPendingAsync(default), Is.Zero, "nothing is anchored twice");

        var bundle = (await chain.Registry.GetAsync(id, default))!.Evidence.Bundle;
        var anchor = (EvmAnchor)bundle.Anchor!;
        var receipt = (await chain.Rpc.GetTransactionReceiptAsync(anchor.Transaction, default))!;
        var block = (await chain.Rpc.GetBlockAsync(EvmBlockTag.At(anchor.BlockNumber), default))!;
        Assert.Multiple(() =>
        {
            Assert.That(receipt, Has.Property("Succeeded").True.And.Property("BlockNumber").EqualTo(anchor.BlockNumber));
            Assert.That((anchor.ChainId, anchor.Contract, anchor.LeafCount), Is.EqualTo((AnvilNode.DefaultChainId, chain.Contract, 3)));
            Assert.That(anchor.Timestamp.Moment, Is.EqualTo(block.Time));
        });
        var registered = await ContractReader.GetBatchAsync(chain.Rpc, chain.Contract, anchor.Root, default);
        Assert.That(registered, Has.Property("LeafCount").EqualTo(3).And.Property("Signer").EqualTo(chain.LedgerKey));
        Assert.That((await chain.Store.CountChainAsync(default)), Is.EqualTo(new ChainCounts(0, 0, 1, 0)));
    }

    [TestCase(TestDatabase.Sqlite)]
    [TestCase(TestDatabase.Postgres)]
    public async Task A_batch_that_a_reorganisation_took_back_is_submitted_again_and_anchored_again(string engine)
    {
        await using var chain = await ChainFixture.CreateAsync(engine);
        var first = (await chain.RegisterAsync(2))[0];
        await chain.AnchorAllAsync();
        var second = (await chain.RegisterAsync(2))[0];
        await chain.AnchorAllAsync();
        var before = await AnchorOfAsync(chain, second);
        await chain.Node.SetAutomineAsync(false);
        await chain.Node.RollbackAsync(1);
        await UntilAsync(async () =>
        {
            await chain.Registry.AnchorPendingAsync(default);
            return await chain.StatusOfAsync(second) == "submitted";
        });
        Assert.That(await chain.StatusOfAsync(first), Is.EqualTo("anchored"), "its block is still there");
        await chain.Node.MineAsync(2); // the transaction comes into another block than before
        await chain.AnchorAllAsync();
        var after = await AnchorOfAsync(chain, second);
        Assert.Multiple(async () =>
        {
            Assert.That(after.Root, Is.EqualTo(before.Root));
            Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(2), "no root is there twice");
            Assert.That(await chain.Store.CountChainAsync(default), Is.EqualTo(new ChainCounts(0, 0, 2, 1)));
        });
    }

    [Test]
    public async Task A_transaction_that_moved_to_another_block_is_noted_there()
    {
        await using var chain = await ChainFixture.CreateAsync();
        var id = (await chain.RegisterAsync(1))[0];
        await chain.AnchorAllAsync();
        var before = await AnchorOfAsync(chain, id);
        var raw = (await chain.Store.ReadTransactionsAsync(chain.Target, default));
        Assert.That(raw, Is.Empty, "what is anchored waits for nothing");
        // The other branch of the chain has a block more before the same transaction.
        await chain.Node.SetAutomineAsync(false);
        await chain.Node.RollbackAsync(1);
        await chain.Node.MineAsync(1);
        await UntilAsync(async () =>
        {
            await chain.Registry.AnchorPendingAsync(default);
            return await chain.StatusOfAsync(id) == "submitted";
        });
        await chain.Node.MineAsync(1);
        await chain.AnchorAllAsync();
        var after = await AnchorOfAsync(chain, id);
        Assert.That((after.Transaction, after.BlockNumber), Is.EqualTo((before.Transaction, before.BlockNumber + 1)));
    }

    [Test]
    public async Task What_a_node_forgot_is_sent_again_as_it_was()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        await chain.RegisterAsync(2);
        await chain.Registry.AnchorPendingAsync(default);
        var sent = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        await chain.Node.StopAsync(); // with it goes what it had in memory
        await chain.Node.StartAsync();
        await chain.AnchorAllAsync();
        var registration = (await chain.ReadRegistrationsAsync()).Single();
        Assert.That(registration.TransactionHash, Is.EqualTo(sent.Hash));
    }

    [Test]
    public async Task A_transaction_that_offers_too_little_is_replaced_by_one_that_offers_more()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        await chain.RegisterAsync(2);
        await chain.Registry.AnchorPendingAsync(default);
        var cheap = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        var offered = SignedTransaction.Decode(cheap.Raw).Transaction;
        // The chain becomes dearer than that.
        await chain.Node.CallAsync("anvil_setNextBlockBaseFeePerGas", EvmHex.Quantity(2 * offered.MaxFeePerGas));
        await chain.Node.MineAsync();
        Assert.That(await chain.CountTransactionsAsync(), Is.EqualTo(1), "only the deployment");
        await Task.Delay(chain.Options.StuckAfter);
        await chain.Registry.AnchorPendingAsync(default);
        var both = await chain.Store.ReadTransactionsAsync(chain.Target, default);
        Assert.That(both, Has.Count.EqualTo(2));
        var dear = SignedTransaction.Decode(both[1].Raw).Transaction;
        Assert.Multiple(() =>
        {
            Assert.That(dear.Nonce, Is.EqualTo(offered.Nonce));
            Assert.That(dear.Data.ToArray(), Is.EqualTo(offered.Data.ToArray()));
            Assert.That(dear.MaxFeePerGas, Is.GreaterThan(2 * offered.MaxFeePerGas));
            Assert.That(dear.MaxPriorityFeePerGas, Is.GreaterThanOrEqualTo(offered.MaxPriorityFeePerGas + (offered.MaxPriorityFeePerGas / 10)));
        });
        await chain.Node.MineAsync();
        await chain.AnchorAllAsync();
        Assert.That((await chain.ReadRegistrationsAsync()).Single().TransactionHash, Is.EqualTo(both[1].Hash));
    }

    [Test]
    public async Task A_transaction_that_offers_enough_is_not_made_dearer_only_because_it_waits()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        await chain.RegisterAsync(1);
        await chain.Registry.AnchorPendingAsync(default);
        await Task.Delay(2 * chain.Options.StuckAfter);
        await chain.Registry.AnchorPendingAsync(default);
        Assert.That(await chain.Store.ReadTransactionsAsync(chain.Target, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task While_the_chain_is_too_dear_batches_wait_and_records_gather()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.ReopenAsync(chain.MakeOptions() with { MaxFeeGwei = 5 });
        await chain.Node.CallAsync("anvil_setNextBlockBaseFeePerGas", EvmHex.Quantity(10_000_000_000));
        await chain.Node.MineAsync();
        await chain.RegisterAsync(2);
        Assert.That(async () => await chain.Registry.AnchorPendingAsync(default), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("fee_cap_reached"));
        await chain.RegisterAsync(3);
        Assert.That(async () => await chain.Registry.AnchorPendingAsync(default), Throws.TypeOf<RegistryException>());
        Assert.That((await chain.Store.ReadUnanchoredBatchesAsync(default)).Single().LeafCount, Is.EqualTo(2), "no batch is formed while one can't be sent");
        await chain.Node.CallAsync("anvil_setNextBlockBaseFeePerGas", EvmHex.Quantity(1_000_000_000));
        await chain.Node.MineAsync();
        await chain.AnchorAllAsync();
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Who_else_uses_the_account_costs_a_nonce_and_no_record()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        await chain.RegisterAsync(2);
        await chain.Registry.AnchorPendingAsync(default);
        var ours = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        await chain.Node.CallAsync("anvil_dropTransaction", ours.Hash.ToString());
        await chain.Node.CallAsync("eth_sendTransaction", new JsonObject { ["from"] = AnvilNode.Accounts[0], ["to"] = AnvilNode.Accounts[1], ["value"] = "0x1", ["nonce"] = EvmHex.Quantity((UInt128)ours.Nonce) });
        await chain.Node.MineAsync();
        await chain.Node.SetAutomineAsync(true);
        await chain.AnchorAllAsync();
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_registry_put_back_from_its_backup_finds_its_roots_on_the_chain()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        var id = (await chain.RegisterAsync(2))[0];
        await chain.Registry.AnchorPendingAsync(default);
        var sent = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        await chain.Node.MineAsync();
        // As if the backup were from before it was sent.
        var backup = StoreProxy.Around(chain.Store, (method, call) => method == nameof(IChainStore.ReadTransactionsAsync) ? NoTransactions : call());
        await chain.MakeAnchorer(store: backup).RunAsync(default);
        Assert.That((await AnchorOfAsync(chain, id)).Transaction, Is.EqualTo(sent.Hash));
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Many_batches_go_at_once_and_no_more_than_a_node_keeps()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        for (var i = 0; i < EvmAnchorer.MaxInFlight + 3; i++)
        {
            await chain.RegisterAsync(1);
            await chain.Registry.AnchorPendingAsync(default);
        }
        Assert.That(await chain.Store.ReadTransactionsAsync(chain.Target, default), Has.Count.EqualTo(EvmAnchorer.MaxInFlight));
        await chain.Node.SetAutomineAsync(true);
        await chain.Node.MineAsync();
        await chain.AnchorAllAsync();
        var registrations = await chain.ReadRegistrationsAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(registrations, Has.Count.EqualTo(EvmAnchorer.MaxInFlight + 1), "the last three records became one batch");
            Assert.That(registrations.Select(log => log.Topics[1]), Is.Unique);
            Assert.That(await chain.CountTransactionsAsync(), Is.EqualTo(1 + registrations.Count), "none failed");
        });
    }

    [Test]
    public async Task Several_servers_anchor_each_record_once()
    {
        await using var chain = await ChainFixture.CreateAsync(TestDatabase.Postgres);
        await chain.RegisterAsync(200);
        var anchorers = Enumerable.Range(0, 5).Select(_ => chain.MakeAnchorer()).ToList();
        await Task.WhenAll(anchorers.Select(anchorer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++) await anchorer.RunAsync(default);
        })));
        await chain.AnchorAllAsync();
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_transaction_that_failed_is_followed_by_another_but_not_at_once()
    {
        await using var chain = await ChainFixture.CreateAsync();
        var (owner, registrar) = (chain.MakeAdministration(AnvilNode.Keys[0]), EvmAddress.Parse(AnvilNode.Accounts[1]));
        await owner.SetRegistrarAsync(chain.Contract, registrar, mayRegister: true, _ => { }, default);
        var options = chain.MakeOptions(EvmAccount.FromKey(AnvilNode.Keys[1]));
        await chain.ReopenAsync(options with { StuckAfter = TimeSpan.FromHours(1) });
        await chain.Node.SetAutomineAsync(false);
        await chain.RegisterAsync(2);
        await chain.Registry.AnchorPendingAsync(default);
        // It is taken from the mempool, and comes back when it can only fail.
        var sent = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        await chain.Node.CallAsync("anvil_dropTransaction", sent.Hash.ToString());
        await chain.Node.SetAutomineAsync(true);
        await owner.SetRegistrarAsync(chain.Contract, registrar, mayRegister: false, _ => { }, default);
        await chain.Registry.AnchorPendingAsync(default); // sends it again
        await chain.Node.MineAsync();
        Assert.That((await chain.Rpc.GetTransactionReceiptAsync(sent.Hash, default))!.Succeeded, Is.False);
        await owner.SetRegistrarAsync(chain.Contract, registrar, mayRegister: true, _ => { }, default);
        await chain.Registry.AnchorPendingAsync(default);
        Assert.That(await chain.CountTransactionsAsync(1), Is.EqualTo(1), "it is waited first");
        await chain.ReopenAsync(options);
        await chain.AnchorAllAsync();
        Assert.That(await chain.CountTransactionsAsync(1), Is.EqualTo(2));
    }

    [Test]
    public async Task A_root_that_another_registrar_spoilt_holds_nothing_up()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.SetAutomineAsync(false);
        var spoilt = (await chain.RegisterAsync(2))[0];
        await chain.Registry.AnchorPendingAsync(default);
        var sent = (await chain.Store.ReadTransactionsAsync(chain.Target, default)).Single();
        await chain.Node.CallAsync("anvil_dropTransaction", sent.Hash.ToString());
        // A thief of the key registers the root with another count, under the same nonce.
        var batch = (await chain.Store.ReadUnanchoredBatchesAsync(default)).Single();
        var data = ProvenanceContract.RegisterBatch(batch.Root, 7, chain.LedgerKey, batch.FormedAt.Moment);
        await chain.Node.CallAsync("eth_sendTransaction", new JsonObject
        {
            ["from"] = AnvilNode.Accounts[0],
            ["to"] = chain.Contract.ToString(),
            ["data"] = EvmHex.Data(data),
            ["nonce"] = EvmHex.Quantity((UInt128)sent.Nonce),
        });
        await chain.Node.MineAsync();
        await chain.Node.SetAutomineAsync(true);
        var other = (await chain.RegisterAsync(3))[0];
        await UntilAsync(async () =>
        {
            await chain.Registry.AnchorPendingAsync(default);
            return await chain.StatusOfAsync(other) == "anchored";
        });
        await Task.Delay(2 * chain.Options.StuckAfter);
        await chain.Registry.AnchorPendingAsync(default);
        Assert.That(await chain.StatusOfAsync(spoilt), Is.EqualTo("submitted"), "it can't be anchored there");
    }

    [Test]
    public async Task A_node_or_an_external_signer_can_sign()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.ReopenAsync(chain.MakeOptions(EvmAccount.FromSigner(chain.Node.Url, EvmAddress.Parse(AnvilNode.Accounts[0]))));
        await chain.RegisterAsync(2);
        await chain.AnchorAllAsync();
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(1));
    }

    [TestCase(nameof(IRecordStore.AddBatchAsync), false)]
    [TestCase(nameof(IRecordStore.AddBatchAsync), true)]
    [TestCase(nameof(IChainStore.AddTransactionAsync), false)]
    [TestCase(nameof(IChainStore.AddTransactionAsync), true)]
    [TestCase(nameof(IChainStore.AddAnchorAsync), false)]
    [TestCase(nameof(IChainStore.AddAnchorAsync), true)]
    public async Task A_crash_at_any_step_ends_in_one_registration(string step, bool after)
    {
        await using var chain = await ChainFixture.CreateAsync();
        var id = (await chain.RegisterAsync(2))[0];
        var anchorer = chain.MakeAnchorer(store: StoreProxy.Crashing(chain.Store, step, after));
        await UntilAsync(async () =>
        {
            try
            {
                await anchorer.RunAsync(default);
                return false;
            }
            catch (CrashException)
            {
                return true;
            }
        });
        var isSent = step == nameof(IChainStore.AddAnchorAsync);
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(isSent ? 1 : 0), "nothing is sent before it is stored");
        await chain.AnchorAllAsync();
        var registration = (await chain.ReadRegistrationsAsync()).Single();
        Assert.That(registration.TransactionHash, Is.EqualTo((await AnchorOfAsync(chain, id)).Transaction));
        Assert.That(await chain.CountTransactionsAsync(), Is.EqualTo(2), "the deployment and the registration");
    }

    private static object NoTransactions => new ValueTask<IReadOnlyList<BatchTransaction>>([]);

    private static async Task<EvmAnchor> AnchorOfAsync(ChainFixture chain, RecordId id) => (EvmAnchor)(await chain.Registry.GetAsync(id, default))!.Evidence.Bundle.Anchor!;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await condition()) return;
            await Task.Delay(25);
        }
        Assert.Fail("It didn't come.");
    }
}
