using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra revoke</c>.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        var record = new Argument<string>("RECORD") { Description = "A record id." };
        var reason = new Option<string>("--reason") { Description = "Why; shown to everybody who verifies.", DefaultValueFactory = _ => "" };
        var local = CommandParts.LocalOption();
        var command = new Command("revoke", "Revoke a record of yours. It stays, but nothing verifies with it any more. This can't be undone.") { record, reason, local };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var id = RecordId.Parse(parsed.GetRequiredValue(record));
            var why = CommandParts.CheckText("--reason", parsed.GetRequiredValue(reason), Revocation.MaxReasonLength)!;
            var access = await RegistryAccess.OpenExistingAsync(parsed.GetValue(local), forLookup: false, cancellationToken).ConfigureAwait(false);
            await using (access.ConfigureAwait(false))
            {
                var revocation = await access.Api.RevokeAsync(id, why, cancellationToken).ConfigureAwait(false); // the first one stands
                if (output.IsJson) output.Line(new RevocationLine(id.ToString(), revocation.Timestamp.ToString(), revocation.Reason), CliJson.Line.RevocationLine);
                else output.Console.MarkupLine($"[green]✓[/] record {id} is revoked since {revocation.Timestamp}");
            }
            return ExitCode.Success;
        });
    }
}
