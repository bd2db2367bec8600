using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>The inner loops of making a canonical picture, all of whole numbers.</summary>
internal static partial class CanonicalKernels
{
    /// <summary>How many values are neither nearly black nor nearly white.</summary>
    public static int CountGrey(ReadOnlySpan<byte> luma, byte margin) =>
        Vector128.IsHardwareAccelerated ? CountGreyVector128(luma, margin) : CountGreyScalar(luma, margin);

    /// <summary>Values below 128 get 128 added, the others 127 taken off.</summary>
    public static void Fold(Span<byte> luma)
    {
        if (Vector128.IsHardwareAccelerated) FoldVector128(luma);
        else FoldScalar(luma);
    }

    /// <summary>One for each pixel whose alpha, the last of <paramref name="channels"/> bytes, is above zero; else zero.</summary>
    /// <returns>Whether all are above zero.</returns>
    public static bool Visible(ReadOnlySpan<byte> pixels, int channels, Span<byte> visible) =>
        Vector128.IsHardwareAccelerated && channels == 4 ? VisibleRgbaVector128(pixels, visible) : VisibleScalar(pixels, channels, visible, 0);

    /// <summary>The sum of the values that are visible, and their number.</summary>
    public static (long Sum, long Count) SumOfVisible(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> visible)
    {
        visible = visible[..luma.Length];
        return Vector128.IsHardwareAccelerated ? SumOfVisibleVector128(luma, visible) : SumOfVisibleScalar(luma, visible);
    }

    /// <summary>Puts one value in place of all that are not visible.</summary>
    public static void Fill(Span<byte> luma, ReadOnlySpan<byte> visible, byte value)
    {
        visible = visible[..luma.Length];
        if (Vector128.IsHardwareAccelerated) FillVector128(luma, visible, value);
        else FillScalar(luma, visible, value);
    }
}
