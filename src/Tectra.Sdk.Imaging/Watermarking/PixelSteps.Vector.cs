using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>A lane is one pixel when rounding, one sample when adding. Floor is exact, and so are saturated bytes.</summary>
internal static partial class PixelSteps
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundVector512(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down)
    {
        ref var from = ref MemoryMarshal.GetReference(change);
        ref var toUp = ref MemoryMarshal.GetReference(up);
        ref var toDown = ref MemoryMarshal.GetReference(down);
        var half = Vector512.Create(0.5f);
        var x = 0;
        for (; x + 16 <= change.Length; x += 16)
        {
            var rounded = Vector512.Floor(Vector512.LoadUnsafe(ref from, (nuint)x) + half);
            var steps = Vector512.ConvertToInt32(Vector512.MinNative(Vector512.MaxNative(rounded, Vector512.Create(-Most)), Vector512.Create(Most)));
            Avx512F.ConvertToVector128Byte(Vector512.Max(steps, Vector512<int>.Zero)).StoreUnsafe(ref toUp, (nuint)x);
            Avx512F.ConvertToVector128Byte(Vector512.Max(-steps, Vector512<int>.Zero)).StoreUnsafe(ref toDown, (nuint)x);
        }
        RoundScalar(change, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundVector256(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down)
    {
        ref var from = ref MemoryMarshal.GetReference(change);
        ref var toUp = ref MemoryMarshal.GetReference(up);
        ref var toDown = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + 32 <= change.Length; x += 32)
        {
            var low = Vector256.Narrow(Steps256(ref Unsafe.Add(ref from, x)), Steps256(ref Unsafe.Add(ref from, x + 8)));
            var high = Vector256.Narrow(Steps256(ref Unsafe.Add(ref from, x + 16)), Steps256(ref Unsafe.Add(ref from, x + 24)));
            var zero = Vector256<short>.Zero;
            Vector256.Narrow(Vector256.Max(low, zero), Vector256.Max(high, zero)).AsByte().StoreUnsafe(ref toUp, (nuint)x);
            Vector256.Narrow(Vector256.Max(-low, zero), Vector256.Max(-high, zero)).AsByte().StoreUnsafe(ref toDown, (nuint)x);
        }
        RoundScalar(change, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundVector128(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down)
    {
        ref var from = ref MemoryMarshal.GetReference(change);
        ref var toUp = ref MemoryMarshal.GetReference(up);
        ref var toDown = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + 16 <= change.Length; x += 16)
        {
            var low = Vector128.Narrow(Steps128(ref Unsafe.Add(ref from, x)), Steps128(ref Unsafe.Add(ref from, x + 4)));
            var high = Vector128.Narrow(Steps128(ref Unsafe.Add(ref from, x + 8)), Steps128(ref Unsafe.Add(ref from, x + 12)));
            var zero = Vector128<short>.Zero;
            Vector128.Narrow(Vector128.Max(low, zero), Vector128.Max(high, zero)).AsByte().StoreUnsafe(ref toUp, (nuint)x);
            Vector128.Narrow(Vector128.Max(-low, zero), Vector128.Max(-high, zero)).AsByte().StoreUnsafe(ref toDown, (nuint)x);
        }
        RoundScalar(change, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToGrayVector128(Span<byte> pixels, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + 16 <= up.Length; x += 16)
            Move(ref Unsafe.Add(ref first, x), Vector128.LoadUnsafe(ref ups, (nuint)x), Vector128.LoadUnsafe(ref downs, (nuint)x));
        AddScalar(pixels, 1, 1, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToRgbVector128(Span<byte> pixels, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var begin = Vector128.Create((byte)0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);
        var middle = Vector128.Create((byte)5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10);
        var end = Vector128.Create((byte)10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15);
        var x = 0;
        for (; x + 16 <= up.Length; x += 16)
        {
            ref var pixel = ref Unsafe.Add(ref first, 3 * x);
            Vector128<byte> u = Vector128.LoadUnsafe(ref ups, (nuint)x), d = Vector128.LoadUnsafe(ref downs, (nuint)x);
            Move(ref pixel, Vector128.Shuffle(u, begin), Vector128.Shuffle(d, begin));
            Move(ref Unsafe.Add(ref pixel, 16), Vector128.Shuffle(u, middle), Vector128.Shuffle(d, middle));
            Move(ref Unsafe.Add(ref pixel, 32), Vector128.Shuffle(u, end), Vector128.Shuffle(d, end));
        }
        AddScalar(pixels, 3, 3, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToGrayAlphaVector128(Span<byte> pixels, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var x = 0;
        for (; x + 8 <= up.Length; x += 8)
        {
            ref var pixel = ref Unsafe.Add(ref first, 2 * x);
            // Alpha is the high byte; the steps stand in the low ones.
            var transparent = Vector128.Equals(Vector128.LoadUnsafe(ref pixel).AsUInt16() >>> 8, Vector128<ushort>.Zero);
            var u = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref ups, x))).AsByte());
            var d = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref downs, x))).AsByte());
            Move(ref pixel, Vector128.AndNot(u, transparent).AsByte(), Vector128.AndNot(d, transparent).AsByte());
        }
        AddScalar(pixels, 2, 1, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToRgbaVector128(Span<byte> pixels, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down)
    {
        ref var first = ref MemoryMarshal.GetReference(pixels);
        ref var ups = ref MemoryMarshal.GetReference(up);
        ref var downs = ref MemoryMarshal.GetReference(down);
        var spread = Vector128.Create((byte)0, 0, 0, 0x80, 1, 1, 1, 0x80, 2, 2, 2, 0x80, 3, 3, 3, 0x80); // index 0x80 gives zero
        var x = 0;
        for (; x + 4 <= up.Length; x += 4)
        {
            ref var pixel = ref Unsafe.Add(ref first, 4 * x);
            var transparent = Vector128.Equals(Vector128.LoadUnsafe(ref pixel).AsUInt32() >>> 24, Vector128<uint>.Zero).AsByte();
            var u = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref ups, x))).AsByte();
            var d = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref downs, x))).AsByte();
            Move(ref pixel, Vector128.AndNot(Vector128.Shuffle(u, spread), transparent), Vector128.AndNot(Vector128.Shuffle(d, spread), transparent));
        }
        AddScalar(pixels, 4, 3, up, down, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(ref byte samples, Vector128<byte> up, Vector128<byte> down) =>
        Vector128.SubtractSaturate(Vector128.AddSaturate(Vector128.LoadUnsafe(ref samples), up), down).StoreUnsafe(ref samples);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Steps256(ref float change)
    {
        var rounded = Vector256.Floor(Vector256.LoadUnsafe(ref change) + Vector256.Create(0.5f));
        return Vector256.ConvertToInt32(Vector256.MinNative(Vector256.MaxNative(rounded, Vector256.Create(-Most)), Vector256.Create(Most)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Steps128(ref float change)
    {
        var rounded = Vector128.Floor(Vector128.LoadUnsafe(ref change) + Vector128.Create(0.5f));
        return Vector128.ConvertToInt32(Vector128.MinNative(Vector128.MaxNative(rounded, Vector128.Create(-Most)), Vector128.Create(Most)));
    }
}
