using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tectra.Testing;

/// <summary>A call that reached a <see cref="FakeNode"/>.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Method">The method.</param>
/// <param name="Parameters">The parameters, a list.</param>
public sealed record NodeCall(int Id, string Method, JsonElement Parameters);

/// <summary>
/// The JSON-RPC of a chain's node that says whatever a test wants it to: results as JSON text by method, or whole HTTP answers.
/// Thread-safe.
/// </summary>
public sealed class FakeNode : IAsyncDisposable
{
    private readonly HttpReceiver _receiver;

    /// <summary>Listens. A method without a result is refused with error -32601.</summary>
    public FakeNode() => _receiver = new HttpReceiver(request => Answer(request));

    /// <summary>What to answer each method with, as JSON text made from the call.</summary>
    public ConcurrentDictionary<string, Func<NodeCall, string>> Results { get; } = [];

    /// <summary>Makes the whole HTTP answer to a call, if it makes one; else <see cref="Results"/> count.</summary>
    public Func<NodeCall, string?> Raw { get; set; } = _ => null;

    /// <summary>The HTTP server, for those who answer late or count connections.</summary>
    public HttpReceiver Receiver => _receiver;

    /// <summary>The calls that came, in order.</summary>
    public ConcurrentQueue<NodeCall> Calls { get; } = [];

    /// <summary>Its address, with a key in it that is nobody else's business.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_receiver.Port}/v3/path-secret?key=query-secret"));

    /// <summary>All of its address that may be shown.</summary>
    public string Origin => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_receiver.Port}");

    /// <summary>An HTTP answer with a body.</summary>
    public static string Http(string body, string status = "200 OK", string type = "application/json") => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.ASCII.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    /// <summary>The HTTP answer with a call's result.</summary>
    public static string Result(NodeCall call, string json) => Http(string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{call.Id}},"result":{{json}}}"""));

    /// <summary>The HTTP answer with an error.</summary>
    public static string Error(NodeCall call, string json, string status = "200 OK") =>
        Http(string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{call.Id}},"error":{{json}}}"""), status);

    /// <summary>The call that an HTTP request is.</summary>
    public static NodeCall Read(ReceivedRequest request)
    {
        using var document = JsonDocument.Parse(request.Body);
        var root = document.RootElement;
        return new NodeCall(root.GetProperty("id").GetInt32(), root.GetProperty("method").GetString()!, root.GetProperty("params").Clone());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    /// <summary>The answer to a request, for those who answer late.</summary>
    public string Answer(ReceivedRequest request)
    {
        var call = Read(request);
        Calls.Enqueue(call);
        return Raw(call) ?? (Results.TryGetValue(call.Method, out var result)
            ? Result(call, result(call))
            : Error(call, """{"code":-32601,"message":"the method does not exist"}"""));
    }
}
