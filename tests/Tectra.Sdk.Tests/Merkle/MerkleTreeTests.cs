using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>Whole trees against the definition, and what the caller may ask of one.</summary>
public sealed class MerkleTreeTests
{
    private static readonly int[] Sizes = [.. Enumerable.Range(1, 64), 127, 128, 129, 1000, 5000];

    [Test]
    public void Every_node_is_that_of_the_definition([Values] bool sortLeaves)
    {
        foreach (var n in Sizes)
        {
            var leaves = MerkleVectorTests.Leaves(n);
            var hashes = leaves.Select(NaiveKeccak.Leaf).ToArray();
            var nodes = NaiveKeccak.Tree(hashes, sortLeaves);
            var tree = MerkleTree.Build(leaves, sortLeaves);
            Assert.That((tree.Root, tree.LeafCount), Is.EqualTo((nodes[0], n)));
            var buffer = new MerkleHash[MerkleProof.MaxSiblings];
            for (var i = 0; i < n; i++)
            {
                var proof = Path(nodes, Array.LastIndexOf(nodes, hashes[i])).ToArray();
                Assert.That(tree.GetProof(i).Siblings, Is.EqualTo(proof), $"leaf {i} of {n}");
                Assert.That(tree.ProofLength(i), Is.EqualTo(proof.Length));
                Assert.That(tree.CopyProof(i, buffer), Is.EqualTo(proof.Length));
                Assert.That(buffer.AsSpan(0, proof.Length).SequenceEqual(proof), Is.True);
            }
        }
    }

    [Test]
    public void Any_list_gives_the_same_tree()
    {
        var leaves = MerkleVectorTests.Leaves(5000);
        var root = MerkleTree.Build(leaves).Root;
        Assert.That(MerkleTree.Build([.. leaves]).Root, Is.EqualTo(root));
        Assert.That(MerkleTree.Build(leaves.ToList()).Root, Is.EqualTo(root));
        Assert.That(MerkleTree.Build(leaves.Reverse().ToList().AsReadOnly()).Root, Is.EqualTo(root), "sorted leaves have one order");
        Assert.That(MerkleTree.Build(leaves.Reverse().ToList(), sortLeaves: false).Root, Is.Not.EqualTo(root));
    }

    [Test]
    public void Equal_leaves_keep_their_order()
    {
        foreach (var n in new[] { 2, 3, 7, 64, 100 })
        {
            var leaf = MerkleVectorTests.Leaves(1)[0];
            var tree = MerkleTree.Build([.. Enumerable.Repeat(leaf, n)]);
            var inOrder = MerkleTree.Build([.. Enumerable.Repeat(leaf, n)], sortLeaves: false);
            for (var i = 0; i < n; i++)
            {
                Assert.That(tree.GetProof(i), Is.EqualTo(inOrder.GetProof(i)), $"leaf {i} of {n}");
                Assert.That(tree.GetProof(i).Verify(leaf, tree.Root, n), Is.True);
            }
        }
    }

    [Test]
    public void A_cancelled_tree_is_not_built()
    {
        using var source = new CancellationTokenSource();
        var leaves = new CancellingList(MerkleVectorTests.Leaves(10_000), 6_000, source);
        Assert.That(() => MerkleTree.Build(leaves, sortLeaves: true, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(leaves.Reads, Is.InRange(6_000, 9_999), "it stopped on the way");
    }

    [Test]
    public void A_proof_asked_for_wrongly_is_refused()
    {
        var tree = MerkleTree.Build(MerkleVectorTests.Leaves(5));
        Assert.Multiple(() =>
        {
            foreach (var index in new[] { -1, 5, int.MinValue, int.MaxValue })
            {
                Assert.That(() => tree.ProofLength(index), Throws.TypeOf<ArgumentOutOfRangeException>());
                Assert.That(() => tree.GetProof(index), Throws.TypeOf<ArgumentOutOfRangeException>());
                Assert.That(() => tree.CopyProof(index, new MerkleHash[9]), Throws.TypeOf<ArgumentOutOfRangeException>());
            }
            Assert.That(() => tree.CopyProof(0, new MerkleHash[1]), Throws.ArgumentException);
            Assert.That(() => MerkleTree.Build(null!), Throws.ArgumentNullException);
        });
    }

    [Test]
    public void Checking_a_proof_allocates_nothing()
    {
        var leaves = MerkleVectorTests.Leaves(1000);
        var tree = MerkleTree.Build(leaves);
        var proof = tree.GetProof(7);
        Assert.That(proof.Verify(leaves[7], tree.Root, 1000), Is.True);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) proof.Verify(leaves[7], tree.Root, 1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static IEnumerable<MerkleHash> Path(MerkleHash[] nodes, int node)
    {
        for (; node > 0; node = (node - 1) / 2) yield return nodes[node % 2 == 0 ? node - 1 : node + 1];
    }

    /// <summary>Cancels when so many elements were read.</summary>
    private sealed class CancellingList(MerkleLeaf[] leaves, int last, CancellationTokenSource source) : IReadOnlyList<MerkleLeaf>
    {
        public int Reads { get; private set; }

        public int Count => leaves.Length;

        public MerkleLeaf this[int index]
        {
            get
            {
                if (++Reads == last) source.Cancel();
                return leaves[index];
            }
        }

        public IEnumerator<MerkleLeaf> GetEnumerator() => leaves.AsEnumerable().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
