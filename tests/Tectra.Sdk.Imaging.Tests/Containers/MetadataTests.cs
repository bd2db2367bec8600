using System.Buffers.Binary;
using System.IO.Compression;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Imaging.Tests.Containers;

/// <summary>What a signed copy keeps, read by parsers of this test's own, not by the product's.</summary>
public sealed class MetadataTests
{
    private static readonly SigningKey Key = SigningKey.Create();
    private static readonly ImageSigner Signer = new(Key, new SignerIdentity("user"), new ImagingOptions { MeasureQuality = false });

    private static readonly string[] WithMetadata =
    [
        "images/odd/jpeg-exif-xmp-gps-orient6.jpg", "images/odd/jpeg-five-64k-comments.jpg", "images/odd/orientation-6.jpg", "images/odd/png-exif-orientation6.png",
        "images/odd/webp-exif-xmp.webp", "images/odd/png-gama.png", "images/large/birdie-canon-exif.jpg", "images/large/dark-hubble.jpg",
        "images/large/library-pixel5-12mp-exif-c2pa.jpg", "images/large/dandelions-16mp.jpg", "images/large/portrait-astronaut.png",
    ];

    [OneTimeTearDown]
    public void DisposeKey() => Key.Dispose();

    [TestCaseSource(nameof(WithMetadata))]
    public async Task Every_metadata_block_is_byte_identical_after_signing(string path)
    {
        var source = TestData.Read(path);
        var signed = await Signer.SignAsync(source, new SignRequest(OriginType.CameraPhoto) { Watermark = WatermarkMode.Required });
        var before = Blocks(source);
        var after = Blocks(signed.Bytes.Span);
        Assert.That(before, Is.Not.Empty);
        Assert.That(after.Select(block => block.Name), Is.EqualTo(before.Select(block => block.Name)), "names and order");
        for (var i = 0; i < before.Count; i++) Assert.That(after[i].Bytes, Is.EqualTo(before[i].Bytes), before[i].Name);
        Report.Line($"metadata: {Path.GetFileName(path)}: {before.Count} blocks, {before.Sum(block => block.Bytes.Length)} bytes identical ({string.Join(", ", before.Select(block => block.Name).Distinct())})");
    }

    [TestCase("images/odd/png-rgba.png")]
    [TestCase("images/odd/png-16bit-rgba.png")]
    [TestCase("images/odd/png-gray-alpha.png")]
    [TestCase("images/odd/png-gray-trns.png")]
    [TestCase("images/odd/png-palette-alpha.png")]
    [TestCase("images/odd/png-palette16-4bit-one-transparent.png")]
    [TestCase("images/odd/webp-lossless-alpha.webp")]
    [TestCase("images/odd/webp-lossy-alpha.webp")]
    public async Task Alpha_is_identical_after_signing(string path)
    {
        var source = TestData.Read(path);
        var signed = await Signer.SignAsync(source, new SignRequest(OriginType.DigitalArtwork) { Watermark = WatermarkMode.Required });
        using ImageBuffer before = TestImages.Decode(source), after = TestImages.Decode(signed.Bytes.Span);
        Assert.That(after.HasAlpha, Is.True);
        Assert.That(after.BitDepth, Is.EqualTo(before.BitDepth));
        Assert.That(Alpha(after), Is.EqualTo(Alpha(before)));
    }

    [TestCase("images/odd/png-16bit-rgb.png", 2)]
    [TestCase("images/odd/png-16bit-rgba.png", 6)]
    [TestCase("images/odd/png-16bit-gray.png", 0)]
    public async Task Sixteen_bits_stay_sixteen(string path, int colourType)
    {
        var signed = await Signer.SignAsync(TestData.Read(path), new SignRequest(OriginType.DigitalArtwork) { Watermark = WatermarkMode.Required });
        Assert.That((signed.Bytes.Span[24], signed.Bytes.Span[25]), Is.EqualTo(((byte)16, (byte)colourType)));
        using var image = TestImages.Decode(signed.Bytes.Span);
        Assert.That(TestImages.PixelsOf(image).Where((_, i) => i % 2 == 0).Distinct().Count(), Is.GreaterThan(200), "low bytes are in use");
    }

    [TestCase("images/odd/jpeg-411.jpg")]
    [TestCase("images/odd/jpeg-420.jpg")]
    [TestCase("images/odd/jpeg-422.jpg")]
    [TestCase("images/odd/jpeg-440.jpg")]
    [TestCase("images/odd/jpeg-444.jpg")]
    [TestCase("images/odd/jpeg-gray.jpg")]
    [TestCase("images/odd/jpeg-gray-progressive.jpg")]
    [TestCase("images/odd/jpeg-progressive.jpg")]
    [TestCase("images/odd/jpeg-q100-444.jpg")]
    [TestCase("images/large/mountains-8mp.jpg")]
    public async Task A_JPEG_keeps_its_size_sampling_scans_and_at_least_its_quality(string path)
    {
        var source = TestData.Read(path);
        var signed = await Signer.SignAsync(source, new SignRequest(OriginType.CameraPhoto) { Watermark = WatermarkMode.Required });
        JpegStructure before = JpegContainer.Read(source), after = JpegContainer.Read(signed.Bytes.Span);
        Assert.Multiple(() =>
        {
            Assert.That((after.Width, after.Height, after.FrameMarker), Is.EqualTo((before.Width, before.Height, before.FrameMarker)));
            Assert.That(
                after.Components.Select(component => (component.HorizontalSampling, component.VerticalSampling)),
                Is.EqualTo(before.Components.Select(component => (component.HorizontalSampling, component.VerticalSampling))));
            Assert.That(JpegCodec.EstimateQuality(after), Is.GreaterThanOrEqualTo(JpegCodec.EstimateQuality(before)));
            Assert.That(after.QuantisationTables[0]!.Sum(value => value), Is.LessThanOrEqualTo(before.QuantisationTables[0]!.Sum(value => value)), "no coarser");
        });
    }

    [Test]
    public async Task A_lossless_WebP_stays_lossless_and_a_lossy_one_lossy()
    {
        foreach (var (path, lossless) in new[] { ("images/odd/webp-lossless.webp", true), ("images/odd/webp-lossless-alpha.webp", true), ("images/odd/webp-lossy.webp", false) })
        {
            var signed = await Signer.SignAsync(TestData.Read(path), new SignRequest(OriginType.CameraPhoto) { Watermark = WatermarkMode.Required });
            TestImages.Decode(signed.Bytes.Span, out var header).Dispose();
            Assert.That(header.Encoding.Lossless, Is.EqualTo(lossless), path);
        }
    }

    [TestCase("images/odd/jpeg-exif-xmp-gps-orient6.jpg", ImageFormat.Png)]
    [TestCase("images/odd/jpeg-exif-xmp-gps-orient6.jpg", ImageFormat.WebP)]
    [TestCase("images/odd/webp-exif-xmp.webp", ImageFormat.Jpeg)]
    [TestCase("images/odd/webp-exif-xmp.webp", ImageFormat.Png)]
    [TestCase("images/odd/png-exif-orientation6.png", ImageFormat.Jpeg)]
    [TestCase("images/odd/png-exif-orientation6.png", ImageFormat.WebP)]
    [TestCase("images/large/dark-hubble.jpg", ImageFormat.Png)]
    [TestCase("images/large/dark-hubble.jpg", ImageFormat.WebP)]
    public async Task ICC_EXIF_and_XMP_cross_into_other_formats(string path, ImageFormat format)
    {
        var source = TestData.Read(path);
        var signed = await Signer.SignAsync(source, new SignRequest(OriginType.CameraPhoto) { OutputFormat = format });
        Assert.That(ImageFormats.Detect(signed.Bytes.Span), Is.EqualTo(format));
        TestImages.Decode(source, out var before).Dispose();
        TestImages.Decode(signed.Bytes.Span, out var after).Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(new[] { before.Metadata.Icc, before.Metadata.Exif, before.Metadata.Xmp }, Has.Some.Not.Null);
            Assert.That(after.Metadata.Icc, Is.EqualTo(before.Metadata.Icc));
            Assert.That(after.Metadata.Exif, Is.EqualTo(before.Metadata.Exif));
            Assert.That(after.Metadata.Xmp, Is.EqualTo(before.Metadata.Xmp));
        });
    }

    [Test]
    public void A_large_ICC_profile_is_split_and_joined()
    {
        var icc = new byte[200_000];
        new Random(2).NextBytes(icc);
        using var picture = TestImages.Synthetic(16, 16, PixelLayout.Rgb);
        var jpeg = new JpegCodec().Encode(picture, new EncodingProfile(), new ImageMetadata { Icc = icc });
        TestImages.Decode(jpeg, out var header).Dispose();
        Assert.That(header.Metadata.Icc, Is.EqualTo(icc));
        Assert.That(Blocks(jpeg).Count(block => block.Name == "APP2"), Is.EqualTo(4));
    }

    [Test]
    public async Task What_cannot_be_kept_is_said()
    {
        var trailing = await Signer.SignAsync(TestData.Read("images/odd/polyglot-jpeg-zip.jpg"), new SignRequest(OriginType.CameraPhoto));
        var credentials = await Signer.SignAsync(TestData.Read("images/large/library-pixel5-12mp-exif-c2pa.jpg"), new SignRequest(OriginType.CameraPhoto));
        var coarse = await Signer.SignAsync(TestData.Read("images/odd/jpeg-q3-16bit-dqt.jpg"), new SignRequest(OriginType.CameraPhoto));
        var whole = TestData.Read("images/odd/jpeg-420.jpg");
        var damaged = await Signer.SignAsync((byte[])[.. whole[..20_000], .. whole[22_000..]], new SignRequest(OriginType.CameraPhoto));
        Assert.Multiple(() =>
        {
            Assert.That(trailing.Notices, Has.Some.Contains("behind the end"));
            Assert.That(credentials.Notices, Has.Some.Contains("C2PA"));
            Assert.That(coarse.Notices, Has.Some.Contains("quality 3"));
            Assert.That(damaged.Notices, Has.Some.Contains("damaged"));
        });
    }

    [Test]
    public void A_JPEG_takes_no_transparency_and_says_so()
    {
        var error = Assert.ThrowsAsync<InvalidContentException>(async () => await Signer.SignAsync(
            TestData.Read("images/odd/png-rgba.png"), new SignRequest(OriginType.DigitalArtwork) { OutputFormat = ImageFormat.Jpeg }));
        Assert.That(error!.Code, Is.EqualTo("format_cannot_hold"));
    }

    private static byte[] Alpha(ImageBuffer image)
    {
        var alpha = new List<byte>();
        var sample = image.BitDepth / 8;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.RawRow(y);
            for (var x = 0; x < image.Width; x++) alpha.AddRange(row.Slice((((x + 1) * image.Channels) - 1) * sample, sample));
        }
        return [.. alpha];
    }

    /// <summary>The metadata of a file: JPEG application segments and comments (but the Adobe marker), PNG ancillary chunks, WebP chunks.</summary>
    private static List<(string Name, byte[] Bytes)> Blocks(ReadOnlySpan<byte> file)
    {
        var blocks = new List<(string, byte[])>();
        if (file[0] == 0xFF)
        {
            for (var i = 2; file[i + 1] != 0xDA; i += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(i + 2)..]))
            {
                var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(i + 2)..]);
                if (file[i + 1] is (>= 0xE0 and <= 0xEF and not 0xEE) or 0xFE) blocks.Add((file[i + 1] == 0xFE ? "COM" : $"APP{file[i + 1] & 15}", file.Slice(i, length).ToArray()));
            }
        }
        else if (file[0] == 0x89)
        {
            for (var i = 8; i < file.Length; i += 12 + BinaryPrimitives.ReadInt32BigEndian(file[i..]))
            {
                var name = System.Text.Encoding.ASCII.GetString(file.Slice(i + 4, 4));
                if (char.IsLower(name[0]) && name != "tRNS") blocks.Add((name, file.Slice(i, 12 + BinaryPrimitives.ReadInt32BigEndian(file[i..])).ToArray()));
            }
        }
        else
        {
            for (var i = 12; i + 8 <= file.Length;)
            {
                var name = System.Text.Encoding.ASCII.GetString(file.Slice(i, 4));
                var length = BinaryPrimitives.ReadInt32LittleEndian(file[(i + 4)..]);
                if (name is "ICCP" or "EXIF" or "XMP ") blocks.Add((name, file.Slice(i, 8 + length).ToArray()));
                i += 8 + length + (length & 1);
            }
        }
        return blocks;
    }

    [Test]
    public async Task A_chunk_that_may_describe_the_old_pixels_is_left_out_and_that_is_said()
    {
        var source = TestData.Read("images/odd/png-rgba.png");
        byte[] Chunk(string type)
        {
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), 1, 2, 3, 4];
            var chunk = new byte[16];
            chunk[3] = 4;
            body.CopyTo(chunk, 4);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(12), PngContainer.Crc(body));
            return chunk;
        }
        byte[] file = [.. source[..33], .. Chunk("iDOT"), .. Chunk("prVa"), .. source[33..]];
        var signed = await Signer.SignAsync(file, new SignRequest(OriginType.DigitalArtwork) { Watermark = WatermarkMode.Required });
        var names = Blocks(signed.Bytes.Span).Select(block => block.Name).ToList();
        Assert.That(names, Does.Contain("prVa").And.Not.Contain("iDOT"));
        Assert.That(signed.Notices, Has.Some.Contains("iDOT"));
    }

    [Test]
    public void A_JPEG_that_is_far_too_short_for_its_size_is_refused_before_anything_is_allocated()
    {
        var file = TestData.Read("images/odd/jpeg-progressive.jpg");
        var structure = JpegContainer.Read(file);
        var frame = structure.Segments.First(segment => segment.Marker == 0xC2);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame.Offset + 5), 3000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame.Offset + 7), 65500);
        Assert.That(() => new JpegCodec().ReadHeader(file, ImagingOptions.Default), Throws.TypeOf<InvalidContentException>().With.Property("Code").EqualTo("image_truncated"));
    }

    [Test]
    public void An_inflating_ICC_chunk_stays_within_bounds()
    {
        using var deflated = new MemoryStream();
        using (var stream = new ZLibStream(deflated, CompressionLevel.Optimal)) stream.Write(new byte[64 * 1024 * 1024]);
        using var picture = TestImages.Synthetic(16, 16, PixelLayout.Rgb);
        var file = new PngCodec().Encode(picture, new EncodingProfile(), ImageMetadata.Empty);
        byte[] data = [.. "bomb\0\0"u8, .. deflated.ToArray()];
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        "iCCP"u8.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), PngContainer.Crc(chunk.AsSpan(4, data.Length + 4)));
        byte[] bombs = [.. file[..33], .. Enumerable.Repeat(chunk, 100).SelectMany(bytes => bytes), .. file[33..]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        TestImages.Decode(bombs, out var header).Dispose();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Multiple(() =>
        {
            Assert.That(header.Metadata.Icc, Is.Null, "too large to be a profile");
            Assert.That(allocated, Is.LessThan((4 * bombs.Length) + (64 * 1024 * 1024)), "only one of them is inflated, and not to its end");
        });
    }
}
