using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// Scales planes with the cubic convolution kernel (Keys 1981, a = −½), widened when shrinking so that nothing folds back.
/// Columns are scaled as rows of the transposed plane: then a vector lane is always one column, and all paths agree.
/// </summary>
internal static class BicubicScaler
{
    private const double Radius = 2;

    /// <summary>The weights of one axis: each output sample is a weighted sum of inputs from its start on.</summary>
    public sealed class Axis
    {
        public Axis(int inputs, int outputs)
        {
            double scale = (double)inputs / outputs, filterScale = Math.Max(scale, 1), support = Radius * filterScale;
            Starts = new int[outputs];
            Weights = new float[outputs][];
            for (var output = 0; output < outputs; output++)
            {
                var centre = (output + 0.5) * scale;
                int start = Math.Max((int)Math.Floor(centre - support + 0.5), 0), end = Math.Min((int)Math.Floor(centre + support + 0.5), inputs);
                var weights = new double[end - start];
                for (var i = 0; i < weights.Length; i++) weights[i] = Kernel((i + start + 0.5 - centre) / filterScale);
                var sum = weights.Sum();
                Starts[output] = start;
                Weights[output] = [.. weights.Select(weight => (float)(weight / sum))];
            }
        }

        public int[] Starts { get; }

        public float[][] Weights { get; }

        public int Outputs => Starts.Length;

        private static double Kernel(double t)
        {
            t = Math.Abs(t);
            if (t < 1) return (((1.5 * t) - 2.5) * t * t) + 1;
            return t < Radius ? (((((-0.5 * t) + 2.5) * t) - 4) * t) + 2 : 0;
        }
    }

    /// <summary>A plane of bytes as floats of another size.</summary>
    public static Plane<float> Scale(Plane<byte> source, int width, int height)
    {
        if (source.Width == width && source.Height == height)
        {
            var copy = new Plane<float>(width, height);
            for (var i = 0; i < copy.Values.Length; i++) copy.Values[i] = source.Values[i];
            return copy;
        }
        using var rows = new Plane<float>(source.Width, height);
        var axis = new Axis(source.Height, height);
        for (var y = 0; y < height; y++)
        {
            var row = rows.Row(y);
            row.Clear();
            for (var k = 0; k < axis.Weights[y].Length; k++) RowOps.AddScaled(source.Row(axis.Starts[y] + k), axis.Weights[y][k], row);
        }
        return ScaleColumns(rows, width);
    }

    /// <summary>A plane with another number of columns.</summary>
    public static Plane<float> ScaleColumns(Plane<float> source, int width)
    {
        if (source.Width == width) return Copy(source);
        using var turned = Transpose(source);
        using var scaled = new Plane<float>(turned.Width, width);
        var axis = new Axis(turned.Height, width);
        for (var y = 0; y < width; y++) Row(turned, axis, y, scaled.Row(y));
        return Transpose(scaled);
    }

    /// <summary>One output row of a plane with another number of rows.</summary>
    public static void Row(Plane<float> source, Axis axis, int y, Span<float> destination)
    {
        destination.Clear();
        var weights = axis.Weights[y];
        for (var k = 0; k < weights.Length; k++) RowOps.AddScaled(source.Row(axis.Starts[y] + k), weights[k], destination);
    }

    private static Plane<float> Copy(Plane<float> source)
    {
        var copy = new Plane<float>(source.Width, source.Height);
        source.Values.CopyTo(copy.Values);
        return copy;
    }

    private static Plane<float> Transpose(Plane<float> source)
    {
        const int Tile = 16; // a cache line of floats each way
        var result = new Plane<float>(source.Height, source.Width);
        Span<float> from = source.Values, to = result.Values;
        int width = source.Width, height = source.Height;
        for (var y0 = 0; y0 < height; y0 += Tile)
        {
            for (var x0 = 0; x0 < width; x0 += Tile)
            {
                for (var y = y0; y < Math.Min(y0 + Tile, height); y++)
                {
                    for (var x = x0; x < Math.Min(x0 + Tile, width); x++) to[(x * height) + y] = from[(y * width) + x];
                }
            }
        }
        return result;
    }
}
