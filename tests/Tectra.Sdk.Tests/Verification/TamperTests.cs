using System.Text;
using System.Text.Json.Nodes;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

/// <summary>Each way to bend the evidence is a failed check with its own code, and never an exception.</summary>
public sealed class TamperTests
{
    private static readonly Dictionary<string, string> SomeMetadata = new() { ["model"] = "v3" };

    [Test]
    public void A_certificate_changed_after_signing_fails_every_check()
    {
        using var record = SignedRecord.Create();
        var payload = Encoding.UTF8.GetString(record.Bundle.Envelope.Payload).Replace("Acme AI Inc.", "Evil AI Inc.");
        var bundle = record.Bundle with { Envelope = new DsseEnvelope(Certificate.PayloadType, Encoding.UTF8.GetBytes(payload), record.Bundle.Envelope.Signatures) };
        AssertAllFail(Verify(record, bundle), "certificate_signature_invalid", signerShown: false);
    }

    [Test]
    public void A_certificate_of_another_payload_type_fails_every_check()
    {
        using var record = SignedRecord.Create();
        var envelope = DsseEnvelope.SignAsync("text/plain", record.Bundle.Envelope.Payload.ToArray(), record.Key).AsTask().Result;
        AssertAllFail(Verify(record, record.Bundle with { Envelope = envelope }), "certificate_signature_invalid", signerShown: false);
    }

    [Test]
    public void Another_users_signature_fails_every_check()
    {
        using var victim = SignedRecord.Create(user: "victim");
        using var thief = SignedRecord.Create(user: "thief");
        // The thief signs a certificate of their own around the victim's fingerprint signature.
        var stolen = victim.Certificate with { Signer = thief.Certificate.Signer, PublicKey = thief.Key.PublicKey };
        AssertAllFail(Verify(victim, victim.Resigned(stolen, thief.Key)), "fingerprint_signature_invalid", signerShown: false);
        // The victim's certificate, signed by the thief.
        AssertAllFail(Verify(victim, victim.Resigned(victim.Certificate, thief.Key)), "certificate_signature_invalid", signerShown: false);
        // The victim's own key, but another user id than the one that was signed.
        var renamed = victim.Certificate with { Signer = victim.Certificate.Signer with { UserId = "thief" } };
        AssertAllFail(Verify(victim, victim.Resigned(renamed, victim.Key)), "fingerprint_signature_invalid", signerShown: false);
    }

    [Test]
    public void Changed_metadata_fails_every_check()
    {
        using var record = SignedRecord.Create(metadata: SomeMetadata);
        Assert.That(Verify(record, record.Bundle).PassedChecks, Is.EqualTo(4));
        AssertAllFail(Verify(record, record.Bundle with { MetadataJson = "{\"model\":\"v4\"}" }), "metadata_digest_mismatch", signerShown: false);
        AssertAllFail(Verify(record, record.Bundle with { MetadataJson = null }), "metadata_digest_mismatch", signerShown: false);
        using var bare = SignedRecord.Create();
        AssertAllFail(Verify(bare, bare.Bundle with { MetadataJson = "{}" }), "metadata_digest_mismatch", signerShown: false);
    }

    [Test]
    public void A_swapped_proof_fails_the_blockchain_check_alone()
    {
        using var record = SignedRecord.Create();
        var bent = new MerkleProof([.. record.Bundle.Proof!.Siblings.Reverse()]);
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Proof = bent }), "merkle_proof_invalid");
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Proof = new MerkleProof([]) }), "merkle_proof_invalid");
    }

    [Test]
    public void Another_records_anchor_or_a_forged_one_fails_the_blockchain_check_alone()
    {
        using var record = SignedRecord.Create();
        using var other = SignedRecord.Create("other");
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Anchor = other.Bundle.Anchor }), "merkle_proof_invalid");
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Anchor = null }), "anchor_missing");
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Proof = null }), "anchor_pending");
        var entry = ((LedgerAnchor)record.Bundle.Anchor!).Entry;
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Anchor = new LedgerAnchor(entry with { Index = 99 }) }), "anchor_signature_invalid");
        var small = SignedRecord.Entry(record.LedgerKey, entry.Root, 2);
        AssertOnlyBlockchainFails(Verify(record, record.Bundle with { Anchor = new LedgerAnchor(small) }), "merkle_proof_invalid");
    }

    [Test]
    public void A_ledger_that_is_not_trusted_fails_the_blockchain_check_alone()
    {
        using var record = SignedRecord.Create();
        using var trusted = SigningKey.Create();
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(trusted.PublicKey));
        AssertOnlyBlockchainFails(Verify(record, record.Bundle, policy), "anchor_untrusted");
        var own = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(record.LedgerKey.PublicKey));
        Assert.That(Verify(record, record.Bundle, own).PassedChecks, Is.EqualTo(4));
        Assert.That(Verify(record, record.Bundle, own).Findings.Select(finding => finding.Result.Code), Does.Not.Contain("ledger_not_checked"));
        Assert.That(Finding(Verify(record, record.Bundle), "ledger").Code, Is.EqualTo("ledger_not_checked"), "any ledger passes, but not in silence");
    }

    [Test]
    public void A_signer_that_is_not_trusted_fails_every_check()
    {
        using var record = SignedRecord.Create();
        AssertAllFail(Verify(record, record.Bundle, new VerificationPolicy(KeyTrust.Only(), KeyTrust.AnyKey)), "signer_untrusted", signerShown: true);
        var trusting = Verify(record, record.Bundle, new VerificationPolicy(KeyTrust.Only(record.Key.PublicKey), KeyTrust.AnyKey));
        Assert.That(trusting.PassedChecks, Is.EqualTo(4));
        Assert.That(Finding(trusting, "signer").Code, Is.EqualTo("signer_trusted"));
    }

    [Test]
    public void A_revoked_record_fails_every_check_and_still_names_its_signer()
    {
        using var record = SignedRecord.Create();
        var revoked = record.Bundle with { Revocation = new Revocation(UtcTimestamp.Parse("2026-11-21T00:00:00Z"), "key stolen") };
        var report = Verify(record, revoked);
        AssertAllFail(report, "record_revoked", signerShown: true);
        Assert.That(report.Sha256.Details, Does.Contain("Exact hash match").And.Contain("key stolen"));
    }

    [Test]
    public void A_bundle_admits_that_it_cannot_know_of_later_revocations()
    {
        using var record = SignedRecord.Create();
        var offline = Verify(record, record.Bundle);
        var online = Verifier.Verify(record.Delivered, [record.Bundle], EvidenceSource.Registry, AnyKey(), SignedRecord.Clock.Now);
        Assert.That((Finding(offline, "revocation").Outcome, Finding(online, "revocation").Outcome), Is.EqualTo((CheckOutcome.NotRun, CheckOutcome.Passed)));
        Assert.That(Finding(offline, "signer").Code, Is.EqualTo("identity_not_checked"));
    }

    [Test]
    public void A_signing_time_in_the_future_fails_every_check()
    {
        using var record = SignedRecord.Create();
        var early = Verifier.Verify(record.Delivered, [record.Bundle], EvidenceSource.Bundle, AnyKey(), SignedRecord.Clock.Now.AddMinutes(-6));
        AssertAllFail(early, "timestamp_in_future", signerShown: true);
        var skewed = Verifier.Verify(record.Delivered, [record.Bundle], EvidenceSource.Bundle, AnyKey(), SignedRecord.Clock.Now.AddMinutes(-4));
        Assert.That(skewed.PassedChecks, Is.EqualTo(4));
    }

    [Test]
    public void An_unreadable_certificate_or_bundle_fails_every_check()
    {
        using var record = SignedRecord.Create();
        var garbage = DsseEnvelope.SignAsync(Certificate.PayloadType, "{}"u8.ToArray(), record.Key).AsTask().Result;
        AssertAllFail(Verify(record, record.Bundle with { Envelope = garbage }), "certificate_malformed", signerShown: false);
        var error = Assert.Throws<InvalidEvidenceException>(() => EvidenceBundle.FromJson("{"u8));
        AssertAllFail(Verifier.Unreadable(error!), "evidence_malformed", signerShown: false);
    }

    [Test]
    public void No_single_changed_byte_of_a_bundle_file_keeps_four_of_four_with_another_meaning()
    {
        using var record = SignedRecord.Create(metadata: SomeMetadata);
        var json = record.Bundle.ToJson();
        var random = new Random(5);
        var kept = 0;
        for (var i = 0; i < json.Length; i++)
        {
            var changed = (byte[])json.Clone();
            changed[i] ^= (byte)(1 << random.Next(7));
            VerificationReport report;
            try
            {
                report = Verify(record, EvidenceBundle.FromJson(changed));
            }
            catch (InvalidEvidenceException)
            {
                continue;
            }
            if (report.PassedChecks < 4) continue;
            kept++; // white space, the key id hint: the certificate and anchor must be the very same
            Assert.That(report.Certificate, Is.EqualTo(record.Certificate));
            Assert.That(report.Anchor, Is.EqualTo(record.Bundle.Anchor));
        }
        Assert.That(kept, Is.LessThan(json.Length / 4));
    }

    [Test]
    public void Nulls_and_overlong_hints_in_a_bundle_are_malformed()
    {
        using var record = SignedRecord.Create();
        foreach (var bend in new Action<JsonNode>[]
        {
            bundle => bundle["certificate"]!["signatures"]!.AsArray().Add(null),
            bundle => bundle["certificate"]!["signatures"] = new JsonArray((JsonNode?)null),
            bundle => bundle["certificate"]!["signatures"]![0]!["keyid"] = new string('a', DsseEnvelope.MaxKeyIdLength + 1),
            bundle => bundle["certificate"]!["signatures"]![0]!["sig"] = null,
            bundle => bundle["certificate"] = null,
            bundle => bundle["proof"]!.AsArray().Add(null),
            bundle => bundle["anchor"]!["ledger"] = null,
            bundle => bundle["revocation"] = new JsonObject(),
        })
        {
            var node = JsonNode.Parse(record.Bundle.ToJson())!;
            bend(node);
            Assert.That(
                () => EvidenceBundle.FromJson(Encoding.UTF8.GetBytes(node.ToJsonString())),
                Throws.TypeOf<InvalidEvidenceException>().With.Property("Code").EqualTo("evidence_malformed"), node.ToJsonString());
        }
    }

    [Test]
    public void A_bundle_survives_its_file()
    {
        using var record = SignedRecord.Create(metadata: SomeMetadata);
        var bundle = record.Bundle with { Revocation = new Revocation(UtcTimestamp.Parse("2026-11-21T00:00:00Z"), "why + \"how\"") };
        var copy = EvidenceBundle.FromJson(bundle.ToJson());
        Assert.Multiple(() =>
        {
            Assert.That(copy.ToJson(), Is.EqualTo(bundle.ToJson()));
            Assert.That(copy.Anchor, Is.EqualTo(bundle.Anchor));
            Assert.That(copy.Proof, Is.EqualTo(bundle.Proof));
            Assert.That(copy.Revocation, Is.EqualTo(bundle.Revocation));
            Assert.That(copy.MetadataJson, Is.EqualTo(bundle.MetadataJson));
        });
    }

    private static VerificationPolicy AnyKey() => new(KeyTrust.AnyKey, KeyTrust.AnyKey);

    private static CheckResult Finding(VerificationReport report, string subject) => report.Findings.Single(finding => finding.Subject == subject).Result;

    private static VerificationReport Verify(SignedRecord record, EvidenceBundle bundle, VerificationPolicy? policy = null) =>
        Verifier.Verify(record.Delivered, [bundle], EvidenceSource.Bundle, policy ?? AnyKey(), SignedRecord.Clock.Now);

    private static void AssertAllFail(VerificationReport report, string code, bool signerShown) => Assert.Multiple(() =>
    {
        foreach (var check in new[] { report.Watermark, report.Sha256, report.PerceptualHash, report.Blockchain })
            Assert.That((check.Outcome, check.Code), Is.EqualTo((CheckOutcome.Failed, code)), check.Details);
        Assert.That(report.IsAuthentic, Is.False);
        Assert.That(report.Certificate is not null, Is.EqualTo(signerShown));
        Assert.That(report.ToJson(), Is.Not.Empty);
    });

    private static void AssertOnlyBlockchainFails(VerificationReport report, string code) => Assert.Multiple(() =>
    {
        Assert.That((report.Blockchain.Outcome, report.Blockchain.Code), Is.EqualTo((CheckOutcome.Failed, code)), report.Blockchain.Details);
        var transaction = JsonNode.Parse(report.ToJson())!["blockchain_tx"]?.GetValue<string>();
        Assert.That(transaction, Is.EqualTo(code == "anchor_pending" ? "pending" : null), "no transaction is shown that doesn't hold");
        Assert.That(report.PassedChecks, Is.EqualTo(3));
    });
}
