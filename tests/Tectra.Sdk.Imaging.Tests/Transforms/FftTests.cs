using System.Numerics;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Tests.Transforms;

/// <summary>The Fourier transforms against their definition in double, and every register width against every other.</summary>
public sealed class FftTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(1, 400).Where(IsProductOfTwoAndThree)];

    private delegate void RowKernel(ReadOnlySpan<float> row, Span<float> sums);

    private delegate void PowerKernel(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> power);

    private delegate void LevelKernel(Span<float> real, Span<float> imaginary, Span<float> power, ReadOnlySpan<float> mean, float maxMagnitude);

    private delegate void SquareKernel(Span<float> real, Span<float> imaginary);

    private delegate void PlaneKernel(Plane<float> plane, int across, int down, Plane<float> real, Plane<float> imaginary, int margin);

    private delegate void MeanKernel(Plane<float> source, Plane<float> destination, int radius, int used);

    [Test]
    public void Every_length_is_transformed_as_defined_and_back_with_the_parts_swapped()
    {
        Assert.That(Lengths, Has.Length.EqualTo(31));
        foreach (var length in Lengths)
        {
            float[] real = Noise(length * Fft.Width, length), imaginary = Noise(length * Fft.Width, -length), re = [.. real], im = [.. imaginary];
            Transform<Lanes4>(length, re, im);
            var roots = Enumerable.Range(0, length).Select(k => Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length)).ToArray();
            foreach (var sequence in new[] { 0, 7, 15 })
            {
                for (var k = 0; k < length; k++)
                {
                    var sum = Complex.Zero;
                    for (var n = 0; n < length; n++) sum += new Complex(real[(n * Fft.Width) + sequence], imaginary[(n * Fft.Width) + sequence]) * roots[n * k % length];
                    var at = (k * Fft.Width) + sequence;
                    Assert.That((new Complex(re[at], im[at]) - sum).Magnitude, Is.LessThan(1e-6 * Math.Sqrt(length)), $"length {length}, line {k} of sequence {sequence}");
                }
            }
            Transform<Lanes4>(length, im, re);
            Assert.That(re.Select(value => value / length), Is.EqualTo(real).Within(1e-6), $"length {length}");
            Assert.That(im.Select(value => value / length), Is.EqualTo(imaginary).Within(1e-6), $"length {length}");
        }
    }

    [Test]
    public void All_register_widths_transform_alike()
    {
        foreach (var length in Lengths)
        {
            float[] real = Noise(length * Fft.Width, length), imaginary = Noise(length * Fft.Width, -length);
            Same($"length {length}", Run(Transform<Lanes1>), Run(Transform<Lanes4>), Run(Transform<Lanes8>), Run(Transform<Lanes16>));

            float[] Run(Action<int, float[], float[]> transform)
            {
                float[] re = [.. real], im = [.. imaginary];
                transform(length, re, im);
                return [.. re, .. im];
            }
        }
    }

    [TestCase(5)]
    [TestCase(7)]
    [TestCase(10)]
    [TestCase(2 * 3 * 11)]
    public void Other_lengths_are_refused(int length) => Assert.That(() => Fft.OfLength(length), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Too_little_memory_is_refused()
    {
        float[] enough = new float[12 * Fft.Width], less = new float[(12 * Fft.Width) - 1];
        var fft = Fft.OfLength(12);
        Assert.That(() => fft.Transform<Lanes4>(less, enough, enough, enough), Throws.ArgumentException);
        Assert.That(() => fft.Transform<Lanes4>(enough, less, enough, enough), Throws.ArgumentException);
        Assert.That(() => fft.Transform<Lanes4>(enough, enough, less, enough), Throws.ArgumentException);
        Assert.That(() => fft.Transform<Lanes4>(enough, enough, enough, less), Throws.ArgumentException);
    }

    [Test]
    public void A_length_for_a_picture_is_the_next_multiple_of_four_that_can_be_transformed()
    {
        for (var least = 1; least < 3000; least++)
        {
            var length = least;
            while (length % 4 != 0 || !IsProductOfTwoAndThree(length)) length++;
            Assert.That(Fft.LengthFrom(least), Is.EqualTo(length), $"from {least}");
        }
        Assert.That(Fft.LengthFrom(0), Is.EqualTo(4));
    }

    [Test]
    public void The_square_is_transformed_as_defined_by_all_widths_alike()
    {
        const int Side = SquareFft.Side, Square = Side * Side;
        float[] real = Noise(Square, 1), imaginary = Noise(Square, 2);
        var expected = Run(SquareFft.Transform<Lanes1>);
        Same("square", expected, Run(SquareFft.Transform<Lanes4>), Run(SquareFft.Transform<Lanes8>), Run(SquareFft.Transform<Lanes16>), Run(SquareFft.Transform));
        foreach (var (u, v) in new[] { (0, 0), (1, 0), (0, 1), (64, 64), (127, 3), (5, 99), (31, 32) })
        {
            var sum = Complex.Zero;
            for (var i = 0; i < Square; i++) sum += new Complex(real[i], imaginary[i]) * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((i % Side * u) + (i / Side * v)) / Side);
            var at = (v * Side) + u;
            Assert.That((new Complex(expected[at], expected[Square + at]) - sum).Magnitude, Is.LessThan(1e-4), $"line ({u}, {v})");
        }
        float[] re = expected[..Square], im = expected[Square..];
        SquareFft.Transform(im, re);
        Assert.That(re.Select(value => value / Square), Is.EqualTo(real).Within(1e-6));

        float[] Run(SquareKernel kernel)
        {
            float[] a = [.. real], b = [.. imaginary];
            kernel(a, b);
            return [.. a, .. b];
        }
    }

    [TestCase(1, 1)]
    [TestCase(5, 7)]
    [TestCase(16, 32)]
    [TestCase(31, 17)]
    [TestCase(32, 5)]
    [TestCase(33, 20)]
    [TestCase(47, 31)]
    [TestCase(50, 49)]
    public void Planes_of_any_size_are_transformed_around_their_middle(int width, int height)
    {
        const int Margin = 8;
        int across = Fft.LengthFrom(width * 13 / 10), down = Fft.LengthFrom(height * 13 / 10);
        using var plane = new Plane<float>(width, height);
        Noise(width * height, width).CopyTo(plane.Values);
        var stride = (((down / 2) + 1 + Fft.Width - 1) / Fft.Width * Fft.Width) + (2 * Margin);
        var expected = Run(PlaneFft.Transform<Lanes1>);
        Same($"{width}×{height}", expected, Run(PlaneFft.Transform<Lanes4>), Run(PlaneFft.Transform<Lanes8>), Run(PlaneFft.Transform<Lanes16>));
        for (var k = -across / 2; k < across / 2; k++)
        {
            for (var line = 0; line <= down / 2; line++)
            {
                var sum = Complex.Zero;
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var turns = ((double)k * (x - (width / 2)) / across) + ((double)line * (y - (height / 2)) / down);
                        sum += plane.Row(y)[x] * Complex.FromPolarCoordinates(1, -2 * Math.PI * turns);
                    }
                }
                var at = ((k + (across / 2)) * stride) + Margin + line;
                Assert.That((new Complex(expected[at], expected[(across * stride) + at]) - sum).Magnitude, Is.LessThan(1e-4), $"line ({k}, {line})");
            }
        }

        float[] Run(PlaneKernel kernel)
        {
            using Plane<float> real = new(stride, across), imaginary = new(stride, across);
            real.Values.Clear();
            imaginary.Values.Clear();
            kernel(plane, across, down, real, imaginary, Margin);
            return [.. real.Values, .. imaginary.Values];
        }
    }

    [TestCase(16, 1, 16, 3)]
    [TestCase(16, 40, 9, 12)]
    [TestCase(48, 30, 48, 0)]
    [TestCase(64, 11, 50, 5)]
    [TestCase(64, 57, 57, 12)]
    public void The_mean_around_each_value_is_that_of_what_is_there(int width, int height, int used, int radius)
    {
        using var source = new Plane<float>(width, height);
        var random = new Random(width + height);
        foreach (ref var value in source.Values) value = random.NextSingle() * 1000;
        float[] expected = Run(BoxMean.Apply<Lanes1>);
        Same("means", expected, Run(BoxMean.Apply<Lanes4>), Run(BoxMean.Apply<Lanes8>), Run(BoxMean.Apply<Lanes16>));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                double sum = 0;
                var count = 0;
                for (var j = Math.Max(y - radius, 0); j <= Math.Min(y + radius, height - 1); j++)
                {
                    for (var i = Math.Max(x - radius, 0); i <= Math.Min(x + radius, used - 1); i++, count++) sum += source.Row(j)[i];
                }
                Assert.That(expected[(y * width) + x], x < used ? Is.EqualTo(sum / count).Within(0.01) : Is.Zero, $"({x}, {y})");
            }
        }

        float[] Run(MeanKernel kernel)
        {
            using var destination = new Plane<float>(width, height);
            kernel(source, destination, radius, used);
            return destination.Values.ToArray();
        }
    }

    [Test]
    public void Row_kernels_agree_for_all_widths_and_keep_to_the_cap()
    {
        foreach (var length in new[] { 16, 48, 160, 1008 })
        {
            float[] a = Noise(length, 1), b = Noise(length, 2), mean = [.. Noise(length, 3).Select((value, i) => i % 5 == 0 ? 0 : Math.Abs(value))];
            (a[3], b[3], a[7], mean[7]) = (0, 0, 1e9f, 1e-12f);
            var sums = Rows(RowOps.Add<Lanes1>);
            Assert.That(sums, Is.EqualTo(a.Zip(b, (x, y) => x + y)));
            Same("sums", sums, Rows(RowOps.Add<Lanes4>), Rows(RowOps.Add<Lanes8>), Rows(RowOps.Add<Lanes16>));
            var differences = Rows(RowOps.Subtract<Lanes1>);
            Assert.That(differences, Is.EqualTo(a.Zip(b, (x, y) => y - x)));
            Same("differences", differences, Rows(RowOps.Subtract<Lanes4>), Rows(RowOps.Subtract<Lanes8>), Rows(RowOps.Subtract<Lanes16>));
            var power = Powers(RowOps.Power<Lanes1>);
            Assert.That(power, Is.EqualTo(a.Zip(b, (x, y) => (x * x) + (y * y))));
            Same("powers", power, Powers(RowOps.Power<Lanes4>), Powers(RowOps.Power<Lanes8>), Powers(RowOps.Power<Lanes16>));

            var levelled = Levels(RowOps.Level<Lanes1>);
            Same("levelled", levelled, Levels(RowOps.Level<Lanes4>), Levels(RowOps.Level<Lanes8>), Levels(RowOps.Level<Lanes16>));
            for (var i = 0; i < length; i++)
            {
                var (re, im, left) = (levelled[i], levelled[length + i], levelled[(2 * length) + i]);
                Assert.That(Math.Sqrt((re * re) + (im * im)), Is.LessThan(3.001), $"value {i}");
                if (power[i] == 0) continue;
                Assert.That(left, Is.EqualTo((re * re) + (im * im)).Within(0.01).Percent, $"value {i}");
                if (mean[i] > 0) Assert.That(left, Is.EqualTo(Math.Min(power[i] / mean[i], 9)).Within(0.01).Percent, $"value {i}");
            }

            float[] Rows(RowKernel kernel)
            {
                float[] result = [.. b];
                kernel(a, result);
                return result;
            }

            float[] Powers(PowerKernel kernel)
            {
                var result = new float[length];
                kernel(a, b, result);
                return result;
            }

            float[] Levels(LevelKernel kernel)
            {
                float[] re = [.. a], im = [.. b], own = [.. power];
                kernel(re, im, own, mean, 3);
                return [.. re, .. im, .. own];
            }
        }
    }

    private static void Transform<T>(int length, float[] real, float[] imaginary)
        where T : struct, ILanes<T> =>
        Fft.OfLength(length).Transform<T>(real, imaginary, new float[real.Length], new float[real.Length]);

    private static void Same(string what, float[] expected, params float[][] others)
    {
        foreach (var other in others)
            Assert.That(other.AsSpan().SequenceEqual(expected), Is.True, what);
    }

    private static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static bool IsProductOfTwoAndThree(int length)
    {
        while (length % 2 == 0) length /= 2;
        while (length % 3 == 0) length /= 3;
        return length == 1;
    }
}
