using System.Runtime.CompilerServices;

namespace Tectra.Sdk.Merkle;

/// <summary>
/// The permutation Keccak-f[1600] (FIPS 202 section 3.3) of as many states as a word has lanes. Word x + 5y of a state is its
/// column x and row y.
/// </summary>
internal static class KeccakF1600
{
    /// <summary>The number of words in a state.</summary>
    public const int Words = 25;

    /// <summary>The linear feedback shift register of FIPS 202 section 3.2.5, as literals.</summary>
    public static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes the <see cref="Words"/> words of a state.</summary>
    /// <remarks>
    /// Two rounds in turn between two sets of locals, so that no round ends by copying: faster than one round a turn,
    /// and almost three times as fast as loops over arrays. Each rotation is a literal, which vector instructions ask for.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute<TWord, TLanes>(Span<TWord> state)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        TWord a0 = state[0], a1 = state[1], a2 = state[2], a3 = state[3], a4 = state[4];
        TWord a5 = state[5], a6 = state[6], a7 = state[7], a8 = state[8], a9 = state[9];
        TWord a10 = state[10], a11 = state[11], a12 = state[12], a13 = state[13], a14 = state[14];
        TWord a15 = state[15], a16 = state[16], a17 = state[17], a18 = state[18], a19 = state[19];
        TWord a20 = state[20], a21 = state[21], a22 = state[22], a23 = state[23], a24 = state[24];
        TWord e0, e1, e2, e3, e4;
        TWord e5, e6, e7, e8, e9;
        TWord e10, e11, e12, e13, e14;
        TWord e15, e16, e17, e18, e19;
        TWord e20, e21, e22, e23, e24;
        TWord c0, c1, c2, c3, c4, r0, r1, r2, r3, r4, d0, d1, d2, d3, d4, b0, b1, b2, b3, b4;
        for (var round = 0; round < RoundConstants.Length; round += 2)
        {
            // Theta: each column is mixed with the parities of its two neighbours. From a to e.
            c0 = TLanes.Xor(TLanes.Xor(a0, a5, a10), a15, a20);
            c1 = TLanes.Xor(TLanes.Xor(a1, a6, a11), a16, a21);
            c2 = TLanes.Xor(TLanes.Xor(a2, a7, a12), a17, a22);
            c3 = TLanes.Xor(TLanes.Xor(a3, a8, a13), a18, a23);
            c4 = TLanes.Xor(TLanes.Xor(a4, a9, a14), a19, a24);
            r0 = TLanes.RotateLeft(c0, 1);
            r1 = TLanes.RotateLeft(c1, 1);
            r2 = TLanes.RotateLeft(c2, 1);
            r3 = TLanes.RotateLeft(c3, 1);
            r4 = TLanes.RotateLeft(c4, 1);
            d0 = TLanes.Xor(c4, r1);
            d1 = TLanes.Xor(c0, r2);
            d2 = TLanes.Xor(c1, r3);
            d3 = TLanes.Xor(c2, r4);
            d4 = TLanes.Xor(c3, r0);
            // Rho and pi: each word is rotated, and moved to row b. Chi: the only non-linear step, along the row. Iota: the constant.
            b0 = TLanes.Theta(a0, c4, r1, d0);
            b1 = TLanes.RotateLeft(TLanes.Theta(a6, c0, r2, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Theta(a12, c1, r3, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Theta(a18, c2, r4, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Theta(a24, c3, r0, d4), 14);
            e0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Create(RoundConstants[round]));
            e1 = TLanes.Chi(b1, b2, b3);
            e2 = TLanes.Chi(b2, b3, b4);
            e3 = TLanes.Chi(b3, b4, b0);
            e4 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(a3, c2, r4, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Theta(a9, c3, r0, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Theta(a10, c4, r1, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Theta(a16, c0, r2, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Theta(a22, c1, r3, d2), 61);
            e5 = TLanes.Chi(b0, b1, b2);
            e6 = TLanes.Chi(b1, b2, b3);
            e7 = TLanes.Chi(b2, b3, b4);
            e8 = TLanes.Chi(b3, b4, b0);
            e9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(a1, c0, r2, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Theta(a7, c1, r3, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Theta(a13, c2, r4, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Theta(a19, c3, r0, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Theta(a20, c4, r1, d0), 18);
            e10 = TLanes.Chi(b0, b1, b2);
            e11 = TLanes.Chi(b1, b2, b3);
            e12 = TLanes.Chi(b2, b3, b4);
            e13 = TLanes.Chi(b3, b4, b0);
            e14 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(a4, c3, r0, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Theta(a5, c4, r1, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Theta(a11, c0, r2, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Theta(a17, c1, r3, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Theta(a23, c2, r4, d3), 56);
            e15 = TLanes.Chi(b0, b1, b2);
            e16 = TLanes.Chi(b1, b2, b3);
            e17 = TLanes.Chi(b2, b3, b4);
            e18 = TLanes.Chi(b3, b4, b0);
            e19 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(a2, c1, r3, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Theta(a8, c2, r4, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Theta(a14, c3, r0, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Theta(a15, c4, r1, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Theta(a21, c0, r2, d1), 2);
            e20 = TLanes.Chi(b0, b1, b2);
            e21 = TLanes.Chi(b1, b2, b3);
            e22 = TLanes.Chi(b2, b3, b4);
            e23 = TLanes.Chi(b3, b4, b0);
            e24 = TLanes.Chi(b4, b0, b1);

            // The same from e to a.
            c0 = TLanes.Xor(TLanes.Xor(e0, e5, e10), e15, e20);
            c1 = TLanes.Xor(TLanes.Xor(e1, e6, e11), e16, e21);
            c2 = TLanes.Xor(TLanes.Xor(e2, e7, e12), e17, e22);
            c3 = TLanes.Xor(TLanes.Xor(e3, e8, e13), e18, e23);
            c4 = TLanes.Xor(TLanes.Xor(e4, e9, e14), e19, e24);
            r0 = TLanes.RotateLeft(c0, 1);
            r1 = TLanes.RotateLeft(c1, 1);
            r2 = TLanes.RotateLeft(c2, 1);
            r3 = TLanes.RotateLeft(c3, 1);
            r4 = TLanes.RotateLeft(c4, 1);
            d0 = TLanes.Xor(c4, r1);
            d1 = TLanes.Xor(c0, r2);
            d2 = TLanes.Xor(c1, r3);
            d3 = TLanes.Xor(c2, r4);
            d4 = TLanes.Xor(c3, r0);
            b0 = TLanes.Theta(e0, c4, r1, d0);
            b1 = TLanes.RotateLeft(TLanes.Theta(e6, c0, r2, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Theta(e12, c1, r3, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Theta(e18, c2, r4, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Theta(e24, c3, r0, d4), 14);
            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Create(RoundConstants[round + 1]));
            a1 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(e3, c2, r4, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Theta(e9, c3, r0, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Theta(e10, c4, r1, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Theta(e16, c0, r2, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Theta(e22, c1, r3, d2), 61);
            a5 = TLanes.Chi(b0, b1, b2);
            a6 = TLanes.Chi(b1, b2, b3);
            a7 = TLanes.Chi(b2, b3, b4);
            a8 = TLanes.Chi(b3, b4, b0);
            a9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(e1, c0, r2, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Theta(e7, c1, r3, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Theta(e13, c2, r4, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Theta(e19, c3, r0, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Theta(e20, c4, r1, d0), 18);
            a10 = TLanes.Chi(b0, b1, b2);
            a11 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            a13 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(e4, c3, r0, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Theta(e5, c4, r1, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Theta(e11, c0, r2, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Theta(e17, c1, r3, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Theta(e23, c2, r4, d3), 56);
            a15 = TLanes.Chi(b0, b1, b2);
            a16 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            a18 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Theta(e2, c1, r3, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Theta(e8, c2, r4, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Theta(e14, c3, r0, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Theta(e15, c4, r1, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Theta(e21, c0, r2, d1), 2);
            a20 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
            a23 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
        }
        state[0] = a0;
        state[1] = a1;
        state[2] = a2;
        state[3] = a3;
        state[4] = a4;
        state[5] = a5;
        state[6] = a6;
        state[7] = a7;
        state[8] = a8;
        state[9] = a9;
        state[10] = a10;
        state[11] = a11;
        state[12] = a12;
        state[13] = a13;
        state[14] = a14;
        state[15] = a15;
        state[16] = a16;
        state[17] = a17;
        state[18] = a18;
        state[19] = a19;
        state[20] = a20;
        state[21] = a21;
        state[22] = a22;
        state[23] = a23;
        state[24] = a24;
    }
}
