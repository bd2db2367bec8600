using System.Buffers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Weighs the parts of a whitened picture by how much watermark is left in them, measured by the pilot: compression takes it
/// from smooth parts, and what was pasted or stands around the picture never had any.
/// </summary>
/// <remarks>
/// One cell of 16×16 pixels says nothing by itself. So cells are put into classes of like activity, which share one gain,
/// and that is multiplied by how the neighbourhood's gain compares with what its classes make expect.
/// </remarks>
internal static class SignalWeights
{
    private const int CellSide = 16, Classes = 8;
    private const double NeighbourhoodCells = 3, NoiseCells = 1; // deviations of Gaussian blurs
    private const double MaxLocalFactor = 1.5;
    private const int Fraction = 16; // bits behind the point in tile positions

    /// <summary>The picture times its weights, a new plane.</summary>
    /// <param name="luma">The picture before whitening, for its activity.</param>
    /// <param name="whitened">The picture.</param>
    /// <param name="lattice">Its lattice.</param>
    /// <param name="offset">Where the tile begins, relative to the picture's middle.</param>
    public static Plane<float> Apply(Plane<float> luma, Plane<float> whitened, Lattice lattice, in TileOffset offset)
    {
        int columns = (luma.Width + CellSide - 1) / CellSide, rows = (luma.Height + CellSide - 1) / CellSide, count = columns * rows;
        var memory = ArrayPool<double>.Shared.Rent(8 * count);
        var cells = new Cells(memory, columns, rows);
        Measure(luma, whitened, lattice, offset, cells);
        Weigh(cells);
        var result = new Plane<float>(whitened.Width, whitened.Height);
        Multiply(whitened, cells, result);
        ArrayPool<double>.Shared.Return(memory);
        return result;
    }

    private static void Measure(Plane<float> luma, Plane<float> whitened, Lattice lattice, in TileOffset offset, Cells cells)
    {
        const int Side = WatermarkLayout.TileSide, Mask = Side - 1;
        var pilot = WatermarkLayout.PilotValues;
        double sign = offset.Turned ? -1 : 1;
        var (stepX, stepY) = lattice.ToTile(sign, 0);
        int ix = Fixed(stepX), iy = Fixed(stepY);
        for (var y = 0; y < whitened.Height; y++)
        {
            Span<float> row = whitened.Row(y), own = luma.Row(y), above = luma.Row(Math.Max(y - 1, 0));
            var (startX, startY) = lattice.ToTile(-sign * (whitened.Width / 2), sign * (y - (whitened.Height / 2)));
            int tx = Fixed(startX + offset.X + 0.5), ty = Fixed(startY + offset.Y + 0.5);
            for (var first = 0; first < row.Length; first += CellSide)
            {
                float correlation = 0, energy = 0, activity = 0;
                var end = Math.Min(first + CellSide, row.Length);
                for (var x = first; x < end; x++)
                {
                    var value = row[x];
                    correlation += value * pilot[(((ty >> Fraction) & Mask) * Side) + ((tx >> Fraction) & Mask)];
                    energy += value * value;
                    float across = own[x] - own[Math.Max(x - 1, 0)], down = own[x] - above[x];
                    activity += (across * across) + (down * down);
                    tx += ix;
                    ty += iy;
                }
                var cell = (y / CellSide * cells.Columns) + (first / CellSide);
                cells.Correlation[cell] += offset.Inverted ? -correlation : correlation;
                cells.Energy[cell] += energy;
                cells.Activity[cell] += activity;
                cells.Pixels[cell] += end - first;
            }
        }

        // Whole tiles don't matter, so only the position within one is kept.
        static int Fixed(double value) => (int)Math.Round((value - (Math.Floor(value / Side) * Side)) * (1 << Fraction));
    }

    private static void Weigh(Cells cells)
    {
        var order = ArrayPool<int>.Shared.Rent(cells.Count);
        var carrying = 0;
        for (var cell = 0; cell < cells.Count; cell++)
        {
            cells.Activity[cell] /= cells.Pixels[cell];
            if (cells.Energy[cell] > 0) order[carrying++] = cell;
        }
        var activity = cells.Activity;
        cells.Weight.Clear();
        if (carrying > 0)
        {
            cells.Activity.CopyTo(cells.WorkA);
            var keys = cells.WorkA;
            for (var i = 0; i < carrying; i++) keys[i] = activity[order[i]];
            keys[..carrying].Sort(order.AsSpan(0, carrying));
            // Each class's share of pilot in its pixels becomes its members' expected correlation.
            for (var c = 0; c < Classes; c++)
            {
                var members = order.AsSpan((c * carrying / Classes)..((c + 1) * carrying / Classes));
                double correlation = 0, pixels = 0;
                foreach (var cell in members)
                {
                    correlation += cells.Correlation[cell];
                    pixels += cells.Pixels[cell];
                }
                foreach (var cell in members) cells.Weight[cell] = Math.Max(correlation, 0) / Math.Max(pixels, 1);
            }
        }
        ArrayPool<int>.Shared.Return(order);

        // The neighbourhood's correlation against what its classes let expect, drawn towards one by its noise.
        Span<double> expected = cells.Activity, measured = cells.WorkA, noise = cells.WorkB;
        for (var cell = 0; cell < cells.Count; cell++) expected[cell] = cells.Weight[cell] * cells.Pixels[cell];
        Blur(expected, cells, NeighbourhoodCells);
        cells.Correlation.CopyTo(measured);
        Blur(measured, cells, NeighbourhoodCells);
        cells.Energy.CopyTo(noise);
        Blur(noise, cells, NeighbourhoodCells);
        for (var cell = 0; cell < cells.Count; cell++)
        {
            var doubt = Math.Sqrt(noise[cell]);
            cells.Weight[cell] *= Math.Clamp((measured[cell] + doubt) / (expected[cell] + doubt + 1e-9), 0, MaxLocalFactor);
        }
        Blur(cells.Energy, cells, NoiseCells);
        Blur(cells.Pixels, cells, NoiseCells);
        double total = 0;
        for (var cell = 0; cell < cells.Count; cell++)
        {
            cells.Weight[cell] *= cells.Pixels[cell] / Math.Max(cells.Energy[cell], 1e-9);
            total += cells.Weight[cell];
        }
        var scale = total > 0 ? cells.Count / total : 0;
        for (var cell = 0; cell < cells.Count; cell++) cells.Weight[cell] *= scale;
    }

    /// <summary>A Gaussian blur of cells; what lies outside counts as nothing, in all that is compared alike.</summary>
    private static void Blur(Span<double> values, Cells cells, double deviation)
    {
        var radius = (int)Math.Ceiling(3 * deviation);
        Span<double> weights = stackalloc double[(2 * radius) + 1];
        for (var i = -radius; i <= radius; i++) weights[i + radius] = Math.Exp(-i * i / (2 * deviation * deviation));
        var across = cells.WorkC;
        for (var y = 0; y < cells.Rows; y++)
        {
            for (var x = 0; x < cells.Columns; x++)
            {
                var sum = 0.0;
                for (var i = Math.Max(-radius, -x); i <= Math.Min(radius, cells.Columns - 1 - x); i++) sum += weights[i + radius] * values[(y * cells.Columns) + x + i];
                across[(y * cells.Columns) + x] = sum;
            }
        }
        for (var y = 0; y < cells.Rows; y++)
        {
            for (var x = 0; x < cells.Columns; x++)
            {
                var sum = 0.0;
                for (var i = Math.Max(-radius, -y); i <= Math.Min(radius, cells.Rows - 1 - y); i++) sum += weights[i + radius] * across[((y + i) * cells.Columns) + x];
                values[(y * cells.Columns) + x] = sum;
            }
        }
    }

    private static void Multiply(Plane<float> source, Cells cells, Plane<float> destination)
    {
        var line = ArrayPool<float>.Shared.Rent(cells.Columns);
        for (var y = 0; y < source.Height; y++)
        {
            var (top, bottom, down) = Between(y, cells.Rows);
            for (var c = 0; c < cells.Columns; c++)
                line[c] = (float)((cells.Weight[(top * cells.Columns) + c] * (1 - down)) + (cells.Weight[(bottom * cells.Columns) + c] * down));
            Span<float> from = source.Row(y), to = destination.Row(y);
            for (var x = 0; x < from.Length; x++)
            {
                var (left, right, across) = Between(x, cells.Columns);
                to[x] = from[x] * (line[left] + ((line[right] - line[left]) * across));
            }
        }
        ArrayPool<float>.Shared.Return(line);

        static (int Before, int After, float Share) Between(int pixel, int count)
        {
            var place = ((pixel + 0.5f) / CellSide) - 0.5f;
            var before = Math.Clamp((int)MathF.Floor(place), 0, count - 1);
            return (before, Math.Min(before + 1, count - 1), Math.Clamp(place - before, 0, 1));
        }
    }

    private readonly ref struct Cells
    {
        public Cells(double[] memory, int columns, int rows)
        {
            (Columns, Rows) = (columns, rows);
            memory.AsSpan(0, 8 * Count).Clear();
            Correlation = memory.AsSpan(0, Count);
            Energy = memory.AsSpan(Count, Count);
            Activity = memory.AsSpan(2 * Count, Count);
            Pixels = memory.AsSpan(3 * Count, Count);
            Weight = memory.AsSpan(4 * Count, Count);
            WorkA = memory.AsSpan(5 * Count, Count);
            WorkB = memory.AsSpan(6 * Count, Count);
            WorkC = memory.AsSpan(7 * Count, Count);
        }

        public int Columns { get; }

        public int Rows { get; }

        public int Count => Columns * Rows;

        /// <summary>Whitened values times the pilot's, summed over a cell.</summary>
        public Span<double> Correlation { get; }

        /// <summary>Whitened values squared.</summary>
        public Span<double> Energy { get; }

        /// <summary>Squared differences of neighbouring pixels.</summary>
        public Span<double> Activity { get; }

        public Span<double> Pixels { get; }

        public Span<double> Weight { get; }

        public Span<double> WorkA { get; }

        public Span<double> WorkB { get; }

        public Span<double> WorkC { get; }
    }
}
