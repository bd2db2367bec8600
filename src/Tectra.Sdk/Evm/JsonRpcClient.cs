using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Api;

namespace Tectra.Sdk.Evm;

/// <summary>
/// JSON-RPC 2.0 over HTTP to one node of a chain. Thread-safe and immutable. Each call is one request, sent once: whether to
/// repeat it, the caller knows. It doesn't own its <see cref="HttpClient"/>, which should come from <see cref="CreateHandler"/>.
/// </summary>
/// <remarks>
/// The address may hold a key in its path or query. Messages, spans and metrics name its scheme and host only. A factory's own
/// loggers write whole addresses, so they must be removed from its client.
/// </remarks>
internal sealed class JsonRpcClient
{
    /// <summary>The longest answer that is read unless the caller says otherwise, in bytes.</summary>
    public const int DefaultMaxAnswerBytes = 8 * 1024 * 1024;

    private const int MaxDepth = 32;

    /// <summary>How long a call may take unless the caller says otherwise, the answer's body included.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly int _maxAnswerBytes;
    private readonly JsonRpcReply _reply;

    /// <summary>Names the node.</summary>
    /// <param name="http">What sends. It should follow no redirects; its own timeout counts beside <paramref name="timeout"/>.</param>
    /// <param name="url">The node's address: http or https, without a user name or a fragment.</param>
    /// <param name="time">The clock of the timeout.</param>
    /// <param name="timeout">How long a call may take; <see cref="DefaultTimeout"/> if null.</param>
    /// <param name="maxAnswerBytes">The longest answer that is read.</param>
    /// <exception cref="ArgumentException">The address can't be used; the message doesn't repeat it.</exception>
    public JsonRpcClient(HttpClient http, Uri url, TimeProvider time, TimeSpan? timeout = null, int maxAnswerBytes = DefaultMaxAnswerBytes)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxAnswerBytes);
        if (Problem(url) is { } problem) throw new ArgumentException(problem, nameof(url));
        _timeout = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_timeout, TimeSpan.Zero, nameof(timeout));
        _http = http;
        _url = url;
        _time = time;
        _maxAnswerBytes = maxAnswerBytes;
        Origin = url.GetLeftPart(UriPartial.Authority);
        _reply = new JsonRpcReply(Origin, url);
    }

    /// <summary>The node's scheme, host and port: all of its address that may be shown.</summary>
    public string Origin { get; }

    /// <summary>Why an address can't be a node's, in words that don't repeat it; null if it can.</summary>
    public static string? Problem(Uri url) => url switch
    {
        { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") } => "The address of a node's RPC begins with https:// or http://.",
        { UserInfo.Length: > 0 } => "The address of a node's RPC must not hold a user name or password.",
        { Fragment.Length: > 0 } => "The address of a node's RPC must not hold a fragment.",
        _ => null,
    };

    /// <summary>
    /// Connections that follow no redirect (a call would be sent to whomever the answer names), keep no cookies, and write no
    /// address into spans.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = DefaultTimeout,
        ActivityHeadersPropagator = null,
    };

    /// <summary>Calls a method.</summary>
    /// <param name="method">Its name, such as <c>eth_call</c>.</param>
    /// <param name="parameters">Its parameters in order; none has a parent.</param>
    /// <param name="cancellationToken">Ends the call at once.</param>
    /// <returns>The result, which may be null. It lives on its own.</returns>
    /// <exception cref="JsonRpcException">There was no answer, an error, or an answer that can't be understood.</exception>
    public async ValueTask<JsonElement> CallAsync(string method, JsonNode?[] parameters, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(parameters);
        cancellationToken.ThrowIfCancellationRequested();
        return await Telemetry.MeasureAsync(
            $"tectra rpc {method}", method, Telemetry.RpcCalls, Telemetry.RpcDuration, _time, _ => ExchangeAsync(method, parameters, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>An answer of the node that can't be understood, for those who read results.</summary>
    public JsonRpcException Malformed(string method, string reason, Exception? cause = null) => _reply.Malformed(method, reason, cause);

    /// <summary>Where the node is; never a secret.</summary>
    public override string ToString() => Origin;

    private static byte[] Request(int id, string method, JsonNode?[] parameters)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Wire.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteNumber("id"u8, id);
            writer.WriteString("method"u8, method);
            writer.WriteStartArray("params"u8);
            foreach (var parameter in parameters)
            {
                if (parameter is null) writer.WriteNullValue();
                else parameter.WriteTo(writer);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private async ValueTask<JsonElement> ExchangeAsync(string method, JsonNode?[] parameters, CancellationToken cancellationToken)
    {
        // A number by chance: an answer to another request, out of a cache perhaps, isn't taken for this one's.
        var id = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _url)
            {
                Content = new ByteArrayContent(Request(id, method, parameters)) { Headers = { ContentType = JsonType } },
            };
            // Headers first, so that a long answer is refused before it is in memory.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (IsPassing(response.StatusCode)) throw Unreachable($"{Origin} answers {method} with HTTP status {(int)response.StatusCode}");
            await response.Content.LoadIntoBufferAsync(_maxAnswerBytes, either.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return _reply.Read(method, id, Parse(body), response.StatusCode);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw _reply.Malformed(method, string.Create(CultureInfo.InvariantCulture, $"It is longer than the {_maxAnswerBytes} bytes that are read."), e);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable($"There is no connection to {Origin} ({e.HttpRequestError})", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"{Origin} didn't answer {method} in time", e);
        }
    }

    /// <summary>Statuses that say nothing about the call, only that the node can't answer now.</summary>
    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body, ReaderOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonRpcException Unreachable(string what, Exception? cause = null) => new(
        ErrorCodes.RpcUnreachable, $"{what}. Check the network and the RPC's address, or try another one.", cause);
}
