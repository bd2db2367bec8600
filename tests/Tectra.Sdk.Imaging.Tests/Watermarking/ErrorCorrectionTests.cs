using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

public sealed class ErrorCorrectionTests
{
    // Octal 765, 671, 513, 473; the most significant bit belongs to the newest payload bit.
    private static readonly string[] Generators = ["111110101", "110111001", "101001011", "100111011"];

    [Test]
    public void Encoding_is_a_circular_convolution()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var payload = Payload(seed);
            var bits = Bits(payload);
            var coded = ErrorCorrection.Encode(payload);
            for (var t = 0; t < 128; t++)
            {
                for (var g = 0; g < 4; g++)
                {
                    var parity = false;
                    for (var i = 0; i < 9; i++) parity ^= Generators[g][i] == '1' && bits[(t - i + 128) % 128];
                    Assert.That(coded[(4 * t) + g], Is.EqualTo(parity), $"bit {t}, generator {g}");
                }
            }
        }
    }

    [Test]
    public void Decoding_undoes_encoding_and_corrects_one_coded_bit_in_eight()
    {
        var corrected = 0;
        const int Trials = 200;
        for (var seed = 0; seed < Trials; seed++)
        {
            var payload = Payload(seed);
            var likelihoods = Likelihoods(payload, _ => 1);
            Assert.That(ErrorCorrection.Decode(likelihoods), Is.EqualTo(payload));
            Assert.That(ErrorCorrection.Confidence(likelihoods, payload), Is.EqualTo(Math.Sqrt(512)).Within(1e-4));
            var random = new Random(seed);
            var noisy = Likelihoods(payload, _ => random.NextDouble() < 0.125 ? -1 : 1);
            if (ErrorCorrection.Decode(noisy) == payload) corrected++;
        }
        Assert.That(corrected, Is.GreaterThanOrEqualTo(Trials * 95 / 100));
    }

    [Test]
    public void Noise_stays_below_the_threshold_and_confidence_ignores_scale()
    {
        var random = new Random(11);
        var trials = TestData.IsFull ? 20_000 : 2_000;
        double sum = 0, largest = 0;
        var likelihoods = new float[ErrorCorrection.CodedBits];
        for (var i = 0; i < trials; i++)
        {
            for (var k = 0; k < likelihoods.Length; k++) likelihoods[k] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            var confidence = ErrorCorrection.Confidence(likelihoods, ErrorCorrection.Decode(likelihoods));
            sum += confidence;
            largest = Math.Max(largest, confidence);
        }
        var scaled = likelihoods.Select(value => value * 1000).ToArray();
        Assert.That(ErrorCorrection.Confidence(scaled, new WatermarkPayload(5)), Is.EqualTo(ErrorCorrection.Confidence(likelihoods, new WatermarkPayload(5))).Within(1e-6));
        Report.Line($"watermark: confidence over {trials} decodes of noise: mean {sum / trials:F2}, largest {largest:F2}, threshold {WatermarkConfidence.FoundThreshold}");
        Assert.That(largest, Is.LessThan(WatermarkConfidence.FoundThreshold));
    }

    private static WatermarkPayload Payload(int seed)
    {
        var bytes = new byte[16];
        new Random(seed).NextBytes(bytes);
        return new WatermarkPayload(bytes);
    }

    private static bool[] Bits(WatermarkPayload payload) => [.. Enumerable.Range(0, 128).Select(i => ((payload.Bits >> (127 - i)) & 1) == 1)];

    private static float[] Likelihoods(WatermarkPayload payload, Func<int, float> strength) =>
        [.. ErrorCorrection.Encode(payload).Select((bit, i) => bit ? -strength(i) : strength(i))];
}
