using System.Buffers;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Reads the watermark of a picture in whatever geometry it is. What costs least and happens most comes first: as it was
/// signed, then mirrored, turned by quarters or cropped, then scaled, turned and squeezed.
/// </summary>
internal sealed class WatermarkDetector : IDisposable
{
    /// <summary>A larger picture is searched a second time at up to this size.</summary>
    public const int SecondLongSide = 2048;

    private const int TaperPixels = 12;
    private const double WorthDecoding = 4.2, WorthWeighing = 4.7; // pilot scores
    private const double WorthTrying = 5; // comb scores
    private const int SampleSide = 384;
    private const double SuspiciousPilot = 4.9; // chance gives one unmarked picture in forty as much
    private const int CoarseCandidates = 24, FineCandidates = 4, DecodedCandidates = 3;
    private const double LeastScale = 0.33, MostScale = 4.6;
    private const double LeastTileShare = 0.7; // of a tile, that the shorter side must show

    private static readonly Lattice[] Quarters = [Lattice.Identity, Lattice.Mirrored, Lattice.Quarter, Lattice.MirroredQuarter];

    private readonly Plane<float> _luma, _whitened;
    private readonly CancellationToken _cancellationToken;
    private readonly TileLines _lines;
    private PictureSpectrum? _spectrum;
    private Detection? _best;

    private WatermarkDetector(Plane<float> luma, Plane<float>? visibility, TileLines lines, CancellationToken cancellationToken)
    {
        (_luma, _lines) = (luma, lines);
        _cancellationToken = cancellationToken;
        _whitened = SpectralWhitening.Apply(luma);
        Taper(_whitened);
        if (visibility is null) return;
        for (var i = 0; i < _whitened.Values.Length; i++) _whitened.Values[i] *= visibility.Values[i];
    }

    private PictureSpectrum Spectrum => _spectrum ??= PictureSpectrum.Create(_whitened);

    /// <summary>The best reading of a picture.</summary>
    /// <param name="luma">Its luma at full size, as <see cref="CanonicalImage"/> left it.</param>
    /// <param name="canonical">The picture.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    public static Detection Detect(Plane<byte> luma, CanonicalImage canonical, CancellationToken cancellationToken)
    {
        Detection best;
        var lines = new TileLines();
        using (var detector = new WatermarkDetector(canonical.Luma, canonical.Visibility, lines, cancellationToken))
        {
            if (detector.AsSigned() || detector.Quartered() || detector.Searched(Plans(detector._luma))) return detector._best!;
            best = detector._best!;
        }
        var longSide = Math.Max(luma.Width, luma.Height);
        if (longSide <= WatermarkLayout.CanonicalLongSide * 5 / 4) return best;
        var factor = Math.Min(1, (double)SecondLongSide / longSide);
        using var larger = BicubicScaler.Scale(luma, (int)Math.Round(luma.Width * factor), (int)Math.Round(luma.Height * factor));
        using var second = new WatermarkDetector(larger, null, lines, cancellationToken) { _best = best };
        second.Searched(LargerPlans(larger));
        return second._best!;
    }

    /// <summary>Only as it was signed: for reading back what was just embedded.</summary>
    public static Detection DetectAsSigned(CanonicalImage canonical)
    {
        using var detector = new WatermarkDetector(canonical.Luma, canonical.Visibility, new TileLines(), CancellationToken.None);
        detector.AsSigned();
        return detector._best!;
    }

    /// <summary>A watermark at the picture's own scale, or null; where there is none, a look at the middle tells in most cases.</summary>
    public static Detection? DetectAtOwnScale(CanonicalImage canonical, CancellationToken cancellationToken)
    {
        if (!SeemsMarked(canonical.Luma, cancellationToken)) return null;
        using var detector = new WatermarkDetector(canonical.Luma, canonical.Visibility, new TileLines(), cancellationToken);
        _ = detector.AsSigned() || detector.Quartered();
        return detector._best is { Found: true } best ? best : null;
    }

    public void Dispose()
    {
        _whitened.Dispose();
        _spectrum?.Dispose();
    }

    private static IEnumerable<SearchPlan> Plans(Plane<float> picture)
    {
        var most = MostScaleOf(picture);
        yield return new SearchPlan(LeastScale, most, -6, 6);
        yield return new SearchPlan(0.45, Math.Min(most, 2.2), -0.3, 0.3, 0.81, 1.23);
        yield return new SearchPlan(LeastScale, most, -6, 6, Mirrored: true);
        yield return new SearchPlan(LeastScale, most, 84, 96);
        yield return new SearchPlan(LeastScale, most, 84, 96, Mirrored: true);
        yield return new SearchPlan(LeastScale, most, 6, 84);
        yield return new SearchPlan(LeastScale, most, 96, 174);
    }

    private static IEnumerable<SearchPlan> LargerPlans(Plane<float> picture)
    {
        var most = MostScaleOf(picture);
        yield return new SearchPlan(LeastScale, most, -6, 6);
        yield return new SearchPlan(LeastScale, most, -2, 2, Mirrored: true);
        yield return new SearchPlan(LeastScale, most, 88, 92);
    }

    private static double MostScaleOf(Plane<float> picture) =>
        Math.Clamp(Math.Min(picture.Width, picture.Height) / (LeastTileShare * WatermarkLayout.TileSide), LeastScale, MostScale);

    /// <summary>Whether the pilot shows in the middle of a picture, in any quarter turn or mirror image.</summary>
    private static bool SeemsMarked(Plane<float> luma, CancellationToken cancellationToken)
    {
        using var middle = luma.Middle(Math.Min(luma.Width, SampleSide), Math.Min(luma.Height, SampleSide));
        var lines = new TileLines();
        using var detector = new WatermarkDetector(middle, null, lines, cancellationToken);
        using var folded = new FoldedTile(detector._whitened);
        foreach (var quarter in Quarters)
        {
            lines.Load(folded.Real, folded.Imaginary, quarter);
            if (lines.FindOffset().Score >= SuspiciousPilot) return true;
        }
        return false;
    }

    private static void Taper(Plane<float> plane)
    {
        for (var y = 0; y < plane.Height; y++)
        {
            var row = plane.Row(y);
            var edge = Math.Min(y, plane.Height - 1 - y);
            if (edge < TaperPixels)
            {
                foreach (ref var value in row) value *= (edge + 0.5f) / TaperPixels;
            }
            for (var x = 0; x < Math.Min(TaperPixels, row.Length); x++)
            {
                row[x] *= (x + 0.5f) / TaperPixels;
                row[^(x + 1)] *= (x + 0.5f) / TaperPixels;
            }
        }
    }

    /// <summary>The cheapest attempt: the tile folded from the picture as it stands, at the place where it was embedded.</summary>
    private bool AsSigned()
    {
        using var folded = new FoldedTile(_whitened);
        _lines.Load(folded.Real, folded.Imaginary, Lattice.Identity);
        Decode(Lattice.Identity, _lines.FindOffset(), fromMiddle: false);
        return _best!.Settled;
    }

    /// <summary>Cropped, mirrored, or turned by quarters, at its own scale.</summary>
    private bool Quartered()
    {
        // The levelled spectrum tells more than the folded tile.
        Span<(double Score, int Index)> order = stackalloc (double, int)[Quarters.Length];
        Span<TileOffset> offsets = stackalloc TileOffset[Quarters.Length];
        for (var i = 0; i < Quarters.Length; i++)
        {
            _lines.Load(Spectrum, Quarters[i]);
            offsets[i] = _lines.FindOffset();
            order[i] = (-offsets[i].Score, i);
        }
        order.Sort();
        for (var i = 0; i < Quarters.Length; i++)
        {
            var index = order[i].Index;
            if (i > 0 && offsets[index].Score < WorthDecoding) break;
            _lines.Load(Spectrum, Quarters[index]);
            if (Read(Quarters[index], offsets[index])) return true;
        }
        return false;
    }

    private bool Searched(IEnumerable<SearchPlan> plans)
    {
        var search = new LatticeSearch(Spectrum, CoarseCandidates);
        foreach (var plan in plans)
        {
            var refined = search.Run(plan, _cancellationToken)
                .Select(candidate => Synchroniser.Refine(Spectrum, candidate.Lattice, withPayload: false, 0.5, 4))
                .Select(candidate => candidate with { Score = Synchroniser.Score(Spectrum, candidate.Lattice, withPayload: true) })
                .OrderByDescending(candidate => candidate.Score)
                .Take(FineCandidates)
                .Select(candidate => Synchroniser.Refine(Spectrum, candidate.Lattice, withPayload: true, 0.25, 6))
                .OrderByDescending(candidate => candidate.Score)
                .Take(DecodedCandidates);
            foreach (var (lattice, score) in refined)
            {
                if (score < WorthTrying) break;
                _lines.Load(Spectrum, lattice);
                var offset = _lines.FindOffset();
                if (offset.Score >= WorthDecoding && Read(lattice, offset)) return true;
            }
        }
        return false;
    }

    /// <summary>Decodes a lattice, once more with weights if that leaves doubts; true when it is found.</summary>
    private bool Read(Lattice lattice, in TileOffset offset)
    {
        Decode(lattice, offset, fromMiddle: true);
        if (!_best!.Settled && offset.Score >= WorthWeighing) Weigh(lattice, offset);
        return _best.Found;
    }

    /// <summary>Once more with the parts weighed by what they carry, if the pilot is there.</summary>
    private void Weigh(Lattice lattice, in TileOffset offset)
    {
        using var weighed = SignalWeights.Apply(_luma, _whitened, lattice, offset);
        using var spectrum = PictureSpectrum.Create(weighed);
        var refined = Synchroniser.Refine(spectrum, lattice, withPayload: true, 0.1, 3);
        _lines.Load(spectrum, refined.Lattice);
        Decode(refined.Lattice, _lines.FindOffset(), fromMiddle: true);
    }

    private void Decode(Lattice lattice, in TileOffset offset, bool fromMiddle)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Span<float> likelihoods = stackalloc float[ErrorCorrection.CodedBits];
        var (payload, agreement) = PayloadDecoder.Decode(_lines, offset, likelihoods);
        if (_best is not null && WatermarkConfidence.Of(agreement, offset.Score) <= _best.Confidence) return;
        _best = new Detection
        {
            Payload = payload, Agreement = agreement, Offset = offset, Lattice = lattice, Likelihoods = likelihoods.ToArray(),
            Size = (_luma.Width, _luma.Height), FromMiddle = fromMiddle,
        };
    }

    /// <summary>A picture's pixels summed up modulo the tile, and that sum's transform.</summary>
    private readonly ref struct FoldedTile : IDisposable
    {
        private const int Side = WatermarkLayout.TileSide, Square = Side * Side;

        private readonly float[] _memory;

        public FoldedTile(Plane<float> picture)
        {
            _memory = ArrayPool<float>.Shared.Rent(2 * Square);
            _memory.AsSpan(0, 2 * Square).Clear();
            for (var y = 0; y < picture.Height; y++)
            {
                var line = _memory.AsSpan(y % Side * Side, Side);
                var row = picture.Row(y);
                for (var x = 0; x < row.Length; x += Side) RowOps.AddScaled(row[x..Math.Min(x + Side, row.Length)], 1, line);
            }
            SquareFft.Transform(Real, Imaginary);
        }

        public Span<float> Real => _memory.AsSpan(0, Square);

        public Span<float> Imaginary => _memory.AsSpan(Square, Square);

        public void Dispose() => ArrayPool<float>.Shared.Return(_memory);
    }
}
