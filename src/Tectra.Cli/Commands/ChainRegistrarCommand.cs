using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra chain registrar</c>.</summary>
internal static class ChainRegistrarCommand
{
    public static Command Create() => new("registrar", "Say who may register batches in the contract. Only its owner can.")
    {
        Create("add", "Let an account register batches. Repeating it changes nothing.", mayRegister: true),
        Create("remove", "Let an account register no longer. What it has registered stays. Repeating it changes nothing.", mayRegister: false),
    };

    /// <summary>Makes the change and shows it; says so where there is nothing to change.</summary>
    public static async ValueTask SetAsync(
        ChainSession session, EvmAddress contract, EvmAddress registrar, bool mayRegister, string command, CommandOutput output, CancellationToken cancellationToken)
    {
        var planned = await session.Administration.PlanRegistrarAsync(contract, registrar, mayRegister, cancellationToken).ConfigureAwait(false);
        await SendAsync(session, planned, contract, registrar, mayRegister, command, output, cancellationToken).ConfigureAwait(false);
    }

    private static Command Create(string name, string description, bool mayRegister)
    {
        var address = new Argument<string>("ADDRESS") { Description = "The account." };
        var contract = new Option<string?>("--contract") { Description = $"The contract. Default: {ChainSettings.ContractVariable}." };
        var sending = new ChainSending();
        var command = sending.AddTo(new Command(name, description) { address, contract });
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var registrar = ChainSettings.Address("ADDRESS", parsed.GetRequiredValue(address));
            var where = ChainSettings.Contract(parsed.GetValue(contract)) ?? throw new ArgumentException($"The contract isn't named. Use --contract, or set {ChainSettings.ContractVariable}.");
            using var session = await sending.OpenAsync(parsed, output, cancellationToken).ConfigureAwait(false);
            await ContractReader.CheckCodeAsync(session.Node, session.Chain.Id, where, cancellationToken).ConfigureAwait(false);
            if (await ContractReader.IsRegistrarAsync(session.Node, where, registrar, cancellationToken).ConfigureAwait(false) == mayRegister)
            {
                Show(output, session, null, where, registrar, mayRegister);
                return ExitCode.Success;
            }
            var owner = await ContractReader.GetOwnerAsync(session.Node, where, cancellationToken).ConfigureAwait(false);
            if (owner != session.Sender)
                throw new RegistryException(ErrorCodes.AnchoringRefused, $"{session.Sender} is not the owner of the contract {where}: that is {owner}. Nothing was sent. Use the owner's key.");
            var planned = await session.Administration.PlanRegistrarAsync(where, registrar, mayRegister, cancellationToken).ConfigureAwait(false);
            var balance = await session.RequireFundsAsync(planned.GreatestCostWei, cancellationToken).ConfigureAwait(false);
            var question = mayRegister ? "Let the account register batches?" : "Let the account register no longer?";
            if (!sending.Confirm(parsed, output, session, question, planned, balance, ("contract", where.ToString()), ("registrar", registrar.ToString()))) return ExitCode.Cancelled;
            await SendAsync(session, planned, where, registrar, mayRegister, name, output, cancellationToken).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private static async ValueTask SendAsync(
        ChainSession session, PlannedTransaction planned, EvmAddress contract, EvmAddress registrar, bool mayRegister, string command, CommandOutput output, CancellationToken cancellationToken) =>
        Show(output, session, await ChainSending.SendAsync(session, planned, command, output, cancellationToken).ConfigureAwait(false), contract, registrar, mayRegister);

    private static void Show(CommandOutput output, ChainSession session, MinedTransaction? mined, EvmAddress contract, EvmAddress registrar, bool mayRegister)
    {
        if (!output.IsJson)
        {
            var state = mayRegister ? "may register batches" : "may not register batches";
            output.Console.MarkupLine($"[green]✓[/] {registrar} {state}: {(mined is null ? "so it was already, and nothing was sent" : CommandOutput.Escape(ChainSending.Describe(session, mined)))}");
            return;
        }
        var transaction = mined?.Receipt.TransactionHash;
        output.Line(
            new ChainRegistrarLine(
                session.Chain.Id, session.Chain.Name, contract.ToString(), registrar.ToString(), mayRegister, session.Sender.ToString(), transaction?.ToString(),
                transaction is { } hash ? session.Chain.TransactionUrl(hash)?.AbsoluteUri : null, mined?.Receipt.BlockNumber, mined?.Receipt.GasUsed,
                mined is null ? null : CoinAmount.Coins(mined.CostWei), session.Chain.Coin),
            CliJson.Line.ChainRegistrarLine);
    }
}
