using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Commands;

/// <summary>What the commands share that send transactions: their options, the question before, and what becomes of what was sent.</summary>
internal sealed class ChainSending
{
    private readonly Option<string?> _rpc = new("--rpc") { Description = $"The node (the address of its JSON-RPC) to send by. Default: the first of {ChainSettings.RpcVariable}." };
    private readonly Option<long?> _chainId = new("--chain-id") { Description = $"The number of the chain that the node must be of. Default: {ChainSettings.ChainIdVariable}, else any." };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "The key of the account that pays. Default: TECTRA_ANCHOR_KEY_FILE, TECTRA_ANCHOR_KEY, or TECTRA_ANCHOR_SIGNER_URL." };
    private readonly Option<string?> _maxFee = new("--max-fee-gwei") { Description = "The most that may be paid for a unit of gas. Default: TECTRA_MAX_FEE_GWEI, else 500." };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Don't ask. Needed with --json, and where there is no terminal." };

    /// <summary>Gives a command the options.</summary>
    public Command AddTo(Command command)
    {
        command.Add(_rpc);
        command.Add(_chainId);
        command.Add(_keyFile);
        command.Add(_maxFee);
        command.Add(_yes);
        return command;
    }

    /// <summary>The file of the account's key, if it is from one.</summary>
    public string? KeyFile(ParseResult parsed) => parsed.GetValue(_keyFile) ?? ChainSettings.Variable("TECTRA_ANCHOR_KEY_FILE");

    /// <summary>The node and the account, before anything is sent.</summary>
    /// <exception cref="ArgumentException">Something isn't named, or nobody can be asked.</exception>
    public ValueTask<ChainSession> OpenAsync(ParseResult parsed, CommandOutput output, CancellationToken cancellationToken)
    {
        if (!parsed.GetValue(_yes) && !CanAsk(output))
            throw new ArgumentException($"A transaction costs coins and can't be taken back, and {(output.IsJson ? "with --json nobody is asked" : "there is no terminal to ask on")}. Say --yes to send it.");
        var nodes = parsed.GetValue(_rpc) is { } given ? ChainSettings.Nodes(given) : ChainSettings.Nodes();
        if (nodes.Count == 0) throw new ArgumentException($"No node of the chain is named. Use --rpc, or set {ChainSettings.RpcVariable}.");
        var account = ChainSettings.Account(parsed.GetValue(_keyFile))
            ?? throw new ArgumentException("Who pays isn't said. Use --key-file, or set TECTRA_ANCHOR_KEY_FILE. 'tectra chain key' makes a key.");
        return ChainSession.OpenAsync(nodes[0], ChainSettings.ChainId(parsed.GetValue(_chainId)), account, ChainSettings.MaxFeeWei(parsed.GetValue(_maxFee)), cancellationToken);
    }

    /// <summary>Shows where, by whom, and for how much, and asks on a terminal.</summary>
    /// <returns>Whether it is to be sent.</returns>
    public bool Confirm(ParseResult parsed, CommandOutput output, ChainSession session, string question, PlannedTransaction planned, UInt128 balance, params (string Name, string Value)[] rows)
    {
        if (!output.IsJson)
        {
            output.Console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[bold]{CommandOutput.Escape(session.Chain.Name)}[/] (chain {session.Chain.Id}), by {CommandOutput.Escape(session.Node.Origin)}"));
            Row("account", $"{session.Sender}, which has {CoinAmount.Show(balance, session.Chain)}");
            foreach (var (name, value) in rows) Row(name, value);
            Row("cost", string.Create(
                CultureInfo.InvariantCulture,
                $"about {CoinAmount.Show(planned.LikelyCostWei, session.Chain)} ({planned.Gas:N0} gas at {CoinAmount.Round(CoinAmount.Gwei(planned.GasPrice))} gwei), at most {CoinAmount.Show(planned.GreatestCostWei, session.Chain)}"));
        }
        if (parsed.GetValue(_yes)) return true;
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";

        void Row(string name, string value) => output.Console.MarkupLine($"  {name,-9} {CommandOutput.Escape(value)}");
    }

    /// <summary>Sends, and waits until it is in a block. Whatever ends that, the user learns which transaction was sent.</summary>
    public static async ValueTask<MinedTransaction> SendAsync(ChainSession session, PlannedTransaction planned, string command, CommandOutput output, CancellationToken cancellationToken)
    {
        EvmHash? sent = null;
        try
        {
            return await session.Administration.SendAsync(
                planned,
                hash =>
                {
                    sent = hash;
                    if (!output.IsJson) output.Console.MarkupLine($"sent [bold]{Page(session.Chain, hash)}[/]; waiting for a block");
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (sent is not null)
        {
            output.Failure(command, new ErrorDocument("cancelled", $"Transaction {Page(session.Chain, sent.Value)} was sent and may still get into a block. Look there before you send another one."));
            throw;
        }
        catch (JsonRpcException e) when (sent is not null)
        {
            throw new RegistryException(e.Code, $"Transaction {Page(session.Chain, sent.Value)} was sent and may still get into a block; look there before you send another one. {e.Message}", e);
        }
    }

    /// <summary>What a transaction in a block came to, for people.</summary>
    public static string Describe(ChainSession session, MinedTransaction mined) => string.Create(
        CultureInfo.InvariantCulture, $"block {mined.Receipt.BlockNumber}, {mined.Receipt.GasUsed:N0} gas, {CoinAmount.Show(mined.CostWei, session.Chain)}");

    private static string Page(EvmChain chain, EvmHash transaction) => chain.TransactionUrl(transaction)?.AbsoluteUri ?? transaction.ToString();

    private static bool CanAsk(CommandOutput output) => !output.IsJson && !Console.IsInputRedirected && !Console.IsOutputRedirected;
}
