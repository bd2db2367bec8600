using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Changes of luma as whole steps, and their addition to 8-bit pixels. A step up and a step down are kept apart, so that
/// both fit bytes; one of the two is zero.
/// </summary>
internal static partial class PixelSteps
{
    private const float Most = byte.MaxValue; // more changes no pixel further

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
        if (!Vector128.IsHardwareAccelerated)
        {
            AddScalar(pixels, channels, colours, up, down, 0);
            return;
        }
        switch (channels, colours)
        {
            case (1, 1):
                AddToGrayVector128(pixels, up, down);
                break;
            case (2, 1):
                AddToGrayAlphaVector128(pixels, up, down);
                break;
            case (3, 3):
                AddToRgbVector128(pixels, up, down);
                break;
            case (4, 3):
                AddToRgbaVector128(pixels, up, down);
                break;
            default:
                AddScalar(pixels, channels, colours, up, down, 0);
                break;
        }
    }
}
