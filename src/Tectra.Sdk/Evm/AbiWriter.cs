using System.Buffers;
using System.Buffers.Binary;
using Tectra.Sdk.Content;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evm;

/// <summary>Writes a call's data: the function's selector, then words of 32 bytes by the contract ABI.</summary>
internal sealed class AbiWriter
{
    private readonly ArrayBufferWriter<byte> _data = new();

    /// <summary>Begins a call.</summary>
    /// <param name="selector">The first four bytes of the Keccak-256 of the function's signature, big-endian.</param>
    public AbiWriter(uint selector)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, selector);
        _data.Write(bytes);
    }

    public AbiWriter Add(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        Span<byte> word = stackalloc byte[AbiReader.WordBytes];
        word.Clear();
        BinaryPrimitives.WriteInt64BigEndian(word[^sizeof(long)..], number);
        _data.Write(word);
        return this;
    }

    public AbiWriter Add(MerkleHash hash)
    {
        Span<byte> word = stackalloc byte[AbiReader.WordBytes];
        hash.CopyTo(word);
        _data.Write(word);
        return this;
    }

    public AbiWriter Add(Sha256Digest digest)
    {
        Span<byte> word = stackalloc byte[AbiReader.WordBytes];
        digest.CopyTo(word);
        _data.Write(word);
        return this;
    }

    public AbiWriter Add(EvmAddress address)
    {
        Span<byte> word = stackalloc byte[AbiReader.WordBytes];
        word.Clear();
        address.CopyTo(word[^EvmAddress.LengthBytes..]);
        _data.Write(word);
        return this;
    }

    /// <summary>Bytes after their length, filled up to whole words: where an offset before leads to.</summary>
    public AbiWriter AddBytes(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _data.Write(bytes);
        Span<byte> padding = stackalloc byte[AbiReader.WordBytes];
        padding.Clear();
        _data.Write(padding[..((AbiReader.WordBytes - (bytes.Length % AbiReader.WordBytes)) % AbiReader.WordBytes)]);
        return this;
    }

    public byte[] ToArray() => _data.WrittenSpan.ToArray();
}
