using System.Buffers;
using System.Runtime.CompilerServices;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Hashing;

/// <summary>
/// The perceptual hash, bit for bit Python <c>imagehash.phash</c> (4.3) on what Pillow (9.4) decodes: luma, Lanczos to
/// 32×32, DCT, the 8×8 lowest frequencies against their median.
/// </summary>
internal static class PerceptualHasher
{
    private const int Bits = Dct32.Kept * Dct32.Kept;
    private const int BandRows = 8; // rows that go through luma and the horizontal pass together while they are in the cache

    // Where scipy's transform yields exact zeros and ties (flat pictures), a cosine sum leaves about 1e-13. Real
    // coefficients are no nearer to each other than 0.02, so anything between is a safe threshold.
    private const double Zero = 1e-6;

    /// <summary>Hashes a decoded picture.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="rule">How its samples become luma.</param>
    /// <param name="luma">If given, takes the luma of every row on the way, for the watermark detector.</param>
    /// <param name="cancellationToken">Checked every few rows.</param>
    public static PerceptualHash Hash(ImageBuffer image, LumaRule rule, Plane<byte>? luma = null, CancellationToken cancellationToken = default)
    {
        Span<byte> samples = stackalloc byte[Dct32.Size * Dct32.Size];
        Shrink(image, rule, luma, samples, cancellationToken);
        return FromSamples(samples);
    }

    /// <summary>Hashes 32×32 luma samples.</summary>
    public static PerceptualHash FromSamples(ReadOnlySpan<byte> samples)
    {
        Span<double> coefficients = stackalloc double[Bits];
        Dct32.LowFrequencies(samples, coefficients);
        foreach (ref var coefficient in coefficients)
        {
            if (Math.Abs(coefficient) < Zero) coefficient = 0;
        }
        Span<double> sorted = stackalloc double[Bits];
        coefficients.CopyTo(sorted);
        sorted.Sort();
        var median = (sorted[(Bits / 2) - 1] + sorted[Bits / 2]) / 2;
        var hash = 0UL;
        foreach (var coefficient in coefficients) hash = (hash << 1) | (coefficient > median ? 1UL : 0UL);
        return new PerceptualHash(hash);
    }

    /// <summary>Luma and Lanczos to 32×32; a pass is left out where that dimension is 32 already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Shrink(ImageBuffer image, LumaRule rule, Plane<byte>? luma, Span<byte> samples, CancellationToken cancellationToken)
    {
        var across = image.Width == Dct32.Size ? null : new Resampler.Axis(image.Width, Dct32.Size);
        var down = image.Height == Dct32.Size ? null : new Resampler.Axis(image.Height, Dct32.Size);
        var rented = luma is null ? ArrayPool<byte>.Shared.Rent(BandRows * image.Width) : null;
        Span<byte> narrow = stackalloc byte[BandRows * Dct32.Size];
        Span<int> sums = stackalloc int[Dct32.Size * Dct32.Size];
        sums.Clear();
        var first = 0;
        try
        {
            for (var y = 0; y < image.Height; y += BandRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(BandRows, image.Height - y);
                var band = luma is null ? rented.AsSpan(0, count * image.Width) : luma.Values.Slice(y * image.Width, count * image.Width);
                for (var i = 0; i < count; i++) Luma.Row(image, y + i, rule, band.Slice(i * image.Width, image.Width));
                if (across is null) band.CopyTo(narrow);
                else Resampler.Horizontal(band, image.Width, across, narrow);
                for (var i = 0; i < count; i++)
                {
                    var line = narrow.Slice(i * Dct32.Size, Dct32.Size);
                    if (down is null) line.CopyTo(samples[((y + i) * Dct32.Size)..]);
                    else Resampler.Accumulate(line, y + i, down, sums, ref first);
                }
            }
            if (down is not null) Resampler.Round(sums, samples);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
