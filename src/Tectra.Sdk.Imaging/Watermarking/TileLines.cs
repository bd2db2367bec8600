using System.Buffers;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>Where a tile begins in a picture, in tile pixels, and how well the pilot agrees.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Down.</param>
/// <param name="Turned">The tile stands on its head.</param>
/// <param name="Inverted">Dark and light are exchanged.</param>
/// <param name="Score">How well the pilot's phases agree, 0 to 8: 8 when all lines agree, chance stays below 5.</param>
internal readonly record struct TileOffset(double X, double Y, bool Turned, bool Inverted, double Score);

/// <summary>
/// The complex amplitudes of a tile's spectral lines as read from a picture: of the pilot's 32 and of the payload's. A
/// buffer that is filled again and again; not thread-safe.
/// </summary>
internal sealed class TileLines
{
    private const int Side = WatermarkLayout.TileSide, Pilots = 32;

    /// <summary>The pilot's lines, then the payload's; one of each conjugate pair.</summary>
    public static readonly (int U, int V)[] All = [.. WatermarkLayout.Pilot.Select(line => (line.U, line.V)), .. WatermarkLayout.PayloadLines];

    private readonly float[] _real = new float[All.Length], _imaginary = new float[All.Length];

    public ReadOnlySpan<float> Real => _real;

    public ReadOnlySpan<float> Imaginary => _imaginary;

    /// <summary>Reads them from a spectrum; the origin is the picture's middle.</summary>
    public void Load(PictureSpectrum spectrum, Lattice lattice) => spectrum.Read(lattice, All, _real, _imaginary);

    /// <summary>
    /// Reads them from a picture's folded tile (its transform, 128×128), mirrored or turned by quarters as the lattice says; the
    /// origin is the picture's first pixel.
    /// </summary>
    public void Load(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Lattice quarters)
    {
        for (var i = 0; i < All.Length; i++)
        {
            var (u, v) = All[i];
            int x = (int)((quarters.Xu * u) + (quarters.Xv * v)), y = (int)((quarters.Yu * u) + (quarters.Yv * v));
            var at = ((y & (Side - 1)) * Side) + (x & (Side - 1));
            (_real[i], _imaginary[i]) = (real[at], imaginary[at]);
        }
    }

    /// <summary>Finds where the tile begins: the offset at which the pilot's phases agree best.</summary>
    public TileOffset FindOffset()
    {
        const int Square = Side * Side;
        var work = ArrayPool<float>.Shared.Rent(2 * Square);
        Span<float> upright = work.AsSpan(0, Square), turned = work.AsSpan(Square, Square);
        upright.Clear();
        turned.Clear();
        double power = 0;
        for (var i = 0; i < Pilots; i++)
        {
            // Both ways up at once: one correlation becomes the real part, the other the imaginary. A turned tile's lines
            // are the conjugates.
            var (u, v, phase) = WatermarkLayout.Pilot[i];
            var (cos, sin) = Turn(phase);
            float re = _real[i], im = _imaginary[i];
            power += (re * re) + (im * im);
            float ar = (re * cos) + (im * sin), ai = (im * cos) - (re * sin), br = (re * cos) - (im * sin), bi = -(im * cos) - (re * sin);
            int at = ((v & (Side - 1)) * Side) + (u & (Side - 1)), opposite = ((-v & (Side - 1)) * Side) + (-u & (Side - 1));
            upright[at] += ar - bi;
            turned[at] += ai + br;
            upright[opposite] += ar + bi;
            turned[opposite] += br - ai;
        }
        SquareFft.Transform(upright, turned);
        int best = 0;
        float most = -1;
        for (var i = 0; i < 2 * Square; i++)
        {
            if (Math.Abs(work[i]) <= most) continue;
            (best, most) = (i, Math.Abs(work[i]));
        }
        ArrayPool<float>.Shared.Return(work);
        return power > 0 ? Climb(best % Side, best % Square / Side, best >= Square, Math.Sqrt(power / 2)) : default;
    }

    /// <summary>Writes how much of each pilot line is there, at its phase, for an offset.</summary>
    public void PilotGains(in TileOffset offset, Span<double> gains)
    {
        for (var i = 0; i < Pilots; i++)
        {
            var (u, v, phase) = WatermarkLayout.Pilot[i];
            var (sin, cos) = Math.SinCos(2 * Math.PI * ((u * offset.X) + (v * offset.Y) + phase) / Side);
            gains[i] = (_real[i] * cos) + ((offset.Turned ? -_imaginary[i] : _imaginary[i]) * sin);
        }
    }

    private static (float Cos, float Sin) Turn(int k) => ((float)Cosines.Of(k), (float)Cosines.Of(k + (3 * Side / 4)));

    /// <summary>From the best whole offset to the best one in between.</summary>
    private TileOffset Climb(double x, double y, bool turned, double norm)
    {
        var best = new TileOffset(x, y, turned, false, 0);
        var most = Sum(best);
        for (var step = 0.5; step > 0.03; step /= 2)
        {
            for (var way = 0; way < 4; way++)
            {
                var next = best with { X = best.X + (way switch { 0 => step, 1 => -step, _ => 0 }), Y = best.Y + (way switch { 2 => step, 3 => -step, _ => 0 }) };
                var sum = Sum(next);
                if (Math.Abs(sum) > Math.Abs(most)) (best, most) = (next, sum);
            }
        }
        return best with { Inverted = most < 0, Score = Math.Abs(most) / norm };
    }

    private double Sum(in TileOffset offset)
    {
        Span<double> gains = stackalloc double[Pilots];
        PilotGains(offset, gains);
        double sum = 0;
        foreach (var gain in gains) sum += gain;
        return sum;
    }
}
