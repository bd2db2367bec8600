using System.Globalization;
using System.Text.Json.Nodes;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Tests.Verification;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>The contract itself on a real node, read through the real client.</summary>
public sealed class AnvilTests
{
    private static readonly VerificationPolicy AnyContract = new(KeyTrust.AnyKey, KeyTrust.Only());

    private AnvilNode _anvil = null!;
    private HttpClient _http = null!;
    private EvmRpc _rpc = null!;
    private EvmAddress _contract;
    private SignedRecord _record = null!;

    [SetUp]
    public async Task StartAsync()
    {
        // The chain's clock begins when the record is signed, so that no test depends on this machine's.
        _anvil = await AnvilNode.StartAsync(arguments: ["--timestamp", SignedRecord.Clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)]);
        _http = new HttpClient(JsonRpcClient.CreateHandler());
        _rpc = new EvmRpc(new JsonRpcClient(_http, _anvil.Url, TimeProvider.System));
        _contract = EvmAddress.Parse(await _anvil.DeployAsync());
        _record = SignedRecord.Create();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _record?.Dispose();
        _http?.Dispose();
        if (_anvil is not null) await _anvil.DisposeAsync();
    }

    [Test]
    public async Task The_deployed_code_is_the_one_that_is_known() =>
        Assert.That(ProvenanceContract.CodeHash(await _rpc.GetCodeAsync(_contract, EvmBlockTag.Latest, default)), Is.EqualTo(ProvenanceContract.RuntimeCodeHash));

    [Test]
    public async Task A_registered_record_is_verified_by_the_chain_alone()
    {
        var bundle = await RegisterAsync(_record.Bundle);
        var read = EvidenceBundle.FromJson(bundle.ToJson());
        using var verifier = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [_anvil.Url] }, SignedRecord.Clock);

        var early = await verifier.VerifyAsync(_record.Delivered, read, AnyContract);
        Assert.That(early.Blockchain.Code, Is.EqualTo(CheckCodes.AnchorUnconfirmed));
        await _anvil.MineAsync(11);
        var report = await verifier.VerifyAsync(_record.Delivered, read, AnyContract with { Contracts = EvmTrust.Only(new EvmContract(137, _contract)) });
        Assert.That((report.Blockchain.Code, report.PassedChecks), Is.EqualTo((CheckCodes.AnchoredOnChain, 4)), report.Blockchain.Details);
        Assert.That(report.Findings.Where(finding => finding.Subject is "contract" or "transaction"), Is.Empty);

        using var stranger = SignedRecord.Create("stranger");
        var stolen = stranger.Bundle with { Anchor = bundle.Anchor };
        Assert.That((await verifier.VerifyAsync(stranger.Delivered, stolen, AnyContract)).Blockchain.Code, Is.EqualTo(CheckCodes.MerkleProofInvalid));
        var unregistered = stranger.Bundle with { Anchor = AnchorOf(stranger.Bundle, (EvmAnchor)bundle.Anchor!) };
        Assert.That((await verifier.VerifyAsync(stranger.Delivered, unregistered, AnyContract)).Blockchain.Code, Is.EqualTo(CheckCodes.RootMismatch));
    }

    [Test]
    public async Task A_proxy_that_lies_about_the_root_makes_it_a_mismatch_and_next_to_an_honest_node_a_contradiction()
    {
        var bundle = await RegisterAsync(_record.Bundle);
        await _anvil.MineAsync(11);
        var root = bundle.Anchor!.Root.ToString()[2..];
        await using var proxy = new HttpReceiver(_ => "");
        proxy.Answer = async (request, cancellation) =>
        {
            using var content = new ByteArrayContent(request.Body) { Headers = { ContentType = new("application/json") } };
            using var response = await _http.PostAsync(_anvil.Url, content, cancellation);
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            return FakeNode.Http(FakeNode.Read(request).Method == "eth_call" ? answer.Replace(root, new string('e', 64), StringComparison.Ordinal) : answer);
        };
        using var fooled = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [new Uri(proxy.Url)] }, SignedRecord.Clock);
        var lie = await fooled.VerifyAsync(_record.Delivered, bundle, AnyContract);
        Assert.That((lie.Blockchain.Outcome, lie.Blockchain.Code), Is.EqualTo((CheckOutcome.Failed, CheckCodes.RootMismatch)), lie.Blockchain.Details);
        using var careful = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [new Uri(proxy.Url), _anvil.Url], RequiredAgreement = 1 }, SignedRecord.Clock);
        Assert.That((await careful.VerifyAsync(_record.Delivered, bundle, AnyContract)).Blockchain.Code, Is.EqualTo(ErrorCodes.RpcDisagree));
    }

    [Test]
    public async Task The_contract_agrees_about_proofs_registrars_and_errors()
    {
        var bundle = await RegisterAsync(_record.Bundle);
        var leaf = new MerkleLeaf(_record.Certificate.Fingerprint.Sha256, bundle.Envelope.PayloadSha256);
        Assert.That(await AskAsync(ProvenanceContract.VerifyContent(bundle.Anchor!.Root, leaf, bundle.Proof!)), Is.True);
        Assert.That(await AskAsync(ProvenanceContract.VerifyContent(bundle.Anchor.Root, leaf with { ContentSha256 = default }, bundle.Proof!)), Is.False);
        Assert.That(await AskAsync(ProvenanceContract.IsRegistrar(EvmAddress.Parse(AnvilNode.Accounts[0]))), Is.True);
        Assert.That(await AskAsync(ProvenanceContract.IsRegistrar(EvmAddress.Parse(AnvilNode.Accounts[1]))), Is.False);

        var call = new EvmCall { From = EvmAddress.Parse(AnvilNode.Accounts[0]), To = _contract, Data = RegistrationOf(_record.Bundle) };
        Assert.That(ErrorOf(call), Is.EqualTo(ProvenanceContract.BatchAlreadyRegistered));
        Assert.That(ErrorOf(call with { From = EvmAddress.Parse(AnvilNode.Accounts[1]) }), Is.EqualTo(ProvenanceContract.NotRegistrar));
        Assert.That(ErrorOf(call with { Data = ProvenanceContract.RegisterBatch(bundle.Proof!.Siblings[0], 1, _record.Key.PublicKey, SignedRecord.Clock.Now.AddDays(1)) }), Is.EqualTo("TimestampInFuture"));
    }

    [Test]
    public async Task Every_call_of_the_client_is_answered_by_a_real_node()
    {
        var bundle = await RegisterAsync(_record.Bundle);
        var anchor = (EvmAnchor)bundle.Anchor!;
        var account = EvmAddress.Parse(AnvilNode.Accounts[0]);
        UInt128 ether = 1_000_000_000_000_000_000;
        Assert.That(await _rpc.GetChainIdAsync(default), Is.EqualTo(137));
        Assert.That(await _rpc.GetBlockNumberAsync(default), Is.EqualTo(anchor.BlockNumber));
        var block = (await _rpc.GetBlockAsync(EvmBlockTag.At(anchor.BlockNumber), default))!;
        Assert.That((block.Time, block.ParentHash), Is.EqualTo((anchor.Timestamp.Moment, (await _rpc.GetBlockAsync(EvmBlockTag.At(anchor.BlockNumber - 1), default))!.Hash)));
        Assert.That(await _rpc.GetBlockAsync(EvmBlockTag.At(1_000_000), default), Is.Null);
        Assert.That(await _rpc.GetTransactionCountAsync(account, EvmBlockTag.Pending, default), Is.EqualTo(2));
        Assert.That(await _rpc.GetBalanceAsync(account, EvmBlockTag.Latest, default), Is.InRange(9_999 * ether, 10_000 * ether), "what it began with, less the gas");
        Assert.That(await _rpc.EstimateGasAsync(new EvmCall { From = account, To = account, Data = default, Value = 1 }, default), Is.InRange(21_000, 22_000));
        Assert.That(await _rpc.GetMaxPriorityFeePerGasAsync(default), Is.GreaterThanOrEqualTo((UInt128)0));
        Assert.That(await _rpc.KnowsTransactionAsync(anchor.Transaction, default), Is.True);
        Assert.That(await _rpc.KnowsTransactionAsync(block.Hash, default), Is.False);
        var logs = await _rpc.GetLogsAsync(
            new EvmLogFilter { Address = _contract, FromBlock = 0, ToBlock = EvmBlockTag.Latest, Topics = [ProvenanceContract.BatchRegisteredTopic, EvmHash.Parse(anchor.Root.ToString())] }, default);
        Assert.That(ProvenanceContract.IsRegistrationOf(logs.Single(), _contract, anchor.Root));
        var error = Assert.ThrowsAsync<JsonRpcException>(async () => await _rpc.SendRawTransactionAsync(new byte[] { 2, 0xc0 }, default))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.RpcRefused));
    }

    [Test]
    public async Task What_a_re_organisation_took_back_no_longer_passes()
    {
        var bundle = await RegisterAsync(_record.Bundle);
        using var verifier = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [_anvil.Url] }, SignedRecord.Clock);
        var policy = AnyContract with { MinConfirmations = 1 };
        Assert.That((await verifier.VerifyAsync(_record.Delivered, bundle, policy)).Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredOnChain));
        await _anvil.RollbackAsync(1);
        Assert.That((await verifier.VerifyAsync(_record.Delivered, bundle, policy)).Blockchain.Code, Is.EqualTo(CheckCodes.RootMismatch));
        await _anvil.MineAsync(3);
        var again = await RegisterAsync(_record.Bundle);
        Assert.That((await verifier.VerifyAsync(_record.Delivered, bundle, policy)).Blockchain.Code, Is.EqualTo(CheckCodes.RootMismatch), "another block");
        Assert.That((await verifier.VerifyAsync(_record.Delivered, again, policy)).Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredOnChain));
    }

    private static EvmAnchor AnchorOf(EvidenceBundle bundle, EvmAnchor like) =>
        new(like.ChainId, like.Contract, bundle.Anchor!.Root, bundle.Anchor.LeafCount, like.Transaction, like.BlockNumber, like.Timestamp);

    private byte[] RegistrationOf(EvidenceBundle bundle) =>
        ProvenanceContract.RegisterBatch(bundle.Anchor!.Root, bundle.Anchor.LeafCount, _record.Key.PublicKey, SignedRecord.Clock.Now);

    private string? ErrorOf(EvmCall call)
    {
        var error = Assert.ThrowsAsync<JsonRpcException>(async () => await _rpc.CallAsync(call, EvmBlockTag.Latest, default))!;
        Assert.That((error.Code, error.RpcCode), Is.EqualTo((ErrorCodes.RpcRefused, 3)));
        return ProvenanceContract.ErrorName(error.RevertData.Span);
    }

    private async Task<bool> AskAsync(byte[] call) =>
        await _rpc.CallAsync(new EvmCall { To = _contract, Data = call }, EvmBlockTag.Latest, returned => ProvenanceContract.ReadBoolean(returned), default);

    /// <summary>Registers a bundle's root in the contract; the bundle is then anchored there.</summary>
    private async Task<EvidenceBundle> RegisterAsync(EvidenceBundle bundle)
    {
        var transaction = new JsonObject { ["from"] = AnvilNode.Accounts[0], ["to"] = _contract.ToString(), ["data"] = EvmHex.Data(RegistrationOf(bundle)) };
        var hash = EvmHash.Parse((await _anvil.CallAsync("eth_sendTransaction", transaction)).GetString());
        EvmReceipt? receipt;
        // The block is made at once, and yet after the answer.
        while ((receipt = await _rpc.GetTransactionReceiptAsync(hash, default)) is null) await Task.Delay(10);
        Assert.That(receipt.Succeeded);
        var block = (await _rpc.GetBlockAsync(EvmBlockTag.At(receipt.BlockNumber), default))!;
        return bundle with { Anchor = new EvmAnchor(137, _contract, bundle.Anchor!.Root, bundle.Anchor.LeafCount, hash, receipt.BlockNumber, UtcTimestamp.From(block.Time)) };
    }
}
