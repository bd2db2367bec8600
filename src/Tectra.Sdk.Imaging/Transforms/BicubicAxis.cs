using System.Buffers;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// How cubic convolution (Keys 1981, a = −½) scales one axis: each output sample is a weighted sum of as many inputs, from
/// its start on. Widened when shrinking, so that nothing folds back. At the ends, weights that would lie outside are zero
/// and the others sum to one. In rented memory.
/// </summary>
internal sealed class BicubicAxis : IDisposable
{
    private const double Radius = 2;

    private int[] _starts;
    private float[] _weights;

    public BicubicAxis(int inputs, int outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        double scale = (double)inputs / outputs, filterScale = Math.Max(scale, 1), support = Radius * filterScale;
        for (var output = 0; output < outputs; output++)
        {
            var (start, end) = Range(output);
            Taps = Math.Max(Taps, end - start);
        }
        _starts = ArrayPool<int>.Shared.Rent(outputs);
        _weights = ArrayPool<float>.Shared.Rent(checked(outputs * Taps));
        var exact = ArrayPool<double>.Shared.Rent(Taps);
        for (var output = 0; output < outputs; output++)
        {
            var (start, end) = Range(output);
            var centre = (output + 0.5) * scale;
            var sum = 0.0;
            for (var i = 0; i < end - start; i++)
            {
                exact[i] = Kernel((i + start + 0.5 - centre) / filterScale);
                sum += exact[i];
            }
            _starts[output] = Math.Min(start, inputs - Taps);
            var weights = _weights.AsSpan(output * Taps, Taps);
            weights.Clear();
            for (var i = 0; i < end - start; i++) weights[start - _starts[output] + i] = (float)(exact[i] / sum);
        }
        ArrayPool<double>.Shared.Return(exact);

        (int Start, int End) Range(int output)
        {
            var centre = (output + 0.5) * scale;
            return (Math.Max((int)Math.Floor(centre - support + 0.5), 0), Math.Min((int)Math.Floor(centre + support + 0.5), inputs));
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>How many inputs each output takes.</summary>
    public int Taps { get; }

    /// <summary>The first input of each output; ascending.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Outputs);

    /// <summary>The weights, <see cref="Taps"/> an output.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, Outputs * Taps);

    /// <summary>The weights of one output.</summary>
    public ReadOnlySpan<float> WeightsOf(int output) => Weights.Slice(output * Taps, Taps);

    public void Dispose()
    {
        if (_starts.Length > 0) ArrayPool<int>.Shared.Return(_starts);
        if (_weights.Length > 0) ArrayPool<float>.Shared.Return(_weights);
        (_starts, _weights) = ([], []);
    }

    private static double Kernel(double t)
    {
        t = Math.Abs(t);
        if (t < 1) return (((1.5 * t) - 2.5) * t * t) + 1;
        return t < Radius ? (((((-0.5 * t) + 2.5) * t) - 4) * t) + 2 : 0;
    }
}
