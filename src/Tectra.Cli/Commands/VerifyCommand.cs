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
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP pictures, or videos (MP4, WebM and what else ffmpeg reads).");
        var evidence = new Option<string?>("--evidence") { Description = "Verify with this evidence bundle alone: no registry, and no network but --rpc." };
        var trust = new Option<string[]>("--trust-key") { Description = "Accept only signers with this public key (64 hexadecimal digits). May be repeated." };
        var trustLedger = new Option<string[]>("--trust-ledger") { Description = "Accept only ledgers with this public key. May be repeated. Default: this machine's own, or the server's; with --evidence any." };
        var rpc = new Option<string[]>("--rpc") { Description = $"Ask this node of the public chain (the address of its JSON-RPC) whether the batch is registered there. May be repeated: then all must answer and agree. Default: {ChainSettings.RpcVariable}, separated by commas." };
        var contract = new Option<string?>("--contract") { Description = $"Accept only this registry contract. Default: {ChainSettings.ContractVariable}, else any whose code is the registry contract's." };
        var chainId = new Option<long?>("--chain-id") { Description = $"The number of the chain that the contract is on. Default: {ChainSettings.ChainIdVariable}, else 137 (Polygon)." };
        var all = new Option<bool>("--all-records") { Description = "Look for every record that matches, even where the bytes name one already." };
        var local = CommandParts.LocalOption();
        var command = new Command(
            "verify",
            "Check images with four checks: watermark, SHA-256, perceptual hash, blockchain (the registry's ledger; with --rpc also a public chain); videos segment by segment.\n" +
            "Exit code 0: all authentic (at least two checks passed; of a video half of the segments); 1: not authentic; 2: unreadable, no answer from the server, or the command was used wrongly.")
        {
            files, evidence, rpc, contract, chainId, trust, trustLedger, all, local,
        };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var inputs = parsed.GetRequiredValue(files);
            KeyTrust? signers = TrustOf(parsed.GetValue(trust)), ledgers = TrustOf(parsed.GetValue(trustLedger));
            using var chains = ChainAccess.Find(parsed.GetValue(rpc), parsed.GetValue(contract), parsed.GetValue(chainId));
            VerificationPolicy Policy(KeyTrust standard) => new(signers ?? KeyTrust.AnyKey, ledgers ?? standard) { Contracts = chains.Trust, IsExhaustive = parsed.GetValue(all) };
            if (parsed.GetValue(evidence) is { } bundle)
                return await VerifyBundleAsync(inputs, bundle, Policy(KeyTrust.AnyKey), chains, output, cancellationToken).ConfigureAwait(false);
            var home = TectraHome.Find();
            var server = parsed.GetValue(local) ? null : ServerAccess.Find(home, forLookup: true);
            if (server is null && !home.HasRegistry)
            {
                output.Remark(null, $"There are no records in {home.Path} yet: nothing can be recognised. Use --evidence with a bundle, log in at a server, or set {TectraHome.HomeVariable} to where files were signed.");
                return await VerifyAsync(
                    inputs, output, observed => ValueTask.FromResult(Verifier.Verify(observed, [], EvidenceSource.Registry, Policy(KeyTrust.Only()), TimeProvider.System.GetUtcNow())), cancellationToken).ConfigureAwait(false);
            }
            var access = server is null
                ? RegistryAccess.Of(await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false))
                : await RegistryAccess.OpenAsync(server, cancellationToken).ConfigureAwait(false);
            await using (access.ConfigureAwait(false))
            {
                var policy = Policy(KeyTrust.Only(access.LedgerKey));
                var finding = ledgers is null ? access.LedgerFinding : null; // whoever names ledgers needs no word about ours
                return await VerifyAsync(inputs, output, async observed =>
                {
                    var report = await access.Api.VerifyAsync(observed, policy, chains.ReadAsync, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    return finding is null ? report : report with { Findings = report.Findings.Add(finding) };
                }, cancellationToken).ConfigureAwait(false);
            }
        }, files);
    }

    private static async Task<int> VerifyBundleAsync(
        string[] files, string path, VerificationPolicy policy, ChainAccess chains, CommandOutput output, CancellationToken cancellationToken)
    {
        Func<ObservedContent, ValueTask<VerificationReport>> verify;
        try
        {
            if (new FileInfo(path).Length > EvidenceBundle.MaxBytes) throw new InvalidEvidenceException(ErrorCodes.EvidenceMalformed, "The evidence bundle is too long.");
            var bundle = EvidenceBundle.FromJson(await CommandParts.ReadAsync(path, cancellationToken).ConfigureAwait(false));
            verify = async observed => Verifier.Verify(
                observed, [bundle], EvidenceSource.Bundle, policy, TimeProvider.System.GetUtcNow(), await chains.ReadAsync([bundle], cancellationToken).ConfigureAwait(false), cancellationToken);
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
        return CommandParts.ForEachAsync(files, output, async file =>
        {
            var observed = await Media.InspectAsync(file, InspectionDepth.Full, output, cancellationToken).ConfigureAwait(false);
            var report = await verify(observed).ConfigureAwait(false);
            var unreadable = observed.PerceptualHashProblem is { } problem ? new ErrorDocument(problem.Code, problem.Reason) : null;
            if (output.IsJson) output.Line(file, report.ToJson(), unreadable);
            else ReportView.Write(output.Console, file, report);
            // Without ffmpeg a video's bytes alone can still name it.
            var isNamed = unreadable?.Code == ErrorCodes.FfmpegMissing && report.IsAuthentic;
            if (unreadable is not null && !isNamed) return ExitCode.Failure;
            return report.IsAuthentic ? ExitCode.Success : ExitCode.Negative;
        }, cancellationToken);
    }

    private static KeyTrust? TrustOf(string[]? keys) => keys is { Length: > 0 } ? KeyTrust.Only(keys.Select(key => PublicKey.Parse(key))) : null;
}
