using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is one column.</summary>
internal static partial class RowOps
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector512(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector512.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 16 <= end; i += 16)
            (Vector512.LoadUnsafe(ref to, i) + (Vector512.LoadUnsafe(ref from, i) * factor)).StoreUnsafe(ref to, i);
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector256(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector256.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 8 <= end; i += 8)
            (Vector256.LoadUnsafe(ref to, i) + (Vector256.LoadUnsafe(ref from, i) * factor)).StoreUnsafe(ref to, i);
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector128(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector128.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 4 <= end; i += 4)
            (Vector128.LoadUnsafe(ref to, i) + (Vector128.LoadUnsafe(ref from, i) * factor)).StoreUnsafe(ref to, i);
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector512(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector512.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 32 <= end; i += 32)
        {
            var words = Vector512.WidenLower(Vector512.Create(Vector256.LoadUnsafe(ref from, i), default)).AsInt16();
            var (low, high) = (Vector512.ConvertToSingle(Vector512.WidenLower(words)), Vector512.ConvertToSingle(Vector512.WidenUpper(words)));
            (Vector512.LoadUnsafe(ref to, i) + (low * factor)).StoreUnsafe(ref to, i);
            (Vector512.LoadUnsafe(ref to, i + 16) + (high * factor)).StoreUnsafe(ref to, i + 16);
        }
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector256(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector256.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 16 <= end; i += 16)
        {
            var words = Vector256.WidenLower(Vector256.Create(Vector128.LoadUnsafe(ref from, i), default)).AsInt16();
            var (low, high) = (Vector256.ConvertToSingle(Vector256.WidenLower(words)), Vector256.ConvertToSingle(Vector256.WidenUpper(words)));
            (Vector256.LoadUnsafe(ref to, i) + (low * factor)).StoreUnsafe(ref to, i);
            (Vector256.LoadUnsafe(ref to, i + 8) + (high * factor)).StoreUnsafe(ref to, i + 8);
        }
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledVector128(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var factor = Vector128.Create(weight);
        nuint i = 0, end = (nuint)Math.Min(row.Length, sums.Length);
        for (; i + 8 <= end; i += 8)
        {
            var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i))).AsByte()).AsInt16();
            var (low, high) = (Vector128.ConvertToSingle(Vector128.WidenLower(words)), Vector128.ConvertToSingle(Vector128.WidenUpper(words)));
            (Vector128.LoadUnsafe(ref to, i) + (low * factor)).StoreUnsafe(ref to, i);
            (Vector128.LoadUnsafe(ref to, i + 4) + (high * factor)).StoreUnsafe(ref to, i + 4);
        }
        AddScaledScalar(row[(int)i..], weight, sums[(int)i..]);
    }
}
