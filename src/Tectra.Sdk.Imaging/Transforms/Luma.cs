using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// 8-bit luma as Python's Pillow computes it, bit for bit: <c>(19595·R + 38470·G + 7471·B + 32768) &gt;&gt; 16</c>, the
/// ITU-R 601 weights in 16-bit fixed point. Grey is used as it is; alpha is ignored.
/// </summary>
internal static partial class Luma
{
    // 38470 does not fit a signed 16-bit factor, but is twice 19235: R·19595 + G·19235, and G·19235 + B·7471.
    private const int RedWeight = 19595, GreenWeight = 38470, HalfGreenWeight = 19235, BlueWeight = 7471, Rounding = 32768, Shift = 16;

    /// <summary>The luma of one row.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="y">The row.</param>
    /// <param name="rule">How 16-bit grey is treated.</param>
    /// <param name="destination">One byte a pixel.</param>
    public static void Row(ImageBuffer image, int y, LumaRule rule, Span<byte> destination)
    {
        destination = destination[..image.Width];
        if (image.BitDepth == 16) Row16(image.Row16(y), image.Layout, rule, destination);
        else Row8(image.Row(y), image.Layout, destination);
    }

    /// <summary>Pixels of three bytes R, G, B.</summary>
    public static void FromRgb(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) FromRgbVector512(source, destination);
        else if (Avx2.IsSupported) FromRgbVector256(source, destination);
        else if (Vector128.IsHardwareAccelerated) FromRgbVector128(source, destination);
        else FromRgbScalar(source, destination);
    }

    /// <summary>Pixels of four bytes R, G, B, A.</summary>
    public static void FromRgba(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (Vector128.IsHardwareAccelerated) FromRgbaVector128(source, destination);
        else FromRgbaScalar(source, destination);
    }

    /// <summary>The upper eight bits of samples.</summary>
    public static void HighBytes(ReadOnlySpan<ushort> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        if (Vector128.IsHardwareAccelerated) HighBytesVector128(source, destination);
        else HighBytesScalar(source, destination);
    }

    private static void Row8(ReadOnlySpan<byte> source, PixelLayout layout, Span<byte> destination)
    {
        switch (layout)
        {
            case PixelLayout.Gray:
                source.CopyTo(destination);
                break;
            case PixelLayout.GrayAlpha:
                FromGrayAlpha(source, destination);
                break;
            case PixelLayout.Rgb:
                FromRgb(source, destination);
                break;
            case PixelLayout.Rgba:
                FromRgba(source, destination);
                break;
            default:
                FromCmyk(source, destination);
                break;
        }
    }

    /// <summary>Of 16 bits the upper eight count, except of grey where the rule clips.</summary>
    private static void Row16(ReadOnlySpan<ushort> source, PixelLayout layout, LumaRule rule, Span<byte> destination)
    {
        const int Pixels = 512; // a part of the row that fits the stack
        var channels = (int)layout; // 16 bits come as grey or RGB, with or without alpha
        if (rule == LumaRule.ClippedGray16 && layout is (PixelLayout.Gray or PixelLayout.GrayAlpha))
        {
            ClippedGray16(source, channels, destination);
            return;
        }
        Span<byte> bytes = stackalloc byte[Pixels * (int)PixelLayout.Rgba];
        for (var x = 0; x < destination.Length; x += Pixels)
        {
            var count = Math.Min(Pixels, destination.Length - x);
            HighBytes(source.Slice(x * channels, count * channels), bytes);
            Row8(bytes[..(count * channels)], layout, destination.Slice(x, count));
        }
    }
}
