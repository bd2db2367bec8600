namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>A lattice, and how far the power on its lines stands above chance, in standard deviations.</summary>
internal readonly record struct LatticeCandidate(Lattice Lattice, double Score);

/// <summary>
/// Judges and improves a guess of how a tile was scaled and turned, by the power on the comb of lines that it would have: the
/// pilot's, and with less weight the payload's, whatever that is.
/// </summary>
internal static class Synchroniser
{
    private const float PilotWeight = 9, MaxPower = 16;
    private const int LeastRadius = 12, MostRadius = 30; // payload lines within are used
    private const double PilotRadius = 20; // a typical one, for the size of steps

    private static readonly (int U, int V)[] Pilot = [.. WatermarkLayout.Pilot.Select(line => (line.U, line.V))];

    private static readonly (int U, int V)[] Payload =
        [.. WatermarkLayout.PayloadLines.Where(line => (line.U * line.U) + (line.V * line.V) is >= LeastRadius * LeastRadius and <= MostRadius * MostRadius)];

    /// <summary>The score of a lattice.</summary>
    public static double Score(PictureSpectrum spectrum, Lattice lattice, bool withPayload)
    {
        double sum = 0, squares = 0;
        Add(Pilot, PilotWeight);
        if (withPayload) Add(Payload, 1);
        return squares > 0 ? sum / Math.Sqrt(squares) : 0;

        void Add((int U, int V)[] lines, float weight)
        {
            foreach (var (u, v) in lines)
            {
                var (x, y) = lattice.At(u, v);
                if (Math.Abs(x) > PictureSpectrum.MaxFrequency || Math.Abs(y) > PictureSpectrum.MaxFrequency) continue;
                var (real, imaginary) = spectrum.At(x, y);
                sum += weight * (Math.Min(MaxPower, (real * real) + (imaginary * imaginary)) - 1);
                squares += weight * weight;
            }
        }
    }

    /// <summary>Climbs to the best affine lattice nearby.</summary>
    /// <param name="spectrum">The picture's spectrum.</param>
    /// <param name="lattice">Where to start.</param>
    /// <param name="withPayload">Whether the payload's lines count.</param>
    /// <param name="step">The first step, in bins at a typical line; halved whenever none helps.</param>
    /// <param name="rounds">How many times all four directions are tried.</param>
    public static LatticeCandidate Refine(PictureSpectrum spectrum, Lattice lattice, bool withPayload, double step, int rounds)
    {
        var best = Score(spectrum, lattice, withPayload);
        for (var round = 0; round < rounds; round++)
        {
            var improved = false;
            for (var axis = 0; axis < 4; axis++)
            {
                var delta = step * WatermarkLayout.TileSide / PilotRadius / (axis < 2 ? spectrum.Across : spectrum.Down);
                improved |= Try(Step(axis, delta)) || Try(Step(axis, -delta));
            }
            if (!improved) step /= 2;
        }
        return new LatticeCandidate(lattice, best);

        bool Try(Lattice change)
        {
            var score = Score(spectrum, lattice + change, withPayload);
            if (score <= best) return false;
            (lattice, best) = (lattice + change, score);
            return true;
        }
    }

    private static Lattice Step(int axis, double delta) => axis switch
    {
        0 => new Lattice(delta, 0, 0, 0),
        1 => new Lattice(0, delta, 0, 0),
        2 => new Lattice(0, 0, delta, 0),
        _ => new Lattice(0, 0, 0, delta),
    };
}
