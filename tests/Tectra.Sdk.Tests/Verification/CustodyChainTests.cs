using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class CustodyChainTests
{
    private static readonly VerificationPolicy AnyKey = new(KeyTrust.AnyKey, KeyTrust.AnyKey);

    private SignedRecord _camera = null!, _edited = null!, _published = null!;

    [SetUp]
    public void SignThreeTimes()
    {
        _camera = SignedRecord.Create("camera", user: "photographer");
        _edited = SignedRecord.Create("edited", user: "editor", parent: _camera.Certificate.RecordId, source: _camera.Certificate.WatermarkedSha256);
        _published = SignedRecord.Create("published", user: "agency", parent: _edited.Certificate.RecordId);
    }

    [TearDown]
    public void Forget()
    {
        _camera.Dispose();
        _edited.Dispose();
        _published.Dispose();
    }

    [Test]
    public void A_chain_of_three_holds_from_the_last_record_to_the_first()
    {
        var chain = CustodyChain.Judge(Bundles(), AnyKey);
        Assert.That(chain.Select(link => (link.Result.Outcome, link.Result.Code)), Is.All.EqualTo((CheckOutcome.Passed, "valid")));
        Assert.That(chain.Select(link => link.Certificate!.Signer.UserId), Is.EqualTo(new[] { "agency", "editor", "photographer" }));
    }

    [Test]
    public void Each_link_says_whether_it_was_made_of_the_file_that_its_parent_delivered()
    {
        var chain = CustodyChain.Judge(Bundles(), AnyKey);
        Assert.That(chain.Select(link => link.SourceIsParentFile), Is.EqualTo(new bool?[] { false, true, null }));
        using var unmarked = SignedRecord.Create("unmarked", watermark: false);
        using var child = SignedRecord.Create("child", parent: unmarked.Certificate.RecordId, source: unmarked.Certificate.Fingerprint.Sha256);
        Assert.That(CustodyChain.Judge([child.Bundle, unmarked.Bundle], AnyKey)[0].SourceIsParentFile, Is.True, "a parent without watermark delivered its source");
    }

    [Test]
    public void A_record_that_is_not_the_named_parent_breaks_the_chain()
    {
        using var stranger = SignedRecord.Create("stranger");
        var chain = CustodyChain.Judge([_published.Bundle, stranger.Bundle], AnyKey);
        Assert.That(chain.Select(link => link.Result.Code), Is.EqualTo(new[] { "valid", "custody_broken" }));
        Assert.That(chain[1].Result.Outcome, Is.EqualTo(CheckOutcome.Failed));
        var gap = CustodyChain.Judge([_published.Bundle, _camera.Bundle], AnyKey);
        Assert.That(gap[1].Result.Code, Is.EqualTo("custody_broken"), "also when only one in between is missing");
    }

    [Test]
    public void A_link_with_a_wrong_signature_fails_and_claims_nothing()
    {
        using var thief = SigningKey.Create();
        var forged = _edited.Resigned(_edited.Certificate with { OriginCode = "camera_photo" }, thief);
        var chain = CustodyChain.Judge([_published.Bundle, forged, _camera.Bundle], AnyKey);
        Assert.That((chain[1].Result.Outcome, chain[1].Result.Code), Is.EqualTo((CheckOutcome.Failed, "certificate_signature_invalid")));
        Assert.That(chain[1].Certificate, Is.Null);
        Assert.That((chain[0].Result.Code, chain[2].Result.Code), Is.EqualTo(("valid", "valid")), "every link is judged by itself");
    }

    [Test]
    public void A_revoked_link_fails_and_says_when_and_why()
    {
        var revoked = _edited.Bundle with { Revocation = new Revocation(UtcTimestamp.Parse("2026-11-20T17:00:00Z"), "key lost") };
        var link = CustodyChain.Judge([_published.Bundle, revoked, _camera.Bundle], AnyKey)[1];
        Assert.That((link.Result.Outcome, link.Result.Code), Is.EqualTo((CheckOutcome.Failed, "record_revoked")));
        Assert.That(link.Result.Details, Does.Contain("2026-11-20T17:00:00Z").And.Contain("key lost"));
        Assert.That(link.Certificate, Is.Not.Null, "what it says is still what its signer signed");
    }

    [Test]
    public void A_link_by_a_key_that_is_not_trusted_fails()
    {
        var policy = new VerificationPolicy(KeyTrust.Only(_published.Key.PublicKey, _camera.Key.PublicKey), KeyTrust.AnyKey);
        Assert.That(CustodyChain.Judge(Bundles(), policy).Select(link => link.Result.Code), Is.EqualTo(new[] { "valid", "signer_untrusted", "valid" }));
    }

    [Test]
    public void A_chain_that_ends_before_the_first_record_is_incomplete()
    {
        var chain = CustodyChain.Judge([_published.Bundle, _edited.Bundle], AnyKey);
        Assert.That((chain[1].Result.Outcome, chain[1].Result.Code), Is.EqualTo((CheckOutcome.NotRun, "custody_incomplete")));
        Assert.That(chain[1].Result.Details, Does.Contain(_camera.Certificate.RecordId.ToString()));
        Assert.That(CustodyChain.Judge(Array.Empty<EvidenceBundle>(), AnyKey), Is.Empty);
    }

    [Test]
    public void The_reports_JSON_has_the_chain()
    {
        var report = Verifier.Verify(_published.Delivered, [_published.Bundle], EvidenceSource.Registry, AnyKey, SignedRecord.Clock.Now);
        using var without = JsonDocument.Parse(report.ToJson());
        Assert.That(without.RootElement.GetProperty("chain").GetArrayLength(), Is.Zero);

        using var thief = SigningKey.Create();
        var evidence = new[] { _published.Bundle, _edited.Bundle, _camera.Resigned(_camera.Certificate with { OriginCode = "other" }, thief) };
        using var document = JsonDocument.Parse((report with { Chain = CustodyChain.Judge(evidence, AnyKey) }).ToJson());
        var chain = document.RootElement.GetProperty("chain").EnumerateArray().ToList();
        Assert.That(chain, Has.Count.EqualTo(3));
        Assert.That(
            chain[1].EnumerateObject().Select(field => field.Name),
            Is.EqualTo(new[] { "record_id", "origin", "signer", "timestamp", "source_is_parent_file", "outcome", "code", "details" }));
        Assert.That(chain[1].GetProperty("record_id").GetString(), Is.EqualTo(_edited.Certificate.RecordId.ToString()));
        Assert.That(chain[1].GetProperty("source_is_parent_file").GetBoolean(), Is.True);
        Assert.That(chain[1].GetProperty("outcome").GetString(), Is.EqualTo("passed"));
        Assert.That(chain[2].GetProperty("record_id").ValueKind, Is.EqualTo(JsonValueKind.Null), "what a forged link claims means nothing");
        Assert.That(chain[2].GetProperty("signer").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(chain[2].GetProperty("code").GetString(), Is.EqualTo("certificate_signature_invalid"));
    }

    private EvidenceBundle[] Bundles() => [_published.Bundle, _edited.Bundle, _camera.Bundle];
}
