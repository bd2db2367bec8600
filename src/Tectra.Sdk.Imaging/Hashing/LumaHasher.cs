using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Hashing;

/// <summary>
/// The perceptual hash of many planes of luma of one size, such as a video's frames: bit for bit <see cref="PerceptualHasher"/>'s of the same
/// samples as a grey picture. What depends on the size alone is computed once. Thread-safe.
/// </summary>
internal sealed class LumaHasher
{
    private const int BandRows = 8;

    private readonly int _width, _height;
    private readonly Resampler.Axis? _across, _down; // null where that side is 32 already

    public LumaHasher(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (_width, _height) = (width, height);
        _across = width == Dct32.Size ? null : new Resampler.Axis(width, Dct32.Size);
        _down = height == Dct32.Size ? null : new Resampler.Axis(height, Dct32.Size);
    }

    /// <summary>Hashes a plane.</summary>
    /// <param name="luma">Rows of samples without padding.</param>
    /// <exception cref="ArgumentException">The plane isn't of the size.</exception>
    public PerceptualHash Hash(ReadOnlySpan<byte> luma)
    {
        if (luma.Length != _width * _height) throw new ArgumentException("The plane isn't of the size that was named.", nameof(luma));
        Span<byte> samples = stackalloc byte[Dct32.Size * Dct32.Size], narrow = stackalloc byte[BandRows * Dct32.Size];
        Span<int> sums = stackalloc int[Dct32.Size * Dct32.Size];
        sums.Clear();
        var first = 0;
        for (var y = 0; y < _height; y += BandRows)
        {
            var count = Math.Min(BandRows, _height - y);
            var band = luma.Slice(y * _width, count * _width);
            if (_across is null) band.CopyTo(narrow);
            else Resampler.Horizontal(band, _width, _across, narrow);
            for (var i = 0; i < count; i++)
            {
                var line = narrow.Slice(i * Dct32.Size, Dct32.Size);
                if (_down is null) line.CopyTo(samples[((y + i) * Dct32.Size)..]);
                else Resampler.Accumulate(line, y + i, _down, sums, ref first);
            }
        }
        if (_down is not null) Resampler.Round(sums, samples);
        return PerceptualHasher.FromSamples(samples);
    }
}
