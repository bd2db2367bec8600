using Microsoft.Extensions.Logging;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Api.Outbox;

public sealed class OutboxFlusherTests
{
    private readonly ManualTime _time = new(SignedRecord.Clock.Now);
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("tectra-flusher-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task It_wakes_at_once_for_its_own_process_and_in_a_minute_for_others()
    {
        RegistrationOutbox outbox = RegistrationOutbox.Open(_folder, _time), stranger = RegistrationOutbox.Open(_folder, _time);
        var api = new FakeApi();
        var records = Registrations.Make(3);
        await outbox.EnqueueAsync(records[0].Request);
        using var flusher = new OutboxFlusher(outbox, api, _time, new Journal());
        await flusher.StartAsync(default);
        await UntilAsync(() => api.Registered.Count == 1, "what was there before it started");
        await outbox.EnqueueAsync(records[1].Request);
        await UntilAsync(() => api.Registered.Count == 2, "what its process enqueues, with a clock that stands still");
        await stranger.EnqueueAsync(records[2].Request);
        await UntilAsync(
            () =>
            {
                if (_time.NextTimer is { } next) _time.Advance(next);
                return api.Registered.Count == 3;
            },
            "what another process enqueued");
        await flusher.StopAsync(default);
        Assert.That(flusher.ExecuteTask!.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task It_comes_back_after_failures_of_any_kind_and_logs_no_secret()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        await outbox.EnqueueAsync(Registrations.Make(1)[0].Request);
        var failures = new Queue<Exception>([new RegistryException("registry_unreachable", "No connection."), new InvalidOperationException("a bug")]);
        var api = new FakeApi
        {
            Arrived = _ =>
            {
                if (failures.TryDequeue(out var failure)) throw failure;
            },
        };
        var log = new Journal();
        using var flusher = new OutboxFlusher(outbox, api, _time, log);
        await flusher.StartAsync(default);
        await UntilAsync(
            () =>
            {
                if (_time.NextTimer is { } next) _time.Advance(next);
                return api.Registered.Count == 1;
            },
            "it gave up");
        await flusher.StopAsync(default);
        Assert.That(log.Lines.Select(line => line.Level), Is.EqualTo(new[] { LogLevel.Warning, LogLevel.Error, LogLevel.Information }));
        Assert.That(log.Lines[0].Text, Does.Contain("registry_unreachable"));
        Assert.That(_time.GetUtcNow() - SignedRecord.Clock.Now, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1.5)), "half a second and a whole one at least");
    }

    [Test]
    public void Pauses_grow_to_five_minutes()
    {
        Assert.That(OutboxFlusher.Pause(1, 0), Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        Assert.That(OutboxFlusher.Pause(1, 1), Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(OutboxFlusher.Pause(4, 1), Is.EqualTo(TimeSpan.FromSeconds(8)));
        Assert.That(OutboxFlusher.Pause(int.MaxValue, 1), Is.EqualTo(TimeSpan.FromMinutes(5)));
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var patience = 0; !condition() && patience < 1000; patience++) await Task.Delay(5);
        Assert.That(condition(), Is.True, what);
    }

    private sealed class Journal : ILogger<OutboxFlusher>
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
