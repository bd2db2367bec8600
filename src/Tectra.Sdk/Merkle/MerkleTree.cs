using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// A Merkle tree by the rules of OpenZeppelin's StandardMerkleTree: a complete binary tree in an array of 2n − 1 nodes,
/// leaves in ascending order from the end, each parent the Keccak-256 of its sorted children. Immutable.
/// </summary>
public sealed class MerkleTree
{
    private const int BlockNodes = 1024; // a block of leaves is 64 kB

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

    /// <summary>Builds the tree over <paramref name="leaves"/>, on the calling thread.</summary>
    /// <param name="leaves">At least one; duplicates are allowed.</param>
    /// <param name="sortLeaves">False keeps the input's order (the library's <c>sortLeaves: false</c> option).</param>
    /// <exception cref="ArgumentException">There is no leaf.</exception>
    public static MerkleTree Build(IReadOnlyList<MerkleLeaf> leaves, bool sortLeaves = true) => Build(leaves, sortLeaves, CancellationToken.None);

    /// <summary><see cref="Build(IReadOnlyList{MerkleLeaf}, bool)"/>, given up when it is cancelled, which is looked at every thousand hashes.</summary>
    /// <exception cref="ArgumentException">There is no leaf.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static MerkleTree Build(IReadOnlyList<MerkleLeaf> leaves, bool sortLeaves, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var count = leaves.Count;
        if (count == 0) throw new ArgumentException("A Merkle tree needs at least one leaf.", nameof(leaves));
        var nodes = GC.AllocateUninitializedArray<MerkleHash>((2 * count) - 1);
        HashLeaves(leaves, nodes.AsSpan(0, count), cancellationToken);
        var order = sortLeaves ? MerkleOrder.Sort(nodes, count) : null;
        cancellationToken.ThrowIfCancellationRequested();

        // The hashes lie where the inner nodes will be. Each goes to its place from the end; the two ranges share one node, which
        // is the last to be written.
        var nodeOfLeaf = new int[count];
        for (var i = 0; i < count; i++)
        {
            var leaf = order is null ? i : MerkleOrder.IndexOf(order[i]);
            var node = nodes.Length - 1 - i;
            nodes[node] = nodes[leaf];
            nodeOfLeaf[leaf] = node;
        }
        HashInnerNodes(nodes, cancellationToken);
        return new MerkleTree(nodes, nodeOfLeaf);
    }

    /// <summary>How many nodes the proof of the leaf at <paramref name="index"/> of the input has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public int ProofLength(int index) => BitOperations.Log2((uint)NodeOf(index) + 1);

    /// <summary>The proof of the leaf at <paramref name="index"/> of the input.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public MerkleProof GetProof(int index)
    {
        var siblings = new MerkleHash[ProofLength(index)];
        CopyProof(index, siblings);
        return new MerkleProof(ImmutableCollectionsMarshal.AsImmutableArray(siblings));
    }

    /// <summary>
    /// Copies the siblings of the proof of the leaf at <paramref name="index"/> of the input to the start of
    /// <paramref name="destination"/>, nearest the leaf first: many proofs need no memory of their own.
    /// </summary>
    /// <returns>How many there are, <see cref="ProofLength"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int CopyProof(int index, Span<MerkleHash> destination)
    {
        var length = ProofLength(index);
        if (destination.Length < length) throw new ArgumentException($"The proof has {length} nodes.", nameof(destination));
        var node = NodeOf(index);
        for (var i = 0; i < length; i++, node = Parent(node)) destination[i] = _nodes[Sibling(node)];
        return length;
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

    private static void HashLeaves(IReadOnlyList<MerkleLeaf> leaves, Span<MerkleHash> hashes, CancellationToken cancellationToken)
    {
        var block = new MerkleLeaf[Math.Min(hashes.Length, BlockNodes)];
        for (var start = 0; start < hashes.Length; start += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = hashes[start..Math.Min(start + block.Length, hashes.Length)];
            for (var i = 0; i < part.Length; i++) block[i] = leaves[start + i];
            MerkleHasher.HashLeaves(block.AsSpan(0, part.Length), part);
        }
    }

    /// <summary>From the end to the root, in blocks of nodes none of which is another's parent.</summary>
    private static void HashInnerNodes(MerkleHash[] nodes, CancellationToken cancellationToken)
    {
        for (int end = nodes.Length / 2, start; end > 0; end = start)
        {
            cancellationToken.ThrowIfCancellationRequested();
            start = Math.Max(end / 2, end - BlockNodes); // the children of node i are 2i + 1 and 2i + 2
            MerkleHasher.HashPairs(nodes.AsSpan((2 * start) + 1, 2 * (end - start)), nodes.AsSpan(start, end - start));
        }
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
