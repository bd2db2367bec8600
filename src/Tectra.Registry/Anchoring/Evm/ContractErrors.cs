using System.Globalization;
using System.Numerics;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>What the contract's errors mean for who runs the registry.</summary>
internal static class ContractErrors
{
    private const int SelectorBytes = sizeof(uint), WordBytes = 32;

    /// <summary>Why the contract refused a call, as the end of a sentence and what to do.</summary>
    /// <param name="e">What the node answered.</param>
    /// <param name="sender">Who called.</param>
    /// <param name="contract">The contract.</param>
    public static string Describe(JsonRpcException e, EvmAddress sender, EvmAddress contract)
    {
        var data = e.RevertData.Span;
        return ProvenanceContract.ErrorName(data) switch
        {
            ProvenanceContract.NotRegistrar => NotRegistrar(sender, contract),
            ProvenanceContract.NotOwner => $"{sender} is not the owner of the contract {contract}.",
            ProvenanceContract.AlreadyRegistrar => "that account is a registrar already.",
            ProvenanceContract.BatchAlreadyRegistered => "its root is registered already.",
            ProvenanceContract.TimestampInFuture when data.Length == SelectorBytes + (2 * WordBytes) =>
                $"it was formed {Ahead(data[SelectorBytes..])} seconds ahead of the chain's time. Check this machine's clock.",
            _ => $"{e.RpcMessage}.",
        };
    }

    /// <summary>What to do when an account may not register.</summary>
    public static string NotRegistrar(EvmAddress sender, EvmAddress contract) =>
        $"the account {sender} is no registrar of the contract {contract}. Its owner makes it one: tectra chain registrar add {sender}";

    /// <summary>A node is of another chain than it should be.</summary>
    public static RegistryException WrongChain(EvmRpc node, long actual, long expected) => new(ErrorCodes.WrongChain, string.Create(
        CultureInfo.InvariantCulture, $"{node.Origin} is a node of chain {actual}, not of {expected}. Correct TECTRA_CHAIN_ID or TECTRA_RPC_URLS."));

    private static string Ahead(ReadOnlySpan<byte> words) =>
        (new BigInteger(words[..WordBytes], isUnsigned: true, isBigEndian: true) - new BigInteger(words[WordBytes..], isUnsigned: true, isBigEndian: true)).ToString(CultureInfo.InvariantCulture);
}
