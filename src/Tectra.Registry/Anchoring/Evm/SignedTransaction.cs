using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>A transaction that a node takes: signed, encoded, and with the hash by which the chain will know it. Immutable.</summary>
internal sealed class SignedTransaction
{
    private SignedTransaction(EvmTransaction transaction, EvmSignature signature, EvmAddress sender, byte[] raw)
    {
        Transaction = transaction;
        Signature = signature;
        Sender = sender;
        Raw = raw;
        Hash = EvmTransaction.HashOf(raw);
    }

    /// <summary>What was signed.</summary>
    public EvmTransaction Transaction { get; }

    /// <summary>The signature.</summary>
    public EvmSignature Signature { get; }

    /// <summary>The account whose key signed.</summary>
    public EvmAddress Sender { get; }

    /// <summary>The bytes for <c>eth_sendRawTransaction</c>.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The Keccak-256 of <see cref="Raw"/>.</summary>
    public EvmHash Hash { get; }

    /// <summary>Puts a transaction and its signature together.</summary>
    /// <param name="transaction">What was signed.</param>
    /// <param name="signature">The signature of its signing hash.</param>
    /// <param name="sender">Whose it is; the caller knows, and it isn't recovered again.</param>
    public static SignedTransaction Create(EvmTransaction transaction, EvmSignature signature, EvmAddress sender)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new SignedTransaction(transaction, signature, sender, transaction.Encode(signature));
    }

    /// <summary>
    /// Reads what <see cref="Raw"/> holds and recovers who signed it. Believes nothing: only a canonical encoding of type 2
    /// with an empty access list and a signature that a chain accepts is read.
    /// </summary>
    /// <exception cref="InvalidEvidenceException">It is anything else (<c>evm_transaction_malformed</c>).</exception>
    public static SignedTransaction Decode(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > EvmTransaction.MaxEncodedBytes) throw Malformed($"it has more than {EvmTransaction.MaxEncodedBytes} bytes");
        if (raw is not [EvmTransaction.Type, ..]) throw Malformed("it is not of type 2 (EIP-1559)");
        var outer = new RlpReader(raw[1..]);
        var fields = outer.ReadList();
        outer.ReadEnd();
        var transaction = new EvmTransaction
        {
            ChainId = fields.ReadUInt64(),
            Nonce = fields.ReadUInt64(),
            MaxPriorityFeePerGas = fields.ReadUInt128(),
            MaxFeePerGas = fields.ReadUInt128(),
            GasLimit = fields.ReadUInt64(),
            To = ReadTo(ref fields),
            Value = fields.ReadUInt128(),
            Data = fields.ReadBytes().ToArray(),
        };
        var accessList = fields.ReadList();
        var parity = fields.ReadUInt64();
        Span<byte> scalars = stackalloc byte[2 * EvmSignature.ScalarLengthBytes];
        ReadScalar(ref fields, scalars[..EvmSignature.ScalarLengthBytes]);
        ReadScalar(ref fields, scalars[EvmSignature.ScalarLengthBytes..]);
        fields.ReadEnd();
        var failure = outer.Failure == RlpFailure.None ? fields.Failure : outer.Failure;
        if (failure != RlpFailure.None) throw Malformed($"its encoding is wrong ({failure})");
        if (!accessList.IsAtEnd) throw Malformed("it has an access list");
        if (parity > 1) throw Malformed("its parity is neither 0 nor 1");
        if (transaction.Problem is { } problem) throw Malformed($"no node would take it. {problem[..^1]}");
        var signature = new EvmSignature(scalars, parity == 1);
        Span<byte> hash = stackalloc byte[EvmHash.LengthBytes];
        transaction.ToSigningHash().CopyTo(hash);
        return signature.TryRecover(hash, out var sender)
            ? new SignedTransaction(transaction, signature, sender, raw.ToArray())
            : throw Malformed("its signature is none");
    }

    private static EvmAddress? ReadTo(ref RlpReader fields)
    {
        var to = fields.ReadOptionalBytes(EvmAddress.LengthBytes);
        return to.IsEmpty ? null : new EvmAddress(to);
    }

    private static void ReadScalar(ref RlpReader fields, scoped Span<byte> scalar)
    {
        var digits = fields.ReadInteger(scalar.Length);
        digits.CopyTo(scalar[(scalar.Length - digits.Length)..]);
    }

    private static InvalidEvidenceException Malformed(string why) =>
        new(ErrorCodes.EvmTransactionMalformed, $"The raw transaction can't be used: {why}.");
}
