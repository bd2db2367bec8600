using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tectra.Sdk.Tests.Api;

namespace Tectra.Sdk.Tests;

public sealed class TelemetryTests
{
    [Test]
    public void Requests_are_seen_by_operation_and_code_and_nothing_secret_is()
    {
        var spans = new List<Activity>();
        var measured = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Tectra",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == "Tectra") self.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add(Line(instrument, value, tags)));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add(Line(instrument, value >= 0 ? 0 : -1, tags)));
        meters.Start();

        using var registry = new FakeRegistry(() => FakeRegistry.Problem(401, "credentials_invalid", FakeRegistry.ApiKey));
        using var client = registry.Client();
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>());

        var span = spans.Single(activity => activity.OperationName == "tectra account");
        Assert.That(span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"), Is.EquivalentTo(new[] { "tectra.operation=account", "http.response.status_code=401", "error.type=credentials_invalid" }));
        Assert.That((span.Kind, span.Status), Is.EqualTo((ActivityKind.Client, ActivityStatusCode.Error)));
        Assert.That(measured, Does.Contain("tectra.client.requests 1 tectra.operation=account error.type=credentials_invalid").And.Contain("tectra.client.request.duration 0 tectra.operation=account error.type=credentials_invalid"));
        Assert.That(measured, Has.None.Contain(FakeRegistry.ApiKey));
    }

    private static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        $"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}";
}
