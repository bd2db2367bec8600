using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Changes of luma as whole steps, and their addition to pixels of 8 or 16 bits a sample. A step up and a step down are kept
/// apart, so that both fit a sample; one of the two is zero.
/// </summary>
internal static partial class PixelSteps
{
    private const float Most = byte.MaxValue, MostDeep = ushort.MaxValue; // more changes no pixel further
    private const float DeepSteps = 257; // 65535 / 255

    /// <summary>The steps ⌊change + ½⌋ of a row.</summary>
    public static void Round(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down)
    {
        up = up[..change.Length];
        down = down[..change.Length];
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) RoundVector512(change, up, down);
        else if (Vector256.IsHardwareAccelerated) RoundVector256(change, up, down);
        else if (Vector128.IsHardwareAccelerated) RoundVector128(change, up, down);
        else RoundScalar(change, up, down, 0);
    }

    /// <summary>Adds each pixel's step to all its colours, clipped; transparent pixels stay.</summary>
    /// <param name="pixels">One row.</param>
    /// <param name="channels">How many samples a pixel has.</param>
    /// <param name="colours">How many of them, the first, are colours; a further one is alpha.</param>
    /// <param name="up">How much brighter each pixel becomes.</param>
    /// <param name="down">How much darker.</param>
    public static void Add(Span<byte> pixels, int channels, int colours, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down)
    {
        down = down[..up.Length];
        pixels = pixels[..(up.Length * channels)];
        switch (Vector128.IsHardwareAccelerated, channels, colours)
        {
            case (true, 1, 1):
                AddToGrayVector128(pixels, up, down);
                break;
            case (true, 2, 1):
                AddToGrayAlphaVector128(pixels, up, down);
                break;
            case (true, 3, 3):
                AddToRgbVector128(pixels, up, down);
                break;
            case (true, 4, 3):
                AddToRgbaVector128(pixels, up, down);
                break;
            default:
                AddScalar(pixels, channels, colours, up, down, 0);
                break;
        }
    }

    /// <summary>The same in steps of 16-bit samples, 257 times as many: ⌊257·change + ½⌋.</summary>
    public static void Round(ReadOnlySpan<float> change, Span<ushort> up, Span<ushort> down)
    {
        up = up[..change.Length];
        down = down[..change.Length];
        if (Vector128.IsHardwareAccelerated) RoundVector128(change, up, down);
        else RoundScalar(change, up, down, 0);
    }

    /// <inheritdoc cref="Add(Span{byte}, int, int, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static void Add(Span<ushort> pixels, int channels, int colours, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down)
    {
        down = down[..up.Length];
        pixels = pixels[..(up.Length * channels)];
        switch (Vector128.IsHardwareAccelerated, channels, colours)
        {
            case (true, 1, 1):
                AddToGrayVector128(pixels, up, down);
                break;
            case (true, 2, 1):
                AddToGrayAlphaVector128(pixels, up, down);
                break;
            case (true, 3, 3):
                AddToRgbVector128(pixels, up, down);
                break;
            case (true, 4, 3):
                AddToRgbaVector128(pixels, up, down);
                break;
            default:
                AddScalar(pixels, channels, colours, up, down, 0);
                break;
        }
    }
}
