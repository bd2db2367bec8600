using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Tests.Codecs;

/// <summary>One list of codecs, and the same demands on each.</summary>
public sealed class CodecContractTests
{
    private static readonly (PixelLayout Layout, int Depth)[] Pictures =
    [
        (PixelLayout.Gray, 8), (PixelLayout.GrayAlpha, 8), (PixelLayout.Rgb, 8), (PixelLayout.Rgba, 8),
        (PixelLayout.Gray, 16), (PixelLayout.GrayAlpha, 16), (PixelLayout.Rgb, 16), (PixelLayout.Rgba, 16),
    ];

    private static IEnumerable<TestCaseData> Combinations() =>
        from codec in ImageCodecs.All
        from picture in Pictures
        select new TestCaseData(codec.Format, picture.Layout, picture.Depth).SetArgDisplayNames($"{codec.Format}", $"{picture.Layout}", $"{picture.Depth}");

    private static IEnumerable<ImageFormat> Formats() => ImageCodecs.All.Select(codec => codec.Format);

    [TestCaseSource(nameof(Combinations))]
    public void What_a_codec_says_it_can_hold_it_writes_and_reads_back(ImageFormat format, object layout, int depth)
    {
        var codec = ImageCodecs.Of(format);
        using var picture = TestImages.Synthetic(157, 131, (PixelLayout)layout, depth);
        for (var i = 0; picture.HasAlpha && i < 40; i++)
        {
            // Transparent pixels keep their colours: the perceptual hash sees them.
            var last = (((i + 1) * picture.Channels) - 1) * (depth / 8);
            for (var y = 0; y < 30; y++) picture.RawRow(y).Slice(last, depth / 8).Clear();
        }
        if (codec.WhyNot(picture) is { } reason)
        {
            Assert.That(reason, Does.Contain("8 bits").Or.Contain("transparency"));
            return;
        }
        var profile = new EncodingProfile { Quality = 95, Lossless = true };
        var file = codec.Encode(picture, profile, ImageMetadata.Empty);
        Assert.That(ImageFormats.Detect(file), Is.EqualTo(format));
        using var copy = TestImages.Decode(file, out var header);
        Assert.That((header.Width, header.Height, header.BitDepth), Is.EqualTo((157, 131, depth)));
        if (format == ImageFormat.Jpeg) Assert.That(ImageQuality.Compare(picture, copy).PsnrDecibels, Is.GreaterThan(35));
        else if (copy.Layout == picture.Layout) Assert.That(TestImages.PixelsOf(copy), Is.EqualTo(TestImages.PixelsOf(picture)));
        else Assert.That(ImageQuality.Compare(picture, copy).PsnrDecibels, Is.EqualTo(99), "grey in a WebP is three equal channels");
    }

    [TestCaseSource(nameof(Formats))]
    public void Every_prefix_of_a_file_is_refused_with_a_code(ImageFormat format)
    {
        using var picture = TestImages.Synthetic(60, 40, PixelLayout.Rgb);
        var file = ImageCodecs.Of(format).Encode(picture, new EncodingProfile { Quality = 90 }, ImageMetadata.Empty);
        for (var length = 0; length < file.Length; length++)
        {
            var error = Assert.Throws<InvalidContentException>(() => TestImages.Decode(file.AsSpan(0, length)).Dispose(), $"{length} of {file.Length} bytes");
            Assert.That(error!.Code, Is.AnyOf("file_empty", "unsupported_format", "image_truncated", "image_corrupt"));
        }
    }

    [TestCaseSource(nameof(Formats))]
    public void One_codec_serves_many_threads(ImageFormat format)
    {
        using var picture = TestImages.Synthetic(200, 150, PixelLayout.Rgb);
        var codec = ImageCodecs.Of(format);
        var expected = codec.Encode(picture, new EncodingProfile { Lossless = true }, ImageMetadata.Empty);
        Parallel.For(0, 64, _ =>
        {
            var file = codec.Encode(picture, new EncodingProfile { Lossless = true }, ImageMetadata.Empty);
            using var copy = TestImages.Decode(file);
            if (!file.AsSpan().SequenceEqual(expected) || copy.Width != 200) throw new InvalidOperationException("Threads disturb each other.");
        });
    }

    [Test]
    public void A_disposed_picture_is_not_read()
    {
        var picture = TestImages.Synthetic(8, 8, PixelLayout.Rgb);
        picture.Dispose();
        picture.Dispose();
        Assert.That(() => picture.Row(0).Length, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void JPEG_quality_is_estimated_exactly_and_sampling_and_scans_are_kept()
    {
        using var picture = TestImages.Synthetic(64, 64, PixelLayout.Rgb);
        var codec = new JpegCodec();
        for (var quality = 1; quality <= 100; quality++)
        {
            var header = codec.ReadHeader(TestImages.Jpeg(picture, quality), ImagingOptions.Default);
            // Below 5 the tables are clipped at 255 and several qualities are the same.
            Assert.That(header.Encoding.Quality, quality < 5 ? Is.LessThanOrEqualTo(quality) : Is.EqualTo(quality), $"quality {quality}");
        }
        foreach (var sampling in new[] { TurboJpeg.Sampling444, TurboJpeg.Sampling422, TurboJpeg.Sampling420, TurboJpeg.Sampling440, TurboJpeg.Sampling411 })
            Assert.That(codec.ReadHeader(TestImages.Jpeg(picture, 80, sampling), ImagingOptions.Default).Encoding.Sampling, Is.EqualTo(sampling));
        foreach (var progressive in new[] { false, true })
        {
            var file = codec.Encode(picture, new EncodingProfile { Progressive = progressive }, ImageMetadata.Empty);
            Assert.That(codec.ReadHeader(file, ImagingOptions.Default).Encoding.Progressive, Is.EqualTo(progressive));
        }
    }

    [Test]
    public void WebP_quality_is_never_estimated_lower_than_it_was()
    {
        var codec = new WebPCodec();
        using var picture = TestImages.Decode(TestData.Read("images/kodak/kodim03.png"));
        foreach (var quality in new[] { 5f, 20, 40, 60, 75, 82, 90, 95, 100 })
        {
            var header = codec.ReadHeader(codec.Encode(picture, new EncodingProfile { Quality = quality }, ImageMetadata.Empty), ImagingOptions.Default);
            Assert.That(header.Encoding.Lossless, Is.False);
            Assert.That(header.Encoding.Quality, Is.InRange(quality - 2, quality + 15), $"quality {quality}");
        }
        Assert.That(codec.ReadHeader(TestData.Read("images/odd/webp-lossless.webp"), ImagingOptions.Default).Encoding.Lossless, Is.True);
    }

    [Test]
    public void A_PNG_keeps_its_interlacing()
    {
        var header = new PngCodec().ReadHeader(TestData.Read("images/odd/png-interlaced-adam7.png"), ImagingOptions.Default);
        Assert.That(header.Encoding.Progressive, Is.True);
        using var picture = TestImages.Synthetic(30, 30, PixelLayout.Rgb);
        var file = new PngCodec().Encode(picture, header.Encoding, ImageMetadata.Empty);
        Assert.That(file[28], Is.EqualTo(1));
        using var copy = TestImages.Decode(file);
        Assert.That(TestImages.PixelsOf(copy), Is.EqualTo(TestImages.PixelsOf(picture)));
    }

    [Test]
    public void Scans_and_segments_without_end_are_refused()
    {
        var file = TestData.Read("images/odd/jpeg-420.jpg");
        var comment = new byte[] { 0xFF, 0xFE, 0x00, 0x02 };
        byte[] bloated = [.. file[..2], .. Enumerable.Repeat(comment, 5000).SelectMany(bytes => bytes), .. file[2..]];
        Assert.That(
            () => new JpegCodec().ReadHeader(bloated, ImagingOptions.Default), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("too_complex"));
        byte[] scan = [0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00];
        byte[] scans = [.. file[..^2], .. Enumerable.Repeat(scan, 600).SelectMany(bytes => bytes), .. file[^2..]];
        Assert.That(
            () => new JpegCodec().ReadHeader(scans, ImagingOptions.Default), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("too_complex"));
    }
}
