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

    /// <summary>Blurs <paramref name="source"/> into a plane of the same size.</summary>
    public void Apply(Plane<float> source, Plane<float> destination)
    {
        var padded = ArrayPool<float>.Shared.Rent(source.Width + (2 * Radius));
        using var across = new Plane<float>(source.Width, source.Height);
        Span<int> offsets = stackalloc int[(2 * Radius) + 1];
        try
        {
            var line = padded.AsSpan(0, source.Width + (2 * Radius));
            for (var k = 0; k <= Radius; k++) SetOffsets(offsets, k, Radius - k, Radius + k);
            for (var y = 0; y < source.Height; y++)
            {
                Pad(source.Row(y), line);
                RowOps.Symmetric(line, offsets, _weights, across.Row(y));
            }
            for (var y = 0; y < source.Height; y++)
            {
                for (var k = 0; k <= Radius; k++)
                    SetOffsets(offsets, k, Mirror(y - k, source.Height) * source.Width, Mirror(y + k, source.Height) * source.Width);
                RowOps.Symmetric(across.Values, offsets, _weights, destination.Row(y));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(padded);
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
