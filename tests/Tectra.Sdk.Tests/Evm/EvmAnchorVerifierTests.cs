using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Tests.Verification;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>What becomes of the blockchain check when nodes tell the truth, lie, contradict each other, or don't answer.</summary>
public sealed class EvmAnchorVerifierTests
{
    private static readonly VerificationPolicy Pinned = Policy(EvmTrust.Only(new EvmContract(137, FakeChain.Contract)));

    private FakeChain _chain = null!;

    [SetUp]
    public void MakeChain() => _chain = new FakeChain(SignedRecord.Create());

    [TearDown]
    public async Task EndChainAsync()
    {
        await _chain.DisposeAsync();
        _chain.Record.Dispose();
    }

    [Test]
    public async Task A_registered_batch_passes_and_the_report_shows_where()
    {
        var report = await VerifyAsync(Pinned);
        Assert.That((report.Blockchain.Outcome, report.Blockchain.Code, report.PassedChecks), Is.EqualTo((CheckOutcome.Passed, CheckCodes.AnchoredOnChain, 4)), report.Blockchain.Details);
        Assert.That(report.Blockchain.Details, Is.EqualTo($"Merkle proof valid: Polygon block 1000, 2026-11-20T16:00:30.000Z, transaction https://polygonscan.com/tx/{FakeChain.Transaction}, by the word of {_chain.Node.Origin}"));
        Assert.That(report.Anchor, Is.EqualTo(_chain.Anchor));
        Assert.That(report.Findings.Select(finding => finding.Subject), Has.No.Member("contract").And.No.Member("transaction").And.No.Member("ledger"));
        var json = System.Text.Json.JsonElement.Parse(report.ToJson());
        Assert.That((json.GetProperty("blockchain_tx").GetString(), json.GetProperty("blockchain_url").GetString()), Is.EqualTo((FakeChain.Transaction.ToString(), $"https://polygonscan.com/tx/{FakeChain.Transaction}")));
        Assert.That(System.Text.Encoding.UTF8.GetString(report.ToJson()), Does.Not.Contain("secret"));
    }

    [Test]
    public async Task Without_a_named_contract_a_genuine_one_counts_and_the_report_says_so()
    {
        var report = await VerifyAsync(Policy(EvmTrust.AnyGenuineContract));
        Assert.That(report.Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredOnChain));
        Assert.That(FindingOf(report, "contract"), Is.EqualTo((CheckOutcome.NotRun, CheckCodes.ContractNotPinned)));
    }

    [Test]
    public async Task A_contract_that_is_not_trusted_fails_whatever_it_says()
    {
        foreach (var trust in new[] { EvmTrust.Only(), EvmTrust.Only(new EvmContract(80002, FakeChain.Contract)), EvmTrust.Only(new EvmContract(137, default)) })
            await ExpectAsync(CheckOutcome.Failed, CheckCodes.AnchorUntrusted, Policy(trust));
    }

    [Test]
    public async Task Nobody_asked_is_not_run_and_says_what_to_do()
    {
        var report = Verifier.Verify(_chain.Record.Delivered, [_chain.Bundle], EvidenceSource.Bundle, Pinned, SignedRecord.Clock.Now);
        Assert.That((report.Blockchain.Outcome, report.Blockchain.Code, report.PassedChecks), Is.EqualTo((CheckOutcome.NotRun, CheckCodes.ChainNotAsked, 3)));
        Assert.That(report.Blockchain.Details, Does.Contain("--rpc").And.Contain($"https://polygonscan.com/tx/{FakeChain.Transaction}"));
        Assert.That(report.Anchor, Is.Null);
        var elsewhere = await ReadAsync(_chain.Bundle with { Anchor = _chain.Anchor with { ChainId = 80002 } });
        Assert.That(Judge(elsewhere).Blockchain.Code, Is.EqualTo(CheckCodes.ChainNotAsked), "a reading about another anchor");
    }

    [Test]
    public async Task A_root_that_the_node_lies_about_is_a_mismatch()
    {
        var other = MerkleHash.Combine(_chain.Batch.Root, _chain.Batch.Root);
        _chain.Say(null);
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch);
        _chain.Say(_chain.Batch with { Root = other });
        Assert.That((await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch)).Details, Does.StartWith("root mismatch: ").And.Contain(other.ToString()));
        _chain.Say(_chain.Batch with { Root = other, BlockNumber = 3, LeafCount = 7 });
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch);
        _chain.Say(_chain.Batch with { LeafCount = 4 });
        Assert.That((await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch)).Details, Does.Contain("4 leaves on the chain, and 5 in the evidence"));
    }

    [Test]
    public async Task Evidence_that_says_something_else_than_the_chain_is_a_mismatch()
    {
        foreach (var anchor in new[] { _chain.Anchor with { BlockNumber = 999 }, _chain.Anchor with { BlockNumber = 1001 } })
            Assert.That((await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch, bundle: _chain.Bundle with { Anchor = anchor })).Details, Does.Contain("block 1000, and in block "));
        foreach (var time in new[] { "2026-11-20T16:00:29Z", "2026-11-20T16:00:30.001Z", "2026-11-20T16:00:31Z" })
        {
            var anchor = new EvmAnchor(137, FakeChain.Contract, _chain.Batch.Root, 5, FakeChain.Transaction, 1000, UtcTimestamp.Parse(time));
            await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch, bundle: _chain.Bundle with { Anchor = anchor });
        }
        var same = new EvmAnchor(137, FakeChain.Contract, _chain.Batch.Root, 5, FakeChain.Transaction, 1000, UtcTimestamp.Parse("2026-11-20T16:00:30Z"));
        await ExpectAsync(CheckOutcome.Passed, CheckCodes.AnchoredOnChain, bundle: _chain.Bundle with { Anchor = same });
        // Leaf count and root are the Merkle proof's affair first.
        var grown = new EvmAnchor(137, FakeChain.Contract, _chain.Batch.Root, 64, FakeChain.Transaction, 1000, same.Timestamp);
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.MerkleProofInvalid, bundle: _chain.Bundle with { Anchor = grown });
        var six = new EvmAnchor(137, FakeChain.Contract, _chain.Batch.Root, 6, FakeChain.Transaction, 1000, same.Timestamp);
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.RootMismatch, bundle: _chain.Bundle with { Anchor = six });
    }

    [Test]
    public async Task A_Merkle_path_that_leads_elsewhere_fails_with_or_without_a_node()
    {
        var wrong = _chain.Bundle with { Proof = new MerkleProof(_chain.Bundle.Proof!.Siblings.SetItem(0, _chain.Batch.Root)) };
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.MerkleProofInvalid, bundle: wrong);
        Assert.That(Judge([], wrong).Blockchain.Code, Is.EqualTo(CheckCodes.MerkleProofInvalid));
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.AnchorPending, bundle: _chain.Bundle with { Proof = null, Anchor = null });
    }

    [TestCase(0, 1)] // the node is behind itself: the block that it knows has been reached
    [TestCase(1000, 1)]
    [TestCase(1010, 11)]
    public async Task Too_few_confirmations_fail_until_there_are_more(long head, int confirmations)
    {
        _chain.SetHead(head);
        Assert.That((await ExpectAsync(CheckOutcome.Failed, CheckCodes.AnchorUnconfirmed)).Details, Does.Contain($"only {confirmations} of 12 blocks"));
        await ExpectAsync(CheckOutcome.Passed, CheckCodes.AnchoredOnChain, Pinned with { MinConfirmations = confirmations });
        await ExpectAsync(CheckOutcome.Failed, CheckCodes.AnchorUnconfirmed, Pinned with { MinConfirmations = confirmations + 1 });
        _chain.SetHead(1011);
        await ExpectAsync(CheckOutcome.Passed, CheckCodes.AnchoredOnChain);
    }

    [TestCase(300, true)] // half a minute before the block, and five minutes ahead: just within what clocks differ
    [TestCase(331, false)]
    public async Task A_record_that_says_it_was_signed_after_it_was_registered_fails(int secondsAfter, bool passes)
    {
        using var record = SignedRecord.Create(claimed: TimeSpan.FromSeconds(secondsAfter));
        await using var late = new FakeChain(record);
        using var verifier = Verifier_([late.Node]);
        var report = await verifier.VerifyAsync(record.Delivered, late.Bundle, Pinned);
        Assert.That(FindingOf(report, "anchor").Code, Is.EqualTo(passes ? CheckCodes.AnchoredOnChain : CheckCodes.AnchoredBeforeSigned));
    }

    [Test]
    public async Task A_node_of_another_chain_is_not_believed()
    {
        _chain.Node.Results["eth_chainId"] = _ => "\"0x1\"";
        Assert.That((await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.WrongChain)).Details, Is.EqualTo($"{_chain.Node.Origin} is a node of EVM chain 1 (1), not of Polygon (137)."));
        Assert.That(_chain.Node.Calls.All(call => call.Method == "eth_chainId"), "nothing else is asked");
    }

    [Test]
    public async Task Another_contract_is_no_registry_unless_it_was_named_and_answers_like_one()
    {
        _chain.Node.Results["eth_getCode"] = _ => "\"0x6001\"";
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.ContractUnknown, Policy(EvmTrust.AnyGenuineContract));
        var report = await VerifyAsync(Pinned);
        Assert.That(report.Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredOnChain));
        Assert.That(FindingOf(report, "contract"), Is.EqualTo((CheckOutcome.NotRun, ErrorCodes.ContractUnknown)));
        _chain.Node.Results["eth_call"] = _ => "\"0x\"";
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.ContractUnknown);
        _chain.Node.Results["eth_getCode"] = _ => "\"0x\"";
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.ContractUnknown);
    }

    [Test]
    public async Task A_node_that_contradicts_itself_is_not_believed()
    {
        _chain.Say(_chain.Batch with { RegisteredAt = _chain.Batch.RegisteredAt.AddSeconds(-3600) });
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcDisagree);
        _chain.Say(_chain.Batch with { BlockNumber = 7 });
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcDisagree);
        _chain.Say(_chain.Batch with { BlockNumber = long.MaxValue });
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcDisagree);
    }

    [Test]
    public async Task A_transaction_that_did_something_else_is_told_and_not_shown()
    {
        var lies = new Dictionary<string, string>
        {
            ["failed"] = FakeChain.Receipt(_chain.Batch, FakeChain.Contract, succeeded: false),
            ["other contract"] = FakeChain.Receipt(_chain.Batch, default),
            ["other block"] = FakeChain.Receipt(_chain.Batch with { BlockNumber = 1001 }, FakeChain.Contract),
            ["other fork"] = FakeChain.Receipt(_chain.Batch, FakeChain.Contract, block: FakeChain.Transaction),
            ["other root"] = FakeChain.Receipt(_chain.Batch with { Root = default }, FakeChain.Contract),
        };
        foreach (var (what, receipt) in lies)
        {
            _chain.Node.Results["eth_getTransactionReceipt"] = _ => receipt;
            var report = await VerifyAsync(Pinned);
            Assert.That(report.Blockchain.Code, Is.EqualTo(CheckCodes.AnchoredOnChain), what);
            Assert.That(report.Blockchain.Details, Does.Not.Contain("transaction"), what);
            Assert.That(FindingOf(report, "transaction"), Is.EqualTo((CheckOutcome.Failed, CheckCodes.TransactionMismatch)), what);
            Assert.That(report.Anchor, Is.Null, what);
        }
    }

    [Test]
    public async Task A_transaction_that_the_node_does_not_have_any_more_is_told()
    {
        _chain.Node.Results["eth_getTransactionReceipt"] = _ => "null";
        Assert.That(FindingOf(await VerifyAsync(Pinned), "transaction"), Is.EqualTo((CheckOutcome.NotRun, CheckCodes.TransactionUnknown)));
        _chain.Node.Results.TryRemove("eth_getTransactionReceipt", out _); // an error instead
        var report = await VerifyAsync(Pinned);
        Assert.That((report.Blockchain.Code, report.Anchor), Is.EqualTo((CheckCodes.AnchoredOnChain, _chain.Anchor)));
        Assert.That(FindingOf(report, "transaction"), Is.EqualTo((CheckOutcome.NotRun, CheckCodes.TransactionUnknown)));
    }

    [Test]
    public async Task Each_question_that_is_answered_wrongly_makes_the_check_not_run_and_nothing_is_thrown([Values("eth_chainId", "eth_getCode", "eth_call", "eth_getBlockByNumber", "eth_getTransactionReceipt", "eth_blockNumber")] string method)
    {
        var answers = new (Func<NodeCall, string> Raw, string Code)[]
        {
            (call => FakeNode.Error(call, """{"code":-32000,"message":"header not found"}"""), ErrorCodes.RpcRefused),
            (_ => FakeNode.Http("<html>Log in</html>", type: "text/html"), ErrorCodes.RpcAnswerMalformed),
            (call => FakeNode.Http($"{{\"jsonrpc\":\"2.0\",\"id\":{call.Id},\"result\":\"0x"), ErrorCodes.RpcAnswerMalformed),
            (call => FakeNode.Result(call, "\"0xzz\""), ErrorCodes.RpcAnswerMalformed),
            (call => FakeNode.Result(call, "{}"), ErrorCodes.RpcAnswerMalformed),
            (_ => FakeNode.Http("", "503 Service Unavailable"), ErrorCodes.RpcUnreachable),
            (_ => "", ErrorCodes.RpcUnreachable),
        };
        foreach (var (raw, code) in answers)
        {
            _chain.Node.Raw = call => call.Method == method ? raw(call) : null;
            // An error about a receipt may mean that the node keeps no old transactions.
            if (method == "eth_getTransactionReceipt" && code == ErrorCodes.RpcRefused) continue;
            await ExpectAsync(CheckOutcome.NotRun, code);
        }
    }

    [Test]
    public async Task Bytes_that_are_no_batch_are_malformed()
    {
        foreach (var words in new[] { "\"0x\"", FakeChain.Words(_chain.Batch)[..^3] + "\"", FakeChain.Words(_chain.Batch)[..^1] + "00\"", $"\"0x{new string('f', 640)}\"" })
        {
            _chain.Node.Results["eth_call"] = _ => words;
            await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcAnswerMalformed);
        }
    }

    [Test]
    public async Task Two_nodes_that_agree_are_both_named()
    {
        await using var second = new FakeChain(_chain.Record);
        second.SetHead(FakeChain.Block + 15);
        var reading = (await ReadAsync(nodes: [_chain.Node, second.Node])).Single();
        Assert.That((reading.Problem, reading.Witness, reading.HeadBlockNumber), Is.EqualTo(((MeasurementProblem?)null, $"{_chain.Node.Origin} and {second.Node.Origin}", FakeChain.Block + 15)), "the one that is behind decides what is confirmed");
        second.Node.Results["eth_getTransactionReceipt"] = _ => "null";
        Assert.That((await ReadAsync(nodes: [second.Node, _chain.Node])).Single().IsTransactionConfirmed, Is.True, "one may have dropped the transaction");
    }

    [Test]
    public async Task Two_nodes_that_contradict_each_other_are_not_outvoted_by_a_third()
    {
        await using var second = new FakeChain(_chain.Record);
        await using var third = new FakeChain(_chain.Record);
        var lies = new Action[]
        {
            () => third.Say(null),
            () => third.Say(_chain.Batch with { LeafCount = 6 }),
            () => third.Say(_chain.Batch with { Registrar = default }),
            () => third.Node.Results["eth_getCode"] = _ => "\"0x6001\"",
            () => third.Node.Results["eth_getCode"] = _ => "\"0x\"",
        };
        foreach (var lie in lies)
        {
            lie();
            foreach (int? required in new int?[] { null, 1, 2 })
                Assert.That((await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcDisagree, nodes: [_chain.Node, second.Node, third.Node], required: required)).Details, Does.Contain(third.Node.Origin));
        }
        await using var fourth = new FakeChain(_chain.Record);
        fourth.Node.Results["eth_getTransactionReceipt"] = _ => FakeChain.Receipt(_chain.Batch, FakeChain.Contract, succeeded: false);
        await ExpectAsync(CheckOutcome.NotRun, ErrorCodes.RpcDisagree, nodes: [_chain.Node, fourth.Node]);
    }

    [Test]
    public async Task One_that_is_down_counts_only_if_all_must_answer()
    {
        var gone = new FakeNode();
        var url = gone.Url;
        await gone.DisposeAsync();
        EvmAnchorVerifier Between(int? required) => new(new EvmRpcOptions { Urls = [url, _chain.Node.Url], RequiredAgreement = required }, SignedRecord.Clock);
        foreach (int? required in new int?[] { null, 2 })
        {
            using var both = Between(required);
            var report = await both.VerifyAsync(_chain.Record.Delivered, _chain.Bundle, Pinned);
            Assert.That((report.Blockchain.Outcome, report.Blockchain.Code), Is.EqualTo((CheckOutcome.NotRun, ErrorCodes.RpcUnreachable)));
            Assert.That(report.Blockchain.Details, Does.StartWith("2 nodes must agree, and 1 answered. There is no connection to ").And.Not.Contain("secret"));
        }
        using var one = Between(1);
        Assert.That((await one.VerifyAsync(_chain.Record.Delivered, _chain.Bundle, Pinned)).Blockchain.Details, Does.EndWith($"by the word of {_chain.Node.Origin}"));
    }

    [Test]
    public async Task A_node_that_never_answers_makes_the_check_not_run()
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        var asked = new TaskCompletionSource();
        _chain.Node.Receiver.Answer = async (_, end) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, end);
            return "";
        };
        using var verifier = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [_chain.Node.Url], Timeout = TimeSpan.FromSeconds(3) }, time);
        var verifying = verifier.VerifyAsync(_chain.Record.Delivered, _chain.Bundle, Pinned).AsTask();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.That((await verifying).Blockchain.Code, Is.EqualTo(ErrorCodes.RpcUnreachable));
        using var source = new CancellationTokenSource();
        var cancelled = verifier.ReadAsync([_chain.Bundle], source.Token).AsTask();
        await source.CancelAsync();
        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task What_many_bundles_share_is_read_once()
    {
        var other = _chain.Bundle with { Anchor = _chain.Anchor with { Transaction = FakeChain.BlockHash } };
        var pending = _chain.Bundle with { Proof = null, Anchor = null };
        EvidenceBundle[] bundles = [.. Enumerable.Repeat(_chain.Bundle, 50), .. Enumerable.Repeat(other, 50), _chain.Record.Bundle, pending];
        using var verifier = Verifier_([_chain.Node]);
        var readings = await verifier.ReadAsync(bundles);
        Assert.That(readings.Select(reading => reading.IsTransactionConfirmed), Is.EqualTo(new bool?[] { true, null }));
        Assert.That(new[] { "eth_chainId", "eth_getCode", "eth_call", "eth_getBlockByNumber", "eth_blockNumber", "eth_getTransactionReceipt" }.Select(_chain.CallsOf), Is.EqualTo(new[] { 1, 1, 1, 1, 1, 2 }));
        Assert.That(await verifier.ReadAsync([pending, _chain.Record.Bundle]), Is.Empty);
        Assert.That(_chain.CallsOf("eth_chainId"), Is.EqualTo(1), "nobody is asked about other anchors");
    }

    [Test]
    public async Task Many_anchors_are_read_together()
    {
        var bundles = Enumerable.Range(0, 200).Select(i => _chain.Bundle with
        {
            Anchor = new EvmAnchor(137, FakeChain.Contract, MerkleHash.Parse($"0x{Sha256Digest.Compute([(byte)i])}"), 1, FakeChain.Transaction, 1, default),
        });
        using var verifier = Verifier_([_chain.Node]);
        var readings = await verifier.ReadAsync(bundles.Append(_chain.Bundle));
        Assert.That(readings.Count(reading => reading.Batch is null && reading.Problem is null), Is.EqualTo(200));
        Assert.That(readings[^1].Batch, Is.EqualTo(_chain.Batch));
    }

    [Test]
    public void A_registrys_own_reading_is_its_own_word()
    {
        var reading = new ChainReading
        {
            ChainId = 137,
            Contract = FakeChain.Contract,
            Root = _chain.Batch.Root,
            Transaction = FakeChain.Transaction,
            Witness = "the registry",
            CodeHash = ProvenanceContract.RuntimeCodeHash,
            Batch = _chain.Batch,
            IsTransactionConfirmed = true,
            HeadBlockNumber = FakeChain.Block + 11,
        };
        var report = Judge([reading]);
        Assert.That((report.Blockchain.Code, report.PassedChecks), Is.EqualTo((CheckCodes.AnchoredOnChain, 4)));
        Assert.That(report.Blockchain.Details, Does.EndWith("by the word of the registry"));
    }

    [Test]
    public void Options_that_cannot_be_used_are_refused_without_repeating_them()
    {
        var good = new Uri("https://node.example/hunter2hunter2");
        foreach (var urls in new ImmutableArray<Uri>[] { default, [], [new Uri("ftp://hunter2hunter2/")], [good, good], [.. Enumerable.Range(0, 17).Select(i => new Uri(good, $"{i}"))] })
            Assert.That(() => new EvmRpcOptions { Urls = urls }, Throws.ArgumentException.With.Message.Not.Contain("hunter2"));
        Assert.That(() => new EvmRpcOptions { Urls = [good], RequiredAgreement = 0 }, Throws.ArgumentException);
        Assert.That(() => new EvmRpcOptions { Urls = [good], Timeout = TimeSpan.Zero }, Throws.ArgumentException);
        Assert.That(() => new EvmAnchorVerifier(new EvmRpcOptions { Urls = [good], RequiredAgreement = 2 }), Throws.ArgumentException);
        Assert.That(new EvmRpcOptions { Urls = [good] }.ToString(), Is.EqualTo("https://node.example"));
        using var verifier = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [good] });
        Assert.That(verifier.ToString(), Is.EqualTo("https://node.example"));
        foreach (var count in new[] { 0, 100_001 }) Assert.That(() => Pinned with { MinConfirmations = count }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static VerificationPolicy Policy(EvmTrust trust) => new(KeyTrust.AnyKey, KeyTrust.Only()) { Contracts = trust };

    private static EvmAnchorVerifier Verifier_(IReadOnlyList<FakeNode> nodes, int? required = null) =>
        new(new EvmRpcOptions { Urls = [.. nodes.Select(node => node.Url)], RequiredAgreement = required }, SignedRecord.Clock);

    private static (CheckOutcome Outcome, string Code) FindingOf(VerificationReport report, string subject)
    {
        var result = report.Findings.Single(finding => finding.Subject == subject).Result;
        return (result.Outcome, result.Code);
    }

    private VerificationReport Judge(IReadOnlyCollection<ChainReading> readings, EvidenceBundle? bundle = null) =>
        Verifier.Verify(_chain.Record.Delivered, [bundle ?? _chain.Bundle], EvidenceSource.Bundle, Pinned, SignedRecord.Clock.Now, readings);

    private async Task<ImmutableArray<ChainReading>> ReadAsync(EvidenceBundle? bundle = null, params FakeNode[] nodes)
    {
        using var verifier = Verifier_(nodes.Length > 0 ? nodes : [_chain.Node]);
        return await verifier.ReadAsync([bundle ?? _chain.Bundle]);
    }

    private async Task<VerificationReport> VerifyAsync(VerificationPolicy policy)
    {
        using var verifier = Verifier_([_chain.Node]);
        return await verifier.VerifyAsync(_chain.Record.Delivered, _chain.Bundle, policy);
    }

    private async Task<CheckResult> ExpectAsync(
        CheckOutcome outcome, string code, VerificationPolicy? policy = null, EvidenceBundle? bundle = null, FakeNode[]? nodes = null, int? required = null)
    {
        using var verifier = Verifier_(nodes ?? [_chain.Node], required);
        var report = await verifier.VerifyAsync(_chain.Record.Delivered, bundle ?? _chain.Bundle, policy ?? Pinned);
        Assert.That((report.Blockchain.Outcome, report.Blockchain.Code), Is.EqualTo((outcome, code)), report.Blockchain.Details);
        Assert.That(report.Anchor is not null, Is.EqualTo(outcome == CheckOutcome.Passed));
        Assert.That(report.Blockchain.Details, Does.Not.Contain("secret"));
        return report.Blockchain;
    }
}
