using System.Buffers.Binary;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of the original Keccak submission (rate 136 bytes, padding byte 0x01), which
/// is not SHA3-256 (padding byte 0x06). Thread-safe.
/// </summary>
public static class Keccak256
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int LengthBytes = 32;

    internal const int RateBytes = 136;

    /// <summary>What follows the message.</summary>
    internal const byte FirstPadding = 0x01;

    /// <summary>What the last byte of the last block is changed by.</summary>
    internal const byte LastPadding = 0x80;

    /// <summary>Hashes <paramref name="message"/> into the first 32 bytes of <paramref name="destination"/>, which may be part of the message.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public static void HashData(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        if (destination.Length < LengthBytes) throw new ArgumentException("A Keccak-256 digest has 32 bytes.", nameof(destination));
        Span<ulong> state = stackalloc ulong[KeccakF1600.Words];
        while (message.Length >= RateBytes)
        {
            Absorb(state, message[..RateBytes]);
            message = message[RateBytes..];
        }
        Span<byte> last = stackalloc byte[RateBytes];
        message.CopyTo(last);
        last[message.Length] ^= FirstPadding;
        last[^1] ^= LastPadding;
        Absorb(state, last);
        for (var i = 0; i < LengthBytes / sizeof(ulong); i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], state[i]);
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < RateBytes / sizeof(ulong); i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * sizeof(ulong))..]);
        KeccakF1600.Permute<ulong, KeccakLanes1>(state);
    }
}
