using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

public sealed class WatermarkTests
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly ImageWatermarker Watermarker = new();

    [Test]
    public void Kodak_pictures_keep_the_exact_payload_at_42_decibels_and_through_JPEG_75()
    {
        var ratios = new List<double>();
        foreach (var path in TestImages.Kodak)
        {
            var source = TestData.Read(path);
            var marked = Watermarker.Embed(source, Payload);
            var direct = Watermarker.Extract(marked.Bytes.Span);
            using var pixels = TestImages.Decode(marked.Bytes.Span);
            var reEncoded = Watermarker.Extract(TestImages.Jpeg(pixels, 75));
            Report.Line($"watermark: {Path.GetFileName(path)} {marked.Quality!.Value.PsnrDecibels:F2} dB, SSIM {marked.Quality.Value.Ssim:F4}, confidence {direct.Confidence:F1}, after JPEG 75 {reEncoded.Confidence:F1}");
            Assert.That((direct.Found, direct.Payload), Is.EqualTo((true, Payload)), path);
            Assert.That((reEncoded.Found, reEncoded.Payload), Is.EqualTo((true, Payload)), path);
            Assert.That(marked.Quality!.Value.PsnrDecibels, Is.GreaterThanOrEqualTo(42), path);
            ratios.Add(marked.Quality.Value.PsnrDecibels);
        }
        Assert.That(ratios, Has.Count.EqualTo(12));
        Report.Line($"watermark: 12 Kodak pictures exact directly and after JPEG 75; PSNR mean {ratios.Average():F2} dB, least {ratios.Min():F2} dB");
    }

    [TestCase(20)]
    [TestCase(30)]
    [TestCase(50)]
    public void Kodak_pictures_survive_stronger_compression_too(int quality)
    {
        foreach (var path in TestImages.Kodak)
        {
            using var pixels = TestImages.Decode(Watermarker.Embed(TestData.Read(path), Payload).Bytes.Span);
            Assert.That(Watermarker.Extract(TestImages.Jpeg(pixels, quality)).Payload, Is.EqualTo(Payload), path);
        }
    }

    [Test]
    public void No_unmarked_picture_seems_marked()
    {
        var inspector = new ImageInspector();
        var readings = TestData.Images().Where(path => !path.Contains("bomb")).Select(path => TestData.Find(path)!)
            .Select(path => inspector.Inspect(File.ReadAllBytes(path), InspectionDepth.Watermark).Watermark).OfType<WatermarkReading>().ToList();
        Report.Line($"watermark: {readings.Count} unmarked pictures, confidence {readings.Average(reading => reading.Confidence):F2} on average, at most {readings.Max(reading => reading.Confidence):F2}");
        Assert.That(readings, Has.Count.GreaterThan(60));
        Assert.That(readings.Select(reading => reading.Found), Is.All.False);
    }

    [Test]
    public void Strength_is_an_option_in_decibels()
    {
        var source = TestData.Read("images/kodak/kodim07.png");
        var ratios = new[] { 38.0, 42, 46, 50 }.Select(strength =>
        {
            var marked = new ImageWatermarker(new ImagingOptions { WatermarkStrengthDecibels = strength }).Embed(source, Payload);
            Assert.That(Watermarker.Extract(marked.Bytes.Span).Payload, Is.EqualTo(Payload), $"{strength} dB");
            return marked.Quality!.Value.PsnrDecibels - strength;
        }).ToList();
        Assert.That(ratios, Is.All.InRange(-2, 1.2));
    }

    [TestCase("images/odd/jpeg-cmyk-adobe.jpg", "colour_model_unsupported")]
    [TestCase("images/odd/webp-animated-5frames.webp", "image_animated")]
    [TestCase("images/odd/wide-3000x20.jpg", "image_too_small")]
    [TestCase("images/odd/exact-32x32.png", "image_too_small")]
    [TestCase("images/odd/bad-truncated-60.png", "image_truncated")]
    [TestCase("images/odd/other.bmp", "unsupported_format")]
    public void Pictures_that_cannot_carry_one_are_refused_with_a_code(string path, string code)
    {
        var file = TestData.Read(path);
        Assert.That(() => Watermarker.Embed(file, Payload), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo(code));
        Assert.That(() => Watermarker.Extract(file), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo(code));
    }

    [Test]
    public void A_picture_that_is_all_transparent_says_that_it_carries_nothing()
    {
        using var picture = new ImageBuffer(200, 200, PixelLayout.Rgba, 8);
        for (var y = 0; y < 200; y++) picture.Row(y).Clear();
        var file = new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty);
        Assert.That(() => Watermarker.Embed(file, Payload), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("watermark_not_readable"));
    }

    [Test]
    public void Transparent_pixels_neither_carry_nor_disturb()
    {
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim03.png"));
        using var holed = new ImageBuffer(picture.Width, picture.Height, PixelLayout.Rgba, 8);
        var random = new Random(8);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var hole = ((x / 100) + (y / 100)) % 3 == 0;
                picture.Row(y).Slice(3 * x, 3).CopyTo(holed.Row(y)[(4 * x)..]);
                if (hole) random.NextBytes(holed.Row(y).Slice(4 * x, 3));
                holed.Row(y)[(4 * x) + 3] = hole ? (byte)0 : (byte)255;
            }
        }
        var codec = new PngCodec();
        var source = codec.Encode(holed, new EncodingProfile(), ImageMetadata.Empty);
        var marked = Watermarker.Embed(source, Payload);
        using var after = TestImages.Decode(marked.Bytes.Span);
        for (var y = 0; y < after.Height; y++)
        {
            for (var x = 0; x < after.Width; x++)
            {
                if (holed.Row(y)[(4 * x) + 3] != 0) continue;
                Assert.That(after.Row(y).Slice(4 * x, 4).SequenceEqual(holed.Row(y).Slice(4 * x, 4)), Is.True);
                random.NextBytes(after.Row(y).Slice(4 * x, 3)); // other hidden colours must not matter
            }
        }
        var reading = Watermarker.Extract(codec.Encode(after, new EncodingProfile(), ImageMetadata.Empty));
        Assert.That((reading.Found, reading.Payload), Is.EqualTo((true, Payload)));
    }

    [TestCase("images/odd/png-1bit.png")]
    [TestCase("images/odd/png-palette-opaque.png")]
    [TestCase("images/odd/jpeg-q3-16bit-dqt.jpg")]
    [TestCase("images/odd/png-16bit-rgb.png")]
    [TestCase("images/odd/jpeg-rgb-colourspace.jpg")]
    [TestCase("images/large/screenshot-window.png")]
    [TestCase("images/large/flat-desert-9mp.png")]
    [TestCase("images/large/dandelions-16mp.jpg")]
    public void Unusual_pictures_carry_one_too(string path)
    {
        var marked = Watermarker.Embed(TestData.Read(path), Payload);
        Assert.That(Watermarker.Extract(marked.Bytes.Span).Payload, Is.EqualTo(Payload));
    }
}
