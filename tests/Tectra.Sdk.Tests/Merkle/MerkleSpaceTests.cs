using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>Small spaces, exhausted: every proof of every tree of up to 64 leaves, and every simple way to bend it.</summary>
public sealed class MerkleSpaceTests
{
    private const int MaxLeaves = 64;

    [Test]
    public void Every_proof_of_every_small_tree_verifies_for_its_own_leaf_alone()
    {
        var proofs = 0;
        for (var n = 1; n <= MaxLeaves; n++)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var tree = MerkleTree.Build(leaves);
            for (var i = 0; i < n; i++)
            {
                var proof = tree.GetProof(i);
                for (var j = 0; j < n; j++)
                    Assert.That(proof.Verify(leaves[j], tree.Root, n), Is.EqualTo(i == j), $"proof {i}, leaf {j} of {n}");
                proofs++;
            }
        }
        Report.Line($"merkle: {proofs} proofs of all trees up to {MaxLeaves} leaves verify for their own leaf alone");
    }

    [Test]
    public void Dropped_added_swapped_and_changed_nodes_are_refused()
    {
        for (var n = 2; n <= MaxLeaves; n++)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var tree = MerkleTree.Build(leaves);
            for (var i = 0; i < n; i++)
            {
                var siblings = tree.GetProof(i).Siblings;
                foreach (var bent in Bent(siblings))
                    Assert.That(new MerkleProof(bent).Verify(leaves[i], tree.Root, n), Is.False, $"leaf {i} of {n}");
            }
        }
    }

    [Test]
    public void The_leaf_count_binds_the_length_of_the_path()
    {
        for (var n = 1; n <= MaxLeaves; n++)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var tree = MerkleTree.Build(leaves);
            var lengths = Enumerable.Range(0, n).Select(i => tree.GetProof(i).Siblings.Length).ToList();
            Assert.That(lengths.Max(), Is.EqualTo((int)Math.Ceiling(Math.Log2(n))));
            Assert.That(lengths.Min(), Is.EqualTo((int)Math.Floor(Math.Log2(n))));
            Assert.That(tree.GetProof(0).Verify(leaves[0], tree.Root, 4 * n), Is.False, "a path too short for that many leaves");
            Assert.That(tree.GetProof(0).Verify(leaves[0], tree.Root, 0), Is.False);
            Assert.That(tree.GetProof(0).Verify(leaves[0], tree.Root, -1), Is.False);
        }
    }

    [Test]
    public void A_leaf_count_is_accepted_only_where_its_trees_have_paths_of_that_length()
    {
        for (var n = 1; n <= MaxLeaves; n++)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var tree = MerkleTree.Build(leaves);
            for (var i = 0; i < n; i++)
            {
                var proof = tree.GetProof(i);
                for (var count = 1; count <= 4 * MaxLeaves; count++)
                {
                    // ⌊log₂ count⌋ = length or ⌈log₂ count⌉ = length
                    var length = proof.Siblings.Length;
                    var allowed = 2 * count > 1 << length && count < 2 << length;
                    if (proof.Verify(leaves[i], tree.Root, count) != allowed) Assert.Fail($"leaf {i} of {n} as one of {count}");
                }
            }
        }
    }

    [Test]
    public void Every_single_bit_of_leaf_proof_and_root_counts()
    {
        // The quick run takes every leaf of the smaller trees, and one of each larger one.
        const int QuickLeaves = 16;
        var changes = 0;
        for (var n = 1; n <= MaxLeaves; n++)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var tree = MerkleTree.Build(leaves);
            var whole = TestData.IsFull || n <= QuickLeaves;
            for (var i = whole ? 0 : n / 2; i < n; i += whole ? 1 : n)
            {
                var proof = tree.GetProof(i);
                byte[] bytes =
                [
                    .. leaves[i].ContentSha256.ToArray(), .. leaves[i].CertificateSha256.ToArray(), .. NaiveKeccak.Bytes(tree.Root),
                    .. proof.Siblings.SelectMany(NaiveKeccak.Bytes),
                ];
                Assert.That(Verify(bytes, n), Is.True);
                for (var bit = 0; bit < 8 * bytes.Length; bit++, changes++)
                {
                    bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                    if (Verify(bytes, n)) Assert.Fail($"leaf {i} of {n} with bit {bit} changed");
                    bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                }
            }
        }
        Report.Line($"merkle: {changes} single bits of leaves, roots and proofs changed, all refused");

        static bool Verify(byte[] bytes, int n)
        {
            var words = bytes.Chunk(MerkleHash.LengthBytes).ToArray();
            var leaf = new MerkleLeaf(new Sha256Digest(words[0]), new Sha256Digest(words[1]));
            return new MerkleProof([.. words[3..].Select(word => new MerkleHash(word))]).Verify(leaf, new MerkleHash(words[2]), n);
        }
    }

    [Test]
    public void An_inner_node_is_not_a_leaf()
    {
        var leaves = MerkleVectorTests.Leaves(4);
        var tree = MerkleTree.Build(leaves);
        var hashes = leaves.Select(leaf => leaf.ToHash()).Order().ToArray();
        // The preimage of an inner node, offered as a leaf's two words: the second hash of a leaf tells them apart.
        static Sha256Digest Word(MerkleHash hash)
        {
            var bytes = new byte[32];
            hash.CopyTo(bytes);
            return new Sha256Digest(bytes);
        }
        var forged = new MerkleLeaf(Word(hashes[2]), Word(hashes[3]));
        Assert.That(MerkleHash.Combine(hashes[2], hashes[3]), Is.Not.EqualTo(forged.ToHash()));
        Assert.That(new MerkleProof([MerkleHash.Combine(hashes[0], hashes[1])]).Verify(forged, tree.Root, 2), Is.False);
    }

    [Test]
    public void Every_subset_of_a_small_tree_has_a_multi_proof()
    {
        var leaves = MerkleVectorTests.Leaves(7);
        var tree = MerkleTree.Build(leaves);
        for (var subset = 0; subset < 128; subset++)
        {
            var indices = Enumerable.Range(0, 7).Where(i => (subset >> i & 1) == 1).ToList();
            var proof = tree.GetMultiProof(indices);
            Assert.That(proof.Verify(tree.Root), Is.True, $"subset {subset}");
            Assert.That(proof.Verify(MerkleHash.Combine(tree.Root, tree.Root)), Is.False);
            Assert.That(proof.Leaves.Order(), Is.EqualTo(indices.Select(i => leaves[i].ToHash()).Order()));
        }
        Assert.That(new MerkleMultiProof(default, default, default).Verify(tree.Root), Is.False);
        Assert.That(new MerkleProof(default(ImmutableArray<MerkleHash>)).Verify(leaves[0], leaves[0].ToHash(), 1), Is.False);
        Assert.That(() => tree.GetMultiProof([1, 1]), Throws.ArgumentException);
        Assert.That(() => tree.GetMultiProof([7]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => tree.GetProof(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static IEnumerable<ImmutableArray<MerkleHash>> Bent(ImmutableArray<MerkleHash> siblings)
    {
        yield return siblings.Add(siblings[0]);
        yield return siblings.Insert(0, siblings[^1]);
        for (var k = 0; k < siblings.Length; k++)
        {
            yield return siblings.RemoveAt(k);
            yield return siblings.SetItem(k, MerkleHash.Combine(siblings[k], siblings[k]));
            for (var m = k + 1; m < siblings.Length; m++) yield return siblings.SetItem(k, siblings[m]).SetItem(m, siblings[k]);
        }
    }
}
