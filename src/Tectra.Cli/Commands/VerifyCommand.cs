using System.CommandLine;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP files.");
        var evidence = new Option<string?>("--evidence") { Description = "Verify with this evidence bundle alone: no registry, no network." };
        var trust = new Option<string[]>("--trust-key") { Description = "Accept only signers with this public key (64 hexadecimal digits). May be repeated." };
        var trustLedger = new Option<string[]>("--trust-ledger") { Description = "Accept only ledgers with this public key. May be repeated. Default: this machine's own; with --evidence any." };
        var command = new Command(
            "verify",
            "Check images with four checks: watermark, SHA-256, perceptual hash, blockchain (here: the local ledger).\n" +
            "Exit code 0: all authentic (at least two checks passed); 1: not authentic; 2: unreadable, or the command was used wrongly.") { files, evidence, trust, trustLedger };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var inputs = parsed.GetRequiredValue(files);
            KeyTrust? signers = TrustOf(parsed.GetValue(trust)), ledgers = TrustOf(parsed.GetValue(trustLedger));
            if (parsed.GetValue(evidence) is { } bundle)
                return await VerifyOfflineAsync(inputs, bundle, new VerificationPolicy(signers ?? KeyTrust.AnyKey, ledgers ?? KeyTrust.AnyKey), output, cancellationToken).ConfigureAwait(false);
            var home = TectraHome.Find();
            if (!home.HasRegistry)
            {
                output.Remark(null, $"There are no records in {home.Path} yet: nothing can be recognised. Use --evidence with a bundle, or set {TectraHome.HomeVariable} to where files were signed.");
                var nobody = new VerificationPolicy(signers ?? KeyTrust.AnyKey, ledgers ?? KeyTrust.Only());
                return await VerifyAsync(
                    inputs, output, observed => ValueTask.FromResult(Verifier.Verify(observed, [], EvidenceSource.Registry, nobody, TimeProvider.System.GetUtcNow())), cancellationToken).ConfigureAwait(false);
            }
            var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var policy = new VerificationPolicy(signers ?? KeyTrust.AnyKey, ledgers ?? KeyTrust.Only(open.Registry.LedgerKey));
                return await VerifyAsync(
                    inputs, output, observed => open.Registry.VerifyAsync(observed, policy, TimeProvider.System, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }, files);
    }

    private static async Task<int> VerifyOfflineAsync(string[] files, string path, VerificationPolicy policy, CommandOutput output, CancellationToken cancellationToken)
    {
        Func<ObservedContent, ValueTask<VerificationReport>> verify;
        try
        {
            if (new FileInfo(path).Length > EvidenceBundle.MaxBytes) throw new InvalidEvidenceException(ErrorCodes.EvidenceMalformed, "The evidence bundle is too long.");
            var bundle = EvidenceBundle.FromJson(await CommandParts.ReadAsync(path, cancellationToken).ConfigureAwait(false));
            verify = observed => ValueTask.FromResult(Verifier.Verify(observed, [bundle], EvidenceSource.Bundle, policy, TimeProvider.System.GetUtcNow(), cancellationToken));
        }
        catch (InvalidEvidenceException e)
        {
            verify = _ => ValueTask.FromResult(Verifier.Unreadable(e));
        }
        return await VerifyAsync(files, output, verify, cancellationToken).ConfigureAwait(false);
    }

    private static Task<int> VerifyAsync(
        string[] files, CommandOutput output, Func<ObservedContent, ValueTask<VerificationReport>> verify, CancellationToken cancellationToken)
    {
        var inspector = new ImageInspector();
        return CommandParts.ForEachAsync(files, output, async file =>
        {
            var observed = await inspector.InspectFileAsync(file, InspectionDepth.Full, cancellationToken).ConfigureAwait(false);
            var report = await verify(observed).ConfigureAwait(false);
            var unreadable = observed.PerceptualHashProblem is { } problem ? new ErrorDocument(problem.Code, problem.Reason) : null;
            if (output.IsJson) output.Line(file, report.ToJson(), unreadable);
            else ReportView.Write(output.Console, file, report);
            if (unreadable is not null) return ExitCode.Failure;
            return report.IsAuthentic ? ExitCode.Success : ExitCode.Negative;
        }, cancellationToken);
    }

    private static KeyTrust? TrustOf(string[]? keys) => keys is { Length: > 0 } ? KeyTrust.Only(keys.Select(key => PublicKey.Parse(key))) : null;
}
