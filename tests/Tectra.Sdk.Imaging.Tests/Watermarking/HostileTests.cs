using System.Diagnostics;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>What the detector makes of pictures that never had a watermark, and how it behaves when many ask or one gives up.</summary>
public sealed class HostileTests
{
    private const int Pictures = 200;
    private const long MostBytes = 64 * 1024;

    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly ImageWatermarker Watermarker = new(new ImagingOptions { MeasureQuality = false });

    private static readonly (string Name, Func<int, int, Random, byte> Pixel)[] Patterns =
    [
        ("noise", (_, _, random) => (byte)random.Next(256)),
        ("faint noise", (_, _, random) => (byte)random.Next(126, 130)),
        ("black and white noise", (_, _, random) => (byte)(255 * random.Next(2))),
        ("flat", (_, _, _) => 90),
        ("flat but for specks", (_, _, random) => (byte)(random.Next(500) == 0 ? 255 : 90)),
        ("gradient", (x, y, _) => (byte)((x + (2 * y)) / 5)),
        ("saw", (x, y, _) => (byte)((5 * x) + (3 * y))),
        ("checkerboard of 1", (x, y, _) => (byte)(255 * ((x + y) & 1))),
        ("checkerboard of 8", (x, y, _) => (byte)(255 * (((x / 8) + (y / 8)) & 1))),
        ("checkerboard of 11", (x, y, random) => (byte)((120 * (((x / 11) + (y / 11)) & 1)) + random.Next(40))),
        ("tiles of 128", (x, y, _) => (byte)((((x & 127) * 31) ^ ((y & 127) * 57) ^ ((x & 127) * (y & 127))) & 255)),
        ("text", (x, y, _) => (byte)(y % 18 < 11 && (((x / 3) * 2654435761u) ^ ((uint)(y / 18) * 40503u) ^ ((uint)(y % 18 / 4) * (uint)(x / 9))) % 5 < 2 ? 20 : 250)),
        ("rings", (x, y, _) => (byte)(128 + (120 * Math.Sin(((x * x) + (y * y)) / 700.0)))),
        ("waves", (x, y, random) => (byte)(128 + (50 * Math.Sin(x / 3.1)) + (50 * Math.Cos(y / 4.7)) + random.Next(20))),
    ];

    private static readonly (int Width, int Height)[] Sizes = [(64, 64), (65, 127), (128, 128), (131, 97), (200, 150), (96, 320), (257, 129), (300, 220)];

    [Test]
    public void Nothing_is_found_in_what_never_had_a_watermark()
    {
        var watch = Stopwatch.StartNew();
        var confidences = new List<double>();
        for (var i = 0; i < Pictures; i++)
        {
            var (name, pixel) = Patterns[i % Patterns.Length];
            var (width, height) = i == 60 ? (1500, 700) : Sizes[i / Patterns.Length % Sizes.Length];
            using var picture = Grey(width, height, pixel, i);
            var reading = Read(picture);
            Assert.That(reading.Found, Is.False, $"{name}, {width}×{height}: {reading}");
            Assert.That(reading.Confidence, Is.InRange(0, WatermarkConfidence.FoundThreshold + 2.4), $"{name}, {width}×{height}"); // and not NaN
            Assert.That(reading.BitReliabilities, Has.Length.EqualTo(128).And.All.InRange(0, 100), $"{name}, {width}×{height}");
            var geometry = reading.Geometry!;
            Assert.That(new[] { geometry.Scale, geometry.Aspect, geometry.RotationDegrees, geometry.OffsetX, geometry.OffsetY }.All(double.IsFinite), Is.True, $"{name}, {width}×{height}: {geometry}");
            confidences.Add(reading.Confidence);
        }
        Report.Line($"watermark: {Pictures} synthetic pictures without a watermark in {watch.Elapsed.TotalSeconds:F1} s, confidence {confidences.Average():F2} on average, at most {confidences.Max():F2}");
    }

    [Test]
    public void A_search_can_be_given_up()
    {
        using var picture = Grey(1000, 800, Patterns[0].Pixel, 1);
        using var luma = CanonicalImage.LumaOf(picture);
        using var canonical = CanonicalImage.Create(picture, luma);
        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.That(() => WatermarkDetector.Detect(luma, canonical, before.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => Watermarker.Extract(Png(picture), before.Token), Throws.InstanceOf<OperationCanceledException>());

        // In the midst of it: the whole search takes many times as long as this.
        var watch = new Stopwatch();
        var whole = TimeSpan.MaxValue;
        for (var i = 0; i < 2; i++)
        {
            watch.Restart();
            WatermarkDetector.Detect(luma, canonical, CancellationToken.None);
            if (watch.Elapsed < whole) whole = watch.Elapsed;
        }
        using var midst = new CancellationTokenSource(whole / 5);
        watch.Restart();
        Assert.That(() => WatermarkDetector.Detect(luma, canonical, midst.Token), Throws.InstanceOf<OperationCanceledException>());
        Report.Line($"watermark: a search of {whole.TotalMilliseconds:F0} ms, given up after {whole.TotalMilliseconds / 5:F0} ms, ended after {watch.ElapsedMilliseconds} ms");
    }

    [Test]
    public void Many_threads_read_what_one_reads()
    {
        var marked = Watermarker.Embed(TestData.Read("images/kodak/kodim05.png"), Payload).Bytes.Span;
        using var unmarked = Grey(260, 200, Patterns[0].Pixel, 3);
        byte[][] files = [new AttackedPicture(marked).ScaledBy(0.8).Cropped(31, 17, 420, 330).Png(), new AttackedPicture(marked).Oriented(6).Png(), Png(unmarked)];
        var alone = files.Select(Shown).ToArray();
        Assert.That(alone[0], Does.Contain(Payload.ToString()));
        var together = new string[8 * files.Length];
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var i = 0; i < files.Length; i++) together[(t * files.Length) + i] = Shown(files[(i + t) % files.Length]);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        for (var t = 0; t < 8; t++)
        {
            for (var i = 0; i < files.Length; i++) Assert.That(together[(t * files.Length) + i], Is.EqualTo(alone[(i + t) % files.Length]), $"thread {t}");
        }

        static string Shown(byte[] file)
        {
            var reading = Watermarker.Extract(file);
            return $"{reading.Found} {reading.Payload} {reading.Confidence:R} {reading.Geometry} {string.Join(' ', reading.BitReliabilities)}";
        }
    }

    [Test]
    public void A_search_takes_its_memory_from_the_pool()
    {
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        var bytes = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            using var luma = CanonicalImage.LumaOf(picture);
            using var canonical = CanonicalImage.Create(picture, luma);
            var before = GC.GetAllocatedBytesForCurrentThread();
            WatermarkDetector.Detect(luma, canonical, CancellationToken.None);
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // A collection of garbage may empty the pool once in between.
        Report.Line($"watermark: searching an unmarked picture of 768×512 allocates {bytes.Min()} bytes on the managed heap");
        Assert.That(bytes.Order().ElementAt(bytes.Count / 2), Is.LessThan(MostBytes));
    }

    private static ImageBuffer Grey(int width, int height, Func<int, int, Random, byte> pixel, int seed)
    {
        var picture = new ImageBuffer(width, height, PixelLayout.Gray, 8);
        var random = new Random(seed);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++) picture.Row(y)[x] = pixel(x + (7 * seed), y + (3 * seed), random);
        }
        return picture;
    }

    private static WatermarkReading Read(ImageBuffer picture)
    {
        using var luma = CanonicalImage.LumaOf(picture);
        using var canonical = CanonicalImage.Create(picture, luma);
        return WatermarkDetector.Detect(luma, canonical, CancellationToken.None).ToReading(picture.Width, picture.Height);
    }

    private static byte[] Png(ImageBuffer picture) => new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty);
}
