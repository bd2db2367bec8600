using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tectra.Sdk;

/// <summary>The product's spans and instruments. They name operations, outcomes and codes, never content or secrets.</summary>
internal static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Tectra";

    public const string OperationTag = "tectra.operation", CodeTag = "error.type", StatusTag = "http.response.status_code";

    private static readonly Meter Meter = new(Name);

    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Requests by operation, and by code if they failed; a request and its repetitions count once.</summary>
    public static Counter<long> Requests { get; } = Meter.CreateCounter<long>("tectra.client.requests", "{request}", "Requests to the registry");

    /// <summary>Attempts that were made again.</summary>
    public static Counter<long> Retries { get; } = Meter.CreateCounter<long>("tectra.client.retries", "{attempt}", "Attempts that were made again");

    /// <summary>How long requests took, with their repetitions.</summary>
    public static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>("tectra.client.request.duration", "s", "How long requests to the registry took");

    /// <summary>Registrations that wait in the outbox, as last counted.</summary>
    public static Gauge<long> OutboxLength { get; } = Meter.CreateGauge<long>("tectra.outbox.length", "{registration}", "Registrations that wait in the outbox");

    /// <summary>Registrations that the registry has acknowledged.</summary>
    public static Counter<long> OutboxDeliveries { get; } = Meter.CreateCounter<long>("tectra.outbox.deliveries", "{registration}", "Registrations delivered from the outbox");

    /// <summary>Registrations that were set aside: refused by the registry, or damaged.</summary>
    public static Counter<long> OutboxRefusals { get; } = Meter.CreateCounter<long>("tectra.outbox.refusals", "{registration}", "Registrations from the outbox that were set aside");

    /// <summary>Calls of a chain's node by method, and by code if they failed.</summary>
    public static Counter<long> RpcCalls { get; } = Meter.CreateCounter<long>("tectra.rpc.calls", "{call}", "Calls of a chain's node");

    /// <summary>How long calls of a chain's node took.</summary>
    public static Histogram<double> RpcDuration { get; } = Meter.CreateHistogram<double>("tectra.rpc.call.duration", "s", "How long calls of a chain's node took");

    /// <summary>Does a piece of work inside a span, and counts it: how long it took, and the code that it failed with.</summary>
    /// <param name="span">The span's name.</param>
    /// <param name="operation">What is done, among the span's and the instruments' tags.</param>
    /// <param name="count">Counts it.</param>
    /// <param name="duration">Takes the seconds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">Is given the span, which is null where nobody listens.</param>
    public static async ValueTask<T> MeasureAsync<T>(
        string span, string operation, Counter<long> count, Histogram<double> duration, TimeProvider time, Func<Activity?, ValueTask<T>> work)
    {
        using var activity = Source.StartActivity(span, ActivityKind.Client);
        activity?.SetTag(OperationTag, operation);
        var start = time.GetTimestamp();
        var tags = new TagList { { OperationTag, operation } };
        try
        {
            return await work(activity).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var code = e is TectraException { Code: var known } ? known : e.GetType().Name;
            tags.Add(CodeTag, code);
            activity?.SetTag(CodeTag, code);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            count.Add(1, tags);
            duration.Record(time.GetElapsedTime(start).TotalSeconds, tags);
        }
    }
}
