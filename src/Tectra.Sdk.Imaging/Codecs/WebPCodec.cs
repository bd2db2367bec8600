using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Interop;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Codecs;

/// <summary>WebP through libwebp: lossy and lossless, with and without alpha; of an animation the first frame.</summary>
internal sealed class WebPCodec : IImageCodec
{
    private const int LosslessFormat = 2;
    private const int LosslessLevel = 6; // libwebp's default effort
    private const int MaxPartitionLimit = 100;

    public ImageFormat Format => ImageFormat.WebP;

    public ImageHeader ReadHeader(ReadOnlySpan<byte> file, ImagingOptions limits)
    {
        var structure = WebPContainer.Read(file);
        var still = file[..structure.EndOffset];
        WebPFrame? frame = null;
        if (structure.IsAnimated)
        {
            ImageCodecs.CheckDimensions(structure.CanvasWidth, structure.CanvasHeight, limits);
            frame = WebPContainer.ReadFirstFrame(file, structure);
            still = WebPContainer.StillOf(file, frame.Value);
        }
        var features = ReadFeatures(still);
        ImageCodecs.CheckDimensions(features.Width, features.Height, limits);
        var (width, height) = frame is null ? (features.Width, features.Height) : (structure.CanvasWidth, structure.CanvasHeight);
        var lossless = features.Format == LosslessFormat;
        return new ImageHeader
        {
            Format = ImageFormat.WebP,
            Width = width,
            Height = height,
            Layout = features.HasAlpha != 0 || frame is not null ? PixelLayout.Rgba : PixelLayout.Rgb,
            BitDepth = 8,
            IsAnimated = structure.IsAnimated,
            Encoding = new EncodingProfile { Lossless = lossless, Quality = lossless ? EncodingProfile.DefaultQuality : QualityOf(still) },
            Metadata = WebPContainer.ReadMetadata(file, structure),
        };
    }

    public unsafe ImageBuffer Decode(ReadOnlySpan<byte> file, ImageHeader header, out string? damage)
    {
        damage = null;
        var structure = WebPContainer.Read(file);
        var buffer = new ImageBuffer(header.Width, header.Height, header.Layout, header.BitDepth);
        try
        {
            if (!structure.IsAnimated)
            {
                DecodeInto(file[..structure.EndOffset], buffer.Pointer, buffer.Length, buffer.RowBytes, header.Layout == PixelLayout.Rgba);
                return buffer;
            }
            // The canvas of an animation starts transparent; its first frame replaces what it covers.
            NativeMemory.Clear(buffer.Pointer, buffer.Length);
            var frame = WebPContainer.ReadFirstFrame(file, structure);
            var still = WebPContainer.StillOf(file, frame);
            if (ReadFeatures(still) is var features && (features.Width != frame.Width || features.Height != frame.Height))
                throw new InvalidContentException(ErrorCodes.ImageCorrupt, "A frame of the WebP animation is not of the size it announces.");
            var offset = ((nuint)frame.Y * (nuint)buffer.RowBytes) + ((nuint)frame.X * 4);
            DecodeInto(still, buffer.Pointer + offset, buffer.Length - offset, buffer.RowBytes, rgba: true);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public string? WhyNot(ImageBuffer picture) => picture switch
    {
        { Layout: PixelLayout.Cmyk } => "a WebP has no CMYK",
        { Width: > WebP.MaxDimension } or { Height: > WebP.MaxDimension } => $"a WebP has at most {WebP.MaxDimension} pixels a side",
        { BitDepth: 16 } => "a WebP has 8 bits a sample",
        _ => null,
    };

    public byte[] Encode(ImageBuffer picture, EncodingProfile profile, ImageMetadata metadata)
    {
        using var rgb = ToRgb(picture);
        var source = rgb ?? picture;
        // Partition 0 holds 512 kB of coding modes; a large picture of high quality needs the encoder to spend fewer of them.
        var bare = TryEncode(source, profile, partitionLimit: 0, out var error);
        if (bare is null && error is WebP.ErrorPartition0Overflow or WebP.ErrorPartitionOverflow)
            bare = TryEncode(source, profile, MaxPartitionLimit, out error);
        if (bare is null && error is WebP.ErrorOutOfMemory or WebP.ErrorBitstreamOutOfMemory)
            throw new InsufficientMemoryException("libwebp ran out of memory.");
        if (bare is null) throw new InvalidContentException(ErrorCodes.EncodingFailed, $"The WebP could not be written (libwebp error {error}).");
        return WebPContainer.Attach(bare, metadata, picture.Width, picture.Height, picture.HasAlpha);
    }

    private static float QualityOf(ReadOnlySpan<byte> still)
    {
        var structure = WebPContainer.Read(still);
        return structure.Find(WebPContainer.Vp8) is { } chunk && Vp8Header.EstimateQuality(still.Slice(chunk.DataOffset, chunk.DataLength)) is { } quality
            ? quality
            : EncodingProfile.DefaultQuality;
    }

    private static unsafe WebP.Features ReadFeatures(ReadOnlySpan<byte> still)
    {
        WebP.Features features;
        fixed (byte* source = still)
        {
            if (WebP.WebPGetFeaturesInternal(source, (nuint)still.Length, &features, WebP.DecoderAbi) != 0)
                throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The WebP has no picture that can be decoded.");
        }
        return features;
    }

    private static unsafe void DecodeInto(ReadOnlySpan<byte> still, byte* destination, nuint length, int stride, bool rgba)
    {
        fixed (byte* source = still)
        {
            var result = rgba
                ? WebP.WebPDecodeRGBAInto(source, (nuint)still.Length, destination, length, stride)
                : WebP.WebPDecodeRGBInto(source, (nuint)still.Length, destination, length, stride);
            if (result is null) throw new InvalidContentException(ErrorCodes.ImageCorrupt, "The WebP can't be decoded: its pixel data is damaged or cut off.");
        }
    }

    /// <summary>libwebp takes colour only: grey is written as three equal channels. Null when the picture is colour already.</summary>
    private static ImageBuffer? ToRgb(ImageBuffer picture)
    {
        if (picture.Layout is not (PixelLayout.Gray or PixelLayout.GrayAlpha)) return null;
        var alpha = picture.HasAlpha;
        var result = new ImageBuffer(picture.Width, picture.Height, alpha ? PixelLayout.Rgba : PixelLayout.Rgb, 8);
        int from = picture.Channels, to = result.Channels;
        for (var y = 0; y < picture.Height; y++)
        {
            Span<byte> source = picture.Row(y), destination = result.Row(y);
            for (var x = 0; x < picture.Width; x++)
            {
                destination.Slice(to * x, 3).Fill(source[from * x]);
                if (alpha) destination[(to * x) + 3] = source[(from * x) + 1];
            }
        }
        return result;
    }

    private static unsafe byte[]? TryEncode(ImageBuffer picture, EncodingProfile profile, int partitionLimit, out int error)
    {
        WebP.Config config;
        WebP.Picture target;
        if (WebP.WebPConfigInitInternal(&config, WebP.PresetDefault, profile.Quality, WebP.EncoderAbi) == 0
            || WebP.WebPPictureInitInternal(&target, WebP.EncoderAbi) == 0)
        {
            throw new NativeLibraryException("The installed libwebp has another interface than the one this version was made for (ABI 0x02).");
        }
        if (profile.Lossless) _ = WebP.WebPConfigLosslessPreset(&config, LosslessLevel);
        config.Exact = 1; // colours under transparent pixels count in the perceptual hash
        config.AlphaQuality = 100;
        config.PartitionLimit = partitionLimit;
        var writer = new Writer();
        var handle = GCHandle.Alloc(writer);
        try
        {
            target.UseArgb = profile.Lossless ? 1 : 0;
            target.Width = picture.Width;
            target.Height = picture.Height;
            target.Writer = &OnWrite;
            target.CustomPointer = GCHandle.ToIntPtr(handle);
            var imported = picture.Layout == PixelLayout.Rgba
                ? WebP.WebPPictureImportRGBA(&target, picture.Pointer, picture.RowBytes)
                : WebP.WebPPictureImportRGB(&target, picture.Pointer, picture.RowBytes);
            var encoded = imported != 0 && WebP.WebPEncode(&config, &target) != 0;
            error = target.ErrorCode;
            if (writer.Error is { } parked) throw new InvalidContentException(ErrorCodes.EncodingFailed, "The WebP could not be written.", parked);
            return encoded ? writer.Output.ToArray() : null;
        }
        finally
        {
            WebP.WebPPictureFree(&target);
            handle.Free();
            writer.Output.Dispose();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnWrite(byte* data, nuint length, WebP.Picture* picture)
    {
        if (GCHandle.FromIntPtr(picture->CustomPointer).Target is not Writer writer) return 0;
        try
        {
            writer.Output.Write(new ReadOnlySpan<byte>(data, checked((int)length)));
            return 1;
        }
        catch (Exception e) when (e is not StackOverflowException)
        {
            writer.Error = e; // nothing unwinds through libwebp: the caller rethrows
            return 0;
        }
    }

    private sealed class Writer
    {
        public MemoryStream Output { get; } = new();

        public Exception? Error { get; set; }
    }
}
