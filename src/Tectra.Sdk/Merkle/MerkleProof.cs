using System.Collections.Immutable;
using System.Numerics;

namespace Tectra.Sdk.Merkle;

/// <summary>The siblings on the way from one leaf to the root, nearest the leaf first. Empty for a tree of one leaf. Immutable.</summary>
/// <param name="Siblings">The sibling nodes; at most <see cref="MaxSiblings"/> in a proof that can be true.</param>
public sealed record MerkleProof(ImmutableArray<MerkleHash> Siblings)
{
    /// <summary>The longest path of a tree whose leaf count fits in 31 bits.</summary>
    public const int MaxSiblings = 31;

    /// <summary>The root that this path leads to from a leaf's node.</summary>
    public MerkleHash ComputeRoot(MerkleHash leaf)
    {
        var node = leaf;
        foreach (var sibling in Siblings) node = MerkleHash.Combine(node, sibling);
        return node;
    }

    /// <summary>
    /// Whether the path leads from <paramref name="leaf"/> to <paramref name="root"/> in a tree of
    /// <paramref name="leafCount"/> leaves: the nodes must match, and the length must be one that such a tree has
    /// (a complete tree of n leaves has paths of ⌊log₂ n⌋ or ⌈log₂ n⌉ siblings).
    /// </summary>
    public bool Verify(MerkleLeaf leaf, MerkleHash root, int leafCount)
    {
        if (leafCount < 1 || Siblings.IsDefault) return false;
        var shortest = BitOperations.Log2((uint)leafCount);
        var longest = BitOperations.IsPow2(leafCount) ? shortest : shortest + 1;
        return Siblings.Length >= shortest && Siblings.Length <= longest && ComputeRoot(leaf.ToHash()) == root;
    }

    /// <summary>Whether two proofs have the same nodes in the same order.</summary>
    public bool Equals(MerkleProof? other) => other is not null && Siblings.AsSpan().SequenceEqual(other.Siblings.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Siblings.IsDefaultOrEmpty ? 0 : HashCode.Combine(Siblings.Length, Siblings[0]);
}

/// <summary>One proof for several leaves of a tree, as OpenZeppelin's <c>MerkleProof.multiProofVerify</c> takes it. Immutable.</summary>
/// <param name="Leaves">The nodes of the proven leaves, in the order in which they are consumed.</param>
/// <param name="Siblings">The nodes that can't be computed from the leaves.</param>
/// <param name="FromLeaves">For each step, whether the second operand is a computed node (true) or the next sibling (false).</param>
public sealed record MerkleMultiProof(ImmutableArray<MerkleHash> Leaves, ImmutableArray<MerkleHash> Siblings, ImmutableArray<bool> FromLeaves)
{
    /// <summary>Whether the proof leads to <paramref name="root"/>; false for any malformed proof.</summary>
    public bool Verify(MerkleHash root)
    {
        if (Leaves.IsDefault || Siblings.IsDefault || FromLeaves.IsDefault || Leaves.Length + Siblings.Length != FromLeaves.Length + 1) return false;
        var nodes = new Queue<MerkleHash>(Leaves);
        var siblings = new Queue<MerkleHash>(Siblings);
        foreach (var fromLeaves in FromLeaves)
        {
            if (!nodes.TryDequeue(out var first)) return false;
            if (!(fromLeaves ? nodes : siblings).TryDequeue(out var second)) return false;
            nodes.Enqueue(MerkleHash.Combine(first, second));
        }
        return nodes.Count + siblings.Count == 1 && (nodes.TryDequeue(out var last) || siblings.TryDequeue(out last)) && last == root;
    }

    /// <summary>Whether two proofs have the same parts in the same order.</summary>
    public bool Equals(MerkleMultiProof? other) => other is not null
        && Leaves.AsSpan().SequenceEqual(other.Leaves.AsSpan())
        && Siblings.AsSpan().SequenceEqual(other.Siblings.AsSpan())
        && FromLeaves.AsSpan().SequenceEqual(other.FromLeaves.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves.Length, Siblings.Length, FromLeaves.Length);
}
