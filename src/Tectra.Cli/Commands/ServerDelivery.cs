using System.Diagnostics;
using System.Globalization;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;

namespace Tectra.Cli.Commands;

/// <summary>
/// Puts the registrations of signed files into the outbox, from where they are delivered to the server beside the signing. A
/// file is reported once it is known whether the server has it: registered, refused, or still waiting after an attempt.
/// </summary>
internal sealed class ServerDelivery(RegistrationOutbox outbox, ITectraApi api, TimeSpan wait, CommandOutput console) : ISignDelivery, IDisposable
{
    private static readonly TimeSpan PauseAfterProblem = TimeSpan.FromSeconds(5);

    private readonly Queue<Waiting> _waiting = new(); // all files whose report is due, in order; those that failed too
    private readonly CancellationTokenSource _stop = new();
    private Task<OutboxFlush>? _flush;
    private int _covered; // the files there were when the flush began
    private int _attempted; // the files that a flush has met with a problem
    private long _problemAt;
    private RegistrationRefusal? _problem;
    private int _queued, _refused, _refusedHere;
    private int _exit = ExitCode.Success;

    public int Count { get; private set; }

    public async ValueTask DeliverAsync(SignedFile signed, CancellationToken cancellationToken)
    {
        string name;
        using (var staged = await signed.StageAsync(cancellationToken).ConfigureAwait(false))
        {
            name = await outbox.AddAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
            staged?.Commit();
        }
        var report = signed.WithoutContent(); // reports may have to wait; pictures must not fill the memory
        _waiting.Enqueue(new Waiting(++Count, name, state => Report(report, state)));
        await AdvanceAsync().ConfigureAwait(false);
    }

    public ValueTask FailAsync(string file, ErrorDocument error)
    {
        _waiting.Enqueue(new Waiting(++Count, null, _ =>
        {
            console.Failure(file, error);
            return ExitCode.Failure;
        }));
        return AdvanceAsync();
    }

    public async ValueTask<int> FinishAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(wait);
        using (limit.Token.Register(_stop.Cancel))
        {
            await SettleAsync().ConfigureAwait(false);
            // What came while the last one was at work, or had its problem earlier, gets one attempt.
            if (_covered < Count && AnyWaits())
            {
                Begin();
                await SettleAsync().ConfigureAwait(false);
            }
        }
        Release(isLast: true);
        if (_queued > 0)
        {
            var reason = _problem is { } problem ? $" {problem.Message} ({problem.Code})" : "";
            console.Remark(null, string.Create(CultureInfo.InvariantCulture, $"{_queued} registrations wait in the outbox: tectra outbox flush.{reason}"));
        }
        if (_refused > _refusedHere)
            console.Remark(null, string.Create(CultureInfo.InvariantCulture, $"{_refused - _refusedHere} registrations of earlier runs were refused: tectra outbox status"));
        return _exit;
    }

    public void Dispose() => _stop.Dispose();

    private bool AnyWaits() => _waiting.Any(file => file.Name is { } name && outbox.IsWaiting(name));

    private async ValueTask AdvanceAsync()
    {
        if (_flush is { IsCompleted: true }) await SettleAsync().ConfigureAwait(false);
        if (_flush is null && (_problem is null || Stopwatch.GetElapsedTime(_problemAt) > PauseAfterProblem) && AnyWaits()) Begin();
        Release(isLast: false);
    }

    /// <summary>Begins to deliver, on another thread: signing doesn't wait for the network.</summary>
    private void Begin()
    {
        _covered = Count;
        _flush = Task.Run(async () => await outbox.FlushAsync(api, null, _stop.Token).ConfigureAwait(false));
    }

    /// <summary>Waits for the delivery that runs, if one does, and takes note of how it ended.</summary>
    private async ValueTask SettleAsync()
    {
        if (_flush is not { } running) return;
        _flush = null;
        try
        {
            var flush = await running.ConfigureAwait(false);
            _problem = flush.Problem;
            _refused += flush.Refused;
        }
        catch (OperationCanceledException)
        {
            _problem = new RegistrationRefusal(ErrorCodes.RegistryUnreachable, "The server didn't answer in time.");
        }
        catch (Exception e) when (CommandOutput.ErrorOf(e) is { } error)
        {
            _problem = new RegistrationRefusal(error.Code, error.Message);
        }
        if (_problem is null) return;
        _attempted = _covered;
        _problemAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Reports the first files, as far as it is known what has become of them.</summary>
    private void Release(bool isLast)
    {
        while (_waiting.TryPeek(out var next))
        {
            var state = StateOf(next);
            if (state.IsQueued && !isLast && next.Number > _attempted) return;
            _waiting.Dequeue(); // before reporting, which may fail on a full disk: nothing is reported twice
            if (state.IsQueued) _queued++;
            if (state.Refusal is not null) _refusedHere++;
            _exit = ExitCode.Worse(_exit, next.Report(state));
        }
    }

    private State StateOf(Waiting file)
    {
        if (file.Name is null) return default;
        return outbox.IsWaiting(file.Name) ? new State(IsQueued: true, null) : new State(IsQueued: false, outbox.FindRefused(file.Name));
    }

    private int Report(SignedFile signed, State state)
    {
        if (state.Refusal is { } refusal)
        {
            signed.Refuse(console, new ErrorDocument(refusal.Code, $"'{signed.Target}' was signed{(signed.Target == signed.Source ? "" : " and written")}, but the server refused to register it: {refusal.Message}"));
            return ExitCode.Failure;
        }
        var problem = state.IsQueued && _problem is { } reason ? new ErrorDocument(reason.Code, reason.Message) : null;
        signed.Report(console, new RegistrationState(state.IsQueued ? "queued" : "pending", problem));
        return ExitCode.Success;
    }

    /// <summary>What has become of a registration.</summary>
    private readonly record struct State(bool IsQueued, RefusedRegistration? Refusal);

    /// <summary>A file whose report is due. Without a name it has none in the outbox.</summary>
    private sealed record Waiting(int Number, string? Name, Func<State, int> Report);
}
