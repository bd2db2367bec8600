using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;

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

    private static ImageBuffer Decode(ReadOnlySpan<byte> file)
    {
        var codec = ImageCodecs.Of(ImageFormats.Detect(file));
        using var picture = codec.Decode(file, codec.ReadHeader(file, ImagingOptions.Default), out _);
        return PixelConversion.Flatten(picture, byte.MaxValue);
    }

    private static byte[] Jpeg(ImageBuffer picture, int quality) => ImageCodecs.Of(ImageFormat.Jpeg).Encode(
        picture, new EncodingProfile { Quality = quality, Sampling = TurboJpeg.Sampling420 }, ImageMetadata.Empty);
}
