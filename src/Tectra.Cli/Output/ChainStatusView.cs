using System.Globalization;
using Spectre.Console;

namespace Tectra.Cli.Output;

/// <summary>Shows people the state of a chain.</summary>
internal static class ChainStatusView
{
    public static void Write(CommandOutput output, ChainStatusLine status)
    {
        var console = output.Console;
        if (status.ChainId is { } id) console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[bold]{CommandOutput.Escape(status.Chain!)}[/] (chain {id})"));
        var grid = new Grid().AddColumn(new GridColumn().Padding(2, 0, 1, 0).NoWrap()).AddColumn(new GridColumn().Padding(0, 0));
        foreach (var node in status.Nodes) grid.AddRow("node", Node(node));
        if (status.Contract is { } contract) AddContract(grid, contract);
        if (status.Account is { } account) AddAccount(grid, account, status.Coin);
        if (status.Price is { } price) AddPrice(grid, price, status.Coin);
        if (status.Registry is { } registry) AddRegistry(grid, registry);
        console.Write(grid);
        foreach (var notice in status.Notices) output.Remark(null, notice);
        foreach (var problem in status.Problems) output.Failure("status", problem);
        if (status.Problems.Length == 0 && status.Nodes.Length > 0) console.MarkupLine("[green]✓[/] nothing that was named keeps anchoring from working");
    }

    private static string Node(ChainNodeDocument node)
    {
        var name = CommandOutput.Escape(node.Node);
        if (node.Error is { } error) return $"{name}  [red]✗ {CommandOutput.Escape(error.Code)}[/]{(node.Block is { } known ? string.Create(CultureInfo.InvariantCulture, $"  chain {node.ChainId}, block {known}") : "")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}  [green]✓[/] block {node.Block}, {Age(node.BlockAgeSeconds!.Value)} old; base fee {CoinAmount.Round(node.BaseFeeGwei!)} gwei, priority fee {CoinAmount.Round(node.PriorityFeeGwei!)} gwei");
    }

    private static void AddContract(Grid grid, ChainContractDocument contract)
    {
        grid.AddRow("contract", $"{contract.Address}  {contract.Genuine switch { true => "[green]✓ the ProvenanceRegistry[/]", false => "[red]✗ not the ProvenanceRegistry[/]", null => "[yellow]– not looked at[/]" }}");
        if (contract.CodeHash is { } hash) grid.AddRow("", $"[dim]code {hash}[/]");
        if (contract.Genuine == true) grid.AddRow("owner", $"{contract.Owner ?? "nobody"}{(contract.PendingOwner is { } next ? $"; {next} was named as the next one and hasn't accepted yet" : "")}");
    }

    private static void AddAccount(Grid grid, ChainAccountDocument account, string? coin)
    {
        grid.AddRow("account", $"{account.Address}{account.Registrar switch { true => "  [green]✓ registrar[/]", false => "  [red]✗ no registrar[/]", null => "" }}");
        if (account.Balance is not { } balance) return;
        var reach = account.BatchesLeft is { } batches ? string.Create(CultureInfo.InvariantCulture, $", enough for {batches:N0} batches at today's price") : "";
        grid.AddRow("balance", $"{CommandOutput.Escape(CoinAmount.Show(balance, coin))}{reach}");
    }

    private static void AddPrice(Grid grid, ChainPriceDocument price, string? coin)
    {
        grid.AddRow("a batch", string.Create(CultureInfo.InvariantCulture, $"{CoinAmount.Show(price.BatchCost, coin)}: {price.BatchGas:N0} gas at {CoinAmount.Round(price.GasPriceGwei)} gwei"));
        foreach (var cost in price.ThousandRecords)
            grid.AddRow("1,000 records", string.Create(CultureInfo.InvariantCulture, $"{CoinAmount.Show(cost.Cost, coin)} in batches of {cost.BatchSize:N0}"));
    }

    private static void AddRegistry(Grid grid, ChainRegistryDocument registry)
    {
        grid.AddRow("registry", CommandOutput.Escape(registry.Database));
        grid.AddRow("goes to", registry.TargetChainId is { } chain ? string.Create(CultureInfo.InvariantCulture, $"contract {registry.TargetContract} on chain {chain}") : "its own ledger");
        grid.AddRow("batches", string.Create(
            CultureInfo.InvariantCulture, $"{registry.Submitted:N0} submitted, {registry.Anchored:N0} anchored, {registry.Retracted:N0} retracted by a re-organisation; {registry.Pending:N0} records pending"));
    }

    private static string Age(double seconds) => seconds switch
    {
        >= 2 * 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} days"),
        >= 2 * 3_600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:0} hours"),
        >= 2 * 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds):0} seconds"),
    };
}
