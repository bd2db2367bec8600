using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Registry;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary>
/// Files that were signed and registered, on their way to be anchored together and reported in order. A group is anchored
/// when it is large or a second old, so that reports come steadily and a long run doesn't make a ledger entry a file.
/// </summary>
internal sealed class SignBatch(EmbeddedRegistry registry, CommandOutput console)
{
    private const int MaxGroup = 64;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly List<Func<string, int>> _reports = [];
    private long _started;
    private int _exit = ExitCode.Success;
    private ErrorDocument? _anchoringError;

    /// <summary>How many files were signed or failed.</summary>
    public int Count { get; private set; }

    public ValueTask AddAsync(string file, string target, SignedImage signed) => AddAsync(status => Report(file, target, signed, status));

    public ValueTask AddAsync(string file, ErrorDocument error) => AddAsync(_ =>
    {
        console.Failure(file, error);
        return ExitCode.Failure;
    });

    /// <summary>Anchors and reports what is left.</summary>
    /// <returns>The exit code of the whole run.</returns>
    public async ValueTask<int> FinishAsync()
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

    private int Report(string file, string target, SignedImage signed, string status)
    {
        if (console.IsJson)
        {
            console.Line(Document(file, target, signed, status), CliJson.Line.SignDocument);
            return ExitCode.Success;
        }
        var quality = signed.Quality is { } measured ? $"  {measured.PsnrDecibels:F1} dB, SSIM {measured.Ssim:F4}" : "";
        console.Console.MarkupLine(
            $"[green]✓[/] {CommandOutput.Escape(file)} → [bold]{CommandOutput.Escape(target)}[/]{quality}  [dim]record {signed.Certificate.RecordId}, {status}[/]");
        if (signed.WatermarkProblem is { } problem) console.Remark(file, $"signed without a watermark: {problem.Reason} ({problem.Code})");
        if (signed.PerceptualHashProblem is { } hash) console.Remark(file, $"{hash.Reason} ({hash.Code})");
        foreach (var notice in signed.Notices) console.Remark(file, notice);
        return ExitCode.Success;
    }

    private SignDocument Document(string file, string target, SignedImage signed, string status)
    {
        var certificate = signed.Certificate;
        using var payload = JsonDocument.Parse(signed.Registration.Envelope.Payload.ToArray());
        return new SignDocument(
            file,
            target,
            certificate.RecordId.ToString(),
            certificate.Fingerprint.Sha256.ToString(),
            certificate.WatermarkedSha256?.ToString(),
            certificate.Fingerprint.PerceptualHash.ToString(),
            certificate.WatermarkFormat is not null,
            certificate.WatermarkPayload.ToString(),
            certificate.Timestamp.ToString(),
            status,
            signed.Quality?.PsnrDecibels,
            signed.Quality?.Ssim,
            payload.RootElement.Clone(),
            ToDocument(signed.WatermarkProblem),
            ToDocument(signed.PerceptualHashProblem),
            [.. signed.Notices],
            _anchoringError);
    }

    private static ErrorDocument? ToDocument(MeasurementProblem? problem) => problem is null ? null : new ErrorDocument(problem.Code, problem.Reason);
}
