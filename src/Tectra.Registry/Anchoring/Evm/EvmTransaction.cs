using Tectra.Sdk.Evm;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// What an account is to send: a transaction of type 2 (EIP-1559) with an empty access list, not yet signed. Amounts are in wei.
/// Immutable as long as nobody writes into its data.
/// </summary>
internal sealed record EvmTransaction
{
    /// <summary>The type by which EIP-2718 tells transactions apart: the first byte of what is signed and of what is sent.</summary>
    public const byte Type = 2;

    /// <summary>The longest signed transaction in bytes that nodes keep until it is mined.</summary>
    public const int MaxEncodedBytes = 128 * 1024;

    private const int EmptyAccessListLength = Rlp.EmptyLength;

    /// <summary>The chain that it is valid on; never 0.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>How many transactions the account has sent before it; below 2⁶⁴ − 1 (EIP-2681).</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The most per unit of gas that goes to the block's producer; not above <see cref="MaxFeePerGas"/>.</summary>
    public required UInt128 MaxPriorityFeePerGas { get; init; }

    /// <summary>The most per unit of gas that is paid in all.</summary>
    public required UInt128 MaxFeePerGas { get; init; }

    /// <summary>The most gas that it may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Who is called; null creates a contract.</summary>
    public EvmAddress? To { get; init; }

    /// <summary>What is handed over.</summary>
    public UInt128 Value { get; init; }

    /// <summary>The call's data, or the code that creates the contract.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Why no node would take it, as a sentence; null if nothing is wrong with it.</summary>
    public string? Problem => this switch
    {
        { ChainId: 0 } => "A transaction needs the id of a chain.",
        { Nonce: ulong.MaxValue } => "An account has no nonce of 2⁶⁴ − 1.",
        _ when MaxPriorityFeePerGas > MaxFeePerGas => "The priority fee of a transaction must not be above its whole fee.",
        _ when Data.Length > MaxEncodedBytes || LengthWithLongestSignature > MaxEncodedBytes => $"A transaction may have {MaxEncodedBytes} bytes, signature included.",
        _ => null,
    };

    // Parity, and r and s of 32 bytes.
    private int LengthWithLongestSignature => 1 + Rlp.LengthOfList(FieldsLength + 1 + (2 * (1 + EvmSignature.ScalarLengthBytes)));

    private int FieldsLength =>
        Rlp.LengthOf(ChainId) + Rlp.LengthOf(Nonce) + Rlp.LengthOf(MaxPriorityFeePerGas) + Rlp.LengthOf(MaxFeePerGas) + Rlp.LengthOf(GasLimit)
        + (To is null ? Rlp.EmptyLength : 1 + EvmAddress.LengthBytes) + Rlp.LengthOf(Value) + Rlp.LengthOf(Data.Span) + EmptyAccessListLength;

    /// <summary>What is signed: the Keccak-256 of the type and the list of the fields.</summary>
    public EvmHash ToSigningHash() => HashOf(Encode(null));

    /// <summary>The bytes that are signed, or with a signature those that are sent.</summary>
    public byte[] Encode(EvmSignature? signature)
    {
        var payloadLength = FieldsLength;
        if (signature is { } measured) payloadLength += 1 + Rlp.LengthOf(Rlp.Trim(measured.R)) + Rlp.LengthOf(Rlp.Trim(measured.S));
        var encoded = new byte[1 + Rlp.LengthOfList(payloadLength)];
        encoded[0] = Type;
        var writer = new RlpWriter(encoded.AsSpan(1));
        writer.WriteListHeader(payloadLength);
        writer.Write(ChainId);
        writer.Write(Nonce);
        writer.Write(MaxPriorityFeePerGas);
        writer.Write(MaxFeePerGas);
        writer.Write(GasLimit);
        Span<byte> to = stackalloc byte[EvmAddress.LengthBytes];
        To?.CopyTo(to);
        writer.Write(To is null ? [] : to);
        writer.Write(Value);
        writer.Write(Data.Span);
        writer.WriteListHeader(0);
        if (signature is { } given)
        {
            writer.Write(given.YIsOdd ? UInt128.One : UInt128.Zero);
            writer.Write(Rlp.Trim(given.R));
            writer.Write(Rlp.Trim(given.S));
        }
        return encoded;
    }

    /// <summary>The Keccak-256 of an encoded transaction.</summary>
    public static EvmHash HashOf(ReadOnlySpan<byte> encoded)
    {
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(encoded, digest);
        return new EvmHash(digest);
    }

    /// <summary>Whether two transactions do the same: their data is compared by its bytes.</summary>
    public bool Equals(EvmTransaction? other) => other is not null && FirstDifference(other) is null;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ChainId, Nonce, MaxPriorityFeePerGas, MaxFeePerGas, GasLimit, To, Value, Data.Length);

    /// <summary>The name of the first field in which another transaction differs, as nodes call it; null if none does.</summary>
    public string? FirstDifference(EvmTransaction other) =>
        other.ChainId != ChainId ? "chainId"
        : other.Nonce != Nonce ? "nonce"
        : other.MaxPriorityFeePerGas != MaxPriorityFeePerGas ? "maxPriorityFeePerGas"
        : other.MaxFeePerGas != MaxFeePerGas ? "maxFeePerGas"
        : other.GasLimit != GasLimit ? "gas"
        : other.To != To ? "to"
        : other.Value != Value ? "value"
        : !other.Data.Span.SequenceEqual(Data.Span) ? "data"
        : null;
}
