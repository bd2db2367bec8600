using System.Globalization;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Server;

/// <summary>Reads the settings of a chain: <c>TECTRA_CHAIN_ID</c>, <c>TECTRA_CONTRACT</c> and so on.</summary>
internal static class ChainConfiguration
{
    private const string ChainId = "ChainId", Contract = "Contract", RpcUrls = "RpcUrls";
    private const string KeyFile = "AnchorKeyFile", Key = "AnchorKey", SignerUrl = "AnchorSignerUrl", Address = "AnchorAddress";

    private static readonly Dictionary<string, Func<EvmAnchoringOptions, string, EvmAnchoringOptions>> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(EvmAnchoringOptions.Confirmations)] = (options, text) => options with { Confirmations = ServerConfiguration.Number(text) },
        [nameof(EvmAnchoringOptions.MaxFeeGwei)] = (options, text) => options with { MaxFeeGwei = decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) },
        [nameof(EvmAnchoringOptions.MinPriorityFeeGwei)] = (options, text) => options with { MinPriorityFeeGwei = decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) },
        [nameof(EvmAnchoringOptions.StuckAfter)] = (options, text) => options with { StuckAfter = ServerConfiguration.Duration(text) },
    };

    /// <summary>The settings' names.</summary>
    public static IReadOnlySet<string> Names { get; } =
        new HashSet<string>([ChainId, Contract, RpcUrls, KeyFile, Key, SignerUrl, Address, .. Settings.Keys], StringComparer.OrdinalIgnoreCase);

    /// <summary>The chain's options, or null where no account is named: nodes and a contract alone are for verifying.</summary>
    /// <param name="find">A setting's value by its name, or null.</param>
    /// <exception cref="ArgumentException">A setting is missing, malformed or out of range.</exception>
    public static EvmAnchoringOptions? Read(Func<string, string?> find)
    {
        if (ReadAccount(find) is not { } account) return null;
        var chainId = ServerConfiguration.Apply(ChainId, Require(ChainId), false, () => long.Parse(Require(ChainId), NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and var id
            ? id
            : throw new ArgumentException("A chain's number is positive."));
        var contract = ServerConfiguration.Apply(Contract, Require(Contract), false, () => EvmAddress.Parse(Require(Contract)) is { IsZero: false } address
            ? address
            : throw new ArgumentException("Nothing is at the zero address."));
        // The addresses of nodes hold keys as often as not.
        var options = ServerConfiguration.Apply(RpcUrls, "", true, () => new EvmAnchoringOptions(
            chainId, contract, [.. ServerConfiguration.List(Require(RpcUrls)).Select(text => Parse(text, RpcUrls))], account));
        foreach (var (name, apply) in Settings)
        {
            if (find(name) is { } value) options = ServerConfiguration.Apply(name, value, false, () => apply(options, value));
        }
        return options;

        string Require(string name) => find(name)
            ?? throw new ArgumentException($"The setting {name} is missing: an account for anchoring is named, so {ServerConfiguration.Variable(name)} is needed too.", name);
    }

    /// <summary>The account that pays, or null where none is named.</summary>
    /// <inheritdoc cref="Read"/>
    public static EvmAccount? ReadAccount(Func<string, string?> find)
    {
        if ((find(KeyFile), find(Key), find(SignerUrl)) is var (file, key, url) && new[] { file, key, url }.Count(value => value is not null) > 1)
            throw new ArgumentException($"{ServerConfiguration.Variable(KeyFile)}, {ServerConfiguration.Variable(Key)} and {ServerConfiguration.Variable(SignerUrl)} exclude each other.");
        if (file is not null) return EvmAccount.FromKeyFile(file);
        if (key is not null) return EvmAccount.FromKey(key);
        if (url is null) return null;
        var address = find(Address) ?? throw new ArgumentException($"{ServerConfiguration.Variable(SignerUrl)} needs {ServerConfiguration.Variable(Address)}: the account that it signs for.");
        return ServerConfiguration.Apply(SignerUrl, "", true, () => EvmAccount.FromSigner(Parse(url, SignerUrl), EvmAddress.Parse(address)));
    }

    private static Uri Parse(string text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : throw new ArgumentException("It is not an address such as https://polygon.example/.", name);
}
