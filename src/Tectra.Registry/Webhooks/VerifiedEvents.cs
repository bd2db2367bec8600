using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Webhooks;

/// <summary>
/// Tells the owner of a record that somebody verified a file that led to it, if a webhook of theirs listens. Anybody may verify,
/// as often as they like; so there is at most one event of a record, and sixty of an owner, in a minute of the clock, and what
/// can't be written in time is dropped. Thread-safe.
/// </summary>
internal sealed partial class VerifiedEvents
{
    /// <summary>The most events of one owner in a minute of the clock.</summary>
    public const int MaxPerOwner = 60;

    /// <summary>How many events wait to be written.</summary>
    public const int MaxQueued = 1000;

    private const int RoundsPerRefresh = 5, EventIdBytes = 16;

    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);

    private readonly IWebhookStore _store;
    private readonly WebhookSignal _signal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<(VerificationReport Report, DateTimeOffset At)> _queue = Channel.CreateBounded<(VerificationReport, DateTimeOffset)>(MaxQueued);
    private readonly Lock _gate = new();
    private readonly HashSet<RecordId> _told = [];
    private readonly Dictionary<string, int> _owners = [];
    private volatile IReadOnlySet<string> _listeners = new HashSet<string>();
    private long _minute;
    private bool _databaseAway;

    public VerifiedEvents(IWebhookStore store, WebhookSignal signal, TimeProvider time, ILogger logger)
    {
        _store = store;
        _signal = signal;
        _time = time;
        _logger = logger;
    }

    /// <summary>Notes a verification. Never waits and never throws; while nobody listens it is a look at a number.</summary>
    public void Note(VerificationReport report)
    {
        var listeners = _listeners;
        if (listeners.Count == 0 || report.Certificate is not { } certificate || !listeners.Contains(certificate.Signer.UserId)) return;
        var now = _time.GetUtcNow();
        if (!TryCount(certificate.RecordId, certificate.Signer.UserId, Minute(now))) WebhookMetrics.CountDropped("limit");
        else if (!_queue.Writer.TryWrite((report, now))) WebhookMetrics.CountDropped("queue_full");
    }

    /// <summary>Writes what was noted and keeps up with who listens, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var round = 0; ; round++)
            {
                await TryStepAsync(round % RoundsPerRefresh == 0, cancellationToken).ConfigureAwait(false);
                await Task.Delay(WriteInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends; what wasn't written yet is not told.
        }
    }

    /// <summary>Looks who listens now.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken) =>
        _listeners = await _store.FindListenersAsync(WebhookEvents.ContentVerified, cancellationToken).ConfigureAwait(false);

    /// <summary>Writes what was noted; if the database is away, one event is lost and the others wait.</summary>
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        var written = false;
        while (_queue.Reader.TryRead(out var noted))
        {
            var id = EventId(noted.Report.Certificate!.RecordId, Minute(noted.At));
            await _store.AddEventAsync(EventBodies.ContentVerified(id, noted.Report, UtcTimestamp.From(noted.At)), cancellationToken).ConfigureAwait(false);
            written = true;
        }
        if (written) _signal.Set();
    }

    private static long Minute(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / 60;

    /// <summary>The same in every process that shares the database, which keeps one event of an id.</summary>
    private static string EventId(RecordId record, long minute) =>
        $"evt_{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{record} {minute}"))).AsSpan(0, EventIdBytes))}";

    private async ValueTask TryStepAsync(bool refresh, CancellationToken cancellationToken)
    {
        try
        {
            if (refresh) await RefreshAsync(cancellationToken).ConfigureAwait(false);
            await WriteAsync(cancellationToken).ConfigureAwait(false);
            _databaseAway = false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_databaseAway) LogRoundFailed(e); // once, not every second until it is back
            _databaseAway = true;
        }
    }

    private bool TryCount(RecordId record, string owner, long minute)
    {
        lock (_gate)
        {
            if (minute != _minute)
            {
                _minute = minute;
                _told.Clear();
                _owners.Clear();
            }
            var told = _owners.GetValueOrDefault(owner);
            if (told == MaxPerOwner || !_told.Add(record)) return false;
            _owners[owner] = told + 1;
            return true;
        }
    }

    [LoggerMessage(EventId = 25, Level = LogLevel.Error, Message = "Events of verifications could not be written; the next round will try again")]
    private partial void LogRoundFailed(Exception exception);
}
