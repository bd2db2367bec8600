using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra evidence</c>.</summary>
internal static class EvidenceCommand
{
    public static Command Create()
    {
        var subject = new Argument<string>("FILE|RECORD") { Description = "A signed file, or a record id." };
        var target = new Option<string>("--output", "-o") { Description = "The bundle to write (JSON).", Required = true };
        var local = CommandParts.LocalOption();
        var command = new Command("evidence", "Export what anybody needs to verify a file without any registry: certificate, Merkle proof, ledger entry or transaction.") { subject, target, local };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            string text = parsed.GetRequiredValue(subject), path = parsed.GetRequiredValue(target);
            CommandParts.ThrowIfSame(text, path);
            var access = await RegistryAccess.OpenExistingAsync(parsed.GetValue(local), forLookup: true, cancellationToken).ConfigureAwait(false);
            await using (access.ConfigureAwait(false))
            {
                if (!RecordId.TryParse(text, out var id)) id = await FindRecordAsync(text, access.Api, output, cancellationToken).ConfigureAwait(false);
                var bundle = await access.Api.GetEvidenceAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} in this registry.");
                AtomicFile.Write(path, bundle.ToJson());
                var anchor = AnchorOf(bundle, access.LedgerKey);
                var status = anchor switch
                {
                    { Outcome: CheckOutcome.Passed } or { Code: CheckCodes.ChainNotAsked } => "anchored",
                    { Code: CheckCodes.AnchorPending } => "pending",
                    _ => anchor.Code,
                };
                if (output.IsJson) output.Line(new EvidenceDocument(id.ToString(), path, status), CliJson.Line.EvidenceDocument);
                else output.Console.MarkupLine($"[green]✓[/] {CommandOutput.Escape(path)}  [dim]record {id}, {status}[/]");
                if (anchor.Outcome != CheckOutcome.Passed) output.Remark(path, anchor.Details);
                if (access.LedgerFinding is { } finding) output.Remark(path, finding.Result.Details);
                return ExitCode.Success;
            }
        });
    }

    /// <summary>How a verifier that trusts this ledger will find the bundle's anchor, as far as can be told without asking a chain.</summary>
    private static CheckResult AnchorOf(EvidenceBundle bundle, PublicKey ledgerKey)
    {
        var itself = new ObservedContent { Sha256 = Certificate.FromPayload(bundle.Envelope.Payload).Fingerprint.Sha256 };
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.Only(ledgerKey));
        var report = Verifier.Verify(itself, [bundle], EvidenceSource.Bundle, policy, TimeProvider.System.GetUtcNow());
        return report.Findings.First(finding => finding.Subject == "anchor").Result;
    }

    private static async Task<RecordId> FindRecordAsync(string file, ITectraApi api, CommandOutput output, CancellationToken cancellationToken)
    {
        var observed = await Media.InspectAsync(file, InspectionDepth.Watermark, output, cancellationToken).ConfigureAwait(false);
        var policy = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.AnyKey);
        var report = await api.VerifyAsync(observed, policy, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return report.Certificate?.RecordId
            ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"No record of this registry matches '{file}'. Sign it first, or give a record id.");
    }
}
