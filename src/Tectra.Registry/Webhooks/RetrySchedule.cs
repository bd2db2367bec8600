namespace Tectra.Registry.Webhooks;

/// <summary>When a delivery is tried again, and when no more. Thread-safe if its source of randomness is.</summary>
internal sealed class RetrySchedule
{
    /// <summary>How far a delay may be off its nominal length, so that what failed together doesn't come back together.</summary>
    public const double Jitter = 0.2;

    /// <summary>The longest wish to be left alone that is granted.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    private const int Gone = 410;

    private readonly IReadOnlyList<TimeSpan> _delays;
    private readonly Func<double> _random;

    /// <param name="delays">The nominal delay after each failed attempt.</param>
    /// <param name="random">Numbers from 0 up to 1.</param>
    public RetrySchedule(IReadOnlyList<TimeSpan> delays, Func<double> random)
    {
        _delays = delays;
        _random = random;
    }

    /// <summary>How long after a failed attempt the next one follows; null to give up.</summary>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="outcome">How the last one went.</param>
    public TimeSpan? Next(int attempts, AttemptOutcome outcome)
    {
        if (outcome.Status == Gone || attempts > _delays.Count) return null;
        var delay = _delays[attempts - 1] * (1 - Jitter + (2 * Jitter * _random()));
        if (outcome.RetryAfter is not { } wish || wish <= delay) return delay;
        return wish < MaxRetryAfter ? wish : MaxRetryAfter;
    }
}
