using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tectra.Sdk.Merkle;

/// <summary>One state: the reference, and the fastest for a single message.</summary>
internal readonly struct KeccakLanes1 : IKeccakLanes<ulong>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Create(ulong word) => word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateLeft(ulong word, byte bits) => BitOperations.RotateLeft(word, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ulong a, ulong b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ulong a, ulong b, ulong c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Theta(ulong word, ulong left, ulong right, ulong both) => word ^ both;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Chi(ulong a, ulong b, ulong c) => a ^ (~b & c);
}
