using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>A lane is one value. Memory is the limit of all of these, so 128 bits are enough.</summary>
internal static partial class CanonicalKernels
{
    private const int Step = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int CountGreyVector128(ReadOnlySpan<byte> luma, byte margin)
    {
        ref var from = ref MemoryMarshal.GetReference(luma);
        Vector128<byte> low = Vector128.Create(margin), high = Vector128.Create((byte)(byte.MaxValue - margin));
        int i = 0, count = 0;
        for (; i + Step <= luma.Length; i += Step)
        {
            var values = Vector128.LoadUnsafe(ref from, (nuint)i);
            count += BitOperations.PopCount((Vector128.GreaterThan(values, low) & Vector128.LessThan(values, high)).ExtractMostSignificantBits());
        }
        return count + CountGreyScalar(luma[i..], margin);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FoldVector128(Span<byte> luma)
    {
        ref var first = ref MemoryMarshal.GetReference(luma);
        var top = Vector128.Create((byte)128);
        var i = 0;
        for (; i + Step <= luma.Length; i += Step)
        {
            // Both cases turn the highest bit over; the upper values get one more, which the mask of all ones takes off negatively.
            var values = Vector128.LoadUnsafe(ref first, (nuint)i);
            ((values ^ top) - Vector128.GreaterThanOrEqual(values, top)).StoreUnsafe(ref first, (nuint)i);
        }
        FoldScalar(luma[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool VisibleRgbaVector128(ReadOnlySpan<byte> pixels, Span<byte> visible)
    {
        ref var from = ref MemoryMarshal.GetReference(pixels);
        ref var to = ref MemoryMarshal.GetReference(visible);
        var least = Vector128<byte>.AllBitsSet;
        var x = 0;
        for (; x + Step <= visible.Length; x += Step)
        {
            ref var first = ref Unsafe.Add(ref from, 4 * x);
            var low = Vector128.Narrow(Vector128.LoadUnsafe(ref first).AsUInt32() >>> 24, Vector128.LoadUnsafe(ref first, 16).AsUInt32() >>> 24);
            var high = Vector128.Narrow(Vector128.LoadUnsafe(ref first, 32).AsUInt32() >>> 24, Vector128.LoadUnsafe(ref first, 48).AsUInt32() >>> 24);
            var alpha = Vector128.Narrow(low, high);
            least = Vector128.Min(least, alpha);
            Vector128.Min(alpha, Vector128<byte>.One).StoreUnsafe(ref to, (nuint)x);
        }
        return VisibleScalar(pixels, 4, visible, x) & !Vector128.EqualsAny(least, Vector128<byte>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (long Sum, long Count) SumOfVisibleVector128(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> visible)
    {
        // A 32-bit lane takes at most 4·255 a step, so that as many steps as this fit.
        const int Most = Step * 1_000_000;
        ref var from = ref MemoryMarshal.GetReference(luma);
        ref var mask = ref MemoryMarshal.GetReference(visible);
        long sum = 0, count = 0;
        var i = 0;
        while (i + Step <= luma.Length)
        {
            Vector128<uint> sums = default, counts = default;
            for (var end = Math.Min(luma.Length - Step, i + Most); i <= end; i += Step)
            {
                var shown = Vector128.LoadUnsafe(ref mask, (nuint)i);
                sums += Quarters(Vector128.LoadUnsafe(ref from, (nuint)i) & (Vector128<byte>.Zero - shown));
                counts += Quarters(shown);
            }
            sum += (long)Vector128.Sum(Vector128.WidenLower(sums) + Vector128.WidenUpper(sums));
            count += (long)Vector128.Sum(Vector128.WidenLower(counts) + Vector128.WidenUpper(counts));
        }
        var (restSum, restCount) = SumOfVisibleScalar(luma[i..], visible[i..]);
        return (sum + restSum, count + restCount);

        static Vector128<uint> Quarters(Vector128<byte> values)
        {
            var pairs = Vector128.WidenLower(values) + Vector128.WidenUpper(values);
            return Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillVector128(Span<byte> luma, ReadOnlySpan<byte> visible, byte value)
    {
        ref var first = ref MemoryMarshal.GetReference(luma);
        ref var mask = ref MemoryMarshal.GetReference(visible);
        var filling = Vector128.Create(value);
        var i = 0;
        for (; i + Step <= luma.Length; i += Step)
        {
            var hidden = Vector128.Equals(Vector128.LoadUnsafe(ref mask, (nuint)i), Vector128<byte>.Zero);
            Vector128.ConditionalSelect(hidden, filling, Vector128.LoadUnsafe(ref first, (nuint)i)).StoreUnsafe(ref first, (nuint)i);
        }
        FillScalar(luma[i..], visible[i..], value);
    }
}
