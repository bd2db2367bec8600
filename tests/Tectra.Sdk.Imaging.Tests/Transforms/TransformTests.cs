using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Transforms;

/// <summary>Each transform against its definition, written naively.</summary>
public sealed class TransformTests
{
    [Test]
    public void The_literal_cosines_are_the_nearest_doubles()
    {
        for (var k = 0; k < 4 * Cosines.Period; k++)
            Assert.That(Cosines.Of(k), Is.EqualTo(Math.Cos(2 * Math.PI * (k % Cosines.Period) / Cosines.Period)).Within(1e-15), $"k = {k}");
    }

    [Test]
    public void The_block_DCT_is_its_definition_and_its_inverse_undoes_it()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20 * 20).Select(_ => random.NextDouble()).ToArray();
        var transformed = (double[])values.Clone();
        const int Offset = (5 * 20) + 7;
        Dct8x8.Forward(transformed, Offset, 20);
        for (var v = 0; v < 8; v++)
        {
            for (var u = 0; u < 8; u++)
            {
                var sum = 0.0;
                for (var y = 0; y < 8; y++)
                {
                    for (var x = 0; x < 8; x++)
                        sum += values[Offset + (y * 20) + x] * Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * Math.Cos(((2 * y) + 1) * v * Math.PI / 16);
                }
                var norm = (u == 0 ? Math.Sqrt(0.125) : 0.5) * (v == 0 ? Math.Sqrt(0.125) : 0.5);
                Assert.That(transformed[Offset + (v * 20) + u], Is.EqualTo(sum * norm).Within(1e-12));
            }
        }
        Dct8x8.Inverse(transformed, Offset, 20);
        Assert.That(transformed, Is.EqualTo(values).Within(1e-12));
    }

    [Test]
    public void The_wavelet_reconstructs_and_its_filters_sum_to_the_root_of_two()
    {
        var random = new Random(4);
        var lowLow = Enumerable.Range(0, 64 * 64).Select(_ => random.NextDouble() - 0.5).ToArray();
        var square = new double[128 * 128];
        Cdf97Wavelet.SynthesiseLowLow(lowLow, 64, square);
        var again = new double[64 * 64];
        Cdf97Wavelet.AnalyseLowLow(square, 128, again);
        Assert.That(again, Is.EqualTo(lowLow).Within(1e-9));
        // A constant of one becomes a constant of two in the low-low band (√2 a direction).
        var flat = new double[8 * 8];
        Cdf97Wavelet.AnalyseLowLow(Enumerable.Repeat(1.0, 16 * 16).ToArray(), 16, flat);
        Assert.That(flat, Is.All.EqualTo(2).Within(1e-9));
    }

    [Test]
    public void The_tile_spectrum_filter_is_a_Fourier_filter()
    {
        var random = new Random(5);
        var tile = Enumerable.Range(0, 128 * 128).Select(_ => random.NextDouble() - 0.5).ToArray();
        var kept = (double[])tile.Clone();
        new TileSpectrum((u, v) => (u * u) + (v * v) is >= 25 and <= 1024 && (u, v) != (3, -8)).Apply(kept);
        foreach (var (u, v) in new[] { (0, 5), (3, 4), (20, -20), (0, -32), (32, 0), (3, 8) }) AssertLine(tile, kept, u, v, stays: true);
        foreach (var (u, v) in new[] { (0, 0), (3, 3), (0, 33), (40, 2), (64, 64), (30, 20), (3, -8) }) AssertLine(tile, kept, u, v, stays: false);
    }

    [Test]
    public void Bicubic_scaling_keeps_constants_and_sizes_and_is_exact_at_size_one()
    {
        using var source = new Plane<byte>(101, 67);
        source.Values.Fill(77);
        foreach (var (width, height) in new[] { (50, 33), (101, 67), (202, 134), (13, 200) })
        {
            using var scaled = BicubicScaler.Scale(source, width, height);
            Assert.That((scaled.Width, scaled.Height), Is.EqualTo((width, height)));
            Assert.That(scaled.Values.ToArray(), Is.All.EqualTo(77).Within(1e-3));
        }
    }

    [TestCase(101, 67, 50, 33)]
    [TestCase(101, 67, 101, 40)]
    [TestCase(33, 17, 140, 90)]
    [TestCase(33, 17, 33, 18)]
    [TestCase(5, 3, 41, 2)]
    [TestCase(1, 1, 7, 9)]
    public void Bicubic_scaling_is_its_definition(int width, int height, int toWidth, int toHeight)
    {
        var random = new Random(width);
        using Plane<byte> source = new(width, height);
        using Plane<float> floats = new(width, height);
        random.NextBytes(source.Values);
        for (var i = 0; i < floats.Values.Length; i++) floats.Values[i] = source.Values[i];
        using var scaled = BicubicScaler.Scale(source, toWidth, toHeight);
        using var rows = new BicubicRows(floats, toWidth, toHeight);
        double[][] across = [.. Enumerable.Range(0, toWidth).Select(x => CubicWeights(width, toWidth, x))], down = [.. Enumerable.Range(0, toHeight).Select(y => CubicWeights(height, toHeight, y))];
        var row = new float[toWidth];
        for (var y = 0; y < toHeight; y++)
        {
            rows.Row(y, row);
            for (var x = 0; x < toWidth; x++)
            {
                var sum = 0.0;
                for (var j = 0; j < height; j++)
                {
                    for (var i = 0; i < width; i++) sum += source.Row(j)[i] * across[x][i] * down[y][j];
                }
                Assert.That(scaled.Row(y)[x], Is.EqualTo(sum).Within(1e-3), $"({x}, {y}) of a whole plane");
                Assert.That(row[x], Is.EqualTo(sum).Within(1e-3), $"({x}, {y}) row by row");
            }
        }
    }

    [Test]
    public void A_blur_keeps_constants_and_spreads_a_point_by_its_bell_curve()
    {
        var blur = new GaussianBlur(2.5);
        using Plane<float> source = new(41, 37), result = new(41, 37);
        source.Values.Fill(10);
        blur.Apply(source, result);
        Assert.That(result.Values.ToArray(), Is.All.EqualTo(10).Within(1e-3));
        source.Values.Clear();
        source.Row(18)[20] = 1000;
        blur.Apply(source, result);
        var centre = result.Row(18)[20];
        for (var x = -6; x <= 6; x++)
            Assert.That(result.Row(18)[20 + x] / centre, Is.EqualTo(Math.Exp(-x * x / 12.5)).Within(1e-3), $"x = {x}");
    }

    [Test]
    public void Quality_agrees_with_numpy_and_OpenCV()
    {
        var count = 0;
        foreach (var vector in TestData.Json("vectors/quality.json").GetProperty("cases").EnumerateArray())
        {
            string first = vector.GetProperty("first").GetString()!, second = vector.GetProperty("second").GetString()!;
            using ImageBuffer a = TestImages.Decode(TestData.Read($"images/odd/{first}")), b = TestImages.Decode(TestData.Read($"images/odd/{second}"));
            var quality = ImageQuality.Compare(a, b);
            Assert.That(quality.PsnrDecibels, Is.EqualTo(vector.GetProperty("psnr").GetDouble()).Within(0.001), $"{first}, {second}");
            Assert.That(quality.Ssim, Is.EqualTo(vector.GetProperty("ssim").GetDouble()).Within(0.001), $"{first}, {second}: luma is rounded to 8 bits here");
            count++;
        }
        Assert.That(count, Is.EqualTo(6));
    }

    private static double[] CubicWeights(int inputs, int outputs, int output)
    {
        double scale = (double)inputs / outputs, wide = Math.Max(scale, 1), centre = ((output + 0.5) * scale) - 0.5;
        var weights = Enumerable.Range(0, inputs).Select(i => Keys(Math.Abs(i - centre) / wide)).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];

        static double Keys(double t) => t switch
        {
            < 1 => (1.5 * t * t * t) - (2.5 * t * t) + 1,
            < 2 => (-0.5 * t * t * t) + (2.5 * t * t) - (4 * t) + 2,
            _ => 0,
        };
    }

    private static void AssertLine(double[] before, double[] after, int u, int v, bool stays)
    {
        var (wasRe, wasIm) = Line(before, u, v);
        var (re, im) = Line(after, u, v);
        Assert.That(re, Is.EqualTo(stays ? wasRe : 0).Within(1e-7), $"line ({u}, {v})");
        Assert.That(im, Is.EqualTo(stays ? wasIm : 0).Within(1e-7), $"line ({u}, {v})");
    }

    private static (double Re, double Im) Line(double[] tile, int u, int v)
    {
        double re = 0, im = 0;
        for (var y = 0; y < 128; y++)
        {
            for (var x = 0; x < 128; x++)
            {
                var angle = 2 * Math.PI * ((u * x) + (v * y)) / 128;
                re += tile[(y * 128) + x] * Math.Cos(angle);
                im -= tile[(y * 128) + x] * Math.Sin(angle);
            }
        }
        return (re, im);
    }
}
