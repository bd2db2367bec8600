using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra evidence</c>.</summary>
internal static class EvidenceCommand
{
    public static Command Create()
    {
        var subject = new Argument<string>("FILE|RECORD") { Description = "A signed file, or a record id." };
        var target = new Option<string>("--output", "-o") { Description = "The bundle to write (JSON).", Required = true };
        var command = new Command("evidence", "Export what anybody needs to verify a file without this registry: certificate, Merkle proof, ledger entry.") { subject, target };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var open = await TectraHome.Open().OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var text = parsed.GetRequiredValue(subject);
                if (!RecordId.TryParse(text, out var id)) id = await FindRecordAsync(text, open, cancellationToken).ConfigureAwait(false);
                var bundle = await open.Registry.GetEvidenceAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} in this registry.");
                var path = parsed.GetRequiredValue(target);
                AtomicFile.Write(path, bundle.ToJson());
                var status = bundle.Anchor is null ? "pending" : "anchored";
                if (output.IsJson) output.Line(new EvidenceDocument(id.ToString(), path, status), CliJson.Line.EvidenceDocument);
                else output.Console.MarkupLine($"[green]✓[/] {Markup.Escape(path)}  [dim]record {id}, {status}[/]");
                return ExitCode.Success;
            }
        });
    }

    private static async Task<RecordId> FindRecordAsync(string file, OpenRegistry open, CancellationToken cancellationToken)
    {
        var observed = await new ImageInspector().InspectFileAsync(file, InspectionDepth.Watermark, cancellationToken).ConfigureAwait(false);
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.AnyKey);
        var report = await open.Registry.VerifyAsync(observed, policy, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return report.Certificate?.RecordId
            ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"No record of this registry matches '{file}'. Sign it first, or give a record id.");
    }
}
