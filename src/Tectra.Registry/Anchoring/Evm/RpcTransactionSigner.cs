using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// Has a node or a remote signer sign that holds the account's key (<c>eth_signTransaction</c>). Its answer isn't believed: the raw
/// transaction must be in every field what it was asked to sign, and its signature the account's own. Thread-safe.
/// </summary>
/// <param name="rpc">The signer's endpoint; the caller keeps it.</param>
/// <param name="address">The account.</param>
internal sealed class RpcTransactionSigner(JsonRpcClient rpc, EvmAddress address) : ITransactionSigner
{
    private const string Method = "eth_signTransaction", HexPrefix = "0x";

    /// <inheritdoc/>
    public EvmAddress Address => address;

    /// <inheritdoc/>
    /// <exception cref="JsonRpcException">The signer can't be reached, refuses, or answers otherwise than by JSON-RPC.</exception>
    /// <exception cref="KeyAccessException">The signer's answer isn't what it was asked for (<c>evm_signer_answer_wrong</c>).</exception>
    public async ValueTask<SignedTransaction> SignAsync(EvmTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.Problem is { } problem) throw new ArgumentException(problem, nameof(transaction));
        var answer = await rpc.CallAsync(Method, [Request(transaction)], cancellationToken).ConfigureAwait(false);
        var signed = Read(answer);
        if (transaction.FirstDifference(signed.Transaction) is { } field) throw Wrong($"its transaction has another {field} than it was asked to sign");
        if (signed.Sender != address) throw Wrong($"it signed for {signed.Sender} instead of {address}");
        return signed;
    }

    /// <summary>The signer's address without its secrets, and the account.</summary>
    public override string ToString() => $"RpcTransactionSigner of {address} at {rpc.Origin}";

    private JsonObject Request(EvmTransaction transaction)
    {
        var request = new JsonObject
        {
            ["type"] = EvmHex.Quantity(EvmTransaction.Type),
            ["from"] = address.ToString(),
            ["chainId"] = EvmHex.Quantity(transaction.ChainId),
            ["nonce"] = EvmHex.Quantity(transaction.Nonce),
            ["maxPriorityFeePerGas"] = EvmHex.Quantity(transaction.MaxPriorityFeePerGas),
            ["maxFeePerGas"] = EvmHex.Quantity(transaction.MaxFeePerGas),
            ["gas"] = EvmHex.Quantity(transaction.GasLimit),
            ["value"] = EvmHex.Quantity(transaction.Value),
            // Not "input", which is the newer name: every signer knows this one, and some know only it.
            ["data"] = EvmHex.Data(transaction.Data.Span),
        };
        if (transaction.To is { } to) request["to"] = to.ToString();
        return request;
    }

    /// <summary>The raw transaction: the answer itself, or in an object beside its fields, which nobody needs.</summary>
    private SignedTransaction Read(JsonElement answer)
    {
        var raw = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("raw"u8, out var inner) ? inner : answer;
        if (raw.ValueKind != JsonValueKind.String) throw Wrong("there is no raw transaction in it");
        try
        {
            var text = raw.GetString()!;
            if (!text.StartsWith(HexPrefix, StringComparison.Ordinal)) throw Wrong("its raw transaction doesn't begin with 0x");
            if (text.Length > HexPrefix.Length + (2 * EvmTransaction.MaxEncodedBytes)) throw Wrong("its raw transaction is too long");
            return SignedTransaction.Decode(Convert.FromHexString(text.AsSpan(HexPrefix.Length)));
        }
        catch (InvalidEvidenceException e)
        {
            throw Wrong(e.Message, e);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Wrong("its raw transaction isn't hexadecimal", e); // or not Unicode
        }
    }

    private KeyAccessException Wrong(string why, Exception? cause = null) => new(
        ErrorCodes.EvmSignerAnswerWrong,
        $"The answer of {rpc.Origin} to {Method} is not used: {why.TrimEnd('.')}. Check which account and chain this signer is for, and whom it belongs to.",
        cause);
}
