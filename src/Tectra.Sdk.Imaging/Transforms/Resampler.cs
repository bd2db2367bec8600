using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// Pillow's 8-bit resampling with the Lanczos filter of radius three, bit for bit: coefficients in 22-bit fixed point,
/// a horizontal pass rounded to 8 bits, then a vertical one.
/// </summary>
internal static partial class Resampler
{
    public const int PrecisionBits = 22;

    /// <summary>How many rows share one reading of the weights.</summary>
    public const int RowGroup = 4;

    private const int Half = 1 << (PrecisionBits - 1);
    private const double LanczosRadius = 3;

    /// <summary>The weights of one output sample, and the same split into halves that fit 16-bit factors.</summary>
    public sealed class Weights
    {
        /// <summary>How many bits the low half has: it stays positive as a 16-bit factor.</summary>
        public const int LowBits = 15;

        /// <summary>
        /// How many weights a vector block has. The last block ends with the last weight, and its weights that an earlier
        /// block has used are zero, so that no block reads beyond the samples.
        /// </summary>
        public const int Block = 32;

        public Weights(int[] values)
        {
            Values = values;
            var blocked = Values.Length < Block ? [] : Blocked(values);
            Low = [.. blocked.Select(value => (short)(value & ((1 << LowBits) - 1)))];
            High = [.. blocked.Select(value => (short)(value >> LowBits))];
        }

        /// <summary>In 22-bit fixed point; with their sum 1 and the filter's overshoot they fit 24 bits.</summary>
        public int[] Values { get; }

        /// <summary>The low halves in blocks; empty if there are fewer weights than a block has.</summary>
        public short[] Low { get; }

        /// <summary>The high halves in blocks.</summary>
        public short[] High { get; }

        public int Count => Values.Length;

        private static int[] Blocked(int[] values)
        {
            int whole = values.Length / Block, rest = values.Length % Block;
            return rest == 0 ? values : [.. values[..(whole * Block)], .. new int[Block - rest], .. values[(whole * Block)..]];
        }
    }

    /// <summary>The coefficients of one axis: for each output sample where its inputs begin, and their weights.</summary>
    public sealed class Axis
    {
        /// <summary>Computes the coefficients for scaling <paramref name="inputs"/> samples to <paramref name="outputs"/>.</summary>
        public Axis(int inputs, int outputs)
        {
            double scale = (double)inputs / outputs, filterScale = Math.Max(scale, 1), support = LanczosRadius * filterScale, inverse = 1 / filterScale;
            Starts = new int[outputs];
            Weights = new Weights[outputs];
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
                Weights[output] = new Weights(weights);
            }
        }

        public int[] Starts { get; }

        public Weights[] Weights { get; }

        public int Outputs => Starts.Length;

        private static double Lanczos(double t) => t is >= -LanczosRadius and < LanczosRadius ? Sinc(t) * Sinc(t / LanczosRadius) : 0;

        private static double Sinc(double t)
        {
            if (t == 0) return 1;
            t *= Math.PI;
            return Math.Sin(t) / t;
        }
    }

    /// <summary>The horizontal pass of several rows: one weighted sum an output sample.</summary>
    /// <param name="rows">The rows, one behind the other.</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="axis">The coefficients.</param>
    /// <param name="destination">As many rows of <see cref="Axis.Outputs"/> samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Horizontal(ReadOnlySpan<byte> rows, int width, Axis axis, Span<byte> destination)
    {
        var four = Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;
        Span<int> sums = stackalloc int[RowGroup];
        for (var i = 0; i < axis.Outputs; i++) // outputs outside, so that one output's weights stay in the first cache
        {
            var weights = axis.Weights[i];
            int from = axis.Starts[i], to = i;
            for (; four && from + ((RowGroup - 1) * width) + weights.Count <= rows.Length; from += RowGroup * width)
            {
                DotFourVector512(rows[from..], width, weights, sums);
                for (var k = 0; k < RowGroup; k++, to += axis.Outputs) destination[to] = Round(sums[k]);
            }
            for (; from < rows.Length; from += width, to += axis.Outputs) destination[to] = Round(Dot(rows.Slice(from, weights.Count), weights));
        }
    }

    /// <summary>
    /// The vertical pass, fed row by row: adds input row <paramref name="y"/> to every output row it belongs to. The sums
    /// are <see cref="Axis.Outputs"/> rows as long as <paramref name="row"/>; <paramref name="first"/> is a cursor that starts at 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(ReadOnlySpan<byte> row, int y, Axis axis, Span<int> sums, ref int first)
    {
        while (first < axis.Outputs && axis.Starts[first] + axis.Weights[first].Count <= y) first++;
        for (var i = first; i < axis.Outputs && axis.Starts[i] <= y; i++)
        {
            var weight = axis.Weights[i].Values[y - axis.Starts[i]];
            AddScaled(row, weight, sums.Slice(i * row.Length, row.Length));
        }
    }

    /// <summary>The output samples of finished sums.</summary>
    public static void Round(ReadOnlySpan<int> sums, Span<byte> destination)
    {
        for (var i = 0; i < sums.Length; i++) destination[i] = Round(sums[i]);
    }

    /// <summary>Adds <c>samples · weight</c> to the sums, modulo 2³².</summary>
    public static void AddScaled(ReadOnlySpan<byte> samples, int weight, Span<int> sums)
    {
        if (Vector256.IsHardwareAccelerated) AddScaledVector256(samples, weight, sums);
        else if (Vector128.IsHardwareAccelerated) AddScaledVector128(samples, weight, sums);
        else AddScaledScalar(samples, weight, sums);
    }

    /// <summary>The sum of products, modulo 2³²: the order of additions doesn't matter.</summary>
    public static int Dot(ReadOnlySpan<byte> samples, Weights weights)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) return DotVector512(samples, weights);
        if (Avx2.IsSupported) return DotVector256(samples, weights);
        if (Vector128.IsHardwareAccelerated) return DotVector128(samples, weights);
        return DotScalar(samples, weights.Values);
    }

    private static byte Round(int sum) => (byte)Math.Clamp((sum + Half) >> PrecisionBits, 0, 255);
}
