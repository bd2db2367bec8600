using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>Where contracts come to be.</summary>
internal static class ContractAddress
{
    /// <summary>
    /// The address of the contract that an account creates by a transaction (Yellow Paper, section 7): the last 20 bytes of the
    /// Keccak-256 of the list of both in recursive length prefix.
    /// </summary>
    /// <param name="sender">The account that sends the transaction.</param>
    /// <param name="nonce">The transaction's nonce.</param>
    public static EvmAddress Of(EvmAddress sender, ulong nonce)
    {
        Span<byte> senderBytes = stackalloc byte[EvmAddress.LengthBytes];
        sender.CopyTo(senderBytes);
        var payloadLength = Rlp.LengthOf(senderBytes) + Rlp.LengthOf(nonce);
        Span<byte> list = stackalloc byte[Rlp.LengthOfList(payloadLength)];
        var writer = new RlpWriter(list);
        writer.WriteListHeader(payloadLength);
        writer.Write(senderBytes);
        writer.Write(nonce);
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(list, digest);
        return new EvmAddress(digest[^EvmAddress.LengthBytes..]);
    }
}
