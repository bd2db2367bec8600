using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>Both levellings: place by place, and over the whole picture.</summary>
public sealed class SpectrumTests
{
    private static readonly (int Width, int Height)[] Sizes = [(131, 97), (33, 500), (64, 64), (500, 65), (16, 70), (95, 31)];

    [Test]
    public void Whitening_is_the_same_for_all_register_widths()
    {
        foreach (var (width, height) in Sizes)
        {
            using var luma = Picture(width, height);
            var expected = Values(SpectralWhitening.Apply<Lanes1>(luma));
            Assert.That(expected, Has.Length.EqualTo(width * height));
            foreach (var other in new[] { SpectralWhitening.Apply<Lanes4>(luma), SpectralWhitening.Apply<Lanes8>(luma), SpectralWhitening.Apply<Lanes16>(luma), SpectralWhitening.Apply(luma) })
                Assert.That(Values(other).AsSpan().SequenceEqual(expected), Is.True, $"{width}×{height}");
        }
    }

    [Test]
    public void Whitening_leaves_next_to_nothing_of_a_constant()
    {
        using var noise = Picture(150, 110, texture: 0, noise: 1);
        var usual = Deviation(Values(SpectralWhitening.Apply(noise)));
        foreach (var constant in new[] { 0f, 1, 128, 255 })
        {
            using var luma = new Plane<float>(150, 110);
            luma.Values.Fill(constant);
            var values = Values(SpectralWhitening.Apply(luma));
            Assert.That(values, Is.All.InRange(-usual / 5, usual / 5), $"constant {constant}");
        }
    }

    [Test]
    public void Whitening_makes_faint_and_strong_texture_alike()
    {
        using Plane<float> faint = Picture(256, 256, texture: 0, noise: 12), strong = Picture(256, 256, texture: 0, noise: 60), striped = Picture(256, 256, texture: 90, noise: 12);
        double ofFaint = Deviation(Values(SpectralWhitening.Apply(faint))), ofStrong = Deviation(Values(SpectralWhitening.Apply(strong)));
        var ofStriped = Deviation(Values(SpectralWhitening.Apply(striped)));
        Assert.That(ofStrong / ofFaint, Is.InRange(0.5, 1.1), "five times the contrast");
        Assert.That(ofStriped / ofFaint, Is.InRange(0.8, 1.2), "stripes are one line of many");
    }

    [Test]
    public void The_spectrum_is_the_same_for_all_register_widths()
    {
        foreach (var (width, height) in Sizes)
        {
            using var picture = Picture(width, height, texture: 0, noise: 2);
            using PictureSpectrum expected = PictureSpectrum.Create<Lanes1>(picture), a = PictureSpectrum.Create<Lanes4>(picture), b = PictureSpectrum.Create<Lanes8>(picture);
            using PictureSpectrum c = PictureSpectrum.Create<Lanes16>(picture), d = PictureSpectrum.Create(picture);
            var random = new Random(width);
            var places = Enumerable.Range(0, 500).Select(_ => (X: random.NextDouble() - 0.5, Y: random.NextDouble() - 0.5)).ToArray();
            var readings = places.Select(place => expected.At(0.94 * place.X, 0.94 * place.Y)).ToArray();
            foreach (var other in new[] { a, b, c, d })
            {
                Assert.That(other.Power.Values.SequenceEqual(expected.Power.Values), Is.True, $"{width}×{height}");
                Assert.That(places.Select(place => other.At(0.94 * place.X, 0.94 * place.Y)), Is.EqualTo(readings), $"{width}×{height}");
            }
        }
    }

    [TestCase(131, 97)]
    [TestCase(256, 160)]
    [TestCase(101, 300)]
    public void A_wave_stands_at_its_frequency_with_the_phase_it_has_in_the_middle(int width, int height)
    {
        var random = new Random(9);
        for (var trial = 0; trial < 12; trial++)
        {
            double across = (random.NextDouble() * 0.8) - 0.4, down = (random.NextDouble() * 0.8) - 0.4, phase = random.NextDouble() * 2 * Math.PI;
            if (Math.Abs(across) + Math.Abs(down) < 0.15) continue;
            using var picture = Wave(width, height, across, down, phase, 1.4 / Math.Sqrt(width * height), random);
            using var spectrum = PictureSpectrum.Create(picture);
            double best = 0, bestX = 0, bestY = 0;
            for (var i = -16; i <= 16; i++)
            {
                for (var j = -16; j <= 16; j++)
                {
                    double x = across + (i / 8.0 / spectrum.Across), y = down + (j / 8.0 / spectrum.Down);
                    var (re, im) = spectrum.At(x, y);
                    if ((re * re) + (im * im) <= best) continue;
                    (best, bestX, bestY) = ((re * re) + (im * im), x, y);
                }
            }
            var wave = $"({across:F3}, {down:F3}) at {phase:F2}";
            Assert.That(Math.Sqrt(best), Is.InRange(2.5, 6), wave); // eight times the noise; the cap is 3, and interpolation overshoots
            Assert.That((bestX - across) * spectrum.Across, Is.Zero.Within(0.7), $"{wave}: across");
            Assert.That((bestY - down) * spectrum.Down, Is.Zero.Within(0.7), $"{wave}: down");
            var (real, imaginary) = spectrum.At(across, down);
            Assert.That(Math.IEEERemainder(Math.Atan2(imaginary, real) - phase, 2 * Math.PI), Is.Zero.Within(0.3), $"{wave}: phase");
        }
    }

    [Test]
    public void Opposite_frequencies_are_conjugates_and_the_lowest_are_silent()
    {
        using var picture = Picture(190, 133, texture: 0, noise: 3);
        using var spectrum = PictureSpectrum.Create(picture);
        var random = new Random(4);
        for (var i = 0; i < 500; i++)
        {
            double x = 0.9 * (random.NextDouble() - 0.5), y = i % 5 == 0 ? 0 : 0.9 * (random.NextDouble() - 0.5);
            var (real, imaginary) = spectrum.At(x, y);
            var (oppositeReal, oppositeImaginary) = spectrum.At(-x, -y);
            // Along the axis both are read from the same side, at opposite shares of a bin.
            Assert.That((oppositeReal, -oppositeImaginary), Is.EqualTo((real, imaginary)).Within(y == 0 ? 0.05 : 0), $"({x}, {y})");
        }
        Assert.That(spectrum.At(0, 0), Is.EqualTo((0f, 0f)).Within(1e-3));
    }

    [Test]
    public void The_power_of_noise_is_one_on_average_and_symmetric()
    {
        using var picture = Wave(250, 170, 0, 0, 0, 0, new Random(6));
        using var spectrum = PictureSpectrum.Create(picture);
        Assert.That((spectrum.Power.Width, spectrum.Power.Height), Is.EqualTo((spectrum.Down, spectrum.Across)));
        Assert.That(spectrum.Power.Values.ToArray(), Is.All.InRange(0, 9.001));
        Assert.That(spectrum.Power.Values.ToArray().Average(), Is.EqualTo(1).Within(0.06));
        for (var k = 1; k < spectrum.Across; k++)
        {
            for (var i = 1; i < spectrum.Down; i++)
            {
                float power = spectrum.Power.Row(k)[i], opposite = spectrum.Power.Row(spectrum.Across - k)[spectrum.Down - i];
                if (i != spectrum.Down / 2) Assert.That(opposite, Is.EqualTo(power), $"({k}, {i})");
            }
        }
    }

    [Test]
    public void Flat_and_hopeless_planes_give_numbers_all_the_same()
    {
        foreach (var (width, height) in Sizes)
        {
            foreach (var value in new[] { 0f, 1e-30f, 7, 1e6f })
            {
                using var plane = new Plane<float>(width, height);
                plane.Values.Fill(value);
                using var spectrum = PictureSpectrum.Create(plane);
                Assert.That(spectrum.Power.Values.ToArray(), Is.All.InRange(0, 9.001), $"{width}×{height} of {value}");
                for (var i = 0; i < 50; i++)
                {
                    var (real, imaginary) = spectrum.At(-0.46 + (0.018 * i), 0.3 - (0.01 * i));
                    Assert.That(float.IsFinite(real) && float.IsFinite(imaginary), Is.True, $"{width}×{height} of {value}");
                }
            }
        }
    }

    private static Plane<float> Picture(int width, int height, double texture = 60, double noise = 20)
    {
        var plane = new Plane<float>(width, height);
        var random = new Random(width);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                plane.Row(y)[x] = (float)(128 + (texture * Math.Sin((x / 5.3) + (y / 9.1))) + (noise * ((2 * random.NextDouble()) - 1)));
        }
        return plane;
    }

    private static Plane<float> Wave(int width, int height, double across, double down, double phase, double amplitude, Random random)
    {
        var plane = new Plane<float>(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var turns = (across * (x - (width / 2))) + (down * (y - (height / 2)));
                plane.Row(y)[x] = (float)((amplitude * Math.Cos((2 * Math.PI * turns) + phase)) + (0.3 * (random.NextDouble() - 0.5)));
            }
        }
        return plane;
    }

    private static float[] Values(Plane<float> plane)
    {
        using (plane) return plane.Values.ToArray();
    }

    private static double Deviation(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));
}
