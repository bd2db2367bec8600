using System.Diagnostics.Metrics;
using Tectra.Sdk;

namespace Tectra.Registry.Webhooks;

/// <summary>What webhooks count, in the meter <c>Tectra</c>. Thread-safe.</summary>
internal static class WebhookMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "tectra.webhook.attempts", "{attempt}", "Attempts to deliver an event, by how they ended: delivered, retried or failed (given up).");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "tectra.webhook.verified_events.dropped", "{event}", "Events of verifications that nobody is told of, by reason: limit or queue_full.");

    public static void CountAttempt(string outcome) => Attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void CountDropped(string reason) => Dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
