using System.Diagnostics;
using Tectra.Cli.Output;
using Tectra.Registry;

namespace Tectra.Cli.Commands;

/// <summary>
/// Registers signed files in the embedded registry, to be anchored together and reported in order. A group is anchored when it
/// is large or a second old, so that reports come steadily and a long run doesn't make a ledger entry a file.
/// </summary>
internal sealed class LocalDelivery(EmbeddedRegistry registry, CommandOutput console) : ISignDelivery
{
    private const int MaxGroup = 64;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly List<Func<string, int>> _reports = [];
    private long _started;
    private int _exit = ExitCode.Success;
    private ErrorDocument? _anchoringError;

    public int Count { get; private set; }

    public async ValueTask DeliverAsync(SignedFile signed, CancellationToken cancellationToken)
    {
        using (var staged = await signed.StageAsync(cancellationToken).ConfigureAwait(false))
        {
            await registry.RegisterAsync(signed.Registration, cancellationToken).ConfigureAwait(false);
            staged?.Commit();
        }
        var report = signed.WithoutContent(); // a group of pictures is much memory
        await AddAsync(status =>
        {
            report.Report(console, new RegistrationState(status, null, _anchoringError));
            return ExitCode.Success;
        }).ConfigureAwait(false);
    }

    public ValueTask FailAsync(string file, ErrorDocument error) => AddAsync(_ =>
    {
        console.Failure(file, error);
        return ExitCode.Failure;
    });

    public async ValueTask<int> FinishAsync(CancellationToken cancellationToken)
    {
        await AnchorAsync().ConfigureAwait(false);
        if (_anchoringError is not { } error) return _exit;
        // The files are signed and registered; the next run anchors them, once what is wrong here is put right.
        console.Remark(null, $"Signed and registered, but not anchored: {error.Message} ({error.Code})");
        return ExitCode.Failure;
    }

    private ValueTask AddAsync(Func<string, int> report)
    {
        if (_reports.Count == 0) _started = Stopwatch.GetTimestamp();
        _reports.Add(report);
        Count++;
        return _reports.Count >= MaxGroup || Stopwatch.GetElapsedTime(_started) >= MaxAge ? AnchorAsync() : ValueTask.CompletedTask;
    }

    private async ValueTask AnchorAsync()
    {
        var status = "anchored";
        try
        {
            // Not cancelled: it takes milliseconds, and what is delivered should be anchored.
            if (_anchoringError is null) await registry.AnchorPendingAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (CommandOutput.ErrorOf(e) is { } error)
        {
            _anchoringError = error;
        }
        if (_anchoringError is not null) status = "pending";
        Func<string, int>[] reports = [.. _reports];
        _reports.Clear(); // before reporting, which may fail on a full disk: nothing is reported twice
        foreach (var report in reports) _exit = ExitCode.Worse(_exit, report(status));
    }
}
