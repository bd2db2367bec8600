using System.Buffers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>The mean over a square around each value, fewer values at the edges.</summary>
internal static class BoxMean
{
    /// <summary>Averages over 2·<paramref name="radius"/> + 1 rows and columns; of each row only <paramref name="used"/> values count.</summary>
    public static void Apply<T>(Plane<float> source, Plane<float> destination, int radius, int used)
        where T : struct, ILanes<T>
    {
        int width = source.Width, height = source.Height;
        var sums = ArrayPool<float>.Shared.Rent(width);
        try
        {
            var sum = sums.AsSpan(0, width);
            sum.Clear();
            for (var y = 0; y < Math.Min(radius, height); y++) RowOps.Add<T>(source.Row(y), sum);
            for (var y = 0; y < height; y++)
            {
                if (y + radius < height) RowOps.Add<T>(source.Row(y + radius), sum);
                var rows = Math.Min(y + radius, height - 1) - Math.Max(y - radius, 0) + 1;
                Across(sum, destination.Row(y), radius, used, rows);
                if (y - radius >= 0) RowOps.Subtract<T>(source.Row(y - radius), sum);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(sums);
        }
    }

    /// <summary>A running sum in double: what was added is taken away again without a trace.</summary>
    private static void Across(ReadOnlySpan<float> sums, Span<float> destination, int radius, int used, int rows)
    {
        double sum = 0;
        for (var x = 0; x < Math.Min(radius, used); x++) sum += sums[x];
        for (var x = 0; x < destination.Length; x++)
        {
            if (x >= used)
            {
                destination[x] = 0;
                continue;
            }
            if (x + radius < used) sum += sums[x + radius];
            var count = Math.Min(x + radius, used - 1) - Math.Max(x - radius, 0) + 1;
            destination[x] = (float)(sum / (count * rows));
            if (x - radius >= 0) sum -= sums[x - radius];
        }
    }
}
