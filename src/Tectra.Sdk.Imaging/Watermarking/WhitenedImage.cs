using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// A canonical picture without what is predictable: local mean removed, local contrast divided out, outliers cut. What is
/// left is nearly noise, in which the tile stands out when it is folded.
/// </summary>
internal sealed class WhitenedImage : IDisposable
{
    private const float MaxValue = 3;

    private static readonly GaussianBlur LocalMean = new(2.5);
    private static readonly GaussianBlur LocalEnergy = new(5);

    private WhitenedImage(Plane<float> values, Plane<float> deviations)
    {
        Values = values;
        Deviations = deviations;
    }

    /// <summary>The whitened luma, −3 to 3; zero where the picture is transparent.</summary>
    public Plane<float> Values { get; }

    /// <summary>The local contrast that was divided out, at least 1.</summary>
    public Plane<float> Deviations { get; }

    public static WhitenedImage Create(CanonicalImage image)
    {
        var luma = image.Luma;
        var result = new WhitenedImage(new Plane<float>(luma.Width, luma.Height), new Plane<float>(luma.Width, luma.Height));
        using var squares = new Plane<float>(luma.Width, luma.Height);
        LocalMean.Apply(luma, result.Values);
        Span<float> values = result.Values.Values, deviations = result.Deviations.Values;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = luma.Values[i] - values[i];
            squares.Values[i] = values[i] * values[i];
        }
        LocalEnergy.Apply(squares, result.Deviations);
        for (var i = 0; i < values.Length; i++)
        {
            deviations[i] = MathF.Sqrt(MathF.Max(deviations[i], 0) + 1);
            values[i] = Math.Clamp(values[i] / deviations[i], -MaxValue, MaxValue);
        }
        if (image.Visibility is { } visibility)
        {
            for (var i = 0; i < values.Length; i++) values[i] *= visibility.Values[i];
        }
        return result;
    }

    public void Dispose()
    {
        Values.Dispose();
        Deviations.Dispose();
    }
}
