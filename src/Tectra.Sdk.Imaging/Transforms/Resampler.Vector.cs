using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A lane is every n-th tap of one output sample. Integer sums wrap, so lanes may be added in any order.</summary>
internal static partial class Resampler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector512(ReadOnlySpan<byte> samples, ReadOnlySpan<int> weights)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        Vector512<int> first = default, second = default;
        var i = 0;
        for (; i + 32 <= weights.Length; i += 32)
        {
            // 32 bytes widen to 32 words, then to two vectors of 16 doublewords.
            var words = Vector512.WidenLower(Vector512.Create(Vector256.LoadUnsafe(ref sample, (nuint)i), default)).AsInt16();
            first += Vector512.WidenLower(words) * Vector512.LoadUnsafe(ref weight, (nuint)i);
            second += Vector512.WidenUpper(words) * Vector512.LoadUnsafe(ref weight, (nuint)(i + 16));
        }
        return Vector512.Sum(first + second) + DotScalar(samples[i..], weights[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector256(ReadOnlySpan<byte> samples, ReadOnlySpan<int> weights)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        Vector256<int> first = default, second = default;
        var i = 0;
        for (; i + 16 <= weights.Length; i += 16)
        {
            var words = Vector256.WidenLower(Vector256.Create(Vector128.LoadUnsafe(ref sample, (nuint)i), default)).AsInt16();
            first += Vector256.WidenLower(words) * Vector256.LoadUnsafe(ref weight, (nuint)i);
            second += Vector256.WidenUpper(words) * Vector256.LoadUnsafe(ref weight, (nuint)(i + 8));
        }
        return Vector256.Sum(first + second) + DotScalar(samples[i..], weights[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int DotVector128(ReadOnlySpan<byte> samples, ReadOnlySpan<int> weights)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        Vector128<int> sum = default;
        var i = 0;
        for (; i + 16 <= weights.Length; i += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref sample, (nuint)i);
            var (low, high) = (Vector128.WidenLower(bytes).AsInt16(), Vector128.WidenUpper(bytes).AsInt16());
            sum += Vector128.WidenLower(low) * Vector128.LoadUnsafe(ref weight, (nuint)i);
            sum += Vector128.WidenUpper(low) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 4));
            sum += Vector128.WidenLower(high) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 8));
            sum += Vector128.WidenUpper(high) * Vector128.LoadUnsafe(ref weight, (nuint)(i + 12));
        }
        return Vector128.Sum(sum) + DotScalar(samples[i..], weights[i..]);
    }
}
