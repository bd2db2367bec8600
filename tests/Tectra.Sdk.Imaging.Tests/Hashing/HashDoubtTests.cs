using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests.Hashing;

/// <summary>Files that hash as one picture and show another.</summary>
public sealed class HashDoubtTests
{
    [Test]
    public void Sixteen_bit_grey_that_hides_another_picture_is_doubted()
    {
        using var victim = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        using var forged = new ImageBuffer(victim.Width, victim.Height, PixelLayout.Gray, 16);
        for (var y = 0; y < victim.Height; y++)
        {
            // What the hash sees are the low values; viewers see black there and a white disc elsewhere.
            for (var x = 0; x < victim.Width; x++)
                forged.Row16(y)[x] = ((x - 300) * (x - 300)) + ((y - 200) * (y - 200)) < 100 ? ushort.MaxValue : (ushort)(((299 * victim.Row(y)[3 * x]) + (587 * victim.Row(y)[(3 * x) + 1]) + (114 * victim.Row(y)[(3 * x) + 2])) / 1000);
        }
        var observed = Inspect(forged);
        Assert.That(observed.PerceptualHash!.Value.DistanceTo(HashOf("images/kodak/kodim05.png")), Is.LessThanOrEqualTo(8), "the forgery works on the hash");
        Assert.That(observed.PerceptualHashDoubt?.Code, Is.EqualTo("perceptual_hash_misleading"));
    }

    [Test]
    public void Transparency_that_shows_another_picture_is_doubted()
    {
        using var victim = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        for (var y = 0; y < victim.Height; y++)
        {
            foreach (ref var sample in victim.Row(y)) sample /= 4; // dark, it hashes the same and leaves room to draw
        }
        using var shown = TestImages.Decode(TestData.Read("images/kodak/kodim03.png"));
        foreach (var (name, alpha) in new (string, Func<int, int, byte>)[] { ("faint", (_, _) => 1), ("drawn on white", (x, y) => (byte)Math.Min(255, (255 - shown.Row(y)[3 * x]) * 255 / (256 - victim.Row(y)[3 * x]))) })
        {
            using var forged = WithAlpha(victim, alpha);
            var observed = Inspect(forged);
            Assert.That(observed.PerceptualHash!.Value.DistanceTo(HashOf("images/kodak/kodim05.png")), Is.LessThanOrEqualTo(8), $"{name}: the forgery works on the hash");
            Assert.That(observed.PerceptualHashDoubt?.Code, Is.EqualTo("perceptual_hash_misleading"), name);
        }
    }

    [Test]
    public void Ordinary_transparency_is_not_doubted_and_featureless_pictures_are()
    {
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim05.png"));
        using var rounded = WithAlpha(picture, (x, y) => Math.Min(x, y) < 12 ? (byte)0 : byte.MaxValue);
        using var opaque = WithAlpha(picture, (_, _) => byte.MaxValue);
        using var flat = new ImageBuffer(64, 64, PixelLayout.Rgb, 8);
        for (var y = 0; y < flat.Height; y++) flat.Row(y).Fill(200);
        Assert.Multiple(() =>
        {
            Assert.That(Inspect(rounded).PerceptualHashDoubt, Is.Null);
            Assert.That(Inspect(opaque).PerceptualHashDoubt, Is.Null);
            Assert.That(Inspect(picture).PerceptualHashDoubt, Is.Null);
            Assert.That(
                new ImageInspector().Inspect(TestData.Read("images/odd/webp-animated-5frames.webp")).PerceptualHashDoubt?.Code, Is.EqualTo("perceptual_hash_misleading"), "one frame of five");
            Assert.That(Inspect(flat).PerceptualHashDoubt?.Code, Is.EqualTo("perceptual_hash_misleading"));
        });
    }

    private static Sdk.Verification.ObservedContent Inspect(ImageBuffer picture) =>
        new ImageInspector().Inspect(new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty), InspectionDepth.Hashes);

    private static PerceptualHash HashOf(string path) => new ImageInspector().Inspect(TestData.Read(path), InspectionDepth.Hashes).PerceptualHash!.Value;

    private static ImageBuffer WithAlpha(ImageBuffer picture, Func<int, int, byte> alpha)
    {
        var result = new ImageBuffer(picture.Width, picture.Height, PixelLayout.Rgba, 8);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                picture.Row(y).Slice(3 * x, 3).CopyTo(result.Row(y)[(4 * x)..]);
                result.Row(y)[(4 * x) + 3] = alpha(x, y);
            }
        }
        return result;
    }
}
