using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tectra.Cli.Output;

namespace Tectra.Cli.Batch;

/// <summary>
/// How far a batch is: on a terminal bars for the whole and for each file at work, with rate and time left; else a line a file; JSON for
/// machines. Thread-safe.
/// </summary>
internal sealed class BatchProgress
{
    private const int NameLength = 36;

    private readonly CommandOutput _console;
    private readonly ProgressContext? _context;
    private readonly ProgressTask? _overall;
    private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _done, _total;

    private BatchProgress(CommandOutput console, ProgressContext? context)
    {
        _console = console;
        _context = context;
        _overall = context?.AddTask("looking for files", maxValue: 1);
        if (_overall is not null) _overall.IsIndeterminate = true;
    }

    /// <summary>Shows progress while the work goes on.</summary>
    public static Task RunAsync(CommandOutput console, Func<BatchProgress, Task> work) => console.IsInteractive
        ? console.Errors.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new BatchProgress(console, context)))
        : work(new BatchProgress(console, null));

    /// <summary>It is known what is to be done.</summary>
    public void Expect(int files, long bytes)
    {
        lock (_lock)
        {
            _total = files;
            if (_overall is null) return;
            _overall.IsIndeterminate = false;
            _overall.MaxValue = Math.Max(bytes, 1);
        }
    }

    /// <summary>A file is at work.</summary>
    public void Begin(BatchFile file)
    {
        lock (_lock)
        {
            _sizes[file.Path] = file.Size;
            if (_context is null) return;
            var task = _context.AddTask(Short(file.Name), maxValue: 1);
            task.IsIndeterminate = true;
            _tasks[file.Path] = task;
        }
    }

    /// <summary>A file is done.</summary>
    public void End(string path)
    {
        lock (_lock)
        {
            _done++;
            if (_tasks.Remove(path, out var task)) task.StopTask();
            if (!_sizes.Remove(path, out var size) || _overall is null) return;
            _overall.Increment(size);
            var seconds = Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 0.001);
            _overall.Description = string.Create(CultureInfo.InvariantCulture, $"{_done} of {_total} files, {_done / seconds:F1} a second");
        }
    }

    /// <summary>It is known what has become of a file.</summary>
    public void Report(BatchEntry entry)
    {
        lock (_lock)
        {
            if (_console.IsJson)
            {
                _console.Line(entry with { Thumbnail = null }, CliJson.Lean.BatchEntry);
                return;
            }
            if (entry.Error is { } error)
            {
                // Failures come once more at the end, where nobody overlooks them.
                if (_context is null) _console.Failure(entry.File, error);
                return;
            }
            if (_context is null)
            {
                var quality = entry.PsnrDb is { } psnr ? string.Create(CultureInfo.InvariantCulture, $"  {psnr:F1} dB") : "";
                _console.Console.MarkupLine($"[green]✓[/] {CommandOutput.Escape(entry.File)}{quality}  [dim]record {entry.RecordId}, {entry.BlockchainStatus}[/]");
            }
            if (entry.WatermarkProblem is { } problem) _console.Remark(entry.File, $"signed without a watermark: {problem.Message} ({problem.Code})");
        }
    }

    private static string Short(string name) => CommandOutput.Escape(name.Length <= NameLength ? name : "…" + name[^(NameLength - 1)..]);
}
