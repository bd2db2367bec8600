using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// A picture as the watermark sees it: luma at canonical scale and, if the picture has transparent parts, how visible each
/// pixel is (0 to 1). Fully transparent pixels take the mean of the others, so that they neither carry nor disturb.
/// </summary>
internal sealed class CanonicalImage : IDisposable
{
    private const byte BilevelMargin = 24;
    private const int BilevelMaxGreyShare = 100; // one pixel in a hundred

    private CanonicalImage(Plane<float> luma, Plane<float>? visibility)
    {
        Luma = luma;
        Visibility = visibility;
    }

    public Plane<float> Luma { get; }

    /// <summary>Null when the whole picture is visible.</summary>
    public Plane<float>? Visibility { get; }

    /// <summary>Scales a picture's luma down to canonical size.</summary>
    /// <param name="image">The picture, for its transparency.</param>
    /// <param name="luma">Its luma at full size; changed where the picture is transparent.</param>
    public static CanonicalImage Create(ImageBuffer image, Plane<byte> luma)
    {
        var (width, height) = WatermarkLayout.CanonicalSize(image.Width, image.Height);
        using var visible = VisiblePixels(image);
        if (IsBilevel(luma.Values)) FoldBilevel(luma.Values);
        if (visible is null) return new CanonicalImage(BicubicScaler.Scale(luma, width, height), null);
        FillTransparent(luma.Values, visible.Values);
        return new CanonicalImage(BicubicScaler.Scale(luma, width, height), BicubicScaler.Scale(visible, width, height));
    }

    /// <summary>Luma at full size, for callers that don't compute it for the perceptual hash anyway.</summary>
    public static Plane<byte> LumaOf(ImageBuffer image)
    {
        var luma = new Plane<byte>(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++) Transforms.Luma.Row(image, y, LumaRule.Standard, luma.Row(y));
        return luma;
    }

    public void Dispose()
    {
        Luma.Dispose();
        Visibility?.Dispose();
    }

    /// <summary>One where alpha is above zero; null when that is everywhere.</summary>
    private static Plane<byte>? VisiblePixels(ImageBuffer image)
    {
        if (!image.HasAlpha) return null;
        var visible = new Plane<byte>(image.Width, image.Height);
        var all = true;
        for (var y = 0; y < image.Height; y++)
        {
            all &= image.BitDepth == 16
                ? CanonicalKernels.Visible16(image.Row16(y), image.Channels, visible.Row(y))
                : CanonicalKernels.Visible(image.Row(y), image.Channels, visible.Row(y));
        }
        if (!all) return visible;
        visible.Dispose();
        return null;
    }

    /// <summary>Whether a picture is black and white only: dithered, or a page of text. What a watermark changed still counts.</summary>
    private static bool IsBilevel(ReadOnlySpan<byte> luma)
    {
        const int Part = 1 << 16;
        long grey = 0;
        for (var rest = luma; !rest.IsEmpty; rest = rest[Math.Min(Part, rest.Length)..])
        {
            grey += CanonicalKernels.CountGrey(rest[..Math.Min(Part, rest.Length)], BilevelMargin);
            if (grey * BilevelMaxGreyShare >= luma.Length) return false; // a photo is known by its first rows
        }
        return true;
    }

    /// <summary>
    /// Puts white on top of black, so that their contrast, a hundred times the watermark's, is gone and only what was
    /// changed is left. 128 takes the place of both.
    /// </summary>
    private static void FoldBilevel(Span<byte> luma) => CanonicalKernels.Fold(luma);

    private static void FillTransparent(Span<byte> luma, ReadOnlySpan<byte> visible)
    {
        var (sum, count) = CanonicalKernels.SumOfVisible(luma, visible);
        CanonicalKernels.Fill(luma, visible, (byte)(count == 0 ? 128 : sum / count));
    }
}
