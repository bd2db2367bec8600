using System.Diagnostics.Metrics;
using Tectra.Sdk;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>What anchoring on a chain counts, in the meter <c>Tectra</c>. Thread-safe.</summary>
internal static class AnchoringMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>(
        "tectra.anchoring.transactions", "{transaction}", "Transactions of batches: signed, or raised (signed anew with higher fees).");

    private static readonly Counter<long> Records = Meter.CreateCounter<long>("tectra.anchoring.records", "{record}", "Records that were anchored on a chain.");

    private static readonly Counter<long> Retractions = Meter.CreateCounter<long>("tectra.anchoring.retractions", "{batch}", "Batches whose anchor a chain lost.");

    public static void CountTransaction(string kind) => Transactions.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void CountRecords(int count) => Records.Add(count);

    public static void CountRetraction() => Retractions.Add(1);
}
