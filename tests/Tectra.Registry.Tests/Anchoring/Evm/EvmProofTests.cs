using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>From registration to the contract and back: what is anchored proves itself, and nothing else does.</summary>
public sealed class EvmProofTests
{
    private const int Records = 10_000, OnChainSample = 100;

    [Test]
    [CancelAfter(600_000)]
    public async Task Every_proof_verifies_here_and_on_the_chain_and_every_change_of_a_bit_fails()
    {
        await using var chain = await ChainFixture.CreateAsync();
        var ids = new List<RecordId>();
        // Batches of several sizes, one of a single record among them.
        foreach (var share in new[] { 1, Records / 10, Records / 5, Records - 1 - (Records / 10) - (Records / 5) })
        {
            ids.AddRange(await chain.RegisterAsync(share));
            await chain.AnchorAllAsync();
        }
        Assert.That(ids, Has.Count.EqualTo(Records));
        var registered = new Dictionary<MerkleHash, RegisteredBatch>();
        foreach (var log in await chain.ReadRegistrationsAsync())
        {
            var root = MerkleHash.Parse(log.Topics[1].ToString());
            registered.Add(root, (await ContractReader.GetBatchAsync(chain.Rpc, chain.Contract, root, default))!);
        }
        var bundles = new List<EvidenceBundle>(Records);
        foreach (var id in ids) bundles.Add((await chain.Registry.GetAsync(id, default))!.Evidence.Bundle);
        foreach (var bundle in bundles)
        {
            var anchor = (EvmAnchor)bundle.Anchor!;
            Assert.That(bundle.Proof!.Verify(LeafOf(bundle), anchor.Root, registered[anchor.Root].LeafCount), Is.True);
        }
        Assert.That(registered.Values.Sum(batch => batch.LeafCount), Is.EqualTo(Records), "each record in exactly one batch");

        var sample = bundles.Where((_, i) => i % (Records / OnChainSample) == 0).Take(OnChainSample).ToList();
        Assert.That(sample, Has.Count.EqualTo(OnChainSample));
        foreach (var bundle in sample) Assert.That(await IsOnChainAsync(chain, RootOf(bundle), LeafOf(bundle), bundle.Proof!), Is.True);

        var refused = await TurnEveryBitAsync(chain, bundles[^1]) + await TurnEveryBitAsync(chain, bundles[0]);
        Report.Line($"{Records:N0} records in {registered.Count} batches on a node: every proof verifies, {sample.Count} on the chain too; {refused:N0} changes of one bit of leaf, proof, root or count, and of the proof's order, refused");
    }

    private static MerkleHash RootOf(EvidenceBundle bundle) => bundle.Anchor!.Root;

    private static MerkleLeaf LeafOf(EvidenceBundle bundle) => new(Certificate.FromPayload(bundle.Envelope.Payload).Fingerprint.Sha256, bundle.Envelope.PayloadSha256);

    private static async Task<bool> IsOnChainAsync(ChainFixture chain, MerkleHash root, MerkleLeaf leaf, MerkleProof proof) => ProvenanceContract.ReadBoolean(
        await chain.Rpc.CallAsync(new EvmCall { To = chain.Contract, Data = ProvenanceContract.VerifyContent(root, leaf, proof) }, EvmBlockTag.Latest, default));

    /// <summary>Changes a record's evidence in every bit and order there is; returns how many changes were refused, which is all of them.</summary>
    private static async Task<int> TurnEveryBitAsync(ChainFixture chain, EvidenceBundle bundle)
    {
        var (anchor, leaf, proof, refused) = ((EvmAnchor)bundle.Anchor!, LeafOf(bundle), bundle.Proof!, 0);
        Assert.That(proof.Verify(leaf, anchor.Root, anchor.LeafCount), Is.True);
        foreach (var content in Turned(leaf.ContentSha256.ToArray())) await RefuseAsync(leaf with { ContentSha256 = new Sha256Digest(content) }, proof, anchor.Root);
        foreach (var certificate in Turned(leaf.CertificateSha256.ToArray())) await RefuseAsync(leaf with { CertificateSha256 = new Sha256Digest(certificate) }, proof, anchor.Root);
        for (var place = 0; place < proof.Siblings.Length; place++)
        {
            foreach (var node in Turned(ToBytes(proof.Siblings[place]))) await RefuseAsync(leaf, new MerkleProof(proof.Siblings.SetItem(place, new MerkleHash(node))), anchor.Root);
            await RefuseAsync(leaf, new MerkleProof(proof.Siblings.RemoveAt(place)), anchor.Root);
            await RefuseAsync(leaf, new MerkleProof(proof.Siblings.Insert(place, proof.Siblings[place])), anchor.Root);
            if (place > 0) await RefuseAsync(leaf, new MerkleProof(proof.Siblings.SetItem(place, proof.Siblings[place - 1]).SetItem(place - 1, proof.Siblings[place])), anchor.Root);
        }
        foreach (var root in Turned(ToBytes(anchor.Root))) await RefuseAsync(leaf, proof, new MerkleHash(root));

        // The count and the root as a whole verifier sees them, which compares them with the contract's.
        using var verifier = new EvmAnchorVerifier(new EvmRpcOptions { Urls = [chain.Node.Url] });
        Assert.That((await JudgeAsync(anchor)).Code, Is.EqualTo("anchored_on_chain"));
        for (var bit = 0; bit < 31; bit++)
        {
            if ((anchor.LeafCount ^ (1 << bit)) is > 0 and var count) await FailAsync(Change(count: count));
        }
        foreach (var root in Turned(ToBytes(anchor.Root))) await FailAsync(Change(root: new MerkleHash(root)));
        await FailAsync(Change(block: anchor.BlockNumber + 1));
        await FailAsync(Change(seconds: 1));
        return refused;

        async Task RefuseAsync(MerkleLeaf changedLeaf, MerkleProof changedProof, MerkleHash root)
        {
            Assert.That(changedProof.Verify(changedLeaf, root, anchor.LeafCount), Is.False);
            Assert.That(await IsOnChainAsync(chain, root, changedLeaf, changedProof), Is.False);
            refused++;
        }

        EvmAnchor Change(MerkleHash? root = null, int? count = null, long? block = null, int seconds = 0) => new(
            anchor.ChainId, anchor.Contract, root ?? anchor.Root, count ?? anchor.LeafCount, anchor.Transaction, block ?? anchor.BlockNumber,
            UtcTimestamp.From(anchor.Timestamp.Moment.AddSeconds(seconds)));

        async Task FailAsync(EvmAnchor changed)
        {
            var check = await JudgeAsync(changed);
            Assert.That(check.Outcome, Is.EqualTo(CheckOutcome.Failed));
            Assert.That(check.Code, Is.EqualTo("root_mismatch").Or.EqualTo("merkle_proof_invalid"));
            refused++;
        }

        async Task<CheckResult> JudgeAsync(EvmAnchor named)
        {
            var observed = new ObservedContent { Sha256 = leaf.ContentSha256 };
            var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only()) { MinConfirmations = 1 };
            return (await verifier.VerifyAsync(observed, bundle with { Anchor = named }, policy)).Blockchain;
        }
    }

    private static IEnumerable<byte[]> Turned(byte[] bytes)
    {
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var turned = bytes.ToArray();
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return turned;
        }
    }

    private static byte[] ToBytes(MerkleHash hash)
    {
        var bytes = new byte[MerkleHash.LengthBytes];
        hash.CopyTo(bytes);
        return bytes;
    }
}
