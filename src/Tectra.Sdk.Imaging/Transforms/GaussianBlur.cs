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

    /// <summary>Blurs <paramref name="source"/> into another plane of the same size.</summary>
    public void Apply(Plane<float> source, Plane<float> destination)
    {
        const int Strip = 256, Apart = 16; // rows of a power of two would all fall into the same few places of the cache
        const int Stride = Strip + Apart;
        int taps = (2 * Radius) + 1, height = source.Height;
        // Strip by strip: of the rows that are blurred across, those that a column needs then fit the first cache.
        var rented = ArrayPool<float>.Shared.Rent(((height + taps) * Stride) + Strip + taps);
        Span<float> across = rented.AsSpan(0, (height + taps) * Stride), line = rented.AsSpan(across.Length, Strip + taps);
        Span<int> along = stackalloc int[taps], down = stackalloc int[taps];
        for (var k = 0; k <= Radius; k++)
        {
            SetOffsets(along, k, Radius - k, Radius + k);
            SetOffsets(down, k, (Radius - k) * Stride, (Radius + k) * Stride);
        }
        for (var left = 0; left < source.Width; left += Strip)
        {
            var width = Math.Min(Strip, source.Width - left);
            for (int y = 0, next = 0; y < height; y++)
            {
                for (; next < y + taps; next++)
                {
                    Pad(source.Row(Mirror(next - Radius, height)), left, line[..(width + (2 * Radius))]);
                    RowOps.Symmetric(line, along, _weights, across.Slice(next * Stride, width));
                }
                RowOps.Symmetric(across[(y * Stride)..], down, _weights, destination.Row(y).Slice(left, width));
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static void SetOffsets(Span<int> offsets, int k, int before, int after)
    {
        offsets[k == 0 ? 0 : (2 * k) - 1] = before;
        offsets[2 * k] = after;
    }

    /// <summary>The part of a row that begins a radius before <paramref name="left"/>; what would lie outside is mirrored.</summary>
    private void Pad(ReadOnlySpan<float> row, int left, Span<float> padded)
    {
        int first = left - Radius, from = Math.Max(first, 0), to = Math.Min(first + padded.Length, row.Length);
        row[from..to].CopyTo(padded[(from - first)..]);
        for (var x = first; x < from; x++) padded[x - first] = row[Mirror(x, row.Length)];
        for (var x = to; x < first + padded.Length; x++) padded[x - first] = row[Mirror(x, row.Length)];
    }

    private static int Mirror(int i, int length)
    {
        while ((uint)i >= (uint)length) i = i < 0 ? -1 - i : (2 * length) - 1 - i;
        return i;
    }
}
