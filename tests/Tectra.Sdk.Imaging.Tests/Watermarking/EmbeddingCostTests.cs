using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>What an embedding costs besides time.</summary>
public sealed class EmbeddingCostTests
{
    private const long MostBytes = 64 * 1024;

    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("5b1e0f9c7d3a2846f0e1d2c3b4a59687");

    [TestCase("Rgb", 8, 768, 512)]
    [TestCase("Rgb", 8, 2600, 1900)]
    [TestCase("Rgba", 8, 1500, 1100)]
    [TestCase("Gray", 16, 1500, 1100)]
    public void Embedding_takes_its_memory_from_the_pool(string layout, int bitDepth, int width, int height)
    {
        using var image = TestImages.Synthetic(width, height, Enum.Parse<PixelLayout>(layout), bitDepth);
        var bytes = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            using (var luma = CanonicalImage.LumaOf(image)) WatermarkEmbedder.Embed(image, luma, Payload, 44);
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // A collection of garbage may empty the pool once in between.
        Report.Line($"watermark: embedding into {width}×{height} {layout} of {bitDepth} bits allocates {bytes.Min()} bytes on the managed heap");
        Assert.That(bytes.Order().ElementAt(bytes.Count / 2), Is.LessThan(MostBytes));
    }
}
