using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.TestChild;

/// <summary>
/// Digests of all that Keccak's lanes compute: messages of every length around its blocks, and trees with all their proofs, over
/// the leaves of the OpenZeppelin vectors. The parent runs this with instruction sets turned off and expects the same lines.
/// </summary>
internal static class MerkleDigest
{
    private const int MaxMessage = 300;

    public static int Print(IEnumerable<int> treeSizes)
    {
        Console.WriteLine(KernelDigest.InstructionSets);
        var message = Enumerable.Range(0, MaxMessage).Select(i => (byte)(i * i)).ToArray();
        var digests = new byte[(MaxMessage + 1) * Keccak256.LengthBytes];
        for (var length = 0; length <= MaxMessage; length++) Keccak256.HashData(message.AsSpan(0, length), digests.AsSpan(length * Keccak256.LengthBytes));
        Console.WriteLine($"keccak {Hex(digests)}");
        foreach (var n in treeSizes)
        {
            foreach (var sortLeaves in new[] { true, false }) Console.WriteLine(Tree(n, sortLeaves));
        }
        return 0;
    }

    private static string Tree(int count, bool sortLeaves)
    {
        var leaves = Enumerable.Range(0, count).Select(i => new MerkleLeaf(Word(count, i, 0), Word(count, i, 1))).ToArray();
        var tree = MerkleTree.Build(leaves, sortLeaves);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var node = new byte[MerkleHash.LengthBytes];
        for (var i = 0; i < count; i++)
        {
            var proof = tree.GetProof(i);
            if (!proof.Verify(leaves[i], tree.Root, count)) throw new InvalidOperationException($"The proof of leaf {i} of {count} fails.");
            foreach (var sibling in proof.Siblings)
            {
                sibling.CopyTo(node);
                hash.AppendData(node);
            }
        }
        return $"tree {count} {sortLeaves} {tree.Root} {Hex(hash.GetHashAndReset())}";
    }

    private static Sha256Digest Word(int count, int leaf, int word) => Sha256Digest.Compute(Encoding.UTF8.GetBytes($"public/n{count}/{leaf}/{word}"));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
