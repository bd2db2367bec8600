using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>The smallest and the narrowest pictures.</summary>
public sealed class SmallPictureTests
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly ImageWatermarker Watermarker = new(new ImagingOptions { MeasureQuality = false });
    private static readonly (int Left, int Top)[] Corners = [(0, 0), (101, 123), (233, 250)];

    [TestCase(128, 128, 0.5)]
    [TestCase(192, 192, 0.8)]
    [TestCase(256, 256, 1)]
    public void Few_tiles_carry_a_watermark_or_say_that_they_cannot(int width, int height, double share)
    {
        int marked = 0, all = 0;
        foreach (var path in TestImages.Kodak)
        {
            foreach (var (left, top) in Corners.Take(width == 128 || TestData.IsFull ? Corners.Length : 1))
            {
                using var crop = new AttackedPicture(TestData.Read(path)).Cropped(left, top, width, height);
                all++;
                if (Mark(crop) is not { } file) continue;
                marked++;
                var reading = Watermarker.Extract(file);
                Assert.That((reading.Found, reading.Payload), Is.EqualTo((true, Payload)), $"{path} from ({left}, {top})");
            }
        }
        Report.Line($"watermark: of {all} crops of {width}×{height}, {marked} can be marked, and all of these are read");
        Assert.That((double)marked / all, Is.GreaterThanOrEqualTo(share));
    }

    [TestCase(127, 128)]
    [TestCase(128, 127)]
    [TestCase(1024, 127)]
    [TestCase(2048, 254)] // 127 when scaled to 1024
    public void Less_than_one_tile_is_refused(int width, int height)
    {
        using var picture = TestImages.Synthetic(width, height, PixelLayout.Rgb);
        Assert.That(() => Watermarker.Embed(Png(picture), Payload), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("image_too_small"));
    }

    [TestCase(63, 63)]
    [TestCase(63, 500)]
    [TestCase(500, 63)]
    [TestCase(2048, 126)] // 63 when scaled to 1024
    public void Nothing_is_looked_for_in_less_than_half_a_tile(int width, int height)
    {
        using var picture = TestImages.Synthetic(width, height, PixelLayout.Rgb);
        Assert.That(() => Watermarker.Extract(Png(picture)), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("image_too_small"));
    }

    [TestCase(64, 64)]
    [TestCase(64, 65)]
    [TestCase(127, 64)]
    [TestCase(64, 1024)]
    [TestCase(2048, 127)] // 63.5 when scaled to 1024, which is rounded up
    public void From_half_a_tile_on_a_watermark_is_looked_for(int width, int height)
    {
        using var picture = TestImages.Synthetic(width, height, PixelLayout.Rgb);
        var reading = Watermarker.Extract(Png(picture));
        Assert.That(reading.Found, Is.False);
        Assert.That(reading.Confidence, Is.InRange(0, 15.8));
    }

    [TestCase(384, 256, 0.5)]
    [TestCase(200, 130, 0.5)]
    [TestCase(128, 128, 0.5)]
    public void Small_copies_give_the_payload_nearly_the_payload_or_nothing(int width, int height, double factor)
    {
        int copies = 0, exact = 0, near = 0;
        foreach (var path in TestImages.Kodak.Take(TestData.IsFull ? int.MaxValue : 5))
        {
            using var crop = new AttackedPicture(TestData.Read(path)).Cropped(100, 120, width, height);
            if (Mark(crop) is not { } file) continue;
            using var copy = new AttackedPicture(file).ScaledBy(factor);
            var reading = Watermarker.Extract(copy.Png());
            copies++;
            if (!reading.Found) continue;
            var wrong = (int)UInt128.PopCount(reading.Payload.Bits ^ Payload.Bits);
            // At the limit whole stretches of bits are lost; a payload by chance would have 64 ± 6 of them wrong.
            Assert.That(wrong, Is.LessThanOrEqualTo(40), path);
            if (wrong == 0) exact++;
            else near++;
        }
        Report.Line($"watermark: of {copies} pictures of {width}×{height} scaled by {factor}, {exact} are read exactly and {near} but for some bits");
    }

    [TestCase(3000, 400)]
    [TestCase(280, 2236)] // 128.2 when scaled to 1024
    public void Panoramas_carry_one(int width, int height)
    {
        using var crop = new AttackedPicture(TestData.Read("images/large/mountains-8mp.jpg")).Cropped(0, 30, width, height);
        var marked = Watermarker.Embed(crop.Png(), Payload).Bytes.Span;
        var reading = Watermarker.Extract(marked);
        Assert.That((reading.Found, reading.Payload), Is.EqualTo((true, Payload)));
        using var mirrored = new AttackedPicture(marked).Oriented(5);
        reading = Watermarker.Extract(mirrored.Png());
        Assert.That((reading.Found, reading.Payload), Is.EqualTo((true, Payload)), "turned and mirrored");
        Assert.That(reading.Geometry!.Mirrored, Is.True);
    }

    /// <summary>Null where the picture says that it can't carry one.</summary>
    private static byte[]? Mark(AttackedPicture picture)
    {
        try
        {
            return Watermarker.Embed(picture.Png(), Payload).Bytes.ToArray();
        }
        catch (InvalidContentException e) when (e.Code == "watermark_not_readable")
        {
            return null;
        }
    }

    private static byte[] Png(ImageBuffer picture) => new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty);
}
