using System.Diagnostics;

namespace Tectra.Benchmarks;

/// <summary>
/// Something that is done once in each round, and the processor's time that it took, which waiting for other programs doesn't
/// lengthen.
/// </summary>
internal sealed class TimedStep(string name, Action action)
{
    private readonly List<double> _seconds = [], _byClock = [];

    public string Name => name;

    /// <summary>The median of the rounds, in seconds.</summary>
    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>The longest round by the clock, in seconds.</summary>
    public double LongestByClock => _byClock.Max();

    /// <summary>Does every step once in each round, so that a busy moment of the machine hits all alike.</summary>
    public static void RunAll(IReadOnlyList<TimedStep> steps, int warmUpRounds, int rounds)
    {
        for (var round = -warmUpRounds; round < rounds; round++)
        {
            foreach (var step in steps) step.Run(keep: round >= 0);
        }
    }

    private void Run(bool keep)
    {
        var start = Stopwatch.GetTimestamp();
        var before = Environment.CpuUsage.TotalTime;
        action();
        var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        var byClock = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!keep) return;
        _seconds.Add(seconds);
        _byClock.Add(byClock);
    }
}
