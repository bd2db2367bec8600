using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.TestChild;

/// <summary>
/// Digests of everything that is computed with vectors, from the hash's samples to the embedded pixels. The parent runs
/// this with instruction sets turned off and expects the same lines.
/// </summary>
internal static class KernelDigest
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("00112233445566778899aabbccddeeff");

    /// <summary>Which instruction sets this process has.</summary>
    public static string InstructionSets =>
        $"isa vector512={Vector512.IsHardwareAccelerated} vector256={Vector256.IsHardwareAccelerated} vector128={Vector128.IsHardwareAccelerated} avx512bw={Avx512BW.IsSupported} avx2={Avx2.IsSupported}";

    public static int Print(string[] files)
    {
        Console.WriteLine(InstructionSets);
        Line("payload", "tile", MemoryMarshal.AsBytes(WatermarkLayout.Tile(Payload).AsSpan()));
        foreach (var layout in new[] { PixelLayout.Gray, PixelLayout.GrayAlpha, PixelLayout.Rgb, PixelLayout.Rgba })
        {
            foreach (var bitDepth in new[] { 8, 16 })
            {
                using var image = Noise(1201, 907, layout, bitDepth);
                using var luma = CanonicalImage.LumaOf(image);
                WatermarkEmbedder.Embed(image, luma, Payload, 40);
                Console.WriteLine($"{layout} {bitDepth} embedded {Digest(image)}");
            }
        }
        foreach (var path in files)
        {
            var file = File.ReadAllBytes(path);
            var codec = ImageCodecs.Of(ImageFormats.Detect(file));
            var header = codec.ReadHeader(file, ImagingOptions.Default);
            using var image = codec.Decode(file, header, out _);
            using var luma = new Plane<byte>(image.Width, image.Height);
            var hash = PerceptualHasher.Hash(image, header.Luma, luma);
            Line(path, "luma", luma.Values);
            Console.WriteLine($"{Path.GetFileName(path)} hash {hash}");
            using var canonical = CanonicalImage.Create(image, luma);
            Line(path, "canonical", MemoryMarshal.AsBytes(canonical.Luma.Values));
            using var mask = PerceptualMask.Create(canonical);
            Line(path, "mask", MemoryMarshal.AsBytes(mask.Values));
            using var whitened = WhitenedImage.Create(canonical);
            Line(path, "whitened", MemoryMarshal.AsBytes(whitened.Values.Values));
            var detection = WatermarkDetector.Detect(luma, canonical, default);
            Console.WriteLine($"{Path.GetFileName(path)} reading {detection.Payload} {detection.Agreement:R} {detection.Offset} {detection.Lattice}");
            WatermarkEmbedder.Embed(image, luma, Payload, 44);
            Console.WriteLine($"{Path.GetFileName(path)} embedded {Digest(image)}");
            using var original = codec.Decode(file, header, out _);
            Console.WriteLine($"{Path.GetFileName(path)} quality {ImageQuality.Compare(original, image)}");
        }
        return 0;
    }

    /// <summary>Random samples, a quarter of the pixels transparent where there is alpha.</summary>
    private static ImageBuffer Noise(int width, int height, PixelLayout layout, int bitDepth)
    {
        var image = new ImageBuffer(width, height, layout, bitDepth);
        var random = new Random(1);
        for (var y = 0; y < height; y++)
        {
            var row = image.RawRow(y);
            random.NextBytes(row);
            if (!image.HasAlpha) continue;
            var pixelBytes = image.RowBytes / width;
            for (var x = y % 4; x < width; x += 4) row.Slice(((x + 1) * pixelBytes) - (bitDepth / 8), bitDepth / 8).Clear();
        }
        return image;
    }

    private static void Line(string path, string what, ReadOnlySpan<byte> bytes) =>
        Console.WriteLine($"{Path.GetFileName(path)} {what} {Convert.ToHexStringLower(SHA256.HashData(bytes))}");

    private static string Digest(ImageBuffer image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var y = 0; y < image.Height; y++) hash.AppendData(image.RawRow(y));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
