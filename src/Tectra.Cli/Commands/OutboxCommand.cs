using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra outbox</c>.</summary>
internal static class OutboxCommand
{
    public static Command Create() => new("outbox", "The registrations that wait for a server: what 'sign' couldn't deliver at once.") { CreateStatus(), CreateFlush() };

    private static Command CreateStatus() => new Command("status", "Show what waits, and what the server refused and why.").WithAction(CommandParts.JsonOption(), async (_, output, cancellationToken) =>
    {
        var path = TectraHome.Find().OutboxPath;
        var status = Directory.Exists(path)
            ? await RegistrationOutbox.Open(path).GetStatusAsync(cancellationToken).ConfigureAwait(false)
            : new OutboxStatus(0, null, 0, []);
        if (output.IsJson)
        {
            var refused = status.Refused.Select(entry => new RefusedDocument(entry.FileName, entry.RecordId, entry.Code, entry.Message)).ToArray();
            output.Line(new OutboxStatusLine(path, status.Waiting, status.OldestAge?.TotalSeconds, status.RefusedCount, refused), CliJson.Line.OutboxStatusLine);
            return ExitCode.Success;
        }
        output.Console.MarkupLine($"{status.Waiting} waiting{(status.OldestAge is { } age ? $", the oldest for {Age(age)}" : "")}; {status.RefusedCount} refused  [dim]{CommandOutput.Escape(path)}[/]");
        foreach (var entry in status.Refused)
            output.Console.MarkupLine($"  [red]✗[/] {CommandOutput.Escape(entry.RecordId ?? entry.FileName)}: {CommandOutput.Escape(entry.Message)} [dim]({CommandOutput.Escape(entry.Code)})[/]");
        return ExitCode.Success;
    });

    private static Command CreateFlush()
    {
        var command = new Command(
            "flush",
            "Deliver what waits. Whatever ends this, nothing is lost, and nothing is registered twice.\n" +
            "Exit code 0: nothing waits any more; 2: something does, or was refused.");
        return command.WithAction(CommandParts.JsonOption(), async (_, output, cancellationToken) =>
        {
            var home = TectraHome.Find();
            if (!Directory.Exists(home.OutboxPath)) return Show(output, home.OutboxPath, new OutboxFlush(0, 0, null), 0);
            var server = ServerAccess.Find(home) ?? throw new ArgumentException("There is no server to deliver to. Log in with 'tectra login', or set TECTRA_API_URL and TECTRA_API_KEY.");
            server.RequireApiKey();
            using var client = server.CreateClient();
            var outbox = RegistrationOutbox.Open(home.OutboxPath);
            var progress = new FlushProgress();
            try
            {
                var flush = await FlushAsync(outbox, client, progress, output, cancellationToken).ConfigureAwait(false);
                return Show(output, home.OutboxPath, flush, (await outbox.GetStatusAsync(CancellationToken.None).ConfigureAwait(false)).Waiting);
            }
            catch (OperationCanceledException)
            {
                var waiting = (await outbox.GetStatusAsync(CancellationToken.None).ConfigureAwait(false)).Waiting;
                Show(output, home.OutboxPath, progress.Last with { Problem = new RegistrationRefusal("cancelled", "The delivery was interrupted.") }, waiting);
                throw;
            }
        });
    }

    /// <summary>Delivers, with a bar on a terminal.</summary>
    private static async Task<OutboxFlush> FlushAsync(RegistrationOutbox outbox, ITectraApi api, FlushProgress progress, CommandOutput output, CancellationToken cancellationToken)
    {
        if (output.IsJson || Console.IsOutputRedirected) return await outbox.FlushAsync(api, progress, cancellationToken).ConfigureAwait(false);
        var total = (await outbox.GetStatusAsync(cancellationToken).ConfigureAwait(false)).Waiting;
        return await output.Console.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask("delivering", maxValue: Math.Max(total, 1));
            progress.Changed = flush => task.Value = flush.Delivered + flush.Refused;
            return await outbox.FlushAsync(api, progress, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static int Show(CommandOutput output, string path, OutboxFlush flush, int waiting)
    {
        if (output.IsJson)
        {
            var problem = flush.Problem is { } reason ? new ErrorDocument(reason.Code, reason.Message) : null;
            output.Line(new OutboxFlushLine(path, flush.Delivered, flush.Refused, waiting, problem), CliJson.Line.OutboxFlushLine);
        }
        else
        {
            output.Console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"{(waiting + flush.Refused == 0 ? "[green]✓[/]" : "[yellow]![/]")} {flush.Delivered} delivered, {flush.Refused} refused, {waiting} waiting"));
            if (flush.Problem is { } problem) output.Remark(null, $"{problem.Message} ({problem.Code})");
            if (flush.Refused > 0) output.Remark(null, "'tectra outbox status' shows why registrations were refused.");
        }
        return waiting + flush.Refused == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0} seconds"),
    };

    /// <summary>How far a delivery is, told at once and in order.</summary>
    private sealed class FlushProgress : IProgress<OutboxFlush>
    {
        public OutboxFlush Last { get; private set; } = new(0, 0, null);

        public Action<OutboxFlush>? Changed { get; set; }

        public void Report(OutboxFlush value)
        {
            Last = value;
            Changed?.Invoke(value);
        }
    }
}
