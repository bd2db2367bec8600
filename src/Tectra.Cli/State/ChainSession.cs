using System.Globalization;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.State;

/// <summary>A node of a chain and an account that pays there, for a command that sends transactions. Not thread-safe.</summary>
internal sealed class ChainSession : IDisposable
{
    private readonly HttpClient _http;
    private readonly ITransactionSigner _signer;

    private ChainSession(HttpClient http, ITransactionSigner signer, Uri url, EvmRpc node, long chainId, UInt128 maxFeeWei)
    {
        ShownUrl = url.PathAndQuery == "/" ? node.Origin : null;
        _http = http;
        _signer = signer;
        Node = node;
        Chain = EvmChain.Of(chainId);
        Administration = new ContractAdministration(node, signer, chainId, maxFeeWei, TimeProvider.System);
    }

    public EvmRpc Node { get; }

    /// <summary>The node's address, if there can be no key in it; else null.</summary>
    public string? ShownUrl { get; }

    public EvmChain Chain { get; }

    /// <summary>The account that pays.</summary>
    public EvmAddress Sender => _signer.Address;

    public ContractAdministration Administration { get; }

    /// <summary>Opens the account's key, and asks the node which chain it is of.</summary>
    /// <param name="url">The node.</param>
    /// <param name="chainId">What its chain must be; null for any.</param>
    /// <param name="account">Who pays.</param>
    /// <param name="maxFeeWei">The most that may be paid for a unit of gas.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="KeyAccessException">The key can't be read.</exception>
    /// <exception cref="JsonRpcException">The node can't be reached.</exception>
    /// <exception cref="RegistryException">It is of another chain (<c>wrong_chain</c>).</exception>
    public static async ValueTask<ChainSession> OpenAsync(Uri url, long? chainId, EvmAccount account, UInt128 maxFeeWei, CancellationToken cancellationToken)
    {
        var http = new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        ITransactionSigner? signer = null;
        try
        {
            signer = OpenSigner(account, http);
            var node = new EvmRpc(new JsonRpcClient(http, url, TimeProvider.System));
            var actual = await node.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
            return chainId is null || chainId == actual
                ? new ChainSession(http, signer, url, node, actual, maxFeeWei)
                : throw new RegistryException(ErrorCodes.WrongChain, string.Create(
                    CultureInfo.InvariantCulture, $"{node.Origin} is a node of {EvmChain.Of(actual)} ({actual}), not of {EvmChain.Of(chainId.Value)} ({chainId}). Nothing was sent. Correct --rpc, or --chain-id ({ChainSettings.ChainIdVariable})."));
        }
        catch
        {
            (signer as IDisposable)?.Dispose();
            http.Dispose();
            throw;
        }
    }

    /// <summary>Opens an account, with the Fernet key of the environment or the home if there is one. The caller disposes of the signer.</summary>
    /// <exception cref="KeyAccessException">The key can't be read, or not be opened.</exception>
    public static ITransactionSigner OpenSigner(EvmAccount account, HttpClient http)
    {
        using var fernet = TectraHome.Find().FindFernetKey();
        return account.Open(fernet, http, TimeProvider.System);
    }

    /// <summary>What the account has, in wei, if that is enough.</summary>
    /// <param name="atMostWei">What it may come to.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="RegistryException">It has less (<c>anchoring_refused</c>).</exception>
    public async ValueTask<UInt128> RequireFundsAsync(UInt128 atMostWei, CancellationToken cancellationToken)
    {
        var balance = await Node.GetBalanceAsync(Sender, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        return balance >= atMostWei
            ? balance
            : throw new RegistryException(
                ErrorCodes.AnchoringRefused,
                $"The account {Sender} has {Output.CoinAmount.Show(balance, Chain)} on {Chain}, and this may cost up to {Output.CoinAmount.Show(atMostWei, Chain)}. Nothing was sent. Send coins to the account, or wait until gas is cheaper.");
    }

    public void Dispose()
    {
        (_signer as IDisposable)?.Dispose();
        _http.Dispose();
    }
}
