using System.Security.Cryptography;
using System.Text.Json;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Tests.Hashing;

/// <summary>Bit for bit what Python's imagehash, Pillow and scipy compute, from our own decoders.</summary>
public sealed class ImagehashVectorTests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/imagehash-phash.json");

    [Test]
    public void Every_JPEG_PNG_and_WebP_vector_agrees_in_pixels_luma_and_hash()
    {
        int agreeing = 0, fragile = 0;
        var elsewhere = new List<string>();
        Assert.Multiple(() =>
        {
            foreach (var vector in Vectors.GetProperty("images").EnumerateArray())
            {
                var name = Text(vector, "file");
                if (Text(vector, "format") is not ("JPEG" or "PNG" or "WEBP")) continue;
                if (TestData.Find(name) is not { } path)
                {
                    elsewhere.Add(name);
                    continue;
                }
                Check(vector, name, File.ReadAllBytes(path));
                agreeing++;
                if (vector.GetProperty("fragile").GetBoolean()) fragile++;
            }
        });
        Report.Line($"imagehash: {agreeing} vectors agree ({fragile} of them fragile); {elsewhere.Count} files are not in this data: {string.Join(", ", elsewhere)}");
        Assert.That(agreeing, Is.GreaterThanOrEqualTo(91));
        Assert.That(elsewhere, Has.Count.LessThanOrEqualTo(4));
    }

    [Test]
    public void Formats_that_are_not_read_are_refused_with_their_code()
    {
        var count = 0;
        foreach (var vector in Vectors.GetProperty("images").EnumerateArray())
        {
            if (Text(vector, "format") is "JPEG" or "PNG" or "WEBP") continue;
            var file = TestData.Read(Text(vector, "file"));
            Assert.That(
                () => ImageFormats.Detect(file), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("unsupported_format"), Text(vector, "file"));
            count++;
        }
        Assert.That(count, Is.EqualTo(5));
        Report.Line($"imagehash: {count} vectors of other formats refused as unsupported_format");
    }

    [Test]
    public void The_steps_in_between_agree_where_they_were_recorded()
    {
        var count = 0;
        foreach (var vector in TestData.Json("vectors/imagehash-phash-debug.json").GetProperty("images").EnumerateArray())
        {
            var samples = Numbers(vector, "l32", Dct32.Size * Dct32.Size).Select(value => (byte)value).ToArray();
            var expected = Numbers(vector, "dct8x8", 64);
            var coefficients = new double[64];
            Dct32.LowFrequencies(samples, coefficients);
            Assert.That(coefficients, Is.EqualTo(expected).Within(1e-6));
            count++;
        }
        Assert.That(count, Is.EqualTo(3));
    }

    private static void Check(JsonElement vector, string name, byte[] file)
    {
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        var header = codec.ReadHeader(file, ImagingOptions.Default);
        Assert.That((header.Width, header.Height), Is.EqualTo((vector.GetProperty("width").GetInt32(), vector.GetProperty("height").GetInt32())), name);
        using var image = codec.Decode(file, header, out _);
        using var luma = new Plane<byte>(image.Width, image.Height);
        var hash = PerceptualHasher.Hash(image, header.Luma, luma);
        Assert.That(Digest(luma.Values), Is.EqualTo(Text(vector, "l_sha256")), $"{name}: luma");
        var samples = new byte[Dct32.Size * Dct32.Size];
        PerceptualHasher.Shrink(image, header.Luma, null, samples, default);
        Assert.That(Digest(samples), Is.EqualTo(Text(vector, "l32_sha256")), $"{name}: 32×32");
        Assert.That(hash.ToString(), Is.EqualTo(Text(vector, "phash_hex")), $"{name}: hash");
        Assert.That(PerceptualHasher.FromSamples(samples), Is.EqualTo(hash));
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static double[] Numbers(JsonElement vector, string name, int count)
    {
        var values = Flatten(vector.GetProperty(name)).ToArray();
        Assert.That(values, Has.Length.EqualTo(count));
        return values;
    }

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
