using System.Numerics;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Quality;

/// <summary>
/// The inner loops of quality measurement. Elementwise, so the width of a vector changes nothing; sums are taken in order
/// or are of whole numbers.
/// </summary>
internal static class QualityKernels
{
    /// <summary>The sum of squared differences of bytes.</summary>
    public static long SumOfSquares(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        long total = 0;
        var i = 0;
        while (x.Length - i >= Vector<byte>.Count)
        {
            // A lane of 32 bits takes 2 squares of at most 65,025 a step: 8,192 steps stay below 2³¹.
            var sums = Vector<uint>.Zero;
            for (var step = 0; step < 8192 && x.Length - i >= Vector<byte>.Count; step++, i += Vector<byte>.Count)
            {
                Vector<byte> a = new(x[i..]), b = new(y[i..]);
                var difference = Vector.Max(a, b) - Vector.Min(a, b);
                Vector.Widen(difference, out var low, out var high);
                Vector.Widen(low * low, out var first, out var second);
                Vector.Widen(high * high, out var third, out var fourth);
                sums += first + second + third + fourth;
            }
            Vector.Widen(sums, out var lowSums, out var highSums);
            total += (long)Vector.Sum(lowSums + highSums);
        }
        for (; i < x.Length; i++) total += (x[i] - y[i]) * (x[i] - y[i]);
        return total;
    }

    /// <summary><c>result = x·y</c>, element by element.</summary>
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(result);
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(x), b = MemoryMarshal.Cast<float, Vector<float>>(y);
        for (var i = 0; i < wide.Length; i++) wide[i] = a[i] * b[i];
        for (var i = wide.Length * Vector<float>.Count; i < result.Length; i++) result[i] = x[i] * y[i];
    }

    /// <summary>The structural similarity of each place, from the local means of x, y, x², y² and x·y.</summary>
    public static void Similarity(
        ReadOnlySpan<float> meanX, ReadOnlySpan<float> meanY, ReadOnlySpan<float> squareX, ReadOnlySpan<float> squareY, ReadOnlySpan<float> product,
        float c1, float c2, Span<float> result)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(result);
        ReadOnlySpan<Vector<float>> mx = MemoryMarshal.Cast<float, Vector<float>>(meanX), my = MemoryMarshal.Cast<float, Vector<float>>(meanY);
        ReadOnlySpan<Vector<float>> xx = MemoryMarshal.Cast<float, Vector<float>>(squareX), yy = MemoryMarshal.Cast<float, Vector<float>>(squareY);
        var xy = MemoryMarshal.Cast<float, Vector<float>>(product);
        Vector<float> two = new(2), k1 = new(c1), k2 = new(c2);
        for (var i = 0; i < wide.Length; i++)
        {
            Vector<float> x2 = mx[i] * mx[i], y2 = my[i] * my[i], cross = mx[i] * my[i];
            wide[i] = ((two * cross) + k1) * ((two * (xy[i] - cross)) + k2) / ((x2 + y2 + k1) * (xx[i] - x2 + (yy[i] - y2) + k2));
        }
        for (var i = wide.Length * Vector<float>.Count; i < result.Length; i++)
        {
            float x2 = meanX[i] * meanX[i], y2 = meanY[i] * meanY[i], cross = meanX[i] * meanY[i];
            result[i] = ((2 * cross) + c1) * ((2 * (product[i] - cross)) + c2) / ((x2 + y2 + c1) * (squareX[i] - x2 + (squareY[i] - y2) + c2));
        }
    }
}
