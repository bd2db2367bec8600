using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Benchmarks;

/// <summary>
/// The watermark beside the codec in one run on one thread: every round measures everything once, so that a busy moment of
/// the machine hits all alike. Prints medians as a table.
/// </summary>
internal static unsafe class WatermarkTimer
{
    private const int WarmUpRounds = 5, Rounds = 25, PhotoQuality = 90, CopyQuality = 75;
    private const double Strength = 44;

    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("00112233445566778899aabbccddeeff");

    private static readonly int[] KodakQualities = [75, 50, 30];

    public static int Run(string? photo, string? output)
    {
        photo ??= Data.PathOf("large/library-pixel5-12mp-exif-c2pa.jpg");
        var file = File.ReadAllBytes(photo);
        using var original = Decode(file);
        using var picture = original.Clone();
        using var codec = new Turbo(picture);
        using var unmarked = Copy(original, CopyQuality);
        Embed(picture);
        using var marked = Copy(picture, CopyQuality);

        List<Step> steps =
        [
            new("TurboJPEG decode", () => codec.Decompress(file)),
            new("TurboJPEG encode, quality 90, 4:2:0", () => codec.Compress(original, PhotoQuality)),
            new("embed", () => Embed(picture)),
            new($"extract, JPEG {CopyQuality}", () => Expect(Detect(marked), true)),
            new($"extract, unmarked, JPEG {CopyQuality}", () => Expect(Detect(unmarked), false)),
        ];
        using var kodak = Decode(Data.Read("kodak/kodim01.png"));
        using var kodakMarked = kodak.Clone();
        steps.Add(new("embed", () => Embed(kodakMarked)));
        Embed(kodakMarked);
        var copies = KodakQualities.Select(quality => Copy(kodakMarked, quality)).ToList();
        for (var i = 0; i < copies.Count; i++)
        {
            var copy = copies[i];
            steps.Add(new($"extract, JPEG {KodakQualities[i]}", () => Expect(Detect(copy), true)));
        }

        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            // Embedding changes the picture, so each round begins with the same one.
            CopyPixels(original, picture);
            CopyPixels(kodak, kodakMarked);
            foreach (var step in steps) step.Measure(keep: round >= 0);
        }
        foreach (var copy in copies) copy.Dispose();

        var report = Report(photo, original, kodak, steps);
        Console.Write(report);
        if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(report));
        return 0;
    }

    /// <summary>Everything between decoded pixels and pixels that can be encoded.</summary>
    private static void Embed(ImageBuffer image)
    {
        using var luma = CanonicalImage.LumaOf(image);
        WatermarkEmbedder.Embed(image, luma, Payload, Strength);
    }

    /// <summary>Everything between decoded pixels and the reading.</summary>
    private static bool Detect(ImageBuffer image)
    {
        using var luma = CanonicalImage.LumaOf(image);
        using var canonical = CanonicalImage.Create(image, luma);
        var reading = WatermarkDetector.Detect(luma, canonical, CancellationToken.None);
        return reading.Found && reading.Payload == Payload;
    }

    private static void Expect(bool found, bool expected)
    {
        if (found != expected) throw new InvalidOperationException(expected ? "The watermark was not found." : "A watermark was found where none is.");
    }

    private static ImageBuffer Decode(byte[] file)
    {
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        return codec.Decode(file, codec.ReadHeader(file, ImagingOptions.Default), out _);
    }

    private static ImageBuffer Copy(ImageBuffer image, int quality) => Decode(
        new JpegCodec().Encode(image, new EncodingProfile { Quality = quality, Sampling = TurboJpeg.Sampling420 }, ImageMetadata.Empty));

    private static void CopyPixels(ImageBuffer from, ImageBuffer to) => NativeMemory.Copy(from.Pointer, to.Pointer, from.Length);

    private static string Report(string photo, ImageBuffer image, ImageBuffer kodak, List<Step> steps)
    {
        double decode = steps[0].Median, encode = steps[1].Median;
        var text = new StringBuilder();
        text.AppendLine("# Watermark beside the codec").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Machine.Processor} ({Machine.VectorWidth}), {Environment.ProcessorCount} cores; .NET {Environment.Version}; {Codec()}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Medians of {Rounds} rounds, one thread, warm, everything measured in each round. Embedding and extracting take decoded pixels and include luma and scaling.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(photo)}, {image.Width}×{image.Height}:").AppendLine();
        text.AppendLine("| | ms | × decode | × (decode + encode) | managed bytes a call |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var step in steps[..5])
            text.AppendLine(CultureInfo.InvariantCulture, $"| {step.Name} | {step.Median:F1} | {step.Median / decode:F2} | {step.Median / (decode + encode):F2} | {step.Allocated:N0} |");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"kodim01.png, {kodak.Width}×{kodak.Height}:").AppendLine();
        text.AppendLine("| | ms | managed bytes a call |");
        text.AppendLine("| --- | ---: | ---: |");
        foreach (var step in steps[5..])
            text.AppendLine(CultureInfo.InvariantCulture, $"| {step.Name} | {step.Median:F2} | {step.Allocated:N0} |");
        text.AppendLine().AppendLine("Made by `dotnet run -c Release --project benchmarks/Tectra.Benchmarks -- watermark`.");
        return text.ToString();
    }

    /// <summary>The library's file, whose name tells its version.</summary>
    private static string Codec()
    {
        const string Name = "libturbojpeg";
        var mapped = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.Contains(Name, StringComparison.Ordinal)) : null;
        return mapped is null ? Name : Path.GetFileName(mapped);
    }

    /// <summary>TurboJPEG without the library's own work around it: a floor that allocates nothing.</summary>
    private sealed class Turbo(ImageBuffer likeness) : IDisposable
    {
        private readonly nint _decompressor = TurboJpeg.tjInitDecompress(), _compressor = TurboJpeg.tjInitCompress();
        private readonly ImageBuffer _pixels = likeness.Clone();

        public void Decompress(byte[] file)
        {
            fixed (byte* source = file)
            {
                Check(TurboJpeg.tjDecompress2(
                    _decompressor, source, new CULong((nuint)file.Length), _pixels.Pointer, _pixels.Width, _pixels.RowBytes, _pixels.Height,
                    TurboJpeg.PixelFormatRgb, TurboJpeg.FlagAccurateDct));
            }
        }

        public void Compress(ImageBuffer image, int quality)
        {
            byte* file = null;
            CULong length = default;
            Check(TurboJpeg.tjCompress2(
                _compressor, image.Pointer, image.Width, image.RowBytes, image.Height, TurboJpeg.PixelFormatRgb, &file, &length,
                TurboJpeg.Sampling420, quality, TurboJpeg.FlagAccurateDct));
            TurboJpeg.tjFree(file);
        }

        public void Dispose()
        {
            _ = TurboJpeg.tjDestroy(_decompressor);
            _ = TurboJpeg.tjDestroy(_compressor);
            _pixels.Dispose();
        }

        private static void Check(int result)
        {
            if (result != 0) throw new InvalidOperationException("TurboJPEG failed.");
        }
    }

    private sealed class Step(string name, Action action)
    {
        private readonly List<double> _milliseconds = [];
        private readonly List<long> _bytes = [];

        public string Name => name;

        public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

        public long Allocated => _bytes.Order().ElementAt(_bytes.Count / 2);

        public void Measure(bool keep)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            action();
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (!keep) return;
            _milliseconds.Add(elapsed);
            _bytes.Add(allocated);
        }
    }
}
