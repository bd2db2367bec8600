using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework.Constraints;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Batching;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>Which nodes and contracts are believed, and what happens when a node is gone.</summary>
public sealed class EvmNodesTests
{
    private static readonly EvmAddress Registrar = EvmAddress.Parse(AnvilNode.Accounts[0]), Stranger = EvmAddress.Parse(AnvilNode.Accounts[1]);

    private static readonly Uri Nobody = new("http://127.0.0.1:9/"); // the discard port, where nothing listens

    [Test]
    public async Task Only_the_right_contract_on_the_right_chain_is_believed()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await using var other = await AnvilNode.StartAsync(80002);
        var lookalike = EvmAddress.Parse(await DeployCodeAsync(chain.Node, "0x6001600c60003960016000f300")); // one byte: STOP
        Assert.Multiple(() =>
        {
            Assert.That(async () => await chain.MakeNodes(chain.Options).CheckAsync(Registrar, default), Throws.Nothing);
            Assert.That(async () => await chain.MakeNodes(chain.MakeOptions(null, other.Url)).CheckAsync(Registrar, default), Fails("wrong_chain"));
            Assert.That(async () => await chain.MakeNodes(chain.MakeOptions(null, chain.Node.Url, other.Url)).CheckAsync(Registrar, default), Fails("wrong_chain"), "one wrong node is too many at the start");
            Assert.That(async () => await chain.MakeNodes(new EvmAnchoringOptions(137, Stranger, [chain.Node.Url], chain.Options.Account)).CheckAsync(Registrar, default), Fails("contract_unknown"), "no contract");
            Assert.That(async () => await chain.MakeNodes(new EvmAnchoringOptions(137, lookalike, [chain.Node.Url], chain.Options.Account)).CheckAsync(Registrar, default), Fails("contract_unknown"), "other code");
            Assert.That(async () => await chain.MakeNodes(chain.Options).CheckAsync(Stranger, default), Fails("anchoring_refused"), "no registrar");
            Assert.That(async () => await chain.MakeNodes(chain.MakeOptions(null, Nobody)).CheckAsync(Registrar, default), Throws.Nothing, "a node that doesn't answer may come back");
        });
    }

    [Test]
    public async Task Another_node_stands_in_for_one_that_is_gone()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.ReopenAsync(chain.MakeOptions(null, Nobody, chain.Node.Url));
        await chain.RegisterAsync(2);
        await chain.AnchorAllAsync();
        Assert.That(await chain.ReadRegistrationsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_node_of_another_chain_is_passed_over_while_it_runs()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await using var other = await AnvilNode.StartAsync(80002);
        await chain.ReopenAsync(chain.MakeOptions(null, other.Url, chain.Node.Url));
        await chain.RegisterAsync(2);
        await chain.AnchorAllAsync();
        Assert.That((await other.CallAsync("eth_blockNumber")).GetString(), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task Without_any_node_records_wait_and_nothing_is_lost()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.Node.StopAsync();
        var id = (await chain.RegisterAsync(2))[0];
        Assert.That(async () => await chain.Registry.AnchorPendingAsync(default), Throws.TypeOf<JsonRpcException>().With.Property("Code").EqualTo("rpc_unreachable"));
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("pending"));
        await chain.Node.StartAsync();
        await chain.AnchorAllAsync();
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("anchored"));
    }

    [Test]
    public async Task A_registrar_who_was_removed_is_told_so()
    {
        await using var chain = await ChainFixture.CreateAsync();
        await chain.ReopenAsync(chain.MakeOptions(EvmAccount.FromKey(AnvilNode.Keys[1])));
        var id = (await chain.RegisterAsync(1))[0];
        Assert.That(
            async () => await chain.Registry.AnchorPendingAsync(default),
            Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("anchoring_refused").And.Message.Contains($"registrar add {Stranger}"));
        Assert.That(await chain.CountTransactionsAsync(1), Is.Zero, "nothing is paid for what would fail");
        var owner = chain.MakeAdministration(AnvilNode.Keys[0]);
        await owner.SetRegistrarAsync(chain.Contract, Stranger, mayRegister: true, _ => { }, default);
        await chain.AnchorAllAsync();
        Assert.That(await chain.StatusOfAsync(id), Is.EqualTo("anchored"));
        await owner.SetRegistrarAsync(chain.Contract, Stranger, mayRegister: false, _ => { }, default);
        await chain.RegisterAsync(1);
        Assert.That(async () => await chain.Registry.AnchorPendingAsync(default), Fails("anchoring_refused"));
        Assert.That(async () => await chain.MakeAdministration(AnvilNode.Keys[1]).SetRegistrarAsync(chain.Contract, Stranger, true, _ => { }, default), Fails("anchoring_refused"), "not the owner");
    }

    [Test]
    public async Task A_contract_can_be_deployed_and_used()
    {
        await using var chain = await ChainFixture.CreateAsync();
        EvmHash? announced = null;
        var mined = await chain.MakeAdministration(AnvilNode.Keys[2]).DeployAsync(Stranger, Registrar, hash => announced = hash, default);
        var contract = mined.Receipt.CreatedContract!.Value;
        Assert.Multiple(async () =>
        {
            Assert.That(announced, Is.EqualTo(mined.Receipt.TransactionHash));
            Assert.That(mined.CostWei, Is.EqualTo((UInt128)mined.Receipt.GasUsed * mined.Receipt.EffectiveGasPrice));
            Assert.That(ProvenanceContract.CodeHash(await chain.Rpc.GetCodeAsync(contract, EvmBlockTag.Latest, default)), Is.EqualTo(ProvenanceContract.RuntimeCodeHash));
            Assert.That(await ContractReader.IsRegistrarAsync(chain.Rpc, contract, Registrar, default), Is.True);
            Assert.That(await ContractReader.IsRegistrarAsync(chain.Rpc, contract, Stranger, default), Is.False);
        });
    }

    [Test]
    public async Task A_ledger_leaves_alone_what_goes_to_a_chain()
    {
        await using var chain = await ChainFixture.CreateAsync();
        Assert.That(await chain.Store.ReadTargetAsync(default), Is.Null);
        var now = UtcTimestamp.From(TimeProvider.System.GetUtcNow());
        await chain.Store.ChooseTargetAsync(chain.Target, now, default);
        Assert.That(await chain.Store.ReadTargetAsync(default), Is.EqualTo(chain.Target));
        await chain.RegisterAsync(2);
        var ledger = new LedgerAnchorer(chain.Store, chain.MakeLedger(), TimeProvider.System, NullLogger.Instance);
        Assert.That((await ledger.RunAsync(default)).AnchoredRecords, Is.Zero);
        await chain.Store.ChooseTargetAsync(null, now, default);
        Assert.That((await ledger.RunAsync(default)).AnchoredRecords, Is.EqualTo(2));
    }

    [TestCase("addRegistrar(address)", ContractAdministration.AddRegistrarSelector)]
    [TestCase("removeRegistrar(address)", ContractAdministration.RemoveRegistrarSelector)]
    public void Selectors_are_those_of_the_contract(string signature, uint selector)
    {
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(Encoding.ASCII.GetBytes(signature), digest);
        Assert.That(selector, Is.EqualTo(BinaryPrimitives.ReadUInt32BigEndian(digest)));
    }

    private static EqualStringConstraint Fails(string code) => Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo(code);

    private static async Task<string> DeployCodeAsync(AnvilNode node, string code)
    {
        var hash = await node.CallAsync("eth_sendTransaction", new JsonObject { ["from"] = AnvilNode.Accounts[2], ["data"] = code });
        await node.MineAsync();
        return (await node.CallAsync("eth_getTransactionReceipt", hash.GetString())).GetProperty("contractAddress").GetString()!;
    }
}
