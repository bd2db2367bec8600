using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

public sealed class MerkleVectorTests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/merkle-openzeppelin.json");

    [Test]
    public void Every_Keccak_vector_agrees()
    {
        var count = 0;
        var digest = new byte[32];
        foreach (var vector in TestData.Json("vectors/keccak256.json").GetProperty("vectors").EnumerateArray())
        {
            Keccak256.HashData(Convert.FromHexString(vector.GetProperty("in_hex").GetString()!), digest);
            Assert.That(Convert.ToHexStringLower(digest), Is.EqualTo(vector.GetProperty("keccak256").GetString()), $"length {vector.GetProperty("len")}");
            count++;
        }
        Assert.That(count, Is.EqualTo(18));
        Report.Line($"keccak-256: {count} vectors agree");
    }

    [Test]
    public void Every_tree_of_OpenZeppelin_agrees_in_roots_leaves_proofs_and_refusals()
    {
        int roots = 0, proofs = 0, multiProofs = 0, negatives = 0;
        foreach (var vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            var n = vector.GetProperty("n").GetInt32();
            var leaves = Leaves(n);
            if (vector.TryGetProperty("values", out var values))
                Assert.That(leaves, Is.EqualTo(values.EnumerateArray().Select(Leaf)), "the value rule");
            var tree = MerkleTree.Build(leaves);
            var root = Node(vector.GetProperty("root"));
            Assert.That(tree.Root, Is.EqualTo(root), $"n = {n}");
            roots++;
            if (vector.TryGetProperty("rootUnsortedLeaves", out var unsorted))
            {
                Assert.That(MerkleTree.Build(leaves, sortLeaves: false).Root, Is.EqualTo(Node(unsorted)));
                roots++;
            }
            Assert.That(leaves.Take(3).Select(leaf => leaf.ToHash()), Is.EqualTo(Nodes(vector.GetProperty("leafHashesFirst3"))));
            foreach (var proof in vector.GetProperty("proofs").EnumerateArray())
            {
                var index = proof.GetProperty("index").GetInt32();
                var own = tree.GetProof(index);
                Assert.That(own.Siblings, Is.EqualTo(Nodes(proof.GetProperty("proof"))), $"n = {n}, leaf {index}");
                Assert.That(own.Verify(leaves[index], root, n), Is.EqualTo(proof.GetProperty("verified").GetBoolean()));
                proofs++;
            }
            if (vector.TryGetProperty("multiProof", out var multi))
            {
                CheckMultiProof(multi, tree, root);
                multiProofs++;
            }
            if (vector.TryGetProperty("negative", out var negative))
            {
                CheckNegative(negative, leaves, root, n);
                negatives++;
            }
        }
        Report.Line($"merkle: {roots} roots, {proofs} proofs, {multiProofs} multi-proofs, {negatives} tampered proofs of OpenZeppelin agree");
        Assert.That((roots, proofs, multiProofs, negatives), Is.EqualTo((13, 31, 4, 6)));
    }

    [Test]
    public void Duplicate_leaves_and_the_empty_tree_behave_as_in_OpenZeppelin()
    {
        var vector = Vectors.GetProperty("duplicates");
        var tree = MerkleTree.Build([.. vector.GetProperty("values").EnumerateArray().Select(Leaf)]);
        Assert.Multiple(() =>
        {
            Assert.That(tree.Root, Is.EqualTo(Node(vector.GetProperty("root"))));
            Assert.That(tree.GetProof(0).Siblings, Is.EqualTo(Nodes(vector.GetProperty("proof0"))));
            Assert.That(tree.GetProof(1).Siblings, Is.EqualTo(Nodes(vector.GetProperty("proof1"))));
            Assert.That(Vectors.GetProperty("emptyTree").GetString(), Does.StartWith("throws"));
            Assert.That(() => MerkleTree.Build([]), Throws.ArgumentException);
        });
    }

    private static void CheckMultiProof(JsonElement vector, MerkleTree tree, MerkleHash root)
    {
        var indices = vector.GetProperty("indices").EnumerateArray().Select(index => index.GetInt32()).ToList();
        var own = tree.GetMultiProof(indices);
        Assert.That(own.Siblings, Is.EqualTo(Nodes(vector.GetProperty("proof"))));
        Assert.That(own.FromLeaves, Is.EqualTo(vector.GetProperty("proofFlags").EnumerateArray().Select(flag => flag.GetBoolean())));
        Assert.That(own.Verify(root), Is.True);
        Assert.That((own with { Leaves = own.Leaves.Reverse().ToImmutableArray() }).Verify(root), Is.EqualTo(own.Leaves.Length == 1));
        Assert.That((own with { FromLeaves = [.. own.FromLeaves, true] }).Verify(root), Is.False);
        Assert.That((own with { FromLeaves = [.. own.FromLeaves.Select(flag => !flag)] }).Verify(root), Is.False);
    }

    private static void CheckNegative(JsonElement vector, MerkleLeaf[] leaves, MerkleHash root, int n)
    {
        var index = vector.GetProperty("index").GetInt32();
        var proof = new MerkleProof([.. Nodes(vector.GetProperty("proof"))]);
        Assert.That(vector.GetProperty("verified").GetBoolean(), Is.False);
        Assert.That(proof.Verify(leaves[index], root, n), Is.False, $"n = {n}");
    }

    internal static MerkleLeaf[] Leaves(int n) =>
    [
        .. Enumerable.Range(0, n).Select(i => new MerkleLeaf(Word(n, i, 0), Word(n, i, 1))),
    ];

    private static Sha256Digest Word(int n, int i, int j) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"public/n{n}/{i}/{j}")));

    private static MerkleLeaf Leaf(JsonElement value) => new(Sha256Digest.Parse(value[0].GetString()![2..]), Sha256Digest.Parse(value[1].GetString()![2..]));

    private static MerkleHash Node(JsonElement node) => MerkleHash.Parse(node.GetString());

    private static IEnumerable<MerkleHash> Nodes(JsonElement nodes) => nodes.EnumerateArray().Select(Node);
}
