using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra chain deploy</c>.</summary>
internal static class ChainDeployCommand
{
    private const string Name = "deploy";

    public static Command Create()
    {
        var owner = new Option<string?>("--owner") { Description = "Who adds and removes registrars, best an account that is kept offline. Default: the account that pays." };
        var registrars = new Option<string[]>("--registrar") { Description = "An account that may register batches. May be repeated if the account that pays is the owner. Default: the account that pays." };
        var sending = new ChainSending();
        var command = sending.AddTo(new Command(
            Name,
            "Put the registry contract on a chain. It can't be changed afterwards, by anybody, and its code is the same everywhere.\n" +
            "It shows what that costs and asks first.") { owner, registrars });
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var named = parsed.GetValue(owner) is { } text ? ChainSettings.Address("--owner", text) : (EvmAddress?)null;
            EvmAddress[] listed = [.. (parsed.GetValue(registrars) ?? []).Select(item => ChainSettings.Address("--registrar", item)).Distinct()];
            using var session = await sending.OpenAsync(parsed, output, cancellationToken).ConfigureAwait(false);
            var ownerAddress = named ?? session.Sender;
            if (listed.Length == 0) listed = [session.Sender];
            if (listed.Length > 1 && ownerAddress != session.Sender)
                throw new ArgumentException("Only the owner adds further registrars, and the account that pays isn't to be the owner: name one --registrar, and let the owner add the others ('tectra chain registrar add').");
            var planned = await session.Administration.PlanDeploymentAsync(ownerAddress, listed[0], cancellationToken).ConfigureAwait(false);
            var further = (UInt128)(listed.Length - 1) * (ulong)ContractGas.AddRegistrar * planned.Fees.Max;
            var balance = await session.RequireFundsAsync(planned.GreatestCostWei + further, cancellationToken).ConfigureAwait(false);
            var isConfirmed = sending.Confirm(
                parsed, output, session, $"Deploy the contract on {session.Chain}?", planned, balance, [("owner", ownerAddress.ToString()), .. listed.Select(registrar => ("registrar", registrar.ToString()))]);
            if (!isConfirmed) return ExitCode.Cancelled;
            var mined = await ChainSending.SendAsync(session, planned, Name, output, cancellationToken).ConfigureAwait(false);
            var contract = mined.Receipt.CreatedContract!.Value; // which was checked to be what the transaction creates
            Show(output, session, mined, contract, ownerAddress, listed[0]);
            foreach (var registrar in listed.Skip(1))
                await ChainRegistrarCommand.SetAsync(session, contract, registrar, mayRegister: true, Name, output, cancellationToken).ConfigureAwait(false);
            ShowSettings(output, session, contract, listed.Contains(session.Sender) ? sending.KeyFile(parsed) : null);
            return ExitCode.Success;
        });
    }

    private static void Show(CommandOutput output, ChainSession session, MinedTransaction mined, EvmAddress contract, EvmAddress owner, EvmAddress registrar)
    {
        if (!output.IsJson)
        {
            output.Console.MarkupLine($"[green]✓[/] the contract is [bold]{contract}[/]: {CommandOutput.Escape(ChainSending.Describe(session, mined))}");
            return;
        }
        var transaction = mined.Receipt.TransactionHash;
        output.Line(
            new ChainDeployLine(
                session.Chain.Id, session.Chain.Name, contract.ToString(), owner.ToString(), registrar.ToString(), session.Sender.ToString(), transaction.ToString(),
                session.Chain.TransactionUrl(transaction)?.AbsoluteUri, mined.Receipt.BlockNumber, mined.Receipt.GasUsed, CoinAmount.Coins(mined.CostWei), session.Chain.Coin,
                Settings(session, contract)),
            CliJson.Line.ChainDeployLine);
    }

    private static void ShowSettings(CommandOutput output, ChainSession session, EvmAddress contract, string? keyFile)
    {
        if (output.IsJson) return;
        output.Console.MarkupLine("The server's settings:");
        foreach (var (name, value) in Settings(session, contract)) output.Console.MarkupLine($"  {name}={CommandOutput.Escape(value)}");
        if (session.ShownUrl is null) output.Console.MarkupLine($"  {ChainSettings.RpcVariable}={CommandOutput.Escape("<the address that was used here, and others that stand in>")}");
        output.Console.MarkupLine($"  TECTRA_ANCHOR_KEY_FILE={CommandOutput.Escape(keyFile is null ? "<the key of a registrar>" : Path.GetFullPath(keyFile))}");
        output.Console.MarkupLine("'tectra chain status' shows with them whether everything is in place.");
    }

    /// <summary>What a server needs to know. An address of a node that may hold a key isn't shown again.</summary>
    private static Dictionary<string, string> Settings(ChainSession session, EvmAddress contract)
    {
        var settings = new Dictionary<string, string>
        {
            [ChainSettings.ChainIdVariable] = session.Chain.Id.ToString(CultureInfo.InvariantCulture),
            [ChainSettings.ContractVariable] = contract.ToString(),
        };
        if (session.ShownUrl is { } url) settings.Add(ChainSettings.RpcVariable, url);
        return settings;
    }
}
