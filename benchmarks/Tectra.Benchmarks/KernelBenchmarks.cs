using BenchmarkDotNet.Attributes;
using Tectra.Registry.Similarity;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Benchmarks;

/// <summary>Each vector kernel beside its scalar reference.</summary>
public class KernelBenchmarks
{
    private const int Pixels = 4032, Hashes = 1_000_000;
    private readonly byte[] _rgb = new byte[3 * Pixels];
    private readonly byte[] _luma = new byte[Pixels];
    private readonly float[] _row = new float[Pixels];
    private readonly float[] _sums = new float[Pixels];
    private readonly ulong[] _hashes = new ulong[Hashes];
    private readonly List<int> _matches = [];
    private Resampler.Weights _weights = null!;

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        random.NextBytes(_rgb);
        random.NextBytes(_luma);
        for (var i = 0; i < Hashes; i++) _hashes[i] = (ulong)random.NextInt64();
        _weights = new Resampler.Axis(Pixels, 32).Weights[16];
    }

    [Benchmark]
    public void LumaScalar() => Luma.FromRgbScalar(_rgb, _luma);

    [Benchmark]
    public void LumaVector() => Luma.FromRgb(_rgb, _luma);

    [Benchmark]
    public int DotScalar() => Resampler.DotScalar(_luma, _weights.Values);

    [Benchmark]
    public int DotVector() => Resampler.Dot(_luma, _weights);

    [Benchmark]
    public void AddScaledScalar() => RowOps.AddScaledScalar(_row, 0.1f, _sums);

    [Benchmark]
    public void AddScaledVector() => RowOps.AddScaled(_row, 0.1f, _sums);

    [Benchmark]
    public int HammingScalar()
    {
        _matches.Clear();
        HammingScan.FindScalar(_hashes, 42, 8, _matches, 0);
        return _matches.Count;
    }

    [Benchmark]
    public int HammingVector()
    {
        _matches.Clear();
        HammingScan.Find(_hashes, 42, 8, _matches);
        return _matches.Count;
    }
}
