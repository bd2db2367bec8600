using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests.Hashing;

public class LumaHasherTests
{
    [TestCase(1, 1)]
    [TestCase(7, 200)]
    [TestCase(32, 32)]
    [TestCase(32, 90)]
    [TestCase(90, 32)]
    [TestCase(33, 31)]
    [TestCase(641, 361)]
    [TestCase(1920, 1080)]
    public void A_plane_hashes_as_the_same_grey_picture(int width, int height)
    {
        var random = new Random(width + height);
        var hasher = new LumaHasher(width, height);
        for (var round = 0; round < 3; round++)
        {
            var plane = new byte[width * height];
            for (var i = 0; i < plane.Length; i++) plane[i] = round == 0 ? (byte)random.Next(256) : (byte)(((i % width) * round) + random.Next(9));
            using var picture = new ImageBuffer(width, height, PixelLayout.Gray, 8);
            for (var y = 0; y < height; y++) plane.AsSpan(y * width, width).CopyTo(picture.Row(y));
            Assert.That(hasher.Hash(plane), Is.EqualTo(PerceptualHasher.Hash(picture, LumaRule.Standard)));
        }
        Assert.That(() => hasher.Hash(new byte[(width * height) + 1]), Throws.ArgumentException);
    }
}
