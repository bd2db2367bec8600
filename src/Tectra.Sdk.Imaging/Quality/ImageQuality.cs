using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Quality;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging;

/// <summary>How near a signed picture is to its source. Immutable.</summary>
/// <param name="PsnrDecibels">Peak signal-to-noise ratio over all colour samples; 99 when they are the same.</param>
/// <param name="Ssim">
/// Structural similarity of 8-bit luma (Wang et al. 2004: 11×11 Gaussian window of σ 1.5, no down-sampling), at most 1.
/// </param>
public readonly record struct ImageQuality(double PsnrDecibels, double Ssim)
{
    private const double Identical = 99;
    private const int BandRows = 256, Border = 5; // half of the window of 11
    private const float C1 = 0.01f * 255 * (0.01f * 255), C2 = 0.03f * 255 * (0.03f * 255);

    private static readonly GaussianBlur Window = new(1.5);

    /// <summary>Compares two pictures of the same size, grey or colour.</summary>
    internal static ImageQuality Compare(ImageBuffer source, ImageBuffer copy, CancellationToken cancellationToken = default)
    {
        if (source.Width != copy.Width || source.Height != copy.Height) throw new ArgumentException("The pictures differ in size.", nameof(copy));
        return new ImageQuality(Psnr(source, copy), StructuralSimilarity(source, copy, cancellationToken));
    }

    private static double Psnr(ImageBuffer source, ImageBuffer copy)
    {
        double sum = 0;
        var plain = source.BitDepth == 8 && source.Layout == copy.Layout && copy.BitDepth == 8 && !source.HasAlpha;
        for (var y = 0; y < source.Height; y++) sum += plain ? QualityKernels.SumOfSquares(source.Row(y), copy.Row(y)) : SumOfSquares(source, copy, y);
        var mean = sum / source.Width / source.Height / source.ColourChannels;
        return mean == 0 ? Identical : Math.Round(10 * Math.Log10(255 * 255 / mean), 3);
    }

    /// <summary>A row of pictures that differ in layout or depth, or have an alpha channel that doesn't count.</summary>
    private static double SumOfSquares(ImageBuffer source, ImageBuffer copy, int y)
    {
        double sum = 0;
        for (var x = 0; x < source.Width; x++)
        {
            for (var c = 0; c < source.ColourChannels; c++)
            {
                var difference = Sample(source, x, y, c) - Sample(copy, x, y, Math.Min(c, copy.ColourChannels - 1));
                sum += difference * difference;
            }
        }
        return sum;

        static double Sample(ImageBuffer image, int x, int y, int channel)
        {
            var i = (x * image.Channels) + channel;
            return image.BitDepth == 16 ? image.Row16(y)[i] / 257.0 : image.Row(y)[i];
        }
    }

    /// <summary>In bands of rows, so that large pictures don't need five planes of their own size.</summary>
    private static double StructuralSimilarity(ImageBuffer source, ImageBuffer copy, CancellationToken cancellationToken)
    {
        // The border where the window leaves the picture isn't counted, unless the picture is all border.
        var border = Math.Min(source.Width, source.Height) > 2 * Border ? Border : 0;
        double sum = 0;
        long count = 0;
        for (var top = border; top < source.Height - border; top += BandRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int bottom = Math.Min(top + BandRows, source.Height - border), first = Math.Max(top - Border, 0), last = Math.Min(bottom + Border, source.Height);
            using Plane<float> x = LumaOf(source, first, last), y = LumaOf(copy, first, last);
            sum += Band(x, y, top - first, bottom - first, border);
            count += (long)(bottom - top) * (source.Width - (2 * border));
        }
        return Math.Round(sum / count, 5);
    }

    private static double Band(Plane<float> x, Plane<float> y, int top, int bottom, int border)
    {
        using Plane<float> meanX = Blurred(x), meanY = Blurred(y);
        using Plane<float> squareX = Blurred(x, x), squareY = Blurred(y, y), product = Blurred(x, y);
        using var similarity = new Plane<float>(x.Width, 1);
        double sum = 0;
        for (var row = top; row < bottom; row++)
        {
            QualityKernels.Similarity(meanX.Row(row), meanY.Row(row), squareX.Row(row), squareY.Row(row), product.Row(row), C1, C2, similarity.Values);
            double line = 0;
            foreach (var value in similarity.Values[border..^border]) line += value;
            sum += line;
        }
        return sum;
    }

    private static Plane<float> Blurred(Plane<float> plane, Plane<float>? factor = null)
    {
        var result = new Plane<float>(plane.Width, plane.Height);
        if (factor is null)
        {
            Window.Apply(plane, result);
            return result;
        }
        using var products = new Plane<float>(plane.Width, plane.Height);
        QualityKernels.Multiply(plane.Values, factor.Values, products.Values);
        Window.Apply(products, result);
        return result;
    }

    private static Plane<float> LumaOf(ImageBuffer image, int first, int last)
    {
        var luma = new Plane<float>(image.Width, last - first);
        using var bytes = new Plane<byte>(image.Width, 1);
        luma.Values.Clear();
        for (var y = first; y < last; y++)
        {
            Luma.Row(image, y, LumaRule.Standard, bytes.Values);
            RowOps.AddScaled(bytes.Values, 1, luma.Row(y - first));
        }
        return luma;
    }
}
