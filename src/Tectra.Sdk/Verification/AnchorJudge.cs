using System.Globalization;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Verification;

/// <summary>Judges whether a record, whatever file it is compared with, is anchored.</summary>
/// <param name="policy">What is trusted.</param>
/// <param name="readings">What was read of chains.</param>
internal sealed class AnchorJudge(VerificationPolicy policy, IReadOnlyCollection<ChainReading> readings)
{
    public AnchorJudgement Judge(ExaminedEvidence evidence, Certificate certificate)
    {
        if (evidence.Bundle.Proof is null) return Failed(CheckCodes.AnchorPending, "Blockchain record pending.");
        return evidence.Bundle.Anchor switch
        {
            LedgerAnchor ledger => JudgeLedger(ledger, evidence, certificate),
            EvmAnchor evm => JudgeChain(evm, evidence, certificate),
            _ => Failed(CheckCodes.AnchorMissing, "The record has a Merkle proof, but the entry that anchored its batch is gone: the ledger was cut off or replaced."),
        };
    }

    private static AnchorJudgement Failed(string code, string details) => new(CheckResult.Failed(code, details));

    private static AnchorJudgement NotRun(string code, string details) => new(CheckResult.NotRun(code, details));

    private static AnchorJudgement ProofInvalid(Certificate certificate) =>
        Failed(CheckCodes.MerkleProofInvalid, $"The Merkle proof does not lead from record {certificate.RecordId} to the anchored root.");

    private AnchorJudgement JudgeLedger(LedgerAnchor anchor, ExaminedEvidence evidence, Certificate certificate)
    {
        var entry = anchor.Entry;
        Finding[] findings = policy.Anchors.NamesKeys
            ? []
            : [new Finding("ledger", CheckResult.NotRun(CheckCodes.LedgerNotChecked, $"No trusted ledgers were named: whose ledger key {entry.PublicKey.KeyId} is, and so when this was anchored, it alone says."))];
        var judgement = !evidence.IsAnchorSigned ? Failed(CheckCodes.AnchorSignatureInvalid, $"The {anchor.Description} is not signed by the key it names.")
            : !policy.Anchors.Accepts(entry.PublicKey) ? Failed(CheckCodes.AnchorUntrusted, $"The ledger key {entry.PublicKey.KeyId} is not one of those you trust.")
            : !evidence.LeadsToRoot ? ProofInvalid(certificate)
            : new AnchorJudgement(CheckResult.Passed(CheckCodes.AnchoredInLedger, $"Merkle proof valid: {anchor.Description}, {entry.Timestamp}")) { Anchor = anchor };
        return judgement with { Findings = findings };
    }

    private AnchorJudgement JudgeChain(EvmAnchor anchor, ExaminedEvidence evidence, Certificate certificate)
    {
        var contract = $"contract {anchor.Contract} on {anchor.Chain}";
        if (!evidence.LeadsToRoot) return ProofInvalid(certificate);
        if (!policy.Contracts.Accepts(new EvmContract(anchor.ChainId, anchor.Contract)))
            return Failed(CheckCodes.AnchorUntrusted, $"The {contract} is not one of those you trust.");
        if (readings.FirstOrDefault(reading => reading.IsAbout(anchor)) is not { } reading)
            return NotRun(CheckCodes.ChainNotAsked, $"The evidence names {anchor.Chain}, transaction {anchor.Url?.ToString() ?? anchor.Reference}, but no node of that chain was asked: give the address of one with --rpc.");
        if (reading.Problem is { } problem) return NotRun(problem.Code, problem.Reason);
        if (!reading.IsGenuineContract && (reading.CodeHash is null || !policy.Contracts.NamesContracts))
        {
            return NotRun(ErrorCodes.ContractUnknown, reading.CodeHash is null
                ? $"There is no {contract}, by the word of {reading.Witness}."
                : $"The {contract} is not the registry contract that this version knows, by the word of {reading.Witness}: what it says means nothing here. If you trust it, name it with --contract.");
        }
        if (Contradiction(anchor, reading) is { } contradiction) return Failed(CheckCodes.RootMismatch, $"root mismatch: {contradiction}, by the word of {reading.Witness}.");
        return Standing(anchor, reading, certificate) with { Findings = Findings(anchor, reading, contract) };
    }

    /// <summary>What the contract says other than the evidence; null if they agree.</summary>
    private static string? Contradiction(EvmAnchor anchor, ChainReading reading) => reading.Batch switch
    {
        null => $"the root {anchor.Root} is not registered at {anchor.Contract} on {anchor.Chain}",
        { Root: var root } when root != anchor.Root => $"asked about the root {anchor.Root}, the contract speaks of {root}",
        { LeafCount: var count } when count != anchor.LeafCount => Text($"the batch has {count} leaves on the chain, and {anchor.LeafCount} in the evidence"),
        { BlockNumber: var block } when block != anchor.BlockNumber => Text($"the root was registered in block {block}, and in block {anchor.BlockNumber} by the evidence"),
        { RegisteredAt: var at } when at != anchor.Timestamp.Moment => $"the root was registered at {UtcTimestamp.From(at)}, and at {anchor.Timestamp} by the evidence",
        _ => null,
    };

    /// <summary>Whether a registration that is as the evidence says counts.</summary>
    private AnchorJudgement Standing(EvmAnchor anchor, ChainReading reading, Certificate certificate)
    {
        var confirmations = EvmChain.Confirmations(reading.HeadBlockNumber, anchor.BlockNumber);
        var needed = policy.MinConfirmations ?? anchor.Chain.DefaultConfirmations;
        if (confirmations < needed)
            return Failed(CheckCodes.AnchorUnconfirmed, Text($"Registered in block {anchor.BlockNumber} of {anchor.Chain}, but only {confirmations} of {needed} blocks confirm it yet: ask again later."));
        if (certificate.Timestamp.Moment > anchor.Timestamp.Moment + VerificationPolicy.MaxClockSkew)
            return Failed(CheckCodes.AnchoredBeforeSigned, $"The record says that it was signed at {certificate.Timestamp}, which is after it was registered on the chain ({anchor.Timestamp}): its signing time is wrong.");
        var transaction = reading.IsTransactionConfirmed == true ? $", transaction {anchor.Url?.ToString() ?? anchor.Reference}" : "";
        return new AnchorJudgement(CheckResult.Passed(
            CheckCodes.AnchoredOnChain, Text($"Merkle proof valid: {anchor.Chain} block {anchor.BlockNumber}, {anchor.Timestamp}{transaction}, by the word of {reading.Witness}")))
        {
            // The transaction is what an anchor is shown by: one that did something else isn't shown.
            Anchor = reading.IsTransactionConfirmed == false ? null : anchor,
        };
    }

    private List<Finding> Findings(EvmAnchor anchor, ChainReading reading, string contract)
    {
        var findings = new List<Finding>();
        if (!policy.Contracts.NamesContracts)
            findings.Add(new Finding("contract", CheckResult.NotRun(CheckCodes.ContractNotPinned, $"No trusted contract was named: who runs the {contract} was not checked. Its code is the registry contract's, so its times hold whoever that is. Name it with --contract.")));
        else if (!reading.IsGenuineContract)
            findings.Add(new Finding("contract", CheckResult.NotRun(ErrorCodes.ContractUnknown, $"The {contract} is not the registry contract that this version knows. You named it, so it is believed.")));
        if (reading.IsTransactionConfirmed == false)
            findings.Add(new Finding("transaction", CheckResult.Failed(CheckCodes.TransactionMismatch, $"The transaction {anchor.Reference} is not the one that registered the root: the root is registered, but the evidence names the wrong transaction.")));
        else if (reading.IsTransactionConfirmed is null)
            findings.Add(new Finding("transaction", CheckResult.NotRun(CheckCodes.TransactionUnknown, $"The transaction {anchor.Reference} was not checked: {reading.Witness} does not know it (any more). The root is registered all the same.")));
        return findings;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whether a record is anchored. Immutable.</summary>
/// <param name="Check">The answer.</param>
internal sealed record AnchorJudgement(CheckResult Check)
{
    /// <summary>The anchor, if it holds and can be shown.</summary>
    public Anchor? Anchor { get; init; }

    /// <summary>What else is to be said of it.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
