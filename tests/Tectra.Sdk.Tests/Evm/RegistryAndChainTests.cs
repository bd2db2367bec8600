using System.Text;
using Tectra.Sdk.Api;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Tests.Api;
using Tectra.Sdk.Tests.Verification;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>Records that a registry finds, and that the chain is asked about beside it.</summary>
public sealed class RegistryAndChainTests
{
    private static readonly VerificationPolicy Policy = new(KeyTrust.AnyKey, KeyTrust.Only());

    [Test]
    public async Task A_registrys_word_about_a_chain_counts_for_nothing_and_the_chains_own_does()
    {
        using var record = SignedRecord.Create();
        await using var chain = new FakeChain(record);
        using var registry = new FakeRegistry(() => FakeRegistry.Json($$"""{"items":[{{Encoding.UTF8.GetString(chain.Bundle.ToJson())}}]}"""));
        using var client = registry.Client();

        var unasked = await client.VerifyAsync(record.Delivered, Policy, SignedRecord.Clock);
        Assert.That((unasked.Blockchain.Outcome, unasked.Blockchain.Code, unasked.PassedChecks), Is.EqualTo((CheckOutcome.NotRun, CheckCodes.ChainNotAsked, 3)));
        using var chains = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [chain.Node.Url] }, SignedRecord.Clock);
        var asked = await client.VerifyAsync(record.Delivered, Policy, chains, SignedRecord.Clock);
        Assert.That((asked.Blockchain.Code, asked.PassedChecks, asked.Anchor), Is.EqualTo((CheckCodes.AnchoredOnChain, 4, chain.Anchor)));
        chain.Say(null);
        Assert.That((await client.VerifyAsync(record.Delivered, Policy, chains, SignedRecord.Clock)).Blockchain.Code, Is.EqualTo(CheckCodes.RootMismatch));
    }

    [Test]
    public async Task A_ledgers_anchor_needs_no_chain()
    {
        using var record = SignedRecord.Create();
        await using var node = new FakeNode();
        using var registry = new FakeRegistry(() => FakeRegistry.Json($$"""{"items":[{{Encoding.UTF8.GetString(record.Bundle.ToJson())}}]}"""));
        using var client = registry.Client();
        using var chains = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [node.Url] }, SignedRecord.Clock);
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(record.LedgerKey.PublicKey));
        Assert.That((await client.VerifyAsync(record.Delivered, policy, chains, SignedRecord.Clock)).Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredInLedger));
        Assert.That(node.Calls, Is.Empty);
    }

    [Test]
    public async Task Whatever_is_changed_in_an_answer_nothing_is_thrown_and_only_the_truth_passes()
    {
        using var record = SignedRecord.Create();
        await using var chain = new FakeChain(record);
        using var chains = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [chain.Node.Url] }, SignedRecord.Clock);
        var random = new Random(20261121);
        string[] methods = [.. chain.Node.Results.Keys.Order(StringComparer.Ordinal)];
        var truths = methods.ToDictionary(method => method, method => chain.Node.Results[method]);
        var codes = new HashSet<string>();
        for (var run = 0; run < 400; run++)
        {
            var method = methods[run % methods.Length];
            chain.Node.Results[method] = call => Change(truths[method](call), random);
            var report = await chains.VerifyAsync(record.Delivered, chain.Bundle, Policy);
            codes.Add(report.Blockchain.Code);
            if (report.Blockchain.Outcome == CheckOutcome.Passed) Assert.That(method, Is.Not.EqualTo("eth_getCode").And.Not.EqualTo("eth_chainId"), "one changed digit is another code, another chain");
            chain.Node.Results[method] = truths[method];
        }
        string[] possible =
        [
            CheckCodes.AnchoredOnChain, CheckCodes.AnchorUnconfirmed, CheckCodes.RootMismatch, ErrorCodes.ContractUnknown, ErrorCodes.WrongChain, ErrorCodes.RpcDisagree, ErrorCodes.RpcAnswerMalformed,
        ];
        Assert.That(codes, Is.SubsetOf(possible));
        Assert.That(codes, Has.Count.GreaterThanOrEqualTo(6));
    }

    /// <summary>Another character somewhere, one too many, or the rest missing; it may happen to be JSON of the right form.</summary>
    private static string Change(string json, Random random)
    {
        const string Characters = "0123456789abcdefx\"{}[],:";
        var at = random.Next(json.Length);
        var other = Characters[(Characters.IndexOf(json[at], StringComparison.Ordinal) + 1 + random.Next(Characters.Length - 1)) % Characters.Length];
        return random.Next(8) switch
        {
            0 => json[..at],
            1 => json.Insert(at, other.ToString()),
            _ => $"{json[..at]}{other}{json[(at + 1)..]}",
        };
    }
}
