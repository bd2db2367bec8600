using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
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
            Assert.That(reading.Alteration?.Regions ?? [], Is.Empty, path);
            if (reading.Alteration is not null) judged++;
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
            if (reading.Alteration is { Regions: { } regions } && regions.Any(region => Overlap(region, left, top, width, height) > 1.0 / 3)) found++;
        }
        Report.Line($"alterations: {found} of {total} copy-and-move forgeries of 9 % of the area found in the right place after JPEG 85");
        Assert.That(found, Is.GreaterThanOrEqualTo(total * 8 / 10));
    }

    [Test]
    public void A_forgery_does_not_hide_behind_scaling_mirroring_or_turning()
    {
        int honest = 0, found = 0, total = 0;
        foreach (var path in TestData.IsFull ? TestImages.Kodak : TestImages.Kodak.Take(2))
        {
            var honestFile = new ImageWatermarker().Embed(TestData.Read(path), Payload).Bytes.ToArray();
            using ImageBuffer marked = TestImages.Decode(honestFile), forged = TestImages.Decode(honestFile);
            int width = marked.Width * 3 / 10, height = marked.Height * 3 / 10, left = marked.Width / 2, top = marked.Height / 2;
            for (var y = 0; y < height; y++)
                marked.Row((marked.Height / 8) + y).Slice(marked.Width / 10 * 3, width * 3).CopyTo(forged.Row(top + y)[(left * 3)..]);
            var forgedFile = new PngCodec().Encode(forged, new EncodingProfile(), ImageMetadata.Empty);
            foreach (var (name, change) in new (string, Func<AttackedPicture, AttackedPicture>)[]
            {
                // Each step disposes of the picture before it.
                ("scaled to 0.9", picture => picture.ScaledBy(0.9)), ("scaled to 0.75", picture => picture.ScaledBy(0.75)), ("enlarged", picture => picture.ScaledBy(1.3)),
                ("squeezed", picture => picture.ScaledBy(0.9, 1)), ("mirrored", picture => picture.Oriented(2)), ("turned", picture => picture.Oriented(6)),
            })
            {
                using AttackedPicture copy = change(new AttackedPicture(honestFile)), forgery = change(new AttackedPicture(forgedFile));
                var untouched = Inspect(copy.Png());
                Assert.That(untouched.Geometry!.AsSigned, Is.False, name);
                Assert.That(untouched.Alteration?.Regions ?? [], Is.Empty, $"{path} {name}");
                if (untouched.Alteration is not null) honest++;
                total++;
                if (Inspect(forgery.Png()).Alteration is { Regions.Count: > 0 }) found++;
            }
        }
        Report.Line($"alterations: {found} of {total} forgeries found after scaling, mirroring or turning; {honest} honest copies judged, none called altered");
        Assert.That(found, Is.GreaterThanOrEqualTo(total * 8 / 10));
        Assert.That(honest, Is.GreaterThanOrEqualTo(total * 8 / 10));
    }

    [TestCase(0)]
    [TestCase(110)]
    [TestCase(255)]
    public void A_part_painted_over_is_found_or_left_unjudged(byte value)
    {
        int found = 0, total = 0;
        foreach (var path in Pictures)
        {
            if (Inspect(PaintedOver(path, value)).Alteration is not { } reading) continue;
            total++;
            if (reading.Regions.Count > 0) found++;
            else Assert.That(reading.JudgedShare, Is.LessThan(VerificationPolicy.JudgedShareForWhole), path);
        }
        Report.Line($"alterations: of {total} pictures with 9 % painted over in {value}, {found} called altered, the others partly judged");
        Assert.That(total, Is.GreaterThanOrEqualTo(Pictures.Count() * 3 / 4));
    }

    [Test]
    public void Flat_grounds_that_lost_their_watermark_are_not_called_altered()
    {
        int total = 0, judged = 0;
        foreach (var (path, ground) in new[] { ("images/kodak/kodim05.png", (byte)128), ("images/kodak/kodim08.png", (byte)60), ("images/kodak/kodim05.png", (byte)235) })
        {
            using var picture = TestImages.Decode(TestData.Read(path));
            for (var y = 0; y < picture.Height; y++) picture.Row(y)[..(y < picture.Height / 8 ? picture.RowBytes : picture.Width / 4 * 3)].Fill(ground);
            var marked = new ImageWatermarker(new ImagingOptions { MeasureQuality = false }).Embed(new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty), Payload).Bytes;
            using var pixels = TestImages.Decode(marked.Span);
            foreach (var file in new[] { 90, 75, 60, 50, 40 }.Select(quality => TestImages.Jpeg(pixels, quality))
                .Concat(new[] { 90, 80, 70 }.Select(quality => new WebPCodec().Encode(pixels, new EncodingProfile { Quality = quality }, ImageMetadata.Empty))))
            {
                total++;
                if (Inspect(file).Alteration is not { } reading) continue;
                judged++;
                Assert.That(reading.Regions, Is.Empty, $"{path} on {ground}");
                Assert.That(reading.JudgedShare, Is.LessThan(VerificationPolicy.JudgedShareForWhole), "the ground can't be judged");
            }
        }
        Report.Line($"alterations: {judged} of {total} copies of pictures on flat grounds judged, none called altered");
        Assert.That(judged, Is.GreaterThan(total / 3));
    }

    [TestCase(1)]
    [TestCase(0)]
    public void What_a_viewer_does_not_show_is_not_judged(byte alpha)
    {
        using var marked = Marked("images/kodak/kodim05.png");
        using var faded = new ImageBuffer(marked.Width, marked.Height, PixelLayout.Rgba, 8);
        for (var y = 0; y < marked.Height; y++)
        {
            for (var x = 0; x < marked.Width; x++)
            {
                marked.Row(y).Slice(3 * x, 3).CopyTo(faded.Row(y)[(4 * x)..]);
                faded.Row(y)[(4 * x) + 3] = x < marked.Width / 3 ? alpha : byte.MaxValue;
            }
        }
        var reading = Inspect(new PngCodec().Encode(faded, new EncodingProfile(), ImageMetadata.Empty));
        Assert.That(reading.Payload, Is.EqualTo(Payload));
        Assert.That(reading.Alteration!.JudgedShare, Is.InRange(0.5, 0.7));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Texture_from_another_photograph_is_found(bool jpeg)
    {
        using var donor = TestImages.Decode(TestData.Read("images/kodak/kodim08.png"));
        int found = 0, total = 0;
        foreach (var path in TestImages.Kodak)
        {
            for (var place = 0; place < 4; place++)
            {
                using var marked = Marked(path);
                if (marked.Width != donor.Width) continue;
                int width = marked.Width * 3 / 10, height = marked.Height * 3 / 10, left = marked.Width * (1 + (place % 2 * 4)) / 10, top = marked.Height * (1 + (place / 2 * 4)) / 10;
                for (var y = 0; y < height; y++) donor.Row((donor.Height / 2) + y).Slice(donor.Width / 3 * 3, width * 3).CopyTo(marked.Row(top + y)[(left * 3)..]);
                var reading = Inspect(jpeg ? TestImages.Jpeg(marked, 85) : new PngCodec().Encode(marked, new EncodingProfile(), ImageMetadata.Empty));
                if (reading.Alteration is not { } alteration) continue;
                total++;
                if (alteration.Regions.Count > 0) found++;
                else Assert.That(alteration.JudgedShare, Is.LessThan(VerificationPolicy.JudgedShareForWhole), $"{path}, place {place}: neither found nor admitted");
            }
        }
        Report.Line($"alterations: {found} of {total} pieces of another photograph, 9 % of the area, found {(jpeg ? "after JPEG 85" : "without loss")}");
        Assert.That(total, Is.GreaterThanOrEqualTo(30));
        Assert.That(found, Is.GreaterThanOrEqualTo(total * 9 / 10));
    }

    private static byte[] PaintedOver(string path, byte value)
    {
        using var marked = Marked(path);
        int width = marked.Width * 3 / 10, height = marked.Height * 3 / 10, left = marked.Width / 2, top = marked.Height / 2;
        for (var y = 0; y < height; y++) marked.Row(top + y).Slice(left * marked.Channels, width * marked.Channels).Fill(value);
        return TestImages.Jpeg(marked, 85);
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
