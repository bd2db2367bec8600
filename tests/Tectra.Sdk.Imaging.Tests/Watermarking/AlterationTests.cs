using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>Parts that were replaced after marking are found; mere re-encoding is not mistaken for it.</summary>
public sealed class AlterationTests
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly string[] Others = ["images/large/mountains-8mp.jpg", "images/large/birdie-canon-exif.jpg", "images/large/portrait-astronaut.png", "images/large/dark-hubble.jpg"];

    private static IEnumerable<string> Pictures => TestImages.Kodak.Concat(Others);

    [TestCase(95)]
    [TestCase(75)]
    [TestCase(60)]
    [TestCase(50)]
    [TestCase(30)]
    public void Re_encoding_is_not_mistaken_for_an_alteration(int quality)
    {
        var judged = 0;
        foreach (var path in Pictures)
        {
            using var marked = Marked(path);
            var reading = Inspect(TestImages.Jpeg(marked, quality));
            Assert.That(reading.AlteredRegions ?? [], Is.Empty, path);
            if (reading.AlteredRegions is not null) judged++;
        }
        Report.Line($"alterations: JPEG {quality}: {judged} of {Pictures.Count()} pictures judged, none called altered");
        if (quality >= 75) Assert.That(judged, Is.GreaterThanOrEqualTo(Pictures.Count() * 3 / 4));
    }

    [Test]
    public void A_replaced_quarter_is_found_where_it_is()
    {
        int found = 0, total = 0;
        foreach (var path in Pictures)
        {
            using var marked = Marked(path);
            using var original = TestImages.Decode(TestData.Read(path));
            // A part of the unmarked original from elsewhere: a copy-and-move forgery with the picture's own texture.
            int width = marked.Width * 3 / 10, height = marked.Height * 3 / 10, left = marked.Width / 2, top = marked.Height / 2;
            for (var y = 0; y < height; y++)
                original.Row((original.Height / 8) + y).Slice(original.Width / 10 * original.Channels, width * original.Channels).CopyTo(marked.Row(top + y)[(left * marked.Channels)..]);
            var reading = Inspect(TestImages.Jpeg(marked, 85));
            Assert.That(reading.Payload, Is.EqualTo(Payload), "the rest still names the record");
            total++;
            if (reading.AlteredRegions is { } regions && regions.Any(region => Overlap(region, left, top, width, height) > 1.0 / 3)) found++;
        }
        Report.Line($"alterations: {found} of {total} copy-and-move forgeries of 9 % of the area found in the right place after JPEG 85");
        Assert.That(found, Is.GreaterThanOrEqualTo(total * 8 / 10));
    }

    private static double Overlap(ImageRegion region, int left, int top, int width, int height)
    {
        var across = Math.Min(region.X + region.Width, left + width) - Math.Max(region.X, left);
        var down = Math.Min(region.Y + region.Height, top + height) - Math.Max(region.Y, top);
        return across > 0 && down > 0 ? across * (double)down / (width * (double)height) : 0;
    }

    private static WatermarkReading Inspect(byte[] file) => new ImageInspector().Inspect(file).Watermark!;

    private static ImageBuffer Marked(string path)
    {
        var marker = new ImageWatermarker(new ImagingOptions { MeasureQuality = false });
        return TestImages.Decode(marker.Embed(TestData.Read(path), Payload, ImageFormat.Png).Bytes.Span);
    }
}
