using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk.Content;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra revoke</c>.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        var record = new Argument<string>("RECORD") { Description = "A record id." };
        var reason = new Option<string>("--reason") { Description = "Why; shown to everybody who verifies.", DefaultValueFactory = _ => "" };
        var command = new Command("revoke", "Revoke a record in this registry. It stays, but nothing verifies with it any more. This can't be undone.") { record, reason };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var id = RecordId.Parse(parsed.GetRequiredValue(record));
            var open = await TectraHome.Open().OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
            await using (open.ConfigureAwait(false)) await open.Registry.RevokeAsync(id, parsed.GetRequiredValue(reason), cancellationToken).ConfigureAwait(false);
            if (output.IsJson) output.Line(new EvidenceDocument(id.ToString(), "", "revoked"), CliJson.Line.EvidenceDocument);
            else output.Console.MarkupLine($"[green]✓[/] record {id} is revoked");
            return ExitCode.Success;
        });
    }
}
