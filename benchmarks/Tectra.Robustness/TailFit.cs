namespace Tectra.Robustness;

/// <summary>
/// Distributions fitted to the confidences of unmarked pictures, for the chance of one that reaches the threshold. The best of
/// many candidates follows a Gumbel distribution, a single candidate about a normal one. Both are fitted to the upper half, as
/// straight lines on probability paper: the lower half, where flat and periodic pictures gather, says nothing about the tail.
/// The exponential looks at the highest values alone, where kinds of pictures that the bulk hides show.
/// </summary>
internal sealed class TailFit
{
    public const int Fewest = 30;

    private readonly double _mean, _deviation, _location, _scale, _tailFrom, _tailMean, _tailShare;

    private TailFit(List<double> sorted)
    {
        (_mean, _deviation) = Line(sorted, p => NormalQuantile(p));
        (_location, _scale) = Line(sorted, p => -Math.Log(-Math.Log(p)));
        TailCount = Math.Min(sorted.Count - 1, Math.Max(Fewest, sorted.Count / 100));
        _tailFrom = sorted[^(TailCount + 1)];
        _tailMean = Math.Max(sorted[^TailCount..].Average(x => x - _tailFrom), 1e-9);
        _tailShare = (double)TailCount / sorted.Count;
    }

    /// <summary>How many of the highest values the exponential is fitted to.</summary>
    public int TailCount { get; }

    /// <summary>Null for fewer than <see cref="Fewest"/> values, or an upper half without spread.</summary>
    public static TailFit? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count < Fewest || sorted[^1] - sorted[sorted.Count / 2] < 1e-6 ? null : new TailFit(sorted);
    }

    public double Normal(double x) => UpperNormal((x - _mean) / _deviation);

    public double Gumbel(double x)
    {
        var e = Math.Exp(-(x - _location) / _scale);
        return e < 1e-9 ? e : 1 - Math.Exp(-e);
    }

    /// <summary>Only meant above the values that it was fitted to.</summary>
    public double Exponential(double x) => x < _tailFrom ? double.NaN : _tailShare * Math.Exp(-(x - _tailFrom) / _tailMean);

    public string Describe() => Output.Text(
        $"Normal: mean {_mean:F2}, deviation {_deviation:F3}; Gumbel: location {_location:F2}, scale {_scale:F3}; exponential: above {_tailFrom:F2}, mean excess {_tailMean:F3}");

    /// <summary>The rate that <paramref name="count"/> events in <paramref name="trials"/> exclude at 95 % (Poisson).</summary>
    public static double UpperBound(int count, int trials)
    {
        var rate = Bisect(0, count + 50 + (10 * Math.Sqrt(count + 1)), mean =>
        {
            double term = Math.Exp(-mean), sum = term;
            for (var k = 1; k <= count; k++) sum += term *= mean / k;
            return sum < 0.05;
        });
        return rate / trials;
    }

    /// <summary>Least squares of the upper half over what a standard distribution has at the same ranks.</summary>
    private static (double Offset, double Slope) Line(List<double> sorted, Func<double, double> quantile)
    {
        var points = Enumerable.Range(sorted.Count / 2, sorted.Count - (sorted.Count / 2))
            .Select(i => (X: quantile((i + 0.5) / sorted.Count), Y: sorted[i])).ToList();
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        var slope = points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
        return (y - (slope * x), slope);
    }

    private static double NormalQuantile(double p) => Bisect(-40, 40, x => UpperNormal(x) < 1 - p);

    /// <summary>Where a condition that stays true once it is true becomes true.</summary>
    private static double Bisect(double low, double high, Func<double, bool> reached)
    {
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (reached(middle)) high = middle;
            else low = middle;
        }
        return high;
    }

    /// <summary>The normal distribution's upper tail, to a relative error of 1.2e-7 everywhere (erfc of Numerical Recipes, 6.2).</summary>
    private static double UpperNormal(double deviations)
    {
        var x = deviations / Math.Sqrt(2);
        var t = 1 / (1 + (0.5 * Math.Abs(x)));
        ReadOnlySpan<double> c = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
        double polynomial = 0;
        for (var i = c.Length - 1; i >= 0; i--) polynomial = (polynomial * t) + c[i];
        var value = t * Math.Exp((-x * x) + polynomial) / 2;
        return x >= 0 ? value : 1 - value;
    }
}
