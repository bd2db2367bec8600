using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is one pixel; each path computes the scalar file's integer expression, so there is nothing to round differently.</summary>
internal static partial class Luma
{
    private const int GroupPixels = 4, GroupBytes = 12; // four RGB pixels fit one 16-byte load with four bytes to spare

    // Per pixel two 16-bit factors side by side: (R, G) and (G, B), high bytes zero (index 0x80 gives zero).
    private static Vector128<byte> RedGreen => Vector128.Create((byte)0, 0x80, 1, 0x80, 3, 0x80, 4, 0x80, 6, 0x80, 7, 0x80, 9, 0x80, 10, 0x80);

    private static Vector128<byte> GreenBlue => Vector128.Create((byte)1, 0x80, 2, 0x80, 4, 0x80, 5, 0x80, 7, 0x80, 8, 0x80, 10, 0x80, 11, 0x80);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromRgbVector512(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Pixels = 4 * GroupPixels;
        Vector512<byte> redGreen = Vector512.Create(Vector256.Create(RedGreen, RedGreen), Vector256.Create(RedGreen, RedGreen));
        Vector512<byte> greenBlue = Vector512.Create(Vector256.Create(GreenBlue, GreenBlue), Vector256.Create(GreenBlue, GreenBlue));
        var redGreenWeights = Vector512.Create((HalfGreenWeight << 16) | RedWeight).AsInt16();
        var greenBlueWeights = Vector512.Create((BlueWeight << 16) | HalfGreenWeight).AsInt16();
        var rounding = Vector512.Create(Rounding);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var x = 0;
        for (; x + Pixels + 2 <= destination.Length; x += Pixels) // the last load reads four bytes of the next group
        {
            ref var first = ref Unsafe.Add(ref from, 3 * x);
            var pixels = Vector512.Create(
                Vector256.Create(Vector128.LoadUnsafe(ref first), Vector128.LoadUnsafe(ref first, GroupBytes)),
                Vector256.Create(Vector128.LoadUnsafe(ref first, 2 * GroupBytes), Vector128.LoadUnsafe(ref first, 3 * GroupBytes)));
            var sum = Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(pixels, redGreen).AsInt16(), redGreenWeights)
                + Avx512BW.MultiplyAddAdjacent(Avx512BW.Shuffle(pixels, greenBlue).AsInt16(), greenBlueWeights);
            Avx512F.ConvertToVector128Byte((sum + rounding) >>> Shift).StoreUnsafe(ref to, (nuint)x);
        }
        FromRgbScalar(source[(3 * x)..], destination[x..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromRgbVector256(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Pixels = 4 * GroupPixels;
        var redGreen = Vector256.Create(RedGreen, RedGreen);
        var greenBlue = Vector256.Create(GreenBlue, GreenBlue);
        var redGreenWeights = Vector256.Create((HalfGreenWeight << 16) | RedWeight).AsInt16();
        var greenBlueWeights = Vector256.Create((BlueWeight << 16) | HalfGreenWeight).AsInt16();
        var rounding = Vector256.Create(Rounding);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var x = 0;
        for (; x + Pixels + 2 <= destination.Length; x += Pixels)
        {
            ref var first = ref Unsafe.Add(ref from, 3 * x);
            var low = Weigh256(Vector256.Create(Vector128.LoadUnsafe(ref first), Vector128.LoadUnsafe(ref first, GroupBytes)));
            var high = Weigh256(Vector256.Create(Vector128.LoadUnsafe(ref first, 2 * GroupBytes), Vector128.LoadUnsafe(ref first, 3 * GroupBytes)));
            // Narrowing packs within 128-bit lanes, so the halves are taken apart first.
            var words = Vector256.Narrow(low, high);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().StoreUnsafe(ref to, (nuint)x);
        }
        FromRgbScalar(source[(3 * x)..], destination[x..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Weigh256(Vector256<byte> pixels) =>
            (Avx2.MultiplyAddAdjacent(Avx2.Shuffle(pixels, redGreen).AsInt16(), redGreenWeights)
            + Avx2.MultiplyAddAdjacent(Avx2.Shuffle(pixels, greenBlue).AsInt16(), greenBlueWeights)
            + rounding) >>> Shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromRgbVector128(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Pixels = 4 * GroupPixels;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        // Each channel of four pixels as 32-bit lanes.
        var red = Vector128.Create(0, 0x80, 0x80, 0x80, 3, 0x80, 0x80, 0x80, 6, 0x80, 0x80, 0x80, 9, 0x80, 0x80, 0x80);
        var green = Vector128.Create(1, 0x80, 0x80, 0x80, 4, 0x80, 0x80, 0x80, 7, 0x80, 0x80, 0x80, 10, 0x80, 0x80, 0x80);
        var blue = Vector128.Create(2, 0x80, 0x80, 0x80, 5, 0x80, 0x80, 0x80, 8, 0x80, 0x80, 0x80, 11, 0x80, 0x80, 0x80);
        var x = 0;
        for (; x + Pixels + 2 <= destination.Length; x += Pixels)
        {
            ref var first = ref Unsafe.Add(ref from, 3 * x);
            var low = Vector128.Narrow(Weigh128(Vector128.LoadUnsafe(ref first)), Weigh128(Vector128.LoadUnsafe(ref first, GroupBytes)));
            var high = Vector128.Narrow(Weigh128(Vector128.LoadUnsafe(ref first, 2 * GroupBytes)), Weigh128(Vector128.LoadUnsafe(ref first, 3 * GroupBytes)));
            Vector128.Narrow(low, high).StoreUnsafe(ref to, (nuint)x);
        }
        FromRgbScalar(source[(3 * x)..], destination[x..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<uint> Weigh128(Vector128<byte> pixels) => Weigh(
            Vector128.Shuffle(pixels, red).AsUInt32(), Vector128.Shuffle(pixels, green).AsUInt32(), Vector128.Shuffle(pixels, blue).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromRgbaVector128(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        const int Pixels = 16;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var mask = Vector128.Create(0xFFu);
        var x = 0;
        for (; x + Pixels <= destination.Length; x += Pixels)
        {
            ref var first = ref Unsafe.Add(ref from, 4 * x);
            var low = Vector128.Narrow(WeighRgba(Vector128.LoadUnsafe(ref first)), WeighRgba(Vector128.LoadUnsafe(ref first, 16)));
            var high = Vector128.Narrow(WeighRgba(Vector128.LoadUnsafe(ref first, 32)), WeighRgba(Vector128.LoadUnsafe(ref first, 48)));
            Vector128.Narrow(low, high).StoreUnsafe(ref to, (nuint)x);
        }
        FromRgbaScalar(source[(4 * x)..], destination[x..]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<uint> WeighRgba(Vector128<byte> pixels)
        {
            // Little-endian lanes: red is the low byte. (.NET runs on no big-endian vector machine but s390x, which takes the scalar path.)
            var lanes = pixels.AsUInt32();
            return Weigh(lanes & mask, (lanes >>> 8) & mask, (lanes >>> 16) & mask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HighBytesVector128(ReadOnlySpan<ushort> source, Span<byte> destination)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i + 16 <= source.Length; i += 16)
            Vector128.Narrow(Vector128.LoadUnsafe(ref from, (nuint)i) >>> 8, Vector128.LoadUnsafe(ref from, (nuint)(i + 8)) >>> 8).StoreUnsafe(ref to, (nuint)i);
        HighBytesScalar(source[i..], destination[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Weigh(Vector128<uint> red, Vector128<uint> green, Vector128<uint> blue) =>
        ((red * RedWeight) + (green * GreenWeight) + (blue * BlueWeight) + Vector128.Create((uint)Rounding)) >>> Shift;
}
