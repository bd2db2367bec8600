using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Tectra.Server.Http;

namespace Tectra.Server.Hosting;

/// <summary>What a server tells about itself, under the name <c>Tectra</c>: nothing of what requests hold. Costs nothing while nobody listens.</summary>
internal static class ServerTelemetry
{
    public const string Name = "Tectra";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Verifications = Meter.CreateCounter<long>("tectra.server.verifications", description: "Verifications by their verdict");

    private static readonly Counter<long> Registrations = Meter.CreateCounter<long>("tectra.server.registrations", description: "Registrations by how they ended");

    public static ActivitySource Activities { get; } = new(Name);

    public static Histogram<double> RequestDuration { get; } = Meter.CreateHistogram<double>("tectra.server.request.duration", "s", "Requests by endpoint and status, and how long they took");

    /// <param name="context">The request, answered.</param>
    /// <param name="duration">Null if it began before anybody listened.</param>
    public static void CountRequest(HttpContext context, TimeSpan? duration)
    {
        if (duration is not { } time) return;
        // Only names of this program's own, so that nobody outside can make up more series.
        var endpoint = context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>();
        RequestDuration.Record(time.TotalSeconds, new("endpoint", endpoint?.Path ?? "other"), new("method", endpoint?.Method ?? "other"), new("status", context.Response.StatusCode));
    }

    public static void CountVerification(string verdict) => Verifications.Add(1, new KeyValuePair<string, object?>("verdict", verdict));

    public static void CountRegistration(string outcome) => Registrations.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
