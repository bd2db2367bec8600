using System.Globalization;
using Tectra.Sdk;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>Asks the contract. Stateless; an answer that isn't the contract's is malformed (<c>rpc_answer_malformed</c>).</summary>
internal static class ContractReader
{
    /// <summary>Sees to it that what is at an address is the contract that this program knows.</summary>
    /// <exception cref="RegistryException">There is none, or another (<c>contract_unknown</c>).</exception>
    public static async ValueTask CheckCodeAsync(EvmRpc node, long chainId, EvmAddress contract, CancellationToken cancellationToken)
    {
        var code = await node.GetCodeAsync(contract, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        if (ProvenanceContract.CodeHash(code) == ProvenanceContract.RuntimeCodeHash) return;
        throw new RegistryException(ErrorCodes.ContractUnknown, code.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"There is no contract at {contract} on chain {chainId}. Correct TECTRA_CONTRACT, or deploy one with 'tectra chain deploy'.")
            : string.Create(CultureInfo.InvariantCulture, $"The contract at {contract} on chain {chainId} isn't the ProvenanceRegistry that this program knows. Correct TECTRA_CONTRACT."));
    }

    /// <summary>The batch of a root, or null when it isn't registered.</summary>
    public static ValueTask<RegisteredBatch?> GetBatchAsync(EvmRpc node, EvmAddress contract, MerkleHash root, CancellationToken cancellationToken) =>
        AskAsync(node, contract, ProvenanceContract.GetBatch(root), returned => ProvenanceContract.ReadBatch(returned), cancellationToken);

    /// <summary>Whether an account may register.</summary>
    public static ValueTask<bool> IsRegistrarAsync(EvmRpc node, EvmAddress contract, EvmAddress account, CancellationToken cancellationToken) =>
        AskAsync(node, contract, ProvenanceContract.IsRegistrar(account), returned => ProvenanceContract.ReadBoolean(returned), cancellationToken);

    /// <summary>Who manages the registrars.</summary>
    public static ValueTask<EvmAddress> GetOwnerAsync(EvmRpc node, EvmAddress contract, CancellationToken cancellationToken) =>
        AskAsync(node, contract, ProvenanceContract.Owner(pending: false), returned => ProvenanceContract.ReadAddress(returned), cancellationToken);

    /// <summary>Who was named as the next owner and hasn't accepted yet; the zero address when nobody was.</summary>
    public static ValueTask<EvmAddress> GetPendingOwnerAsync(EvmRpc node, EvmAddress contract, CancellationToken cancellationToken) =>
        AskAsync(node, contract, ProvenanceContract.Owner(pending: true), returned => ProvenanceContract.ReadAddress(returned), cancellationToken);

    private static ValueTask<T> AskAsync<T>(EvmRpc node, EvmAddress contract, byte[] data, Func<byte[], T> read, CancellationToken cancellationToken) =>
        node.CallAsync(new EvmCall { To = contract, Data = data }, EvmBlockTag.Latest, read, cancellationToken);
}
