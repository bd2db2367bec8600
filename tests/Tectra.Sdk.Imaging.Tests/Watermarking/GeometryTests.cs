using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>Payload and geometry after what happens to pictures: two of the Kodak set in the quick run, all twelve in the full one.</summary>
public sealed class GeometryTests
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");
    private static readonly ImageWatermarker Watermarker = new(new ImagingOptions { MeasureQuality = false });
    private static readonly Dictionary<string, byte[]> Marked = [];
    private static readonly List<double> Confidences = [];

    private static IEnumerable<string> Pictures => TestData.IsFull ? TestImages.Kodak : ["images/kodak/kodim05.png", "images/kodak/kodim10.png"];

    [OneTimeTearDown]
    public void Summary()
    {
        if (Confidences.Count > 0) Report.Line($"watermark: read after {Confidences.Count} changes of geometry, confidence {Confidences.Average():F1} on average, at least {Confidences.Min():F1}");
    }

    [Test]
    public void Untouched_pictures_say_so() => Check(new Expected(), picture => picture);

    [TestCase(0.5)]
    [TestCase(0.75)]
    [TestCase(1.3)]
    [TestCase(2)]
    public void Scaled_pictures_tell_their_scale(double factor) => Check(new Expected(Scale: factor), picture => picture.ScaledBy(factor));

    [TestCase(0.85)]
    [TestCase(1.15)]
    public void Squeezed_pictures_tell_their_aspect(double aspect) =>
        Check(new Expected(Scale: Math.Sqrt(aspect), Aspect: aspect), picture => picture.ScaledBy(aspect, 1));

    [TestCase(2)]
    [TestCase(-2)]
    [TestCase(10)]
    [TestCase(-10)]
    [TestCase(45)]
    [TestCase(-45)]
    public void Turned_pictures_tell_their_angle(double degrees) => Check(new Expected(Degrees: degrees), picture => picture.Turned(degrees));

    [TestCase(1, 0, false)]
    [TestCase(2, 0, true)]
    [TestCase(3, 180, false)]
    [TestCase(4, 180, true)]
    [TestCase(5, 90, true)]
    [TestCase(6, -90, false)]
    [TestCase(7, -90, true)]
    [TestCase(8, 90, false)]
    public void All_EXIF_orientations_of_the_pixels_are_told_apart_at_any_scale(int orientation, double degrees, bool mirrored)
    {
        Check(new Expected(Degrees: degrees, Mirrored: mirrored), picture => picture.Oriented(orientation));
        Check(new Expected(Scale: 0.75, Degrees: degrees, Mirrored: mirrored), picture => picture.Oriented(orientation).ScaledBy(0.75));
    }

    [TestCase(0.7071, 33, 57)]
    [TestCase(0.7071, 129, 1)]
    [TestCase(0.5, 171, 99)]
    [TestCase(0.5, 7, 203)]
    public void Crops_tell_where_they_were_taken(double side, int left, int top) =>
        Check(new Expected(), picture => picture.Cropped(left, top, (int)(picture.Width * side), (int)(picture.Height * side)));

    [Test]
    public void Inverted_pictures_say_so() => Check(new Expected(Inverted: true), picture => picture.Inverted());

    [Test]
    public void Grey_pictures_are_read_alike() => Check(new Expected(), picture => picture.Grey());

    [TestCase(0)]
    [TestCase(255)]
    public void A_border_is_no_obstacle(byte value) => Check(new Expected(), picture => picture.Bordered(40, value));

    [Test]
    public void A_picture_on_a_page_is_found()
    {
        Check(new Expected(), picture => picture.OnPage(1000, 900, 61, 47));
        Check(new Expected(Within: 1), picture => picture.OnPage(1300, 950, 123, 77)); // more than 1024 pixels, so it is scaled down
    }

    [Test]
    public void Mirrored_cropped_and_compressed_pictures_are_read() =>
        Check(new Expected(Mirrored: true), picture => picture.Oriented(2).Cropped(45, 31, 421, 397).Jpeg(80));

    [Test]
    public void Half_size_survives_JPEG_70() => Check(new Expected(Scale: 0.5, Within: 1), picture => picture.ScaledBy(0.5).Jpeg(70), ["images/kodak/kodim05.png"]);

    [Test]
    public void Deep_pictures_are_scaled_alike()
    {
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        using var deep = new ImageBuffer(picture.Width, picture.Height, PixelLayout.Rgb, 16);
        var random = new Random(16);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var i = 0; i < deep.Row16(y).Length; i++) deep.Row16(y)[i] = (ushort)((picture.Row(y)[i] << 8) | random.Next(256));
        }
        Check("16 bits", Mark(deep), new Expected(Scale: 0.8), attacked => attacked.ScaledBy(0.8));
    }

    [Test]
    public void Transparent_holes_are_scaled_alike()
    {
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        using var holed = new ImageBuffer(picture.Width, picture.Height, PixelLayout.Rgba, 8);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                picture.Row(y).Slice(3 * x, 3).CopyTo(holed.Row(y)[(4 * x)..]);
                holed.Row(y)[(4 * x) + 3] = (x / 90) % 3 == 1 && (y / 70) % 3 == 1 ? (byte)0 : (byte)255;
            }
        }
        Check("holes", Mark(holed), new Expected(Scale: 0.6), attacked => attacked.ScaledBy(0.6));
    }

    [TestCase("images/large/mountains-8mp.jpg")]
    [TestCase("images/large/library-pixel5-12mp-exif-c2pa.jpg")]
    public void Large_pictures_are_read_from_small_crops(string path)
    {
        var file = Watermarker.Embed(TestData.Read(path), Payload).Bytes.ToArray();
        Check(path, file, new Expected(Scale: 0.5), picture => picture.ScaledBy(512.0 / Math.Max(picture.Width, picture.Height)));
        Check(path, file, new Expected(Scale: 0.5), picture => picture.ScaledBy(512.0 / Math.Max(picture.Width, picture.Height)).Cropped(41, 23, 403, 317));
    }

    private static void Check(Expected expected, Func<AttackedPicture, AttackedPicture> attack, IEnumerable<string>? pictures = null)
    {
        foreach (var path in pictures ?? Pictures)
        {
            if (!Marked.TryGetValue(path, out var file)) Marked[path] = file = Watermarker.Embed(TestData.Read(path), Payload).Bytes.ToArray();
            Check(path, file, expected, attack);
        }
    }

    private static void Check(string name, byte[] marked, Expected expected, Func<AttackedPicture, AttackedPicture> attack)
    {
        var source = new AttackedPicture(marked);
        var canonical = (double)WatermarkLayout.CanonicalSize(source.Width, source.Height).Width / source.Width;
        using var picture = attack(source);
        var reading = Watermarker.Extract(picture.Png());
        Confidences.Add(reading.Confidence);
        Assert.That((reading.Found, reading.Payload), Is.EqualTo((true, Payload)), name);
        var geometry = reading.Geometry!;
        double firstX = ((picture.FirstPixel.X + 0.5) * canonical) - 0.5, firstY = ((picture.FirstPixel.Y + 0.5) * canonical) - 0.5;
        Assert.Multiple(() =>
        {
            Assert.That(geometry.Scale, Is.EqualTo(expected.Scale).Within(0.3).Percent, $"{name}: scale");
            Assert.That(geometry.Aspect, Is.EqualTo(expected.Aspect).Within(0.3).Percent, $"{name}: aspect");
            Assert.That(Around(geometry.RotationDegrees - expected.Degrees, 360), Is.Zero.Within(0.2), $"{name}: turn");
            Assert.That(geometry.ToString(), Does.Not.Contain("= -0,"), name);
            Assert.That((geometry.Mirrored, geometry.Inverted), Is.EqualTo((expected.Mirrored, expected.Inverted)), name);
            Assert.That(new[] { geometry.OffsetX, geometry.OffsetY }, Is.All.InRange(0, 128), name);
            Assert.That(Around(geometry.OffsetX - firstX, WatermarkLayout.TileSide), Is.Zero.Within(expected.Within), $"{name}: across, {firstX}");
            Assert.That(Around(geometry.OffsetY - firstY, WatermarkLayout.TileSide), Is.Zero.Within(expected.Within), $"{name}: down, {firstY}");
        });
    }

    private static byte[] Mark(ImageBuffer picture) =>
        Watermarker.Embed(new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty), Payload).Bytes.ToArray();

    private static double Around(double difference, double period) => difference - (Math.Round(difference / period) * period);

    /// <param name="Within">How far the offsets may lie off, in canonical pixels.</param>
    private sealed record Expected(double Scale = 1, double Aspect = 1, double Degrees = 0, bool Mirrored = false, bool Inverted = false, double Within = 0.5);
}
