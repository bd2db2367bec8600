using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

public sealed class RemarkingTests
{
    private const string Notice = "carried a watermark already";

    private static readonly WatermarkPayload First = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly WatermarkPayload Second = WatermarkPayload.Parse("00ff13579bdf02468ace112233445566");
    private static readonly ImageWatermarker Watermarker = new();

    private static IEnumerable<string> Pictures => TestData.IsFull ? TestImages.Kodak : TestImages.Kodak.Take(3);

    [TestCaseSource(nameof(Pictures))]
    public void A_second_watermark_replaces_the_first_and_costs_little(string path)
    {
        var source = TestData.Read(path);
        var once = Watermarker.Embed(source, First);
        var twice = Watermarker.Embed(once.Bytes.Span, Second);
        using ImageBuffer original = TestImages.Decode(source), marked = TestImages.Decode(twice.Bytes.Span);
        var loss = once.Quality!.Value.PsnrDecibels - ImageQuality.Compare(original, marked).PsnrDecibels;
        Report.Line($"re-marking: {Path.GetFileName(path)} loses {loss:F2} dB to the original");
        Assert.Multiple(() =>
        {
            Assert.That(once.Notices, Has.None.Contains(Notice));
            Assert.That(twice.Notices, Has.One.Contains(Notice));
            Assert.That(loss, Is.LessThanOrEqualTo(1.5));
            Assert.That(Watermarker.Extract(twice.Bytes.Span).Payload, Is.EqualTo(Second));
            Assert.That(Watermarker.Extract(TestImages.Jpeg(marked, 75)).Payload, Is.EqualTo(Second));
        });
    }

    [Test]
    public void Five_in_a_row_leave_only_the_last()
    {
        var file = TestData.Read("images/kodak/kodim07.png");
        using var original = TestImages.Decode(file);
        for (var i = 0; i < 4; i++) file = Watermarker.Embed(file, new WatermarkPayload((UInt128)(ulong)(i + 1) << 70)).Bytes.ToArray();
        file = Watermarker.Embed(file, Second).Bytes.ToArray();
        using var marked = TestImages.Decode(file);
        Assert.That(Watermarker.Extract(TestImages.Jpeg(marked, 75)).Payload, Is.EqualTo(Second));
        Assert.That(ImageQuality.Compare(original, marked).PsnrDecibels, Is.GreaterThan(41));
    }

    [TestCase("cropped")]
    [TestCase("mirrored")]
    [TestCase("upside down")]
    [TestCase("JPEG 60")]
    public void A_changed_copy_is_re_marked_too(string change)
    {
        using var marked = TestImages.Decode(Watermarker.Embed(TestData.Read("images/kodak/kodim05.png"), First).Bytes.Span);
        using var copy = change == "cropped" ? new ImageBuffer(601, 403, PixelLayout.Rgb, 8) : marked.Clone();
        for (var y = 0; y < copy.Height; y++)
        {
            for (var x = 0; x < copy.Width; x++)
            {
                var (fromX, fromY) = change switch
                {
                    "cropped" => (x + 77, y + 51),
                    "mirrored" => (marked.Width - 1 - x, y),
                    "upside down" => (marked.Width - 1 - x, marked.Height - 1 - y),
                    _ => (x, y),
                };
                marked.Row(fromY).Slice(3 * fromX, 3).CopyTo(copy.Row(y)[(3 * x)..]);
            }
        }
        var file = change == "JPEG 60" ? TestImages.Jpeg(copy, 60) : new PngCodec().Encode(copy, new EncodingProfile(), ImageMetadata.Empty);
        var again = Watermarker.Embed(file, Second, ImageFormat.Png);
        using var pixels = TestImages.Decode(again.Bytes.Span);
        Assert.That(again.Notices, Has.One.Contains(Notice));
        Assert.That(again.Quality!.Value.PsnrDecibels, Is.GreaterThan(39), "taking one out and putting one in changes twice as much");
        Assert.That(Watermarker.Extract(TestImages.Jpeg(pixels, 75)).Payload, Is.EqualTo(Second));
    }
}
