using System.Text;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class ContractAdministrationTests
{
    private const string Huge = "0xffffffffffffffffffffffffffffffff";

    private static readonly EvmAddress Owner = EvmAddress.Parse(AnvilNode.Accounts[1]);

    [Test]
    public async Task A_node_that_falls_silent_while_a_block_is_awaited_is_asked_again()
    {
        await using var node = await AnvilNode.StartAsync();
        await using var between = new FakeNode();
        using var http = new HttpClient(JsonRpcClient.CreateHandler());
        var silences = 0;
        between.Receiver.Answer = async (request, cancellationToken) =>
        {
            if (FakeNode.Read(request).Method == "eth_getTransactionReceipt" && ++silences <= 2) return FakeNode.Http("", "503 Service Unavailable");
            using var content = new StringContent(Encoding.UTF8.GetString(request.Body), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(node.Url, content, cancellationToken);
            return FakeNode.Http(await answer.Content.ReadAsStringAsync(cancellationToken));
        };
        using var signer = new KeyTransactionSigner(EvmPrivateKey.Parse(AnvilNode.Keys[0], null));
        var administration = Make(http, between.Url, signer);
        var mined = await administration.DeployAsync(Owner, null, _ => { }, default);
        Assert.That(mined.Receipt.CreatedContract, Is.Not.Null);
        Assert.That(silences, Is.EqualTo(3));
    }

    [Test]
    public async Task What_is_planned_is_what_it_takes()
    {
        await using var node = await AnvilNode.StartAsync();
        using var http = new HttpClient(JsonRpcClient.CreateHandler());
        using var signer = new KeyTransactionSigner(EvmPrivateKey.Parse(AnvilNode.Keys[0], null));
        var administration = Make(http, node.Url, signer);
        var planned = await administration.PlanDeploymentAsync(Owner, null, default);
        var mined = await administration.SendAsync(planned, _ => { }, default);
        Assert.That(mined.Receipt.GasUsed, Is.EqualTo(planned.Gas).Within(1).Percent);
        Assert.That(planned.GasLimit, Is.GreaterThan(planned.Gas));
        Assert.That(mined.CostWei, Is.LessThanOrEqualTo(planned.GreatestCostWei));
        Assert.That(planned.LikelyCostWei, Is.LessThan(planned.GreatestCostWei));
    }

    [TestCase(Huge, "0x1", "0x10000")]
    [TestCase("0x1", Huge, "0x10000")]
    [TestCase("0x1", "0x1", "0x7fffffffffffffff")]
    [TestCase("0x1", "0x1", "0x0")]
    public async Task A_node_that_names_what_can_not_be_is_not_believed(string baseFee, string priority, string gas)
    {
        await using var node = new FakeNode();
        var hash = $"\"0x{new string('1', 64)}\"";
        node.Results["eth_getBlockByNumber"] = _ => $$"""{"number":"0x1","hash":{{hash}},"parentHash":{{hash}},"timestamp":"0x1","baseFeePerGas":"{{baseFee}}"}""";
        node.Results["eth_maxPriorityFeePerGas"] = _ => $"\"{priority}\"";
        node.Results["eth_estimateGas"] = _ => $"\"{gas}\"";
        using var http = new HttpClient(JsonRpcClient.CreateHandler());
        using var signer = new KeyTransactionSigner(EvmPrivateKey.Parse(AnvilNode.Keys[0], null));
        Assert.That(
            async () => await Make(http, node.Url, signer).PlanDeploymentAsync(Owner, null, default),
            Throws.TypeOf<RegistryException>().With.Property(nameof(TectraException.Code)).EqualTo("anchoring_refused"));
    }

    private static ContractAdministration Make(HttpClient http, Uri url, KeyTransactionSigner signer) =>
        new(new EvmRpc(new JsonRpcClient(http, url, TimeProvider.System)), signer, AnvilNode.DefaultChainId, EvmFees.FromGwei(500), TimeProvider.System);
}
