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
        try
        {
            for (var y = 0; y < source.Height; y++)
            {
                var line = padded.AsSpan(0, source.Width + (2 * Radius));
                Pad(source.Row(y), line);
                var row = across.Row(y);
                row.Clear();
                RowOps.AddScaled(line.Slice(Radius, source.Width), _weights[0], row);
                for (var k = 1; k <= Radius; k++)
                {
                    RowOps.AddScaled(line.Slice(Radius - k, source.Width), _weights[k], row);
                    RowOps.AddScaled(line.Slice(Radius + k, source.Width), _weights[k], row);
                }
            }
            for (var y = 0; y < source.Height; y++)
            {
                var row = destination.Row(y);
                row.Clear();
                RowOps.AddScaled(across.Row(y), _weights[0], row);
                for (var k = 1; k <= Radius; k++)
                {
                    RowOps.AddScaled(across.Row(Mirror(y - k, source.Height)), _weights[k], row);
                    RowOps.AddScaled(across.Row(Mirror(y + k, source.Height)), _weights[k], row);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(padded);
        }
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
