using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging;

/// <summary>How near a signed picture is to its source. Immutable.</summary>
/// <param name="PsnrDecibels">Peak signal-to-noise ratio over all colour samples; 99 when they are the same.</param>
/// <param name="Ssim">Structural similarity of luma (Wang et al. 2004: 11×11 Gaussian window of σ 1.5, no down-sampling), at most 1.</param>
public readonly record struct ImageQuality(double PsnrDecibels, double Ssim)
{
    private const double Identical = 99;
    private const int BandRows = 256, Border = 5; // half of the window of 11
    private const float C1 = 0.01f * 255 * (0.01f * 255), C2 = 0.03f * 255 * (0.03f * 255);

    private static readonly GaussianBlur Window = new(1.5);

    /// <summary>Compares two pictures of the same size and layout.</summary>
    internal static ImageQuality Compare(ImageBuffer source, ImageBuffer copy, CancellationToken cancellationToken = default)
    {
        if (source.Width != copy.Width || source.Height != copy.Height) throw new ArgumentException("The pictures differ in size.", nameof(copy));
        return new ImageQuality(Psnr(source, copy), StructuralSimilarity(source, copy, cancellationToken));
    }

    private static double Psnr(ImageBuffer source, ImageBuffer copy)
    {
        double sum = 0;
        var row = new float[source.Width * source.ColourChannels];
        var other = new float[row.Length];
        for (var y = 0; y < source.Height; y++)
        {
            Colours(source, y, row);
            Colours(copy, y, other);
            double line = 0;
            for (var i = 0; i < row.Length; i++)
            {
                var difference = row[i] - other[i];
                line += difference * difference;
            }
            sum += line;
        }
        var mean = sum / row.Length / source.Height;
        return mean == 0 ? Identical : Math.Round(10 * Math.Log10(255 * 255 / mean), 3);
    }

    /// <summary>The colour samples of a row on the scale of 0 to 255; grey is spread if the other picture has colour.</summary>
    private static void Colours(ImageBuffer image, int y, Span<float> destination)
    {
        int colours = destination.Length / image.Width, own = image.ColourChannels;
        for (var x = 0; x < image.Width; x++)
        {
            for (var c = 0; c < colours; c++)
            {
                var i = (x * image.Channels) + Math.Min(c, own - 1);
                destination[(x * colours) + c] = image.BitDepth == 16 ? image.Row16(y)[i] / 257f : image.Row(y)[i];
            }
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
        double sum = 0;
        for (var row = top; row < bottom; row++)
        {
            double line = 0;
            for (var i = (row * x.Width) + border; i < ((row + 1) * x.Width) - border; i++)
            {
                float mx = meanX.Values[i], my = meanY.Values[i];
                float sx = squareX.Values[i] - (mx * mx), sy = squareY.Values[i] - (my * my), sxy = product.Values[i] - (mx * my);
                line += ((2 * mx * my) + C1) * ((2 * sxy) + C2) / (((mx * mx) + (my * my) + C1) * (sx + sy + C2));
            }
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
        for (var i = 0; i < products.Values.Length; i++) products.Values[i] = plane.Values[i] * factor.Values[i];
        Window.Apply(products, result);
        return result;
    }

    private static Plane<float> LumaOf(ImageBuffer image, int first, int last)
    {
        var luma = new Plane<float>(image.Width, last - first);
        var row = new float[3 * image.Width];
        for (var y = first; y < last; y++)
        {
            Colours(image, y, row);
            var line = luma.Row(y - first);
            for (var x = 0; x < line.Length; x++) line[x] = (0.299f * row[3 * x]) + (0.587f * row[(3 * x) + 1]) + (0.114f * row[(3 * x) + 2]);
        }
        return luma;
    }
}
