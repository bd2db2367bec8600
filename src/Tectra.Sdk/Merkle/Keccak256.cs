using System.Buffers.Binary;
using System.Numerics;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of the original Keccak submission (rate 136 bytes, padding byte 0x01), which
/// is not SHA3-256 (padding byte 0x06). Thread-safe.
/// </summary>
public static class Keccak256
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int LengthBytes = 32;

    private const int RateBytes = 136;
    private const int Lanes = 25;

    // The linear feedback shift register of FIPS 202 section 3.2.5, as literals.
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    // Rho's rotation and pi's destination lane for each source lane x + 5y.
    private static ReadOnlySpan<byte> Rotations =>
        [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

    private static ReadOnlySpan<byte> Destinations =>
        [0, 10, 20, 5, 15, 16, 1, 11, 21, 6, 7, 17, 2, 12, 22, 23, 8, 18, 3, 13, 14, 24, 9, 19, 4];

    /// <summary>Hashes <paramref name="message"/> into the first 32 bytes of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public static void HashData(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        if (destination.Length < LengthBytes) throw new ArgumentException("A Keccak-256 digest has 32 bytes.", nameof(destination));
        Span<ulong> state = stackalloc ulong[Lanes];
        while (message.Length >= RateBytes)
        {
            Absorb(state, message[..RateBytes]);
            message = message[RateBytes..];
        }
        Span<byte> last = stackalloc byte[RateBytes];
        message.CopyTo(last);
        last[message.Length] ^= 0x01;
        last[^1] ^= 0x80;
        Absorb(state, last);
        for (var i = 0; i < LengthBytes / sizeof(ulong); i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], state[i]);
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < RateBytes / sizeof(ulong); i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * sizeof(ulong))..]);
        Permute(state);
    }

    private static void Permute(Span<ulong> a)
    {
        Span<ulong> b = stackalloc ulong[Lanes];
        foreach (var constant in RoundConstants)
        {
            // Theta: each column is mixed with the parity of its two neighbours.
            ulong c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20], c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
            ulong c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22], c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
            ulong c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
            ulong d0 = c4 ^ BitOperations.RotateLeft(c1, 1), d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
            ulong d2 = c1 ^ BitOperations.RotateLeft(c3, 1), d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
            ulong d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
            for (var y = 0; y < Lanes; y += 5)
            {
                a[y] ^= d0;
                a[y + 1] ^= d1;
                a[y + 2] ^= d2;
                a[y + 3] ^= d3;
                a[y + 4] ^= d4;
            }
            // Rho and pi: rotate each lane and move it.
            for (var i = 0; i < Lanes; i++) b[Destinations[i]] = BitOperations.RotateLeft(a[i], Rotations[i]);
            // Chi: the only non-linear step, along rows.
            for (var y = 0; y < Lanes; y += 5)
            {
                ulong b0 = b[y], b1 = b[y + 1], b2 = b[y + 2], b3 = b[y + 3], b4 = b[y + 4];
                a[y] = b0 ^ (~b1 & b2);
                a[y + 1] = b1 ^ (~b2 & b3);
                a[y + 2] = b2 ^ (~b3 & b4);
                a[y + 3] = b3 ^ (~b4 & b0);
                a[y + 4] = b4 ^ (~b0 & b1);
            }
            a[0] ^= constant;
        }
    }
}
