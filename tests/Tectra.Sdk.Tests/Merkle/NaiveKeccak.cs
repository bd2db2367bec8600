using System.Numerics;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>Keccak-256 and the tree straight from their definitions: slow, with nothing taken from the library.</summary>
internal static class NaiveKeccak
{
    private const int Side = 5, RateBytes = 136, Rounds = 24;

    /// <summary>The sponge: whole blocks of the padded message are added and permuted, one after another.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> message)
    {
        var padded = new byte[((message.Length / RateBytes) + 1) * RateBytes];
        message.CopyTo(padded);
        padded[message.Length] ^= 0x01;
        padded[^1] ^= 0x80;
        var state = new ulong[Side * Side];
        for (var start = 0; start < padded.Length; start += RateBytes)
        {
            for (var i = 0; i < RateBytes; i++) state[i / 8] ^= (ulong)padded[start + i] << (8 * (i % 8));
            Permute(state);
        }
        return [.. Enumerable.Range(0, 32).Select(i => (byte)(state[i / 8] >> (8 * (i % 8))))];
    }

    /// <summary>FIPS 202 section 3.2, step by step; word x + 5y.</summary>
    public static void Permute(ulong[] state)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var a = (ulong[])state.Clone();
            ulong Column(int x) => Enumerable.Range(0, Side).Aggregate(0UL, (sum, y) => sum ^ a[At(x, y)]);
            for (var x = 0; x < Side; x++)
            {
                var parities = Column((x + 4) % Side) ^ BitOperations.RotateLeft(Column((x + 1) % Side), 1);
                for (var y = 0; y < Side; y++) state[At(x, y)] = a[At(x, y)] ^ parities;
            }
            var b = new ulong[state.Length];
            for (var x = 0; x < Side; x++)
            {
                for (var y = 0; y < Side; y++) b[At(y, (2 * x) + (3 * y))] = BitOperations.RotateLeft(state[At(x, y)], Rotation(x, y));
            }
            for (var x = 0; x < Side; x++)
            {
                for (var y = 0; y < Side; y++) state[At(x, y)] = b[At(x, y)] ^ (~b[At(x + 1, y)] & b[At(x + 2, y)]);
            }
            state[0] ^= RoundConstant(round);
        }
    }

    /// <summary>Section 3.2.5: bit 2ʲ − 1 of the constant is the register's output 7·round + j.</summary>
    public static ulong RoundConstant(int round)
    {
        var constant = 0UL;
        for (var j = 0; j <= 6; j++)
        {
            if (Output((7 * round) + j)) constant |= 1UL << ((1 << j) - 1);
        }
        return constant;
    }

    /// <summary>The tree's array, one node after another.</summary>
    public static MerkleHash[] Tree(IEnumerable<MerkleHash> leaves, bool sortLeaves = true)
    {
        var ordered = (sortLeaves ? leaves.OrderBy(Text, StringComparer.Ordinal) : leaves).ToArray();
        var nodes = new MerkleHash[(2 * ordered.Length) - 1];
        for (var i = 0; i < ordered.Length; i++) nodes[^(i + 1)] = ordered[i];
        for (var i = nodes.Length - ordered.Length - 1; i >= 0; i--) nodes[i] = Parent(nodes[(2 * i) + 1], nodes[(2 * i) + 2]);
        return nodes;
    }

    /// <summary>The hash of two nodes, that which is first as text first.</summary>
    public static MerkleHash Parent(MerkleHash left, MerkleHash right)
    {
        var ordered = string.CompareOrdinal(Text(left), Text(right)) <= 0 ? new[] { left, right } : [right, left];
        return new MerkleHash(Hash([.. Bytes(ordered[0]), .. Bytes(ordered[1])]));
    }

    /// <summary>The hash of the hash of a leaf's two words.</summary>
    public static MerkleHash Leaf(MerkleLeaf leaf) => new(Hash(Hash([.. leaf.ContentSha256.ToArray(), .. leaf.CertificateSha256.ToArray()])));

    public static byte[] Bytes(MerkleHash node)
    {
        var bytes = new byte[MerkleHash.LengthBytes];
        node.CopyTo(bytes);
        return bytes;
    }

    private static string Text(MerkleHash node) => Convert.ToHexStringLower(Bytes(node));

    private static int At(int x, int y) => (x % Side) + (Side * (y % Side));

    /// <summary>Section 3.2.2: step t of the walk from (1, 0) rotates by (t + 1)(t + 2) / 2.</summary>
    private static int Rotation(int column, int row)
    {
        var (x, y) = (1, 0);
        for (var t = 0; t < 24; t++, (x, y) = (y, ((2 * x) + (3 * y)) % Side))
        {
            if ((x, y) == (column, row)) return (t + 1) * (t + 2) / 2 % 64;
        }
        return 0; // (0, 0) is not on the walk
    }

    /// <summary>The register x⁸ + x⁶ + x⁵ + x⁴ + 1 after so many steps.</summary>
    private static bool Output(int steps)
    {
        var register = 1;
        for (var i = 0; i < steps % 255; i++) register = (register << 1) ^ (register >= 0x80 ? 0x171 : 0);
        return (register & 1) == 1;
    }
}
