using System.Globalization;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;
using Tectra.Server;

namespace Tectra.Cli.State;

/// <summary>
/// What commands are told of a chain: their options win over the environment's variables, which are a server's. No message repeats a
/// node's address, which may hold a key.
/// </summary>
internal static class ChainSettings
{
    public const string RpcVariable = "TECTRA_RPC_URLS", ContractVariable = "TECTRA_CONTRACT", ChainIdVariable = "TECTRA_CHAIN_ID";

    private const string MaxFeeVariable = "TECTRA_MAX_FEE_GWEI", MinPriorityFeeVariable = "TECTRA_MIN_PRIORITY_FEE_GWEI";
    private const decimal DefaultMaxFeeGwei = 500, LeastMaxFeeGwei = 0.000_000_001m, GreatestFeeGwei = 1_000_000; // as EvmAnchoringOptions has them

    /// <summary>A variable of the environment; null if it is empty.</summary>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>The nodes, the preferred one first; none if nobody named any.</summary>
    /// <exception cref="ArgumentException">An address can't be a node's.</exception>
    public static IReadOnlyList<Uri> Nodes(params string[]? given)
    {
        var addresses = given is { Length: > 0 } ? given : ServerConfiguration.List(Variable(RpcVariable) ?? "");
        return [.. addresses.Select(Node)];
    }

    /// <summary>The chain's number; null if nobody named it.</summary>
    /// <exception cref="ArgumentException">It is no number of a chain.</exception>
    public static long? ChainId(long? given)
    {
        if (given is null && Variable(ChainIdVariable) is { } text)
            given = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"{ChainIdVariable} is no number of a chain.");
        return given is null or > 0 ? given : throw new ArgumentException("A chain's number is positive.");
    }

    /// <summary>The contract; null if nobody named it.</summary>
    /// <exception cref="ArgumentException">It is no address.</exception>
    public static EvmAddress? Contract(string? given) => given is not null
        ? Address("--contract", given)
        : Variable(ContractVariable) is { } text ? Address(ContractVariable, text) : null;

    /// <summary>The account that pays: of a key file, else as a server's variables name it; null if nobody named it.</summary>
    /// <exception cref="ArgumentException">The variables contradict each other, or lack something.</exception>
    public static EvmAccount? Account(string? keyFile) => keyFile is not null
        ? EvmAccount.FromKeyFile(keyFile)
        : ChainConfiguration.ReadAccount(name => Variable(ServerConfiguration.Variable(name)));

    /// <summary>The most that may be paid for a unit of gas, in wei.</summary>
    /// <exception cref="ArgumentException">It is no such amount.</exception>
    public static UInt128 MaxFeeWei(string? given) => Fee("--max-fee-gwei", given, MaxFeeVariable, LeastMaxFeeGwei) ?? EvmFees.FromGwei(DefaultMaxFeeGwei);

    /// <summary>The least that a block's maker is offered for a unit of gas, in wei.</summary>
    /// <exception cref="ArgumentException">It is no such amount.</exception>
    public static UInt128 MinPriorityFeeWei() => Fee("", null, MinPriorityFeeVariable, 0) ?? 0;

    /// <summary>An address out of an argument.</summary>
    /// <exception cref="ArgumentException">It is none, or the zero address.</exception>
    public static EvmAddress Address(string name, string text)
    {
        if (!EvmAddress.TryParse(text, out var address))
            throw new ArgumentException($"{name} is '{text}': an address is 0x and 40 hexadecimal digits, in one case or with the right EIP-55 checksum.");
        return address.IsZero ? throw new ArgumentException($"{name} is the zero address, which nobody has.") : address;
    }

    private static Uri Node(string text)
    {
        var problem = Uri.TryCreate(text, UriKind.Absolute, out var url) ? JsonRpcClient.Problem(url) : "The address of a node's RPC begins with https:// or http://.";
        return problem is null ? url! : throw new ArgumentException($"--rpc or {RpcVariable}: {problem}");
    }

    private static UInt128? Fee(string option, string? given, string variable, decimal least)
    {
        if ((given ?? Variable(variable)) is not { } text) return null;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var gwei) && gwei >= least && gwei <= GreatestFeeGwei
            ? EvmFees.FromGwei(gwei)
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{(given is null ? variable : option)} is '{text}': it is an amount in gwei, {least} to {GreatestFeeGwei}."));
    }
}
