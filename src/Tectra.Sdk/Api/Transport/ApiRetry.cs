using System.Net;
using System.Security.Cryptography;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Tectra.Sdk.Api.Transport;

/// <summary>
/// How often and when a request is repeated: exponential back-off with full jitter, or what the answer's Retry-After asks for.
/// </summary>
internal static class ApiRetry
{
    /// <summary>A registry that asks for a longer pause gets its way: the request fails at once, and the caller decides.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250), LongestDelay = TimeSpan.FromSeconds(8);

    /// <summary>For requests that must not be sent twice: one attempt.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Once(TectraOptions options, TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddTimeout(options.AttemptTimeout).Build();

    /// <summary>For requests that can be repeated.</summary>
    /// <param name="options">How often and how long.</param>
    /// <param name="time">The clock of timeouts and pauses.</param>
    /// <param name="random">From 0 to 1: where in its range a pause lies.</param>
    public static ResiliencePipeline<HttpResponseMessage> Repeated(TectraOptions options, TimeProvider time, Func<double> random)
    {
        if (options.MaxRetries == 0) return Once(options, time);
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddTimeout(options.TotalTimeout)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.MaxRetries,
                ShouldHandle = arguments => ValueTask.FromResult(IsPassing(arguments.Outcome, time.GetUtcNow())),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                    Delay(arguments.AttemptNumber, RetryAfter(arguments.Outcome.Result, time.GetUtcNow()), random())),
                OnRetry = arguments =>
                {
                    Telemetry.Retries.Add(1);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    /// <summary>The pause before an attempt.</summary>
    /// <param name="retry">0 before the first repetition.</param>
    /// <param name="retryAfter">What the answer asks for, or null.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan Delay(int retry, TimeSpan? retryAfter, double random) => retryAfter is { } asked
        ? asked + (FirstDelay * random) // so that clients that were sent away together don't come back together
        : TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << retry)) * random;

    /// <summary>What an answer asks for (RFC 9110 section 10.2.3), as a pause from now; null if it asks for nothing.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, DateTimeOffset now)
    {
        var asked = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => (TimeSpan?)null,
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    /// <summary>A number from 0 to 1 from the system's generator, which needs no seed and no lock.</summary>
    public static double UniformRandom() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <summary>Whether the same request may well succeed a little later.</summary>
    private static bool IsPassing(Outcome<HttpResponseMessage> outcome, DateTimeOffset now) => outcome switch
    {
        { Exception: TimeoutRejectedException } => true,
        { Exception: HttpRequestException e } => e.HttpRequestError != HttpRequestError.ConfigurationLimitExceeded,
        { Exception: OperationCanceledException { InnerException: TimeoutException } } => true, // the HttpClient's own limit
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } =>
            !(RetryAfter(outcome.Result, now) > LongestRetryAfter),
        _ => false,
    };
}
