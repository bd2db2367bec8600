using System.Text;
using System.Text.Json.Nodes;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>The form of an anchor in an EVM chain, in bundles.</summary>
public sealed class EvmAnchorTests
{
    private static readonly string Root = $"0x{new string('1', 64)}", Transaction = $"0x{new string('a', 64)}";

    private static readonly string Text =
        $$"""{"kind":"evm","evm":{"chain_id":137,"contract":"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed","root":"{{Root}}","leaf_count":5,"transaction_hash":"{{Transaction}}","block_number":81234567,"timestamp":"2026-11-20T16:00:30Z"}""" + "}";

    private static readonly EvmAnchor Anchor = new(
        137, EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), MerkleHash.Parse(Root), 5, EvmHash.Parse(Transaction), 81234567, UtcTimestamp.Parse("2026-11-20T16:00:30Z"));

    private SignedRecord _record = null!;

    [SetUp]
    public void Sign() => _record = SignedRecord.Create();

    [TearDown]
    public void Forget() => _record.Dispose();

    [Test]
    public void An_anchor_is_written_and_read_in_its_one_form()
    {
        var bundle = _record.Bundle with { Anchor = Anchor };
        Assert.That(JsonNode.Parse(bundle.ToJson())!["anchor"]!.ToJsonString(), Is.EqualTo(Text));
        Assert.That(Read(Text), Is.EqualTo(Anchor));
        Assert.That(EvidenceBundle.FromJson(bundle.ToJson()).ToJson(), Is.EqualTo(bundle.ToJson()));
        Assert.That((Anchor.Reference, Anchor.Url!.AbsoluteUri), Is.EqualTo((Transaction, $"https://polygonscan.com/tx/{Transaction}")));
        Assert.That(Anchor.Description, Is.EqualTo($"Polygon, block 81234567, transaction {Transaction}"));
        Assert.That((Anchor with { ChainId = 31337 }).Url, Is.Null);
    }

    [Test]
    public void The_anchor_of_a_ledger_is_written_as_ever() =>
        Assert.That(JsonNode.Parse(_record.Bundle.ToJson())!["anchor"]!.AsObject().Select(field => field.Key), Is.EqualTo(new[] { "kind", "ledger" }));

    [TestCase("\"chain_id\":137", "\"chain_id\":0")]
    [TestCase("\"chain_id\":137", "\"chain_id\":-137")]
    [TestCase("\"chain_id\":137", "\"chain_id\":\"137\"")]
    [TestCase("\"chain_id\":137", "\"chain_id\":137.5")]
    [TestCase("\"chain_id\":137", "\"chain_id\":9223372036854775808")]
    [TestCase("\"chain_id\":137,", "")]
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")] // without checksum
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")] // with a wrong one
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x")]
    [TestCase("\"root\":\"0x1111", "\"root\":\"0x111")]
    [TestCase("\"root\":\"0x1111", "\"root\":\"1111")]
    [TestCase("\"transaction_hash\":\"0xaaaa", "\"transaction_hash\":\"0xAAAA")]
    [TestCase("\"transaction_hash\":\"0xaaaa", "\"transaction_hash\":\"0xaaaaa")]
    [TestCase("\"leaf_count\":5", "\"leaf_count\":0")]
    [TestCase("\"leaf_count\":5", "\"leaf_count\":2147483648")]
    [TestCase("\"block_number\":81234567", "\"block_number\":-1")]
    [TestCase("\"block_number\":81234567", "\"block_number\":null")]
    [TestCase("2026-11-20T16:00:30Z", "2026-11-20T16:00:30+00:00")]
    [TestCase("2026-11-20T16:00:30Z", "1795190430")]
    [TestCase("\"timestamp\":", "\"more\":1,\"timestamp\":")]
    [TestCase("\"timestamp\":", "\"chain_id\":137,\"timestamp\":")]
    [TestCase("\"kind\":\"evm\"", "\"kind\":\"ledger\"")]
    [TestCase("\"kind\":\"evm\"", "\"kind\":\"Evm\"")]
    [TestCase("\"kind\":\"evm\"", "\"kind\":null")]
    [TestCase("\"kind\":\"evm\",", "")]
    [TestCase("{\"kind\":\"evm\"", "{\"ledger\":LEDGER,\"kind\":\"evm\"")]
    public void Any_other_form_is_refused(string part, string instead)
    {
        var ledger = JsonNode.Parse(_record.Bundle.ToJson())!["anchor"]!["ledger"]!.ToJsonString();
        var changed = Text.Replace(part, instead.Replace("LEDGER", ledger, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.That(changed, Is.Not.EqualTo(Text));
        var error = Assert.Throws<InvalidEvidenceException>(() => Read(changed))!;
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.EvidenceMalformed));
    }

    [TestCase("""{"kind":"evm"}""")]
    [TestCase("""{"kind":"evm","evm":null}""")]
    [TestCase("""{"kind":"evm","evm":[]}""")]
    [TestCase("{}")]
    public void An_anchor_without_its_content_is_refused(string anchor) =>
        Assert.That(() => Read(anchor), Throws.InstanceOf<InvalidEvidenceException>());

    private EvmAnchor Read(string anchor)
    {
        var json = Encoding.UTF8.GetString((_record.Bundle with { Anchor = null }).ToJson()).Replace("\"anchor\": null", $"\"anchor\": {anchor}", StringComparison.Ordinal);
        return (EvmAnchor)EvidenceBundle.FromJson(Encoding.UTF8.GetBytes(json)).Anchor!;
    }
}
