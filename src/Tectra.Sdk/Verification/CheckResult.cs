namespace Tectra.Sdk.Verification;

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>The check could not be run; the code says why. It counts as not passed.</summary>
    NotRun,

    /// <summary>The check ran and failed.</summary>
    Failed,

    /// <summary>The check ran and passed.</summary>
    Passed,
}

/// <summary>The result of one check. Immutable.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Code">The stable reason, one of <see cref="CheckCodes"/> or, for a check that didn't run, <see cref="ErrorCodes"/>.</param>
/// <param name="Details">The reason in words.</param>
public sealed record CheckResult(CheckOutcome Outcome, string Code, string Details)
{
    internal static CheckResult Passed(string code, string details) => new(CheckOutcome.Passed, code, details);

    internal static CheckResult Failed(string code, string details) => new(CheckOutcome.Failed, code, details);

    internal static CheckResult NotRun(string code, string details) => new(CheckOutcome.NotRun, code, details);
}

/// <summary>Something a report says beside the four checks: about a signature, the signer's identity, a revocation, an anchor. Immutable.</summary>
/// <param name="Subject">What it is about, such as <c>certificate</c>, <c>signer</c>, <c>revocation</c>.</param>
/// <param name="Result">What was found.</param>
public sealed record Finding(string Subject, CheckResult Result);

/// <summary>The stable codes of checks and findings.</summary>
public static class CheckCodes
{
    /// <summary>Passed: the watermark carries exactly the record's payload.</summary>
    public const string PayloadExact = "payload_exact";

    /// <summary>Passed: the watermark differs from the record's payload in at most six bits.</summary>
    public const string PayloadNear = "payload_near";

    /// <summary>Failed: no watermark was found.</summary>
    public const string WatermarkAbsent = "watermark_absent";

    /// <summary>Failed: there is a watermark, but no known record has its payload.</summary>
    public const string PayloadUnknown = "payload_unknown";

    /// <summary>Failed: the watermark names another record than the one the other checks lead to.</summary>
    public const string PayloadMismatch = "payload_mismatch";

    /// <summary>Not run: the record was signed without a watermark.</summary>
    public const string RecordHasNoWatermark = "record_has_no_watermark";

    /// <summary>Passed: the file is, byte for byte, the signed file that was delivered.</summary>
    public const string HashIsSignedFile = "hash_is_signed_file";

    /// <summary>Passed: the file is, byte for byte, the original that was signed.</summary>
    public const string HashIsOriginal = "hash_is_original";

    /// <summary>Failed: no known record has these bytes.</summary>
    public const string HashUnknown = "hash_unknown";

    /// <summary>Passed: the perceptual hash is within the radius.</summary>
    public const string PictureSimilar = "picture_similar";

    /// <summary>Failed: the perceptual hash is too far away.</summary>
    public const string PictureDifferent = "picture_different";

    /// <summary>Passed: at least half of the video's segments match the record's.</summary>
    public const string SegmentsMatch = "segments_match";

    /// <summary>Failed: fewer than half of the video's segments match the record's.</summary>
    public const string SegmentsDiffer = "segments_differ";

    /// <summary>Passed: the picture looks like a frame of the record's video.</summary>
    public const string FrameSimilar = "frame_similar";

    /// <summary>Not run: a video can't be compared with the record of a picture.</summary>
    public const string RecordIsPicture = "record_is_picture";

    /// <summary>Passed: the Merkle proof leads to a root that a local ledger (not a public chain) holds.</summary>
    public const string AnchoredInLedger = "anchored_in_ledger";

    /// <summary>Failed: the record isn't anchored yet.</summary>
    public const string AnchorPending = "anchor_pending";

    /// <summary>Failed: the record was anchored, but the entry that anchored it is gone.</summary>
    public const string AnchorMissing = "anchor_missing";

    /// <summary>Failed: these bytes aren't anchored (only the signed file and its original are).</summary>
    public const string ContentNotAnchored = "content_not_anchored";

    /// <summary>Failed: the Merkle proof doesn't lead from this record to the anchored root.</summary>
    public const string MerkleProofInvalid = "merkle_proof_invalid";

    /// <summary>Failed: the ledger entry isn't signed by the ledger's key.</summary>
    public const string AnchorSignatureInvalid = "anchor_signature_invalid";

    /// <summary>Failed: the ledger's key, or the contract, isn't one of the trusted ones.</summary>
    public const string AnchorUntrusted = "anchor_untrusted";

    /// <summary>Failed: the record was revoked.</summary>
    public const string RecordRevoked = "record_revoked";

    /// <summary>Failed: the signer's key isn't one of the trusted ones.</summary>
    public const string SignerUntrusted = "signer_untrusted";

    /// <summary>Passed: a signature or digest is right.</summary>
    public const string Valid = "valid";

    /// <summary>Passed: the key is one of the trusted ones.</summary>
    public const string SignerTrusted = "signer_trusted";

    /// <summary>Not run: the policy names no keys, so whose key this is wasn't checked.</summary>
    public const string IdentityNotChecked = "identity_not_checked";

    /// <summary>Not run: the policy names no ledgers, so whose ledger this is wasn't checked.</summary>
    public const string LedgerNotChecked = "ledger_not_checked";

    /// <summary>Passed: the registry knows of no revocation.</summary>
    public const string NotRevoked = "not_revoked";

    /// <summary>Not run: a bundle can't tell whether the record was revoked after it was made.</summary>
    public const string RevocationNotKnown = "revocation_not_known";

    /// <summary>Passed: nearly all of the picture can be judged, and the watermark is there in every part of that.</summary>
    public const string NotAltered = "not_altered";

    /// <summary>Failed: the watermark is missing in parts of the picture, which were changed after signing.</summary>
    public const string PartsAltered = "parts_altered";

    /// <summary>Not run: no part was found altered, but a good part of the picture can't be judged.</summary>
    public const string AlterationPartlyJudged = "alteration_partly_judged";

    /// <summary>Not run: too little of the watermark is left to tell where it is missing.</summary>
    public const string AlterationNotJudged = "alteration_not_judged";

    /// <summary>Not run: the watermark is another record's than the one that matches best, and not its parent's.</summary>
    public const string WatermarkOfOtherRecord = "watermark_of_other_record";

    /// <summary>Failed: the file matches another record as well, and that one was revoked.</summary>
    public const string OtherRecordRevoked = "other_record_revoked";

    /// <summary>Not run: other known records match this file as well; the report is about the one that matches best.</summary>
    public const string OtherRecordsMatch = "other_records_match";

    /// <summary>Failed: a record in a chain of custody isn't the parent that the one before it names.</summary>
    public const string CustodyBroken = "custody_broken";

    /// <summary>Not run: the chain of custody goes further back than what was at hand.</summary>
    public const string CustodyIncomplete = "custody_incomplete";

    /// <summary>Not run: the ledger's key is what the registry says of itself; nobody else vouches for it.</summary>
    public const string LedgerKeyNotPinned = "ledger_key_not_pinned";

    /// <summary>Failed: the registry names another ledger key than the one that was noted at login; the noted one is believed.</summary>
    public const string LedgerKeyChanged = "ledger_key_changed";

    /// <summary>Not run: as many records match as a lookup gives; there may be more.</summary>
    public const string CandidatesCut = "candidates_cut";

    /// <summary>Passed: the Merkle proof leads to a root that a public chain's registry contract holds, and enough blocks confirm it.</summary>
    public const string AnchoredOnChain = "anchored_on_chain";

    /// <summary>Not run: the record is anchored in a chain, by its own account, but no node of that chain was asked.</summary>
    public const string ChainNotAsked = "chain_not_asked";

    /// <summary>Failed: the contract doesn't hold the root, or holds it otherwise than the evidence says.</summary>
    public const string RootMismatch = "root_mismatch";

    /// <summary>Failed: the root is registered, but too few blocks confirm it yet.</summary>
    public const string AnchorUnconfirmed = "anchor_unconfirmed";

    /// <summary>Failed: the record says that it was signed after its root was registered on the chain.</summary>
    public const string AnchoredBeforeSigned = "anchored_before_signed";

    /// <summary>Not run: the policy names no contracts, so who runs this one wasn't checked.</summary>
    public const string ContractNotPinned = "contract_not_pinned";

    /// <summary>Failed: the transaction that the evidence names isn't the one that registered the root.</summary>
    public const string TransactionMismatch = "transaction_mismatch";

    /// <summary>Not run: none of the nodes that were asked has the transaction that the evidence names.</summary>
    public const string TransactionUnknown = "transaction_unknown";
}
