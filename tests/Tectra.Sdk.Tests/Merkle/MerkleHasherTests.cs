using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>Many leaves and pairs at once, at every width and every number around a vector, against the definition.</summary>
public sealed class MerkleHasherTests
{
    private static readonly int[] Counts = [.. new[] { 1, 2, 4, 8 }.SelectMany(l => new[] { 0, 1, l - 1, l, l + 1, (2 * l) + 3 }).Distinct().Order()];

    private delegate void LeafKernel(ReadOnlySpan<MerkleLeaf> leaves, Span<MerkleHash> hashes);

    private delegate void PairKernel(ReadOnlySpan<MerkleHash> children, Span<MerkleHash> parents);

    private static LeafKernel[] LeafKernels =>
    [
        MerkleHasher.HashLeaves, MerkleHasher.HashLeaves<ulong, KeccakLanes1>, MerkleHasher.HashLeaves<Vector128<ulong>, KeccakLanes2>,
        MerkleHasher.HashLeaves<Vector256<ulong>, KeccakLanes4>, MerkleHasher.HashLeaves<Vector512<ulong>, KeccakLanes8>,
    ];

    private static PairKernel[] PairKernels =>
    [
        MerkleHasher.HashPairs, MerkleHasher.HashPairs<ulong, KeccakLanes1>, MerkleHasher.HashPairs<Vector128<ulong>, KeccakLanes2>,
        MerkleHasher.HashPairs<Vector256<ulong>, KeccakLanes4>, MerkleHasher.HashPairs<Vector512<ulong>, KeccakLanes8>,
    ];

    [Test]
    public void Leaves_are_hashed_twice_at_every_width_and_number()
    {
        foreach (var count in Counts)
        {
            var leaves = MerkleVectorTests.Leaves(count);
            var expected = leaves.Select(NaiveKeccak.Leaf).ToArray();
            Assert.That(leaves.Select(leaf => leaf.ToHash()), Is.EqualTo(expected));
            foreach (var kernel in LeafKernels) Assert.That(Fill(count, hashes => kernel(leaves, hashes.Span)), Is.EqualTo(expected), $"{count} leaves");
        }
    }

    [Test]
    public void Pairs_are_hashed_in_order_at_every_width_and_number()
    {
        foreach (var count in Counts)
        {
            var children = Nodes(2 * count, count);
            var expected = children.Chunk(2).Select(pair => NaiveKeccak.Parent(pair[0], pair[1])).ToArray();
            Assert.That(children.Chunk(2).Select(pair => MerkleHash.Combine(pair[0], pair[1])), Is.EqualTo(expected));
            foreach (var kernel in PairKernels) Assert.That(Fill(count, parents => kernel(children, parents.Span)), Is.EqualTo(expected), $"{count} pairs");
        }
    }

    [Test]
    public void Pairs_that_differ_in_any_one_byte_are_ordered_as_bytes()
    {
        var children = new List<MerkleHash>();
        for (var i = 0; i < MerkleHash.LengthBytes; i++)
        {
            byte[] low = NaiveKeccak.Bytes(Nodes(1, i)[0]), high = [.. low];
            (low[i], high[i]) = (0x7F, 0x80); // as signed numbers they would be the other way around
            if (i + 1 < low.Length) (low[i + 1], high[i + 1]) = (0xFF, 0x00);
            MerkleHash smaller = new(low), larger = new(high);
            Assert.That(new[] { smaller.CompareTo(larger), larger.CompareTo(smaller), larger.CompareTo(larger) }, Is.EqualTo(new[] { -1, 1, 0 }), $"byte {i}");
            Assert.That(new[] { smaller < larger, larger > smaller, larger.IsAfter(in smaller) }, Is.All.True, $"byte {i}");
            Assert.That(new[] { smaller > larger, larger < smaller, smaller.IsAfter(in larger), smaller.IsAfter(in smaller) }, Is.All.False, $"byte {i}");
            children.AddRange([smaller, larger, larger, smaller, smaller, smaller]);
        }
        var expected = children.Chunk(2).Select(pair => NaiveKeccak.Parent(pair[0], pair[1])).ToArray();
        foreach (var kernel in PairKernels) Assert.That(Fill(expected.Length, parents => kernel(children.ToArray(), parents.Span)), Is.EqualTo(expected));
    }

    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(1000, 0)]
    [TestCase(1000, 3)]
    [TestCase(1000, 4)]
    [TestCase(1000, 31)]
    [TestCase(1000, 32)]
    public void Nodes_are_sorted_as_bytes_and_equal_ones_keep_their_order(int count, int sharedBytes)
    {
        var nodes = Nodes(count, 1);
        var bytes = MemoryMarshal.AsBytes(nodes.AsSpan());
        for (var i = 0; i < count; i++) bytes.Slice(i * MerkleHash.LengthBytes, sharedBytes).Fill((byte)(i % 3));
        var expected = Enumerable.Range(0, count).OrderBy(i => Convert.ToHexStringLower(NaiveKeccak.Bytes(nodes[i])), StringComparer.Ordinal);
        Assert.That(MerkleOrder.Sort(nodes, count).Select(MerkleOrder.IndexOf), Is.EqualTo(expected)); // OrderBy is stable
    }

    /// <summary>Runs a kernel into a part of a larger array, whose other elements must stay as they are.</summary>
    private static MerkleHash[] Fill(int count, Action<Memory<MerkleHash>> run)
    {
        var canary = Nodes(1, 99)[0];
        var hashes = Enumerable.Repeat(canary, count + 2).ToArray();
        run(hashes.AsMemory(1, count));
        Assert.That((hashes[0], hashes[^1]), Is.EqualTo((canary, canary)));
        return hashes[1..^1];
    }

    private static MerkleHash[] Nodes(int count, int seed)
    {
        var nodes = new MerkleHash[count];
        new Random(seed).NextBytes(MemoryMarshal.AsBytes(nodes.AsSpan()));
        return nodes;
    }
}
