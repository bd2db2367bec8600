using System.Runtime.Intrinsics.X86;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Tests.Transforms;

/// <summary>Scalar against vector, bit for bit, at every length around a vector and at the extremes.</summary>
public sealed class KernelTests
{
    private static readonly int[] Lengths = [.. new[] { 1, 4, 8, 16, 32, 64 }.SelectMany(l => new[] { l - 1, l, l + 1, (2 * l) + 3 }).Where(l => l > 0).Distinct(), 257, 1000];

    private static readonly Func<Random, byte>[] Bytes = [random => (byte)random.Next(256), _ => 0, _ => 255, random => random.Next(2) == 0 ? (byte)0 : (byte)255];

    private delegate void LumaKernel(ReadOnlySpan<byte> source, Span<byte> destination);

    private delegate void AddKernel<T>(ReadOnlySpan<T> row, float weight, Span<float> sums);

    private delegate void WeightedSumKernel<T>(ReadOnlySpan<T> rows, int stride, ReadOnlySpan<float> weights, Span<float> destination);

    private delegate void TurnKernel(ReadOnlySpan<float> from, int width, Span<float> to);

    private delegate void TurnedScaleKernel(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination);

    private delegate void ProductKernel(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result);

    private delegate void SymmetricKernel(ReadOnlySpan<float> source, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, Span<float> destination);

    private static bool Has512 => Avx512BW.IsSupported;

    private static bool Has256 => Avx2.IsSupported;

    [OneTimeSetUp]
    public void Say() => Report.Line($"kernels: AVX-512 paths {(Has512 ? "run" : "NOT RUN on this processor")}, AVX2 paths {(Has256 ? "run" : "NOT RUN on this processor")}");

    [Test]
    public void Luma_of_RGB_agrees_on_every_path() => Check(
        3, Luma.FromRgbScalar, [Luma.FromRgbVector128, Luma.FromRgb, .. Only(Has256, (LumaKernel)Luma.FromRgbVector256), .. Only(Has512, (LumaKernel)Luma.FromRgbVector512)]);

    [Test]
    public void Luma_of_RGBA_agrees_on_every_path() => Check(4, Luma.FromRgbaScalar, [Luma.FromRgbaVector128, Luma.FromRgba]);

    [Test]
    public void High_bytes_agree_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            var source = Make(length, () => (ushort)random.Next(65536));
            byte[] scalar = new byte[length], vector = new byte[length];
            Luma.HighBytesScalar(source, scalar);
            Luma.HighBytes(source, vector);
            Assert.That(vector, Is.EqualTo(scalar).And.EqualTo(source.Select(value => (byte)(value >> 8))), $"length {length}");
        }
    }

    [Test]
    public void Luma_is_the_rounded_formula()
    {
        for (var r = 0; r < 256; r += 5)
        {
            for (var g = 0; g < 256; g += 5)
            {
                for (var b = 0; b < 256; b += 5)
                {
                    var luma = new byte[1];
                    Luma.FromRgbScalar([(byte)r, (byte)g, (byte)b], luma);
                    Assert.That(luma[0], Is.EqualTo((byte)Math.Floor(((19595.0 * r) + (38470.0 * g) + (7471.0 * b) + 32768) / 65536)));
                }
            }
        }
    }

    [Test]
    public void Resampling_agrees_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            foreach (var next in Bytes)
            {
                var samples = Make(length, () => next(random));
                var weights = new Resampler.Weights(Make(length, () => random.Next(-(1 << 23), 1 << 23)));
                var expected = Resampler.DotScalar(samples, weights.Values);
                Func<byte[], Resampler.Weights, int>[] dots =
                [
                    (s, w) => Resampler.DotVector128(s, w),
                    (s, w) => Resampler.Dot(s, w),
                    .. Only<Func<byte[], Resampler.Weights, int>>(Has256, (s, w) => Resampler.DotVector256(s, w)),
                    .. Only<Func<byte[], Resampler.Weights, int>>(Has512, (s, w) => Resampler.DotVector512(s, w)),
                ];
                foreach (var dot in dots) Assert.That(dot(samples, weights), Is.EqualTo(expected), $"length {length}");

                var sums = Make(length, () => random.Next());
                var scalar = (int[])sums.Clone();
                Resampler.AddScaledScalar(samples, 123_457, scalar);
                foreach (var kernel in new Action<int[]>[] { s => Resampler.AddScaledVector256(samples, 123_457, s), s => Resampler.AddScaledVector128(samples, 123_457, s), s => Resampler.AddScaled(samples, 123_457, s) })
                {
                    var vector = (int[])sums.Clone();
                    kernel(vector);
                    Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
                }
            }
        }
    }

    [Test]
    public void Four_rows_at_once_agree_with_one_at_a_time()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            var rows = Make(4 * (length + 5), () => (byte)random.Next(256));
            var weights = new Resampler.Weights(Make(length, () => random.Next(-(1 << 23), 1 << 23)));
            var sums = new int[Resampler.RowGroup];
            if (Has512) Resampler.DotFourVector512(rows, length + 5, weights, sums);
            else for (var k = 0; k < sums.Length; k++) sums[k] = Resampler.Dot(rows.AsSpan(k * (length + 5), length), weights);
            Assert.That(sums, Is.EqualTo(Enumerable.Range(0, 4).Select(k => Resampler.DotScalar(rows.AsSpan(k * (length + 5), length), weights.Values))), $"length {length}");
        }
    }

    [Test]
    public void Adding_rows_agrees_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            CheckAdd(Make(length, () => (random.NextSingle() - 0.5f) * 1e3f), random, RowOps.AddScaledScalar, [RowOps.AddScaledVector512, RowOps.AddScaledVector256, RowOps.AddScaledVector128, RowOps.AddScaled]);
            CheckAdd(Make(length, () => (byte)random.Next(256)), random, RowOps.AddScaledScalar, [RowOps.AddScaledVector512, RowOps.AddScaledVector256, RowOps.AddScaledVector128, RowOps.AddScaled]);
        }
    }

    [Test]
    public void Symmetric_filters_agree_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            var source = Make(length + 40, () => random.NextSingle() * 255);
            int[] offsets = [20, 17, 23, 11, 29, 0, 40];
            float[] weights = [0.4f, 0.2f, 0.07f, 0.03f];
            var expected = new float[length];
            RowOps.SymmetricScalar(source, offsets, weights, expected, 0);
            foreach (var kernel in new SymmetricKernel[] { RowOps.SymmetricVector512, RowOps.SymmetricVector256, RowOps.SymmetricVector128, RowOps.Symmetric })
            {
                var actual = new float[length];
                kernel(source, offsets, weights, actual);
                Assert.That(actual, Is.EqualTo(expected), $"length {length}");
            }
        }
        Assert.That(() => RowOps.Symmetric(new float[10], [0, 1, 5], [1, 1], new float[6]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Weighted_sums_agree_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            foreach (var taps in new[] { 1, 2, 4, 17 })
            {
                var weights = Make(taps, () => random.NextSingle() - 0.4f);
                CheckSum(Make(taps * (length + 3), () => (random.NextSingle() - 0.5f) * 1e3f), length, weights, (r, s, w, d) => RowOps.WeightedSumScalar(r, s, w, d, 0), [RowOps.WeightedSumVector512, RowOps.WeightedSumVector256, RowOps.WeightedSumVector128, RowOps.WeightedSum]);
                CheckSum(
                    Make(taps * (length + 3), () => (byte)random.Next(256)), length, weights, (r, s, w, d) => RowOps.WeightedSumScalar(r, s, w, d, 0),
                    [RowOps.WeightedSumVector128, RowOps.WeightedSum, .. Only(Has256, (WeightedSumKernel<byte>)RowOps.WeightedSumVector256), .. Only(Has512, (WeightedSumKernel<byte>)RowOps.WeightedSumVector512)]);
            }
        }
        Assert.That(() => RowOps.WeightedSum(new float[10], 5, [1, 1], new float[6]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => RowOps.WeightedSum(new byte[10], 5, [1, 1], new float[6]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Multiplying_rows_agrees_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            float[] values = Make(length, () => random.NextSingle()), factors = Make(length, () => random.NextSingle()), scalar = [.. values], vector = [.. values];
            RowOps.MultiplyScalar(scalar, factors, 0);
            RowOps.Multiply(vector, factors);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
        }
    }

    [Test]
    public void Turned_rows_come_back_and_scale_alike_on_every_path()
    {
        const int Rows = TurnedRows.Count;
        TurnKernel[] turns = [TurnedRows.Turn, .. Only(Sse.IsSupported, (TurnKernel)TurnedRows.TurnVector128), .. Only(Has256, (TurnKernel)TurnedRows.TurnVector256), .. Only(Has512, (TurnKernel)TurnedRows.TurnVector512)];
        TurnKernel[] turnsBack = [TurnedRows.TurnBack, .. Only(Sse.IsSupported, (TurnKernel)TurnedRows.TurnBackVector128), .. Only(Has256, (TurnKernel)TurnedRows.TurnBackVector256), .. Only(Has512, (TurnKernel)TurnedRows.TurnBackVector512)];
        foreach (var width in Lengths)
        {
            var random = new Random(width);
            var rows = Make(Rows * width, () => random.NextSingle());
            float[] expected = new float[rows.Length], back = new float[rows.Length];
            TurnedRows.TurnScalar(rows, width, expected, 0);
            Assert.That(expected[(width - 1) * Rows], Is.EqualTo(rows[width - 1]));
            foreach (var kernel in turns)
            {
                var actual = new float[rows.Length];
                kernel(rows, width, actual);
                Assert.That(actual, Is.EqualTo(expected), $"{kernel.Method.Name}, width {width}");
            }
            TurnedRows.TurnBackScalar(expected, width, back, 0);
            Assert.That(back, Is.EqualTo(rows));
            foreach (var kernel in turnsBack)
            {
                var actual = new float[rows.Length];
                kernel(expected, width, actual);
                Assert.That(actual, Is.EqualTo(rows), $"{kernel.Method.Name}, width {width}");
            }
            foreach (var outputs in new[] { 1, width, (3 * width) + 1, (width + 2) / 3 })
            {
                using var axis = new BicubicAxis(width, outputs);
                var scaled = new float[outputs * Rows];
                TurnedRows.ScaleScalar(expected, axis, scaled);
                foreach (var kernel in new TurnedScaleKernel[] { TurnedRows.ScaleVector512, TurnedRows.ScaleVector256, TurnedRows.ScaleVector128, TurnedRows.Scale })
                {
                    var actual = new float[scaled.Length];
                    kernel(expected, axis, actual);
                    Assert.That(actual, Is.EqualTo(scaled), $"{kernel.Method.Name}, {width} to {outputs}");
                }
            }
        }
    }

    [Test]
    public void Matrix_products_agree_on_every_path()
    {
        foreach (var (rows, inner, columns) in new[] { (4, 1, 8), (8, 5, 16), (68, 128, 72), (12, 33, 40) })
        {
            var random = new Random(rows);
            double[] a = Make(rows * inner, () => random.NextDouble() - 0.5), b = Make(inner * columns, () => random.NextDouble() - 0.5), expected = new double[rows * columns];
            MatrixProduct.MultiplyScalar(a, b, inner, columns, expected);
            Assert.That(expected[columns + 1], Is.EqualTo(Enumerable.Range(0, inner).Sum(k => a[inner + k] * b[(k * columns) + 1])).Within(1e-12));
            foreach (var kernel in new ProductKernel[] { MatrixProduct.MultiplyVector512, MatrixProduct.MultiplyVector256, MatrixProduct.MultiplyVector128, MatrixProduct.Multiply })
            {
                var actual = new double[expected.Length];
                kernel(a, b, inner, columns, actual);
                Assert.That(actual, Is.EqualTo(expected), $"{kernel.Method.Name}, {rows}×{inner}×{columns}");
            }
        }
        Assert.That(() => MatrixProduct.Multiply(new double[4], new double[7], 1, 7, new double[28]), Throws.ArgumentException);
    }

    private static void Check(int channels, LumaKernel scalar, LumaKernel[] kernels)
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            foreach (var next in Bytes)
            {
                var source = Make(length * channels, () => next(random));
                var expected = new byte[length];
                scalar(source, expected);
                foreach (var kernel in kernels)
                {
                    var actual = new byte[length + 1];
                    actual[^1] = 0x5A;
                    kernel(source, actual.AsSpan(0, length));
                    Assert.That(actual[..length], Is.EqualTo(expected), $"{kernel.Method.Name}, length {length}");
                    Assert.That(actual[^1], Is.EqualTo(0x5A), "nothing is written behind the end");
                }
            }
        }
    }

    private static void CheckAdd<T>(T[] row, Random random, AddKernel<T> scalar, AddKernel<T>[] kernels)
    {
        var sums = Make(row.Length, () => random.NextSingle());
        var expected = (float[])sums.Clone();
        scalar(row, 0.3f, expected);
        foreach (var kernel in kernels)
        {
            var actual = (float[])sums.Clone();
            kernel(row, 0.3f, actual);
            Assert.That(actual, Is.EqualTo(expected), $"{kernel.Method.Name}, length {row.Length}");
        }
    }

    private static void CheckSum<T>(T[] rows, int length, float[] weights, Action<T[], int, float[], float[]> scalar, WeightedSumKernel<T>[] kernels)
    {
        var expected = new float[length];
        scalar(rows, length + 3, weights, expected);
        foreach (var kernel in kernels)
        {
            var actual = new float[length + 1];
            actual[^1] = 0.25f;
            kernel(rows, length + 3, weights, actual.AsSpan(0, length));
            Assert.That(actual[..length], Is.EqualTo(expected), $"{kernel.Method.Name}, {weights.Length} rows of {length}");
            Assert.That(actual[^1], Is.EqualTo(0.25f), "nothing is written behind the end");
        }
    }

    private static IEnumerable<T> Only<T>(bool supported, T kernel) => supported ? [kernel] : [];

    private static T[] Make<T>(int length, Func<T> next) => [.. Enumerable.Range(0, length).Select(_ => next())];
}
