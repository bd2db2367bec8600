using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>Loops that are written once for every register width. Lengths are multiples of 16 where a remark says so.</summary>
internal static partial class RowOps
{
    private const float Tiny = 1e-20f;

    /// <summary><c>sums[i] += row[i]</c>; the length is a multiple of 16.</summary>
    public static void Add<T>(ReadOnlySpan<float> row, Span<float> sums)
        where T : struct, ILanes<T>
    {
        ref float from = ref MemoryMarshal.GetReference(row), to = ref MemoryMarshal.GetReference(sums[..row.Length]);
        for (nint i = 0; i < row.Length; i += T.Count) T.Store(T.Load(ref to, i) + T.Load(ref from, i), ref to, i);
    }

    /// <summary><c>sums[i] −= row[i]</c>; the length is a multiple of 16.</summary>
    public static void Subtract<T>(ReadOnlySpan<float> row, Span<float> sums)
        where T : struct, ILanes<T>
    {
        ref float from = ref MemoryMarshal.GetReference(row), to = ref MemoryMarshal.GetReference(sums[..row.Length]);
        for (nint i = 0; i < row.Length; i += T.Count) T.Store(T.Load(ref to, i) - T.Load(ref from, i), ref to, i);
    }

    /// <summary><c>power[i] = real[i]² + imaginary[i]²</c>; the length is a multiple of 16.</summary>
    public static void Power<T>(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> power)
        where T : struct, ILanes<T>
    {
        ref float re = ref MemoryMarshal.GetReference(real), im = ref MemoryMarshal.GetReference(imaginary[..real.Length]), to = ref MemoryMarshal.GetReference(power[..real.Length]);
        for (nint i = 0; i < real.Length; i += T.Count)
        {
            T a = T.Load(ref re, i), b = T.Load(ref im, i);
            T.Store((a * a) + (b * b), ref to, i);
        }
    }

    /// <summary>
    /// Divides complex values by the root of a mean power, caps their magnitude, and leaves their new power; the length is a
    /// multiple of 16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Level<T>(Span<float> real, Span<float> imaginary, Span<float> power, ReadOnlySpan<float> mean, float maxMagnitude)
        where T : struct, ILanes<T>
    {
        ref float re = ref MemoryMarshal.GetReference(real), im = ref MemoryMarshal.GetReference(imaginary[..real.Length]);
        ref float square = ref MemoryMarshal.GetReference(power[..real.Length]), level = ref MemoryMarshal.GetReference(mean[..real.Length]);
        T tiny = T.Create(Tiny), one = T.Create(1), most = T.Create(maxMagnitude * maxMagnitude);
        for (nint i = 0; i < real.Length; i += T.Count)
        {
            T own = T.Max(T.Load(ref square, i), tiny), around = T.Max(T.Load(ref level, i), tiny);
            // The square of the gain: 1/mean, or less where that would leave more than the cap.
            var gain = T.Min(one / around, most / own);
            var root = T.Sqrt(gain);
            T.Store(T.Load(ref re, i) * root, ref re, i);
            T.Store(T.Load(ref im, i) * root, ref im, i);
            T.Store(own * gain, ref square, i);
        }
    }
}
