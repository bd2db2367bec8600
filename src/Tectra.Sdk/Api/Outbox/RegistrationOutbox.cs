using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Tectra.Sdk.Api.Outbox;

/// <summary>
/// A durable queue of registrations in a folder, so that signing never waits for the network. What was enqueued survives
/// kill −9 and power loss, is delivered in the order of its arrival, and is deleted only after the registry has acknowledged
/// it. A registration may be sent more than once, which adds nothing: a registry knows it by its content. Thread-safe, and
/// several processes may share the folder; all of them must register for the same account.
/// </summary>
public sealed class RegistrationOutbox
{
    /// <summary>The most entries of <see cref="OutboxStatus.Refused"/>.</summary>
    public const int MaxListed = 100;

    /// <summary>The most bytes of a batch, unless a single registration is longer.</summary>
    private const long MaxBatchBytes = 4 * 1024 * 1024;

    private readonly OutboxFolder _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly string _suffix = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _last;

    private RegistrationOutbox(OutboxFolder folder, TimeProvider time, long last)
    {
        _folder = folder;
        _time = time;
        _last = last;
    }

    /// <summary>Opens an outbox. The folder is made, for its owner only, if it is missing.</summary>
    /// <exception cref="IOException">The folder can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made or read.</exception>
    public static RegistrationOutbox Open(string directory, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        time ??= TimeProvider.System;
        var folder = OutboxFolder.Open(directory);
        // What waits here came before, even if the clock was set back since. A number far from any clock is nobody's.
        var horizon = time.GetUtcNow().AddDays(1).UtcTicks;
        var last = folder.Names().Select(OutboxEntry.NumberOf).Where(number => number <= horizon).Max() ?? 0;
        return new RegistrationOutbox(folder, time, last);
    }

    /// <summary>Puts a registration into the outbox. When this comes back it is on the disk.</summary>
    /// <exception cref="InvalidEvidenceException">The certificate is malformed.</exception>
    /// <exception cref="RegistryException">The metadata is too long (<c>metadata_too_long</c>).</exception>
    /// <exception cref="ArgumentException">The file name is too long.</exception>
    /// <exception cref="IOException">The disk is full or broken; the registration isn't in the outbox.</exception>
    public async ValueTask EnqueueAsync(RegistrationRequest request, CancellationToken cancellationToken = default) =>
        await AddAsync(request, cancellationToken).ConfigureAwait(false);

    /// <summary>Does what <see cref="EnqueueAsync"/> does.</summary>
    /// <returns>The name by which <see cref="IsWaiting"/> and <see cref="FindRefused"/> know the registration.</returns>
    internal async ValueTask<string> AddAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = _time.GetUtcNow();
        var json = OutboxEntry.ToJson(request, now);
        var name = OutboxEntry.NameOf(NextNumber(now), _suffix);
        // Waiting for the disk must not hold up the caller's thread.
        await Task.Run(() => _folder.Add(name, json), cancellationToken).ConfigureAwait(false);
        _arrivals.Writer.TryWrite(true);
        return name;
    }

    /// <summary>Whether a registration that was put in here still waits; if it doesn't, it was delivered unless <see cref="FindRefused"/> knows it.</summary>
    internal bool IsWaiting(string name) => File.Exists(_folder.PathOf(name));

    /// <summary>Why a registration was set aside; null if it wasn't.</summary>
    internal RefusedRegistration? FindRefused(string name) => _folder.FindRefusedName(name) is { } refused ? ReadRefused(refused) : null;

    /// <summary>
    /// Delivers what waits, in order, until the outbox is empty or the registry can't be used. One delivery runs at a time
    /// across processes; another waits for its turn. What the registry refuses for good, and files that are damaged, go to
    /// <c>refused/</c> and hold up nothing.
    /// </summary>
    /// <param name="api">The registry.</param>
    /// <param name="progress">Told after every batch, or null.</param>
    /// <param name="cancellationToken">Ends the delivery; what wasn't acknowledged stays.</param>
    /// <exception cref="IOException">The folder can't be read or written.</exception>
    public async ValueTask<OutboxFlush> FlushAsync(ITectraApi api, IProgress<OutboxFlush>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(api);
        using var held = await FileLock.AcquireAsync(_folder.LockPath, _time, cancellationToken).ConfigureAwait(false);
        _folder.RemoveAbandoned(_time.GetUtcNow());
        var delivery = new OutboxDelivery(_folder, api, _time);
        try
        {
            // A pass that settles nothing is the last: what can't even be set aside must not keep it turning.
            for (var settled = -1; delivery.Problem is null && delivery.Settled > settled && _folder.FirstNames() is { Count: > 0 } names;)
            {
                settled = delivery.Settled;
                for (var next = 0; next < names.Count && delivery.Problem is null;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var batch = delivery.ReadBatch(names, ref next, MaxBatchBytes);
                    await delivery.DeliverAsync(batch, cancellationToken).ConfigureAwait(false);
                    progress?.Report(delivery.Result);
                }
            }
            Telemetry.OutboxLength.Record(_folder.Names().Count());
            return delivery.Result;
        }
        finally
        {
            Telemetry.OutboxDeliveries.Add(delivery.Result.Delivered);
            Telemetry.OutboxRefusals.Add(delivery.Result.Refused);
        }
    }

    /// <summary>What waits, and what was set aside and why.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public ValueTask<OutboxStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (waiting, oldest) = (0, (string?)null);
        foreach (var name in _folder.Names())
        {
            waiting++;
            if (oldest is null || StringComparer.Ordinal.Compare(name, oldest) < 0) oldest = name;
        }
        Telemetry.OutboxLength.Record(waiting);
        var refused = _folder.LastRefusedNames(MaxListed).Select(ReadRefused);
        return ValueTask.FromResult(new OutboxStatus(waiting, oldest is null ? null : AgeOf(oldest), _folder.RefusedNames().Count(), [.. refused]));
    }

    /// <summary>Comes back when this process has enqueued something since the last call, or after a while.</summary>
    internal async Task WaitForArrivalAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _arrivals.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing came in time.
        }
    }

    /// <summary>A number greater than every one before it in this process, and about the time.</summary>
    private long NextNumber(DateTimeOffset now)
    {
        lock (_gate) return _last = Math.Max(_last + 1, now.UtcTicks);
    }

    private TimeSpan AgeOf(string name)
    {
        var since = OutboxEntry.NumberOf(name) is { } ticks && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : new DateTimeOffset(File.GetLastWriteTimeUtc(_folder.PathOf(name)), TimeSpan.Zero);
        var age = _time.GetUtcNow() - since;
        return age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }

    private RefusedRegistration ReadRefused(string name)
    {
        try
        {
            if (OutboxFolder.IsDamaged(name)) return Damaged(name);
            var entry = OutboxEntry.Read(Path.Combine(_folder.RefusedPath, name));
            return entry.Document.Refusal is { } refusal ? new RefusedRegistration(name, entry.RecordId.ToString(), refusal.Code, refusal.Message) : Damaged(name);
        }
        catch (Exception e) when (e is InvalidEvidenceException or IOException)
        {
            return Damaged(name);
        }
    }

    private static RefusedRegistration Damaged(string name) => new(
        name, null, ErrorCodes.OutboxEntryDamaged, string.Create(CultureInfo.InvariantCulture, $"The file refused/{name} is not a registration that can be read. Sign the content again, or repair the file and move it back."));
}
