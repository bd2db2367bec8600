using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// A node of a Merkle tree: 32 bytes, written as EVM tools do, <c>0x</c> and 64 lower-case hexadecimal digits. Ordered as
/// bytes. Immutable.
/// </summary>
public readonly struct MerkleHash : IEquatable<MerkleHash>, IComparable<MerkleHash>
{
    /// <summary>The length of a node in bytes.</summary>
    public const int LengthBytes = 32;

    private const string Prefix = "0x";
    private readonly Bytes32 _bytes;

    /// <summary>Takes over 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> isn't 32 bytes long.</exception>
    public MerkleHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != LengthBytes) throw new ArgumentException("A Merkle node has 32 bytes.", nameof(hash));
        _bytes = Bytes32.From(hash);
    }

    /// <summary>Whether two nodes are the same.</summary>
    public static bool operator ==(MerkleHash left, MerkleHash right) => left.Equals(right);

    /// <summary>Whether two nodes differ.</summary>
    public static bool operator !=(MerkleHash left, MerkleHash right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> sorts first.</summary>
    public static bool operator <(MerkleHash left, MerkleHash right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts last.</summary>
    public static bool operator >(MerkleHash left, MerkleHash right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts first or is the same.</summary>
    public static bool operator <=(MerkleHash left, MerkleHash right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts last or is the same.</summary>
    public static bool operator >=(MerkleHash left, MerkleHash right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>0x</c> and 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static MerkleHash Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException("A Merkle node is 0x and 64 lower-case hexadecimal digits.");

    /// <summary>Reads <c>0x</c> and 64 lower-case hexadecimal digits; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MerkleHash hash)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        var parsed = text.StartsWith(Prefix, StringComparison.Ordinal) && LowerHex.TryParse(text[Prefix.Length..], bytes);
        hash = parsed ? new MerkleHash(bytes) : default;
        return parsed;
    }

    /// <summary>The parent of two nodes: Keccak-256 of the smaller and the larger, so that their order doesn't matter.</summary>
    public static MerkleHash Combine(MerkleHash left, MerkleHash right)
    {
        ReadOnlySpan<MerkleHash> children = [left, right];
        var parent = default(MerkleHash);
        MerkleHasher.HashPairs<ulong, KeccakLanes1>(children, new Span<MerkleHash>(ref parent));
        return parent;
    }

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <inheritdoc/>
    public int CompareTo(MerkleHash other)
    {
        // The first words differ, unless somebody chose them.
        ulong first = WordAt(0), othersFirst = other.WordAt(0);
        return first == othersFirst ? CompareRest(in other) : first < othersFirst ? -1 : 1;
    }

    /// <inheritdoc/>
    public bool Equals(MerkleHash other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MerkleHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    /// <summary>The node as <c>0x</c> and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Prefix + LowerHex.Format(_bytes);

    /// <summary>Whether this node sorts after another, without a branch but for equal first words.</summary>
    internal bool IsAfter(in MerkleHash other)
    {
        ulong first = WordAt(0), othersFirst = other.WordAt(0);
        return first == othersFirst ? CompareRest(in other) > 0 : first > othersFirst;
    }

    private int CompareRest(in MerkleHash other)
    {
        for (var i = sizeof(ulong); i < LengthBytes; i += sizeof(ulong))
        {
            ulong word = WordAt(i), othersWord = other.WordAt(i);
            if (word != othersWord) return word < othersWord ? -1 : 1;
        }
        return 0;
    }

    /// <summary>Eight bytes as a number that sorts as they do.</summary>
    private ulong WordAt(int index) => BinaryPrimitives.ReadUInt64BigEndian(((ReadOnlySpan<byte>)_bytes)[index..]);
}

/// <summary>
/// What a leaf stands for: the StandardMerkleTree value of types <c>["bytes32", "bytes32"]</c>. Immutable.
/// </summary>
/// <param name="ContentSha256">The SHA-256 of the original content.</param>
/// <param name="CertificateSha256">The SHA-256 of the certificate's payload bytes inside its DSSE envelope.</param>
public readonly record struct MerkleLeaf(Sha256Digest ContentSha256, Sha256Digest CertificateSha256)
{
    /// <summary>
    /// The leaf's node: <c>keccak256(keccak256(content ‖ certificate))</c>. Hashing twice keeps a leaf from being taken for
    /// an inner node, whose preimage is also 64 bytes.
    /// </summary>
    public MerkleHash ToHash()
    {
        var hash = default(MerkleHash);
        MerkleHasher.HashLeaves<ulong, KeccakLanes1>(new ReadOnlySpan<MerkleLeaf>(in this), new Span<MerkleHash>(ref hash));
        return hash;
    }
}
