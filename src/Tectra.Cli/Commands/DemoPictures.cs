using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Cli.Commands;

/// <summary>What happens to pictures in the wild, done to the demo's own.</summary>
internal static class DemoPictures
{
    /// <summary>Saved again as a JPEG of quality 75, without metadata, transparency shown on white, as messengers do.</summary>
    public static byte[] ReEncode(ReadOnlySpan<byte> file)
    {
        using var picture = Decode(file);
        return Jpeg(picture, 75);
    }

    /// <summary>A third of each side in the middle replaced by another part of the unsigned original, then saved as a JPEG.</summary>
    public static byte[] Tamper(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> source)
    {
        using ImageBuffer picture = Decode(signed), original = Decode(source);
        int width = picture.Width / 3, height = picture.Height / 3, channels = picture.Channels;
        for (var y = 0; y < height; y++)
        {
            original.Row(y).Slice((picture.Width - width) * channels, width * channels)
                .CopyTo(picture.Row(height + y)[(width * channels)..]);
        }
        return Jpeg(picture, 90);
    }

    /// <summary>Shown in a window at two thirds of its size and photographed off the screen: scaled, with page and bars around it.</summary>
    public static byte[] Screenshot(ReadOnlySpan<byte> file)
    {
        const int Border = 48, Bar = 96;
        using var picture = Decode(file);
        using var shown = Scale(picture, picture.Width * 2 / 3, picture.Height * 2 / 3);
        using var page = new ImageBuffer(shown.Width + (3 * Border), shown.Height + Bar + (2 * Border), shown.Layout, 8);
        for (var y = 0; y < page.Height; y++)
        {
            var row = page.Row(y);
            row.Fill(y < Bar ? (byte)0xDE : (byte)0xFA);
            if (y >= Bar + Border && y < Bar + Border + shown.Height) shown.Row(y - Bar - Border).CopyTo(row[(Border * page.Channels)..]);
        }
        return new PngCodec().Encode(page, new EncodingProfile(), ImageMetadata.Empty);
    }

    /// <summary>Less than half of it cut out of the middle, then saved as a JPEG.</summary>
    public static byte[] Crop(ReadOnlySpan<byte> file)
    {
        using var picture = Decode(file);
        int width = picture.Width * 13 / 20, height = picture.Height * 13 / 20, left = picture.Width / 6, top = picture.Height / 5;
        using var part = new ImageBuffer(width, height, picture.Layout, 8);
        for (var y = 0; y < height; y++) picture.Row(top + y).Slice(left * picture.Channels, width * picture.Channels).CopyTo(part.Row(y));
        return Jpeg(part, 85);
    }

    private static ImageBuffer Scale(ImageBuffer picture, int width, int height)
    {
        var result = new ImageBuffer(Math.Max(width, 1), Math.Max(height, 1), picture.Layout, 8);
        using var channel = new Plane<byte>(picture.Width, picture.Height);
        for (var c = 0; c < picture.Channels; c++)
        {
            for (var y = 0; y < picture.Height; y++)
            {
                for (var x = 0; x < picture.Width; x++) channel.Row(y)[x] = picture.Row(y)[(x * picture.Channels) + c];
            }
            using var scaled = BicubicScaler.Scale(channel, result.Width, result.Height);
            for (var y = 0; y < result.Height; y++)
            {
                for (var x = 0; x < result.Width; x++) result.Row(y)[(x * picture.Channels) + c] = (byte)Math.Clamp(scaled.Row(y)[x] + 0.5f, 0, byte.MaxValue);
            }
        }
        return result;
    }

    private static ImageBuffer Decode(ReadOnlySpan<byte> file)
    {
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        using var picture = codec.Decode(file, codec.ReadHeader(file, ImagingOptions.Default), out _);
        return PixelConversion.Flatten(picture, byte.MaxValue);
    }

    private static byte[] Jpeg(ImageBuffer picture, int quality) => ImageCodecs.Of(ImageFormat.Jpeg).Encode(
        picture, new EncodingProfile { Quality = quality, Sampling = TurboJpeg.Sampling420 }, ImageMetadata.Empty);
}
