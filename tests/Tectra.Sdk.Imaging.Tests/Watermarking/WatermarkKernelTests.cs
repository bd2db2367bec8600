using System.Runtime.Intrinsics.X86;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>Scalar against vector, bit for bit, at every length around a vector and at the extremes.</summary>
public sealed class WatermarkKernelTests
{
    private static readonly int[] Lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 257, 1000];

    private delegate void RoundKernel(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down);

    private delegate long SquaresKernel(ReadOnlySpan<float> values, Span<double> sums);

    [Test]
    public void Steps_are_rounded_alike_on_every_path()
    {
        List<RoundKernel> kernels = [PixelSteps.RoundVector128, PixelSteps.RoundVector256, PixelSteps.Round];
        if (Avx512F.IsSupported) kernels.Add(PixelSteps.RoundVector512);
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            float[] special = [0, -0f, 0.5f, -0.5f, 0.49999997f, -0.50000006f, 1.5f, 254.5f, -255.5f, 300, -300, 1e9f, -1e9f];
            var change = Make(length, () => random.Next(3) == 0 ? special[random.Next(special.Length)] : (random.NextSingle() - 0.5f) * 20);
            byte[] up = new byte[length], down = new byte[length];
            PixelSteps.RoundScalar(change, up, down, 0);
            for (var i = 0; i < length; i++) Assert.That(up[i] - down[i], Is.EqualTo((int)Math.Clamp(Math.Floor(change[i] + 0.5f), -255, 255)));
            foreach (var kernel in kernels)
            {
                byte[] vectorUp = new byte[length], vectorDown = new byte[length];
                kernel(change, vectorUp, vectorDown);
                Assert.That((vectorUp, vectorDown), Is.EqualTo((up, down)), $"{kernel.Method.Name}, length {length}");
            }
        }
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 3)]
    [TestCase(4, 3)]
    [TestCase(4, 4)]
    public void Steps_are_added_alike_on_every_path(int channels, int colours)
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            byte[] extremes = [0, 1, 254, 255], up = new byte[length], down = new byte[length];
            for (var i = 0; i < length; i++) (random.Next(2) == 0 ? up : down)[i] = random.Next(3) == 0 ? extremes[random.Next(4)] : (byte)random.Next(8);
            var pixels = Make((length * channels) + 1, () => random.Next(3) == 0 ? extremes[random.Next(4)] : (byte)random.Next(256));
            byte[] scalar = [.. pixels], vector = [.. pixels];
            PixelSteps.AddScalar(scalar, channels, colours, up, down, 0);
            PixelSteps.Add(vector, channels, colours, up, down);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
            for (var i = 0; i < length; i++)
            {
                var shown = colours == channels || pixels[(i * channels) + colours] != 0;
                for (var c = 0; c < channels; c++)
                {
                    var moved = shown && c < colours ? Math.Clamp(pixels[(i * channels) + c] + up[i] - down[i], 0, 255) : pixels[(i * channels) + c];
                    Assert.That(scalar[(i * channels) + c], Is.EqualTo(moved), $"pixel {i}, sample {c}");
                }
            }
            Assert.That(scalar[^1], Is.EqualTo(pixels[^1]), "nothing is written behind the end");
        }
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 3)]
    [TestCase(4, 3)]
    [TestCase(4, 4)]
    public void Steps_of_16_bits_are_rounded_and_added_alike_on_every_path(int channels, int colours)
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            float[] special = [0, 0.5f / 257, -0.5f / 257, 255, -255, 1e9f, -1e9f];
            var change = Make(length, () => random.Next(3) == 0 ? special[random.Next(special.Length)] : (random.NextSingle() - 0.5f) * 20);
            ushort[] up = new ushort[length], down = new ushort[length], vectorUp = new ushort[length], vectorDown = new ushort[length];
            PixelSteps.RoundScalar(change, up, down, 0);
            PixelSteps.Round(change, vectorUp, vectorDown);
            Assert.That((vectorUp, vectorDown), Is.EqualTo((up, down)), $"length {length}");

            ushort[] extremes = [0, 1, 256, 65534, 65535];
            var pixels = Make((length * channels) + 1, () => random.Next(3) == 0 ? extremes[random.Next(5)] : (ushort)random.Next(65536));
            ushort[] scalar = [.. pixels], vector = [.. pixels];
            PixelSteps.AddScalar(scalar, channels, colours, up, down, 0);
            PixelSteps.Add(vector, channels, colours, up, down);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
            for (var i = 0; i < length; i++)
            {
                var shown = colours == channels || pixels[(i * channels) + colours] != 0;
                var step = Math.Floor((change[i] * 257) + 0.5f);
                for (var c = 0; c < channels; c++)
                {
                    var old = pixels[(i * channels) + c];
                    Assert.That(scalar[(i * channels) + c], Is.EqualTo(shown && c < colours ? Math.Clamp(old + step, 0, 65535) : old), $"pixel {i}, sample {c}");
                }
            }
        }
    }

    [Test]
    public void Masks_agree_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            float[] values = Make(length, () => random.NextSingle() * 255), means = Make(length, () => random.NextSingle() * 255), scalar = [.. means], vector = [.. means];
            MaskKernels.SquaredDeviationScalar(values, scalar, 0);
            MaskKernels.SquaredDeviation(values, vector);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
            MaskKernels.RootOfContrastScalar(scalar, 25, 2, 0);
            MaskKernels.RootOfContrast(vector, 25, 2);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");

            for (var i = 0; i < length; i++) scalar[i] = random.Next(4) switch { 0 => 0, 1 => -scalar[i], _ => scalar[i] };
            var expected = new double[8];
            var count = MaskKernels.PositiveSquaresScalar(scalar, expected);
            Assert.That(count, Is.EqualTo(scalar.Count(value => value > 0)));
            Assert.That(expected.Sum(), Is.EqualTo(scalar.Where(value => value > 0).Sum(value => (double)value * value)).Within(1e-9 * length));
            foreach (var kernel in new SquaresKernel[] { MaskKernels.PositiveSquaresVector512, MaskKernels.PositiveSquaresVector256, MaskKernels.PositiveSquaresVector128 })
            {
                var sums = new double[8];
                Assert.That((kernel(scalar, sums), sums), Is.EqualTo((count, expected)), $"{kernel.Method.Name}, length {length}");
            }
        }
    }

    [Test]
    public void Canonical_pictures_are_made_alike_on_every_path()
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            byte[] extremes = [0, 24, 25, 127, 128, 230, 231, 255], luma = Make(length, () => random.Next(2) == 0 ? extremes[random.Next(8)] : (byte)random.Next(256));
            Assert.That(CanonicalKernels.CountGrey(luma, 24), Is.EqualTo(CanonicalKernels.CountGreyScalar(luma, 24)).And.EqualTo(luma.Count(value => value is > 24 and < 231)));

            byte[] scalar = [.. luma], vector = [.. luma];
            CanonicalKernels.FoldScalar(scalar);
            CanonicalKernels.Fold(vector);
            Assert.That(vector, Is.EqualTo(scalar), $"length {length}");

            foreach (var (channels, holes) in new[] { (2, 1), (2, 0), (4, 3), (4, 0) })
            {
                var pixels = Make(channels * length, () => (byte)(random.Next(5) < holes ? 0 : random.Next(1, 256)));
                byte[] expected = new byte[length], visible = new byte[length];
                var all = CanonicalKernels.VisibleScalar(pixels, channels, expected, 0);
                Assert.That(all, Is.EqualTo(expected.All(value => value == 1)));
                Assert.That((CanonicalKernels.Visible(pixels, channels, visible), visible), Is.EqualTo((all, expected)), $"length {length}");
                Assert.That(CanonicalKernels.SumOfVisible(luma, visible), Is.EqualTo(CanonicalKernels.SumOfVisibleScalar(luma, visible)), $"length {length}");
                scalar = [.. luma];
                vector = [.. luma];
                CanonicalKernels.FillScalar(scalar, visible, 77);
                CanonicalKernels.Fill(vector, visible, 77);
                Assert.That(vector, Is.EqualTo(scalar), $"length {length}");
            }
        }
    }

    private static T[] Make<T>(int length, Func<T> next) => [.. Enumerable.Range(0, length).Select(_ => next())];
}
