namespace Tectra.Sdk.Evm;

/// <summary>
/// A node's JSON-RPC gave no answer (<c>rpc_unreachable</c>), an error (<c>rpc_refused</c>) or one that can't be understood
/// (<c>rpc_answer_malformed</c>). The message names the node's host only: the rest of its address may be a key.
/// </summary>
public sealed class JsonRpcException : TectraException
{
    internal JsonRpcException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The number of the node's error, such as 3 for a call that was reverted; null unless it refused.</summary>
    public int? RpcCode { get; internal init; }

    /// <summary>The node's own words, on one line of bounded length; null unless it refused.</summary>
    public string? RpcMessage { get; internal init; }

    /// <summary>What a reverted call returned: the contract's error, ABI-encoded. Empty if the node gave none.</summary>
    public ReadOnlyMemory<byte> RevertData { get; internal init; }
}
