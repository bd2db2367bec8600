using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// The Fourier transform of a whitened picture, levelled once more over all of it, that can be read at any frequency. A
/// periodic tile, however scaled and turned, is a lattice of lines in it.
/// </summary>
/// <remarks>
/// Between bins it is interpolated by a sinc under a Kaiser window (8×8 taps); the zeros around the picture, three tenths of
/// its size, leave that room. Phases are relative to the picture's middle pixel (width/2, height/2).
/// </remarks>
internal sealed class PictureSpectrum : IDisposable
{
    /// <summary>Beyond, in cycles a pixel, nothing is read: resampling has left little there, and interpolation would reach around.</summary>
    public const double MaxFrequency = 0.47;

    private const double Padding = 1.3, KaiserBeta = 4;
    private const int Taps = 8, Steps = 256, BoxRadius = 12;
    private const float MaxMagnitude = 3; // of a levelled bin; noise has a mean square of one
    private const double LowestFrequency = 0.03;

    private static readonly float[] Kernel = MakeKernel();

    private readonly Plane<float> _real, _imaginary; // row: horizontal bin from −Across/2; column: vertical bin from −Taps

    private PictureSpectrum(int width, int height)
    {
        (Width, Height) = (width, height);
        (Across, Down) = (Fft.LengthFrom((int)(width * Padding)), Fft.LengthFrom((int)(height * Padding)));
        _real = new Plane<float>(Stride, Across);
        _imaginary = new Plane<float>(Stride, Across);
        Power = new Plane<float>(Down, Across);
    }

    /// <summary>The picture's size.</summary>
    public int Width { get; }

    public int Height { get; }

    /// <summary>How many bins make up one cycle a pixel, across and down.</summary>
    public int Across { get; }

    public int Down { get; }

    /// <summary>The power of each bin, about one on average. Row: horizontal bin from −Across/2; column: vertical bin from −Down/2.</summary>
    public Plane<float> Power { get; }

    private int HalfDown => (Down / 2) + 1;

    private int Stride => ((HalfDown + Fft.Width - 1) / Fft.Width * Fft.Width) + (2 * Taps);

    public static PictureSpectrum Create(Plane<float> picture)
    {
        var spectrum = new PictureSpectrum(picture.Width, picture.Height);
        if (Vector512.IsHardwareAccelerated) spectrum.Fill<Lanes16>(picture);
        else if (Vector256.IsHardwareAccelerated) spectrum.Fill<Lanes8>(picture);
        else if (Vector128.IsHardwareAccelerated) spectrum.Fill<Lanes4>(picture);
        else spectrum.Fill<Lanes1>(picture);
        return spectrum;
    }

    /// <summary>The same with registers of a given width; all widths agree bit for bit.</summary>
    public static PictureSpectrum Create<T>(Plane<float> picture)
        where T : struct, ILanes<T>
    {
        var spectrum = new PictureSpectrum(picture.Width, picture.Height);
        spectrum.Fill<T>(picture);
        return spectrum;
    }

    /// <summary>Reads lines of a lattice; those beyond the readable frequencies are zero.</summary>
    public void Read(Lattice lattice, ReadOnlySpan<(int U, int V)> lines, Span<float> real, Span<float> imaginary)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var (x, y) = lattice.At(lines[i].U, lines[i].V);
            (real[i], imaginary[i]) = Math.Abs(x) > MaxFrequency || Math.Abs(y) > MaxFrequency ? (0, 0) : At(x, y);
        }
    }

    /// <summary>The spectrum at a frequency in cycles a pixel, both within ±<see cref="MaxFrequency"/>.</summary>
    public (float Real, float Imaginary) At(double across, double down) =>
        Vector256.IsHardwareAccelerated ? At<Lanes8>(across, down) : Vector128.IsHardwareAccelerated ? At<Lanes4>(across, down) : At<Lanes1>(across, down);

    public void Dispose()
    {
        _real.Dispose();
        _imaginary.Dispose();
        Power.Dispose();
    }

    [SkipLocalsInit]
    private (float Real, float Imaginary) At<T>(double across, double down)
        where T : struct, ILanes<T>
    {
        var conjugate = down < 0;
        if (conjugate) (across, down) = (-across, -down);
        double x = (across * Across) + (Across / 2), y = (down * Down) + Taps;
        int x0 = (int)x, y0 = (int)y;
        if (x0 < Taps || x0 + Taps >= Across || y0 + Taps >= Stride) return (0, 0);
        ref float kx = ref Kernel[(int)((x - x0) * Steps) * Taps], ky = ref Kernel[(int)((y - y0) * Steps) * Taps];
        var first = ((nint)(x0 - (Taps / 2) + 1) * Stride) + y0 - (Taps / 2) + 1;
        ref float re = ref MemoryMarshal.GetReference(_real.Values), im = ref MemoryMarshal.GetReference(_imaginary.Values);
        Span<float> sums = stackalloc float[2 * Taps];
        ref var sum = ref MemoryMarshal.GetReference(sums);
        for (nint j = 0; j < Taps; j += T.Count)
        {
            T sumReal = T.Create(0), sumImaginary = T.Create(0);
            for (nint i = 0, at = first + j; i < Taps; i++, at += Stride)
            {
                var weight = T.Create(Unsafe.Add(ref kx, i));
                sumReal += T.Load(ref re, at) * weight;
                sumImaginary += T.Load(ref im, at) * weight;
            }
            var taps = T.Load(ref ky, j);
            T.Store(sumReal * taps, ref sum, j);
            T.Store(sumImaginary * taps, ref sum, Taps + j);
        }
        float real = Sum(sums), imaginary = Sum(sums[Taps..]);
        return (real, conjugate ? -imaginary : imaginary);

        // In pairs, so that no addition waits for seven others.
        static float Sum(ReadOnlySpan<float> s) => ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }

    private void Fill<T>(Plane<float> picture)
        where T : struct, ILanes<T>
    {
        PlaneFft.Transform<T>(picture, Across, Down, _real, _imaginary, Taps);
        Level<T>();
        Mirror();
    }

    /// <summary>Divides by the root of the mean power around, leaves out the lowest frequencies, and caps what still stands out.</summary>
    private void Level<T>()
        where T : struct, ILanes<T>
    {
        var width = Stride - (2 * Taps);
        using var power = new Plane<float>(width, Across);
        using var mean = new Plane<float>(width, Across);
        for (var k = 0; k < Across; k++) RowOps.Power<T>(_real.Row(k).Slice(Taps, width), _imaginary.Row(k).Slice(Taps, width), power.Row(k));
        BoxMean.Apply<T>(power, mean, BoxRadius, HalfDown);
        for (var k = 0; k < Across; k++)
        {
            Span<float> re = _real.Row(k).Slice(Taps, width), im = _imaginary.Row(k).Slice(Taps, width), row = power.Row(k);
            RowOps.Level<T>(re, im, row, mean.Row(k), MaxMagnitude);
            var across = ((double)k / Across) - 0.5;
            for (var i = 0; i < width; i++)
            {
                var down = (double)i / Down;
                if ((across * across) + (down * down) >= LowestFrequency * LowestFrequency) break;
                re[i] = im[i] = row[i] = 0;
            }
        }
        Power.Row(0).Clear();
        for (var k = 0; k < Across; k++)
        {
            power.Row(k)[..(Down / 2)].CopyTo(Power.Row(k)[(Down / 2)..]);
            if (k == 0) continue;
            Span<float> from = power.Row(k), to = Power.Row(Across - k);
            for (var i = 1; i <= Down / 2; i++) to[(Down / 2) - i] = from[i];
        }
    }

    /// <summary>The margins that interpolation reaches into: the spectrum of a real picture is its own conjugate, mirrored.</summary>
    private void Mirror()
    {
        for (var k = 0; k < Across; k++)
        {
            var opposite = (Across - k) % Across;
            Span<float> re = _real.Row(k), im = _imaginary.Row(k), fromRe = _real.Row(opposite), fromIm = _imaginary.Row(opposite);
            for (var i = 1; i <= Taps; i++)
            {
                re[Taps - i] = fromRe[Taps + i];
                im[Taps - i] = -fromIm[Taps + i];
            }
            re[(Taps + HalfDown)..].Clear();
            im[(Taps + HalfDown)..].Clear();
        }
    }

    private static float[] MakeKernel()
    {
        var kernel = new float[Steps * Taps];
        for (var i = 0; i < kernel.Length; i++)
        {
            var t = (i % Taps) - (Taps / 2) + 1 - (((i / Taps) + 0.5) / Steps);
            double x = t / (Taps / 2.0), window = x * x >= 1 ? 0 : Bessel(KaiserBeta * Math.Sqrt(1 - (x * x))) / Bessel(KaiserBeta);
            kernel[i] = (float)(Math.Round(window * Math.Sin(Math.PI * t) / (Math.PI * t) * (1 << 24)) / (1 << 24));
        }
        return kernel;
    }

    /// <summary>The modified Bessel function I₀, by its power series.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; k < 30; k++)
        {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }
        return sum;
    }
}
