using System.Numerics;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>
/// How sure each bit is, against brute force: for every one of the 256 states in which a code word can begin and end, the
/// best word that goes through each bit's two values.
/// </summary>
public sealed class ReliabilityTests
{
    private const int Steps = 128, Rate = 4, States = 256, FreeDistance = 24;

    // Octal 765, 671, 513, 473; the most significant bit belongs to the newest payload bit.
    private static readonly int[] Generators = [0b111_110_101, 0b110_111_001, 0b101_001_011, 0b100_111_011];

    [Test]
    public void Without_noise_every_bit_is_as_far_from_its_opposite_as_the_nearest_code_word()
    {
        // Each differing coded bit moves the projection by two, and the unit is four.
        for (var seed = 0; seed < 5; seed++)
        {
            var reliabilities = ErrorCorrection.Reliabilities(Received(seed, 0));
            Assert.That(reliabilities, Has.Length.EqualTo(Steps));
            Assert.That(reliabilities, Is.All.EqualTo(2.0 * FreeDistance / 4).Within(1e-4));
        }
    }

    [TestCase(0.3)]
    [TestCase(0.6)]
    [TestCase(0.9)]
    [TestCase(1.1)]
    public void With_noise_they_are_what_brute_force_says(double noise)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var received = Received(seed, noise);
            Assert.That(ErrorCorrection.Decode(received), Is.EqualTo(Payload(seed)), "the noise leaves the code word the best");
            var expected = BruteForce(received);
            var actual = ErrorCorrection.Reliabilities(received);
            Assert.That(actual.Select((value, bit) => value - expected[bit]), Is.All.Zero.Within(1e-3), $"noise {noise}, seed {seed}");
            Assert.That(actual, Is.All.InRange(0, 2.0 * FreeDistance / 4 * 1.5));
            if (noise >= 0.9) Assert.That(actual.Max() - actual.Min(), Is.GreaterThan(1), "noise makes some bits surer than others");
        }
    }

    [Test]
    public void Scale_does_not_matter_and_nothing_received_is_no_certainty()
    {
        var received = Received(7, 0.8);
        var reliabilities = ErrorCorrection.Reliabilities(received);
        foreach (var factor in new[] { 1e-6f, 0.25f, 1000, 1e8f })
        {
            var scaled = ErrorCorrection.Reliabilities([.. received.Select(value => value * factor)]);
            Assert.That(scaled.Select((value, bit) => value - reliabilities[bit]), Is.All.Zero.Within(1e-3), $"times {factor}");
        }
        Assert.That(ErrorCorrection.Reliabilities(new float[ErrorCorrection.CodedBits]), Is.EqualTo(new float[Steps]));
    }

    [TestCase(0)]
    [TestCase(17)]
    [TestCase(64)]
    [TestCase(123)]
    [TestCase(127)]
    public void Where_little_was_received_bits_are_less_sure(int bit)
    {
        // Bit t goes into the coded bits of the steps t to t + 8, around the circle.
        var received = Received(bit, 0);
        for (var t = bit; t <= bit + 8; t++)
        {
            foreach (ref var value in received.AsSpan(t % Steps * Rate, Rate)) value *= 0.2f;
        }
        var reliabilities = ErrorCorrection.Reliabilities(received);
        Assert.That(reliabilities.IndexOf(reliabilities.Min()), Is.EqualTo(bit));
        Assert.That(reliabilities[bit], Is.LessThan(reliabilities[(bit + 64) % Steps] / 2));
        Assert.That(reliabilities[(bit + 30) % Steps], Is.EqualTo(reliabilities[(bit + 64) % Steps]).Within(0.01), "far away nothing changes");
    }

    [Test]
    public void The_less_sure_half_holds_most_of_the_wrong_bits()
    {
        int unsure = 0, wrong = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var received = Received(seed, 1.5);
            var errors = ErrorCorrection.Decode(received).Bits ^ Payload(seed).Bits;
            var reliabilities = ErrorCorrection.Reliabilities(received);
            var median = reliabilities.Order().ElementAt(Steps / 2);
            for (var bit = 0; bit < Steps; bit++)
            {
                if (((errors >> (Steps - 1 - bit)) & 1) == 0) continue;
                wrong++;
                if (reliabilities[bit] < median) unsure++;
            }
        }
        Report.Line($"watermark: of {wrong} wrong bits in 60 noisy payloads {unsure} are among the less sure half");
        Assert.That(wrong, Is.GreaterThan(100));
        Assert.That(unsure, Is.GreaterThan(wrong * 2 / 3));
    }

    /// <summary>Forward and backward from every state in turn, exact but slow.</summary>
    private static double[] BruteForce(float[] received)
    {
        var branch = new double[Steps][];
        for (var t = 0; t < Steps; t++)
        {
            branch[t] = new double[2 * States];
            for (var register = 0; register < 2 * States; register++)
            {
                for (var g = 0; g < Rate; g++)
                    branch[t][register] += (BitOperations.PopCount((uint)(register & Generators[g])) & 1) != 0 ? -received[(Rate * t) + g] : received[(Rate * t) + g];
            }
        }
        double[] zero = new double[Steps], one = new double[Steps];
        Array.Fill(zero, double.NegativeInfinity);
        Array.Fill(one, double.NegativeInfinity);
        var forward = Enumerable.Range(0, Steps + 1).Select(_ => new double[States]).ToArray();
        double[] backward = new double[States], next = new double[States];
        for (var start = 0; start < States; start++)
        {
            Array.Fill(forward[0], double.NegativeInfinity);
            forward[0][start] = 0;
            for (var t = 0; t < Steps; t++)
            {
                Array.Fill(forward[t + 1], double.NegativeInfinity);
                for (var register = 0; register < 2 * States; register++)
                    forward[t + 1][register >> 1] = Math.Max(forward[t + 1][register >> 1], forward[t][register & (States - 1)] + branch[t][register]);
            }
            Array.Fill(backward, double.NegativeInfinity);
            backward[start] = 0;
            for (var t = Steps - 1; t >= 0; t--)
            {
                Array.Fill(next, double.NegativeInfinity);
                for (var register = 0; register < 2 * States; register++)
                {
                    var after = backward[register >> 1] + branch[t][register];
                    next[register & (States - 1)] = Math.Max(next[register & (States - 1)], after);
                    var through = forward[t][register & (States - 1)] + after;
                    if (register < States) zero[t] = Math.Max(zero[t], through);
                    else one[t] = Math.Max(one[t], through);
                }
                (backward, next) = (next, backward);
            }
        }
        var unit = 4 * Math.Sqrt(received.Average(value => (double)value * value));
        return [.. zero.Zip(one, (a, b) => Math.Abs(a - b) / unit)];
    }

    private static float[] Received(int seed, double noise)
    {
        var random = new Random(seed + 1000);
        return [.. ErrorCorrection.Encode(Payload(seed)).Select(bit => (float)((bit ? -1 : 1) + (noise * Gauss(random))))];
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static WatermarkPayload Payload(int seed)
    {
        var bytes = new byte[16];
        new Random(seed).NextBytes(bytes);
        return new WatermarkPayload(bytes);
    }
}
