using System.Net;
using System.Text.Json;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Reads the answers of one node by JSON-RPC 2.0, section 5: version, id, and either a result or an error. Fields beside them are
/// passed over, since nodes add their own. Immutable.
/// </summary>
/// <param name="origin">The node's name in messages.</param>
/// <param name="url">Its address; parts of it that may be keys are taken out of what the node says.</param>
internal sealed class JsonRpcReply(string origin, Uri url)
{
    private const int MaxMessageLength = 500, MaxRevertBytes = 64 * 1024, ShortestSecret = 6;

    private readonly string[] _secrets =
    [
        .. (url.AbsolutePath + url.Query).Split('/', '?', '&', '=').SelectMany(part => new[] { part, Uri.UnescapeDataString(part) })
            .Where(part => part.Length >= ShortestSecret).Distinct().OrderByDescending(part => part.Length),
    ];

    /// <summary>The result of a call.</summary>
    /// <param name="method">What was called.</param>
    /// <param name="id">The id of the request.</param>
    /// <param name="answer">The answer; null if it isn't JSON.</param>
    /// <param name="status">Its HTTP status.</param>
    /// <exception cref="JsonRpcException">It is an error, or malformed.</exception>
    public JsonElement Read(string method, int id, JsonElement? answer, HttpStatusCode status)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } reply || !reply.TryGetProperty("jsonrpc"u8, out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8))
        {
            throw Malformed(method, (int)status is >= 200 and < 300
                ? "It is not JSON-RPC 2.0. Check the RPC's address."
                : $"It has HTTP status {(int)status} and is not JSON-RPC 2.0. Check the RPC's address and the key in it.");
        }
        bool hasResult = reply.TryGetProperty("result"u8, out var result), hasError = reply.TryGetProperty("error"u8, out var error);
        // Some nodes write the half that they don't mean as null.
        if (hasError && error.ValueKind == JsonValueKind.Null) hasError = false;
        if (hasError && hasResult && result.ValueKind == JsonValueKind.Null) hasResult = false;
        if (hasResult == hasError) throw Malformed(method, "It has both a result and an error, or neither.");
        if (!IsOf(reply, id, mayBeNull: hasError)) throw Malformed(method, "It answers another request.");
        if (hasError) throw Refused(method, error);
        return (int)status is >= 200 and < 300 ? result : throw Malformed(method, $"It has a result, but HTTP status {(int)status}.");
    }

    /// <summary>An answer that can't be understood.</summary>
    public JsonRpcException Malformed(string method, string reason, Exception? cause = null) =>
        new(ErrorCodes.RpcAnswerMalformed, $"The answer of {origin} to {method} can't be understood: {reason}", cause);

    /// <summary>Whether it answers that request. An error may have no id: the node couldn't read it.</summary>
    private static bool IsOf(JsonElement reply, int id, bool mayBeNull)
    {
        if (!reply.TryGetProperty("id"u8, out var own)) return false;
        return own.ValueKind == JsonValueKind.Number ? own.TryGetInt32(out var number) && number == id : mayBeNull && own.ValueKind == JsonValueKind.Null;
    }

    private JsonRpcException Refused(string method, JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object
            || !error.TryGetProperty("code"u8, out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var code))
            throw Malformed(method, "It is an error without a number.");
        var message = error.TryGetProperty("message"u8, out var text) && TextOf(text) is { } given ? Clean(given) : "no reason given";
        return new JsonRpcException(ErrorCodes.RpcRefused, $"{origin} refuses {method}: {message} (error {code}).")
        {
            RpcCode = code,
            RpcMessage = message,
            RevertData = error.TryGetProperty("data"u8, out var data) ? RevertDataOf(data) : default,
        };
    }

    /// <summary>What a reverted call returned: the error's data, or the data inside that, as some nodes have it.</summary>
    private static ReadOnlyMemory<byte> RevertDataOf(JsonElement data)
    {
        if (data.ValueKind == JsonValueKind.Object && !data.TryGetProperty("data"u8, out data)) return default;
        if (TextOf(data) is not { Length: <= 2 + (2 * MaxRevertBytes) } || data.GetString() is not { } hex || !hex.StartsWith("0x", StringComparison.Ordinal)) return default;
        try
        {
            return Convert.FromHexString(hex.AsSpan(2));
        }
        catch (FormatException)
        {
            return default; // some nodes have words there
        }
    }

    /// <summary>A string's text; null if it is none, or not valid Unicode.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A text from outside, fit for a log: of bounded length, on one line, without keys out of the address.</summary>
    private string Clean(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, "(secret)", StringComparison.OrdinalIgnoreCase);
        if (text.Length > MaxMessageLength) text = string.Concat(text.AsSpan(0, MaxMessageLength), "…");
        return string.Create(text.Length, text, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
    }
}
