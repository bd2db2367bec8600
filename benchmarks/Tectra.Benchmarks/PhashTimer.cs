using System.Diagnostics;
using System.Globalization;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Hashing;

namespace Tectra.Benchmarks;

/// <summary>
/// One side of <c>benchmarks/phash-vs-python</c>: prints, per round, the milliseconds of decoding and of hashing, and last
/// the hash.
/// </summary>
internal static class PhashTimer
{
    public static int Run(string path, int rounds)
    {
        var file = File.ReadAllBytes(path);
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        var hash = "";
        for (var i = -2; i < rounds; i++) // two rounds to warm up
        {
            var start = Stopwatch.GetTimestamp();
            var header = codec.ReadHeader(file, ImagingOptions.Default);
            using var image = codec.Decode(file, header, out _);
            var decode = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            hash = PerceptualHasher.Hash(image, header.Luma).ToString();
            var hashing = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{decode:F3} {hashing:F3}"));
        }
        Console.WriteLine(hash);
        return 0;
    }
}
