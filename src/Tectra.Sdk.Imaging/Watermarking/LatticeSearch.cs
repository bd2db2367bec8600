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
    private const int LeastLines = 8;

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
        for (var i = 0; i < pilot.Length; i++)
        {
            var (x, y) = unit.At(pilot[i].U, pilot[i].V);
            (across[i], down[i]) = ((float)(x * _spectrum.Across), (float)(y * _spectrum.Down));
        }
        float middleX = (_spectrum.Across / 2) + 0.5f, middleY = (_spectrum.Down / 2) + 0.5f; // and half a bin, to round
        float maxX = (float)(PictureSpectrum.MaxFrequency * _spectrum.Across), maxY = (float)(PictureSpectrum.MaxFrequency * _spectrum.Down);
        var power = _spectrum.Power;
        ReadOnlySpan<float> values = power.Values;
        var factor = Math.Exp(_scaleStep);
        var worst = _best.Count == _keep ? _best[^1].Score : 3;
        for (var scale = plan.ScaleFrom; scale <= plan.ScaleTo; scale *= factor)
        {
            var inverse = (float)(1 / scale);
            float sum = 0;
            var count = 0;
            for (var i = 0; i < pilot.Length; i++)
            {
                float x = across[i] * inverse, y = down[i] * inverse;
                if (Math.Abs(x) > maxX || Math.Abs(y) > maxY) continue;
                sum += values[((int)(x + middleX) * power.Width) + (int)(y + middleY)];
                count++;
            }
            if (count < LeastLines) continue;
            var score = (sum - count) / Math.Sqrt(count);
            if (score <= worst) continue;
            Add(new LatticeCandidate(Lattice.Of(aspect * scale, scale, angle, plan.Mirrored), score));
            if (_best.Count == _keep) worst = _best[^1].Score;
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
