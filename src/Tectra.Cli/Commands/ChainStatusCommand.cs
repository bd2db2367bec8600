using System.CommandLine;
using Tectra.Cli.Output;
using Tectra.Cli.State;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra chain status</c>.</summary>
internal static class ChainStatusCommand
{
    public static Command Create()
    {
        var rpc = new Option<string[]>("--rpc") { Description = $"A node of the chain (the address of its JSON-RPC). May be repeated. Default: {ChainSettings.RpcVariable}." };
        var chainId = new Option<long?>("--chain-id") { Description = $"The number of the chain that the nodes must be of. Default: {ChainSettings.ChainIdVariable}." };
        var contract = new Option<string?>("--contract") { Description = $"The registry contract. Default: {ChainSettings.ContractVariable}, else the one that the registry here uses." };
        var address = new Option<string?>("--address") { Description = "The account that pays, by its address." };
        var keyFile = new Option<string?>("--key-file") { Description = "The account that pays, by its key. Default: TECTRA_ANCHOR_KEY_FILE, TECTRA_ANCHOR_KEY, or TECTRA_ANCHOR_SIGNER_URL." };
        var maxFee = new Option<string?>("--max-fee-gwei") { Description = "The most that may be paid for a unit of gas. Default: TECTRA_MAX_FEE_GWEI, else 500." };
        var command = new Command(
            "status",
            "Show the chain, its nodes, the contract, the account and how far its coins reach, what anchoring costs today, and how far the\n" +
            "batches of the registry here are (or of the one that TECTRA_DATABASE names). It reads what a server would be set to, and sends nothing.\n" +
            "Exit code 0: of what was named, nothing keeps anchoring from working; 1: something does.") { rpc, chainId, contract, address, keyFile, maxFee };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var questions = new ChainQuestions(
                ChainSettings.Nodes(parsed.GetValue(rpc)),
                ChainSettings.ChainId(parsed.GetValue(chainId)),
                ChainSettings.Contract(parsed.GetValue(contract)),
                parsed.GetValue(address) is { } text ? ChainSettings.Address("--address", text) : null,
                ChainSettings.Account(parsed.GetValue(keyFile)),
                ChainSettings.MaxFeeWei(parsed.GetValue(maxFee)),
                ChainSettings.MinPriorityFeeWei());
            var status = await ChainInspection.RunAsync(questions, cancellationToken).ConfigureAwait(false);
            if (output.IsJson) output.Line(status, CliJson.Line.ChainStatusLine);
            else ChainStatusView.Write(output, status);
            return status.Problems.Length == 0 ? ExitCode.Success : ExitCode.Negative;
        });
    }
}
