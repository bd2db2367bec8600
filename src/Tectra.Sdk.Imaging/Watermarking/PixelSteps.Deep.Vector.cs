using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>Samples of 16 bits: a lane is one pixel when rounding, one sample when adding. 128 bits only; such pictures are few.</summary>
internal static partial class PixelSteps
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundVector128(ReadOnlySpan<float> change, Span<ushort> up, Span<ushort> down)
    {
        ref var from = ref MemoryMarshal.GetReference(change);
        ref var toUp = ref MemoryMarshal.GetReference(up);
        ref var toDown = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + Lanes <= change.Length; x += Lanes)
        {
            Vector128<int> low = DeepSteps128(ref Unsafe.Add(ref from, x)), high = DeepSteps128(ref Unsafe.Add(ref from, x + 4)), zero = default;
            Vector128.Narrow(Vector128.Max(low, zero).AsUInt32(), Vector128.Max(high, zero).AsUInt32()).StoreUnsafe(ref toUp, (nuint)x);
            Vector128.Narrow(Vector128.Max(-low, zero).AsUInt32(), Vector128.Max(-high, zero).AsUInt32()).StoreUnsafe(ref toDown, (nuint)x);
        }
        RoundScalar(change, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToGrayVector128(Span<ushort> pixels, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + Lanes <= up.Length; x += Lanes)
            Move(ref Unsafe.Add(ref first, x), Vector128.LoadUnsafe(ref ups, (nuint)x), Vector128.LoadUnsafe(ref downs, (nuint)x));
        AddScalar(pixels, 1, 1, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToRgbVector128(Span<ushort> pixels, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var begin = Vector128.Create((ushort)0, 0, 0, 1, 1, 1, 2, 2);
        var middle = Vector128.Create((ushort)2, 3, 3, 3, 4, 4, 4, 5);
        var end = Vector128.Create((ushort)5, 5, 6, 6, 6, 7, 7, 7);
        var x = 0;
        for (; x + Lanes <= up.Length; x += Lanes)
        {
            ref var pixel = ref Unsafe.Add(ref first, 3 * x);
            Vector128<ushort> u = Vector128.LoadUnsafe(ref ups, (nuint)x), d = Vector128.LoadUnsafe(ref downs, (nuint)x);
            Move(ref pixel, Vector128.Shuffle(u, begin), Vector128.Shuffle(d, begin));
            Move(ref Unsafe.Add(ref pixel, Lanes), Vector128.Shuffle(u, middle), Vector128.Shuffle(d, middle));
            Move(ref Unsafe.Add(ref pixel, 2 * Lanes), Vector128.Shuffle(u, end), Vector128.Shuffle(d, end));
        }
        AddScalar(pixels, 3, 3, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToGrayAlphaVector128(Span<ushort> pixels, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + 4 <= up.Length; x += 4)
        {
            ref var pixel = ref Unsafe.Add(ref first, 2 * x);
            // Alpha is the high half; the steps stand in the low ones.
            var transparent = Vector128.Equals(Vector128.LoadUnsafe(ref pixel).AsUInt32() >>> 16, Vector128<uint>.Zero);
            var u = Vector128.WidenLower(Vector128.CreateScalarUnsafe(FourOf(ref Unsafe.Add(ref ups, x))).AsUInt16());
            var d = Vector128.WidenLower(Vector128.CreateScalarUnsafe(FourOf(ref Unsafe.Add(ref downs, x))).AsUInt16());
            Move(ref pixel, Vector128.AndNot(u, transparent).AsUInt16(), Vector128.AndNot(d, transparent).AsUInt16());
        }
        AddScalar(pixels, 2, 1, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToRgbaVector128(Span<ushort> pixels, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var begin = Vector128.Create((ushort)0, 0, 0, 0x80, 1, 1, 1, 0x80); // index 0x80 gives zero
        var end = Vector128.Create((ushort)2, 2, 2, 0x80, 3, 3, 3, 0x80);
        var x = 0;
        for (; x + 4 <= up.Length; x += 4)
        {
            ref var pixel = ref Unsafe.Add(ref first, 4 * x);
            var u = Vector128.CreateScalarUnsafe(FourOf(ref Unsafe.Add(ref ups, x))).AsUInt16();
            var d = Vector128.CreateScalarUnsafe(FourOf(ref Unsafe.Add(ref downs, x))).AsUInt16();
            MoveTwo(ref pixel, Vector128.Shuffle(u, begin), Vector128.Shuffle(d, begin));
            MoveTwo(ref Unsafe.Add(ref pixel, Lanes), Vector128.Shuffle(u, end), Vector128.Shuffle(d, end));
        }
        AddScalar(pixels, 4, 3, up, down, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void MoveTwo(ref ushort pixel, Vector128<ushort> up, Vector128<ushort> down)
        {
            var transparent = Vector128.Equals(Vector128.LoadUnsafe(ref pixel).AsUInt64() >>> 48, Vector128<ulong>.Zero).AsUInt16();
            Move(ref pixel, Vector128.AndNot(up, transparent), Vector128.AndNot(down, transparent));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FourOf(ref ushort first) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(ref ushort samples, Vector128<ushort> up, Vector128<ushort> down) =>
        Vector128.SubtractSaturate(Vector128.AddSaturate(Vector128.LoadUnsafe(ref samples), up), down).StoreUnsafe(ref samples);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> DeepSteps128(ref float change)
    {
        var rounded = Vector128.Floor((Vector128.LoadUnsafe(ref change) * DeepSteps) + Vector128.Create(0.5f));
        return Vector128.ConvertToInt32(Vector128.MinNative(Vector128.MaxNative(rounded, Vector128.Create(-MostDeep)), Vector128.Create(MostDeep)));
    }
}
