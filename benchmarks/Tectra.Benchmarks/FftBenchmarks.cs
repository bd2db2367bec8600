using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using MathNet.Numerics;
using MathNet.Numerics.IntegralTransforms;
using MathNet.Numerics.Providers.FourierTransform;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Benchmarks;

/// <summary>
/// The detector's Fourier transforms beside those made of MathNet.Numerics' managed ones, which transform one line at a time,
/// on one thread: of a picture of 768×512 between zeros, and of the tile.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class FftBenchmarks
{
    private const int Width = 768, Height = 512, Side = SquareFft.Side, PowerOfTwo = 1024;

    private readonly int _across = Fft.LengthFrom(Width * 13 / 10), _down = Fft.LengthFrom(Height * 13 / 10);
    private readonly float[] _tile = new float[2 * Side * Side];
    private readonly Complex32[] _line = new Complex32[Side];
    private readonly Complex32[] _tileSamples = new Complex32[Side * Side];
    private Plane<float> _picture = null!, _real = null!, _imaginary = null!;
    private Complex32[] _half = []; // of the horizontal bins 0 … across/2, one column after the other

    [GlobalSetup]
    public void Fill()
    {
        Control.UseSingleThread();
        FourierTransformControl.UseManaged();
        var random = new Random(1);
        _picture = new Plane<float>(Width, Height);
        foreach (ref var value in _picture.Values) value = random.NextSingle() - 0.5f;
        var stride = ((_down / 2) + Fft.Width) / Fft.Width * Fft.Width;
        (_real, _imaginary) = (new Plane<float>(stride, _across), new Plane<float>(stride, _across));
        Console.WriteLine($"// {Width}×{Height} between zeros: {_across}×{_down}");
        MathNetPicture();
        TectraPicture();
        for (var k = 0; k < _across / 2; k++)
        {
            // The origins differ, so only the magnitudes can be compared.
            for (var i = 0; i <= _down / 2; i++)
            {
                var magnitude = MathF.Sqrt((_real.Row(k + (_across / 2))[i] * _real.Row(k + (_across / 2))[i]) + (_imaginary.Row(k + (_across / 2))[i] * _imaginary.Row(k + (_across / 2))[i]));
                if (MathF.Abs(magnitude - _half[(k * _down) + i].Magnitude) > 0.01f) throw new InvalidOperationException($"Line ({k}, {i}) differs.");
            }
        }
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("picture")]
    public void MathNetPicture() => MathNet(_across, _down);

    /// <summary>Between more zeros, to lengths at which MathNet is fastest.</summary>
    [Benchmark]
    [BenchmarkCategory("picture")]
    public void MathNetPicturePowersOfTwo() => MathNet(PowerOfTwo, PowerOfTwo);

    [Benchmark]
    [BenchmarkCategory("picture")]
    public void TectraPicture()
    {
        if (Vector512.IsHardwareAccelerated) PlaneFft.Transform<Lanes16>(_picture, _across, _down, _real, _imaginary, 0);
        else PlaneFft.Transform<Lanes8>(_picture, _across, _down, _real, _imaginary, 0);
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("tile")]
    public void MathNetTile()
    {
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++) _line[x] = new Complex32(_tile[(y * Side) + x], _tile[((Side + y) * Side) + x]);
            Fourier.Forward(_line, FourierOptions.NoScaling);
            for (var x = 0; x < Side; x++) _tileSamples[(x * Side) + y] = _line[x];
        }
        for (var x = 0; x < Side; x++)
        {
            _tileSamples.AsSpan(x * Side, Side).CopyTo(_line);
            Fourier.Forward(_line, FourierOptions.NoScaling);
            _line.CopyTo(_tileSamples, x * Side);
        }
    }

    [Benchmark]
    [BenchmarkCategory("tile")]
    public void TectraTile()
    {
        _tile.AsSpan().Clear(); // in place and unscaled: it would grow beyond all bounds
        SquareFft.Transform(_tile.AsSpan(0, Side * Side), _tile.AsSpan(Side * Side));
    }

    /// <summary>The rows that aren't zero by real transforms, then the half of the columns that says all.</summary>
    private void MathNet(int across, int down)
    {
        var bins = (across / 2) + 1;
        if (_half.Length != bins * down) _half = new Complex32[bins * down];
        Array.Clear(_half);
        var row = new float[across + 2];
        for (var y = 0; y < Height; y++)
        {
            _picture.Row(y).CopyTo(row);
            row.AsSpan(Width).Clear();
            Fourier.ForwardReal(row, across, FourierOptions.NoScaling);
            for (var k = 0; k < bins; k++) _half[(k * down) + y] = new Complex32(row[2 * k], row[(2 * k) + 1]);
        }
        var column = new Complex32[down];
        for (var k = 0; k < bins; k++)
        {
            _half.AsSpan(k * down, down).CopyTo(column);
            Fourier.Forward(column, FourierOptions.NoScaling);
            column.CopyTo(_half, k * down);
        }
    }
}
