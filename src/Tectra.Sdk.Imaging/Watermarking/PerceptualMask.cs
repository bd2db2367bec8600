using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// How much of a watermark each place of a picture hides: the root of its local contrast. With hp = Y − G₄∗Y and
/// s = √(G₄∗hp²) the mask is √(min(s, 25) + 2).
/// </summary>
internal static class PerceptualMask
{
    private const float MaxContrast = 25, Floor = 2;

    private static readonly GaussianBlur Blur = new(4);

    /// <summary>The mask of a canonical picture, zero where it is transparent.</summary>
    public static Plane<float> Create(CanonicalImage image)
    {
        var luma = image.Luma;
        var mask = new Plane<float>(luma.Width, luma.Height);
        using var work = new Plane<float>(luma.Width, luma.Height);
        Blur.Apply(luma, work);
        MaskKernels.SquaredDeviation(luma.Values, work.Values);
        Blur.Apply(work, mask);
        MaskKernels.RootOfContrast(mask.Values, MaxContrast, Floor);
        if (image.Visibility is { } visibility) RowOps.Multiply(mask.Values, visibility.Values);
        return mask;
    }
}
