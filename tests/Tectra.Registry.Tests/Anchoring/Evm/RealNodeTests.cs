using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>What is signed here goes through a real node: it agrees on hash, sender and the addresses of contracts.</summary>
public sealed class RealNodeTests
{
    // A contract of one byte, STOP: its creation code writes it to memory and returns it.
    private static readonly byte[] Creation = Convert.FromHexString("600060005360016000f3");

    private AnvilNode _node = null!;
    private HttpClient _http = null!;
    private JsonRpcClient _client = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await AnvilNode.StartAsync();
        _http = new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new JsonRpcClient(_http, _node.Url, TimeProvider.System);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task What_a_key_signs_is_mined()
    {
        using var signer = new KeyTransactionSigner(EvmVectors.Key(AnvilNode.Keys[0]));
        Assert.That(signer.Address, Is.EqualTo(EvmAddress.Parse(AnvilNode.Accounts[0])));
        await AssertMinedAsync(signer);
    }

    [Test]
    public Task What_the_node_signs_is_mined() => AssertMinedAsync(new RpcTransactionSigner(_client, EvmAddress.Parse(AnvilNode.Accounts[1])));

    [Test]
    public async Task The_node_and_the_key_give_the_same_signature()
    {
        var account = EvmAddress.Parse(AnvilNode.Accounts[2]);
        using var key = new KeyTransactionSigner(EvmVectors.Key(AnvilNode.Keys[2]));
        var transaction = Next(0) with { To = account, Value = 5, Data = new byte[] { 0, 1, 2 } };
        var byKey = await key.SignAsync(transaction);
        var byNode = await new RpcTransactionSigner(_client, account).SignAsync(transaction);
        Assert.That(byNode.Raw.ToArray(), Is.EqualTo(byKey.Raw.ToArray()));
    }

    [Test]
    public void An_account_whose_key_the_node_hasnt_is_refused()
    {
        using var stranger = EvmPrivateKey.Create();
        Assert.That(async () => await new RpcTransactionSigner(_client, stranger.Address).SignAsync(Next(0)), Throws.InstanceOf<JsonRpcException>());
    }

    private static EvmTransaction Next(ulong nonce) => new()
    {
        ChainId = AnvilNode.DefaultChainId,
        Nonce = nonce,
        MaxPriorityFeePerGas = 1_000_000_000,
        MaxFeePerGas = 100_000_000_000,
        GasLimit = 200_000,
    };

    private async Task AssertMinedAsync(ITransactionSigner signer)
    {
        var rpc = new EvmRpc(_client);
        var nonce = (ulong)await rpc.GetTransactionCountAsync(signer.Address, EvmBlockTag.Latest, default);
        var created = await SendAsync(Next(nonce) with { Data = Creation });
        Assert.That(created.CreatedContract, Is.EqualTo(ContractAddress.Of(signer.Address, nonce)));
        Assert.That(await rpc.GetCodeAsync(created.CreatedContract!.Value, EvmBlockTag.Latest, default), Is.EqualTo(new byte[] { 0 }));
        var called = await SendAsync(Next(nonce + 1) with { To = created.CreatedContract, Data = new byte[300], Value = 7 });
        Assert.That(called.To, Is.EqualTo(created.CreatedContract));
        Assert.That(await rpc.GetBalanceAsync(created.CreatedContract!.Value, EvmBlockTag.Latest, default), Is.EqualTo((UInt128)7));

        async Task<EvmReceipt> SendAsync(EvmTransaction transaction)
        {
            var signed = await signer.SignAsync(transaction);
            Assert.That(await rpc.SendRawTransactionAsync(signed.Raw, default), Is.EqualTo(signed.Hash));
            EvmReceipt? receipt;
            while ((receipt = await rpc.GetTransactionReceiptAsync(signed.Hash, default)) is null) await Task.Delay(20);
            Assert.That((receipt.Succeeded, receipt.From), Is.EqualTo((true, signer.Address)));
            return receipt;
        }
    }
}
