using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>A region of scales, turns and aspects to be searched.</summary>
/// <param name="ScaleFrom">The smallest scale, of the picture relative to its canonical form.</param>
/// <param name="ScaleTo">The largest.</param>
/// <param name="AngleFrom">The least angle in degrees, anticlockwise.</param>
/// <param name="AngleTo">The greatest.</param>
/// <param name="AspectFrom">The least ratio of the horizontal to the vertical scale.</param>
/// <param name="AspectTo">The greatest.</param>
/// <param name="Mirrored">Whether the picture is mirrored.</param>
internal sealed record SearchPlan(
    double ScaleFrom, double ScaleTo, double AngleFrom, double AngleTo, double AspectFrom = 1, double AspectTo = 1, bool Mirrored = false);

/// <summary>Goes through a region of geometries in steps of half a bin and keeps those where the pilot's lines stand out most.</summary>
internal sealed class LatticeSearch
{
    private const double RadiusShare = 0.17; // the frequency of a typical pilot line, in cycles a canonical pixel
    private const double ScaleStepBins = 0.5, AngleStepBins = 0.55;
    private const int LeastLines = 8, Batch = 8;
    private const double LeastScore = 3, MostStepScale = 2;

    private readonly PictureSpectrum _spectrum;
    private readonly int _keep;
    private readonly List<LatticeCandidate> _best = [];
    private readonly double _scaleStep, _angleStep;

    public LatticeSearch(PictureSpectrum spectrum, int keep)
    {
        (_spectrum, _keep) = (spectrum, keep);
        var extent = Math.Max(spectrum.Width, spectrum.Height);
        (_scaleStep, _angleStep) = (ScaleStepBins / (RadiusShare * extent), AngleStepBins / (RadiusShare * extent));
    }

    /// <summary>The best lattices of a plan, best first.</summary>
    public IReadOnlyList<LatticeCandidate> Run(SearchPlan plan, CancellationToken cancellationToken)
    {
        _best.Clear();
        double from = plan.AngleFrom * Math.PI / 180, to = plan.AngleTo * Math.PI / 180;
        int angles = Steps(to - from, _angleStep), aspects = Steps(Math.Log(plan.AspectTo / plan.AspectFrom), _scaleStep);
        for (var a = 0; a < angles; a++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var r = 0; r < aspects; r++) Scales(plan, from + (a * _angleStep), plan.AspectFrom * Math.Exp(r * _scaleStep));
        }
        return _best;

        static int Steps(double range, double step) => (int)Math.Ceiling(range / step) + 1;
    }

    private void Scales(SearchPlan plan, double angle, double aspect)
    {
        var pilot = WatermarkLayout.Pilot;
        var unit = Lattice.Of(aspect, 1, angle, plan.Mirrored);
        Span<float> across = stackalloc float[pilot.Length], down = stackalloc float[pilot.Length];
        float maxX = (float)(PictureSpectrum.MaxFrequency * _spectrum.Across), maxY = (float)(PictureSpectrum.MaxFrequency * _spectrum.Down);
        var allWithin = float.MaxValue; // up to this inverse scale no line is beyond the readable frequencies
        for (var i = 0; i < pilot.Length; i++)
        {
            var (x, y) = unit.At(pilot[i].U, pilot[i].V);
            (across[i], down[i]) = ((float)(x * _spectrum.Across), (float)(y * _spectrum.Down));
            allWithin = Math.Min(allWithin, Math.Min(maxX / Math.Abs(across[i]), maxY / Math.Abs(down[i])) * (1 - 1e-5f));
        }
        Span<float> inverses = stackalloc float[Batch], sums = stackalloc float[Batch];
        Span<int> counts = stackalloc int[Batch];
        for (var scale = plan.ScaleFrom; scale <= plan.ScaleTo;)
        {
            // The smaller the picture, the higher its lines stand, and the further a step moves them.
            var first = scale;
            var factor = Math.Exp(_scaleStep * Math.Min(scale, MostStepScale));
            for (var i = 0; i < Batch; i++, scale *= factor) inverses[i] = (float)(1 / scale);
            if (inverses[0] <= allWithin) SumAll(across, down, inverses, sums, counts);
            else SumReadable(across, down, inverses, maxX, maxY, sums, counts);
            for (var i = 0; i < Batch && first <= plan.ScaleTo; i++, first *= factor)
            {
                var count = counts[i];
                if (count < LeastLines) continue;
                var score = (sums[i] - count) / Math.Sqrt(count);
                if (score <= (_best.Count == _keep ? _best[^1].Score : LeastScore)) continue;
                Add(new LatticeCandidate(Lattice.Of(aspect * first, first, angle, plan.Mirrored), score));
            }
        }
    }

    /// <summary>The power at all lines, for eight scales at once.</summary>
    private void SumAll(ReadOnlySpan<float> across, ReadOnlySpan<float> down, ReadOnlySpan<float> inverses, Span<float> sums, Span<int> counts)
    {
        ref var values = ref MemoryMarshal.GetReference(_spectrum.Power.Values);
        Vector256<float> inverse = Vector256.Create(inverses), sum = Vector256<float>.Zero;
        Vector256<float> middleX = Vector256.Create((_spectrum.Across / 2) + 0.5f), middleY = Vector256.Create((_spectrum.Down / 2) + 0.5f);
        var width = Vector256.Create(_spectrum.Power.Width);
        for (var i = 0; i < across.Length; i++)
        {
            var x = Vector256.ConvertToInt32((Vector256.Create(across[i]) * inverse) + middleX);
            var y = Vector256.ConvertToInt32((Vector256.Create(down[i]) * inverse) + middleY);
            var place = (x * width) + y;
            sum += Vector256.Create(
                Unsafe.Add(ref values, place.GetElement(0)), Unsafe.Add(ref values, place.GetElement(1)), Unsafe.Add(ref values, place.GetElement(2)), Unsafe.Add(ref values, place.GetElement(3)),
                Unsafe.Add(ref values, place.GetElement(4)), Unsafe.Add(ref values, place.GetElement(5)), Unsafe.Add(ref values, place.GetElement(6)), Unsafe.Add(ref values, place.GetElement(7)));
        }
        sum.CopyTo(sums);
        counts.Fill(across.Length);
    }

    /// <summary>The power at those lines that can be read at each scale.</summary>
    private void SumReadable(
        ReadOnlySpan<float> across, ReadOnlySpan<float> down, ReadOnlySpan<float> inverses, float maxX, float maxY, Span<float> sums, Span<int> counts)
    {
        ReadOnlySpan<float> values = _spectrum.Power.Values;
        float middleX = (_spectrum.Across / 2) + 0.5f, middleY = (_spectrum.Down / 2) + 0.5f; // and half a bin, to round
        sums.Clear();
        counts.Clear();
        for (var s = 0; s < inverses.Length; s++)
        {
            for (var i = 0; i < across.Length; i++)
            {
                float x = across[i] * inverses[s], y = down[i] * inverses[s];
                if (Math.Abs(x) > maxX || Math.Abs(y) > maxY) continue;
                sums[s] += values[((int)(x + middleX) * _spectrum.Power.Width) + (int)(y + middleY)];
                counts[s]++;
            }
        }
    }

    /// <summary>Keeps the list sorted, and of neighbours only the best.</summary>
    private void Add(LatticeCandidate candidate)
    {
        for (var i = 0; i < _best.Count; i++)
        {
            if (!Near(_best[i].Lattice, candidate.Lattice)) continue;
            if (_best[i].Score >= candidate.Score) return;
            _best.RemoveAt(i--);
        }
        var place = _best.Count;
        while (place > 0 && _best[place - 1].Score < candidate.Score) place--;
        _best.Insert(place, candidate);
        if (_best.Count > _keep) _best.RemoveAt(_keep);
    }

    private bool Near(Lattice a, Lattice b)
    {
        var size = Math.Sqrt(Math.Abs(a.Determinant)) * 2 * _scaleStep;
        return Math.Abs(a.Xu - b.Xu) <= size && Math.Abs(a.Xv - b.Xv) <= size && Math.Abs(a.Yu - b.Yu) <= size && Math.Abs(a.Yv - b.Yv) <= size;
    }
}
