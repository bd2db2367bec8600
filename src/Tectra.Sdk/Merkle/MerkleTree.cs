using System.Collections.Immutable;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// A Merkle tree by the rules of OpenZeppelin's StandardMerkleTree: a complete binary tree in an array of 2n − 1 nodes,
/// leaves in ascending order from the end, each parent the Keccak-256 of its sorted children. Immutable.
/// </summary>
public sealed class MerkleTree
{
    private readonly MerkleHash[] _nodes;
    private readonly int[] _nodeOfLeaf; // by the leaf's index in the input

    private MerkleTree(MerkleHash[] nodes, int[] nodeOfLeaf)
    {
        _nodes = nodes;
        _nodeOfLeaf = nodeOfLeaf;
    }

    /// <summary>The root.</summary>
    public MerkleHash Root => _nodes[0];

    /// <summary>How many leaves the tree has.</summary>
    public int LeafCount => _nodeOfLeaf.Length;

    /// <summary>Builds the tree over <paramref name="leaves"/>.</summary>
    /// <param name="leaves">At least one; duplicates are allowed.</param>
    /// <param name="sortLeaves">False keeps the input's order (the library's <c>sortLeaves: false</c> option).</param>
    /// <exception cref="ArgumentException">There is no leaf.</exception>
    public static MerkleTree Build(IReadOnlyList<MerkleLeaf> leaves, bool sortLeaves = true)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        if (leaves.Count == 0) throw new ArgumentException("A Merkle tree needs at least one leaf.", nameof(leaves));
        var hashed = leaves.Select((leaf, index) => (Hash: leaf.ToHash(), Index: index));
        var ordered = (sortLeaves ? hashed.OrderBy(leaf => leaf.Hash) : hashed).ToArray(); // OrderBy is stable
        var nodes = new MerkleHash[(2 * ordered.Length) - 1];
        var nodeOfLeaf = new int[ordered.Length];
        for (var i = 0; i < ordered.Length; i++)
        {
            var node = nodes.Length - 1 - i;
            nodes[node] = ordered[i].Hash;
            nodeOfLeaf[ordered[i].Index] = node;
        }
        for (var i = nodes.Length - 1 - ordered.Length; i >= 0; i--)
            nodes[i] = MerkleHash.Combine(nodes[(2 * i) + 1], nodes[(2 * i) + 2]);
        return new MerkleTree(nodes, nodeOfLeaf);
    }

    /// <summary>The proof of the leaf at <paramref name="index"/> of the input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public MerkleProof GetProof(int index)
    {
        var siblings = ImmutableArray.CreateBuilder<MerkleHash>();
        for (var node = NodeOf(index); node > 0; node = Parent(node)) siblings.Add(_nodes[Sibling(node)]);
        return new MerkleProof(siblings.DrainToImmutable());
    }

    /// <summary>One proof of the leaves at <paramref name="indices"/> of the input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    /// <exception cref="ArgumentException">An index stands twice.</exception>
    public MerkleMultiProof GetMultiProof(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var start = indices.Select(NodeOf).OrderDescending().ToArray();
        if (start.Distinct().Count() != start.Length) throw new ArgumentException("Each leaf can be proven once.", nameof(indices));
        var pending = new Queue<int>(start);
        var siblings = ImmutableArray.CreateBuilder<MerkleHash>();
        var fromLeaves = ImmutableArray.CreateBuilder<bool>();
        while (pending.TryPeek(out var node) && node > 0)
        {
            pending.Dequeue();
            var sibling = Sibling(node);
            var computed = pending.TryPeek(out var next) && next == sibling;
            if (computed) pending.Dequeue();
            else siblings.Add(_nodes[sibling]);
            fromLeaves.Add(computed);
            pending.Enqueue(Parent(node));
        }
        if (start.Length == 0) siblings.Add(Root);
        return new MerkleMultiProof([.. start.Select(node => _nodes[node])], siblings.DrainToImmutable(), fromLeaves.DrainToImmutable());
    }

    private static int Parent(int node) => (node - 1) / 2;

    private static int Sibling(int node) => node % 2 == 0 ? node - 1 : node + 1;

    private int NodeOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, LeafCount);
        return _nodeOfLeaf[index];
    }
}
