using System.Buffers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>A Gaussian blur, cut off at three standard deviations, edges mirrored (… 2 1 0 0 1 2 …).</summary>
internal sealed class GaussianBlur
{
    private readonly float[] _weights; // from the centre outwards

    public GaussianBlur(double sigma)
    {
        var radius = (int)Math.Ceiling(3 * sigma);
        var exact = Enumerable.Range(0, radius + 1).Select(i => Math.Exp(-(double)i * i / (2 * sigma * sigma))).ToArray();
        var sum = exact[0] + (2 * exact.Skip(1).Sum());
        // Rounded to 2⁻²⁰, far coarser than the last digit in which two platforms' exp may differ.
        _weights = [.. exact.Select(weight => (float)(Math.Round(weight / sum * (1 << 20)) / (1 << 20)))];
    }

    private int Radius => _weights.Length - 1;

    private int Taps => (2 * Radius) + 1;

    /// <summary>Blurs <paramref name="source"/> into another plane of the same size.</summary>
    public void Apply(Plane<float> source, Plane<float> destination)
    {
        const int ApartBytes = 64; // rows of a power of two would all fall into the same few places of the cache
        int width = source.Width, height = source.Height, stride = width + (ApartBytes / sizeof(float));
        // Rows that are blurred across, as many as a column needs: they stay in the second cache until they are used up.
        var ring = ArrayPool<float>.Shared.Rent((Taps * stride) + width + (2 * Radius));
        try
        {
            var across = ring.AsSpan(0, Taps * stride);
            var line = ring.AsSpan(Taps * stride, width + (2 * Radius));
            Span<int> along = stackalloc int[Taps], down = stackalloc int[Taps];
            for (var k = 0; k <= Radius; k++) SetOffsets(along, k, Radius - k, Radius + k);
            for (int y = 0, next = 0; y < height; y++)
            {
                for (; next <= Math.Min(y + Radius, height - 1); next++)
                {
                    Pad(source.Row(next), line);
                    RowOps.Symmetric(line, along, _weights, across.Slice(next % Taps * stride, width));
                }
                for (var k = 0; k <= Radius; k++) SetOffsets(down, k, Mirror(y - k, height) % Taps * stride, Mirror(y + k, height) % Taps * stride);
                RowOps.Symmetric(across, down, _weights, destination.Row(y));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(ring);
        }
    }

    private static void SetOffsets(Span<int> offsets, int k, int before, int after)
    {
        offsets[k == 0 ? 0 : (2 * k) - 1] = before;
        offsets[2 * k] = after;
    }

    private void Pad(ReadOnlySpan<float> row, Span<float> padded)
    {
        row.CopyTo(padded[Radius..]);
        for (var k = 1; k <= Radius; k++)
        {
            padded[Radius - k] = row[Mirror(-k, row.Length)];
            padded[Radius + row.Length - 1 + k] = row[Mirror(row.Length - 1 + k, row.Length)];
        }
    }

    private static int Mirror(int i, int length)
    {
        while ((uint)i >= (uint)length) i = i < 0 ? -1 - i : (2 * length) - 1 - i;
        return i;
    }
}
