using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// Pillow's 8-bit resampling with the Lanczos filter of radius three, bit for bit: coefficients in 22-bit fixed point,
/// a horizontal pass rounded to 8 bits, then a vertical one.
/// </summary>
internal static partial class Resampler
{
    public const int PrecisionBits = 22;
    private const int Half = 1 << (PrecisionBits - 1);
    private const double LanczosRadius = 3;

    /// <summary>The coefficients of one axis: for each output sample where its inputs begin, and their weights.</summary>
    public sealed class Axis
    {
        /// <summary>Computes the coefficients for scaling <paramref name="inputs"/> samples to <paramref name="outputs"/>.</summary>
        public Axis(int inputs, int outputs)
        {
            double scale = (double)inputs / outputs, filterScale = Math.Max(scale, 1), support = LanczosRadius * filterScale, inverse = 1 / filterScale;
            Starts = new int[outputs];
            Weights = new int[outputs][];
            Span<double> exact = new double[((int)Math.Ceiling(support) * 2) + 1];
            for (var output = 0; output < outputs; output++)
            {
                var centre = (output + 0.5) * scale;
                var start = Math.Max((int)(centre - support + 0.5), 0);
                var end = Math.Min((int)(centre + support + 0.5), inputs);
                var sum = 0.0;
                for (var i = 0; i < end - start; i++)
                {
                    exact[i] = Lanczos((i + start - centre + 0.5) * inverse);
                    sum += exact[i];
                }
                var weights = new int[end - start];
                for (var i = 0; i < weights.Length; i++)
                {
                    var weight = sum != 0 ? exact[i] / sum : exact[i];
                    weights[i] = (int)((weight * (1 << PrecisionBits)) + (weight < 0 ? -0.5 : 0.5));
                }
                Starts[output] = start;
                Weights[output] = weights;
            }
        }

        public int[] Starts { get; }

        public int[][] Weights { get; }

        public int Outputs => Starts.Length;

        private static double Lanczos(double t) => t is >= -LanczosRadius and < LanczosRadius ? Sinc(t) * Sinc(t / LanczosRadius) : 0;

        private static double Sinc(double t)
        {
            if (t == 0) return 1;
            t *= Math.PI;
            return Math.Sin(t) / t;
        }
    }

    /// <summary>The horizontal pass of one row: one weighted sum an output sample.</summary>
    public static void Horizontal(ReadOnlySpan<byte> row, Axis axis, Span<byte> destination)
    {
        for (var i = 0; i < axis.Outputs; i++)
        {
            var weights = axis.Weights[i];
            destination[i] = Round(Dot(row.Slice(axis.Starts[i], weights.Length), weights));
        }
    }

    /// <summary>
    /// The vertical pass, fed row by row: adds input row <paramref name="y"/> to every output row it belongs to. The sums
    /// are <see cref="Axis.Outputs"/> rows as long as <paramref name="row"/>; <paramref name="first"/> is a cursor that starts at 0.
    /// </summary>
    public static void Accumulate(ReadOnlySpan<byte> row, int y, Axis axis, Span<int> sums, ref int first)
    {
        while (first < axis.Outputs && axis.Starts[first] + axis.Weights[first].Length <= y) first++;
        for (var i = first; i < axis.Outputs && axis.Starts[i] <= y; i++)
        {
            var weight = axis.Weights[i][y - axis.Starts[i]];
            var target = sums.Slice(i * row.Length, row.Length);
            for (var x = 0; x < row.Length; x++) target[x] += row[x] * weight;
        }
    }

    /// <summary>The output samples of finished sums.</summary>
    public static void Round(ReadOnlySpan<int> sums, Span<byte> destination)
    {
        for (var i = 0; i < sums.Length; i++) destination[i] = Round(sums[i]);
    }

    /// <summary>The sum of products, modulo 2³²: the order of additions doesn't matter.</summary>
    public static int Dot(ReadOnlySpan<byte> samples, ReadOnlySpan<int> weights)
    {
        if (Vector512.IsHardwareAccelerated) return DotVector512(samples, weights);
        if (Vector256.IsHardwareAccelerated) return DotVector256(samples, weights);
        if (Vector128.IsHardwareAccelerated) return DotVector128(samples, weights);
        return DotScalar(samples, weights);
    }

    private static byte Round(int sum) => (byte)Math.Clamp((sum + Half) >> PrecisionBits, 0, 255);
}
