using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.Timeout;

namespace Tectra.Sdk.Api.Transport;

/// <summary>
/// Sends requests to one registry: credentials, repetition, time and size limits, errors, telemetry. Thread-safe. It doesn't
/// own its <see cref="HttpClient"/>.
/// </summary>
internal sealed class ApiTransport
{
    /// <summary>The longest answer that is read, in bytes: some hundred evidence bundles of usual size many times over.</summary>
    public const int MaxAnswerBytes = 64 * 1024 * 1024;

    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
    private static readonly ProductInfoHeaderValue Agent = new("Tectra.Sdk", typeof(ApiTransport).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string? _credential;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<HttpResponseMessage> _once, _repeated;

    public ApiTransport(HttpClient http, TectraOptions options, TimeProvider time)
        : this(http, options.ApiUrl, options.ApiKey, time, ApiRetry.Once(options, time), ApiRetry.Repeated(options, time, ApiRetry.UniformRandom))
    {
    }

    private ApiTransport(
        HttpClient http, Uri address, string? credential, TimeProvider time, ResiliencePipeline<HttpResponseMessage> once, ResiliencePipeline<HttpResponseMessage> repeated)
    {
        _http = http;
        _address = address;
        _credential = credential;
        _time = time;
        _once = once;
        _repeated = repeated;
    }

    /// <summary>The registry's host and port.</summary>
    public string Authority => _address.Authority;

    /// <summary>The same with other credentials; null for none.</summary>
    public ApiTransport With(string? credential) => new(_http, _address, credential, _time, _once, _repeated);

    /// <summary>Sends a request whose answer has no body that matters.</summary>
    /// <exception cref="RegistryException">It was refused, or there was no answer.</exception>
    public async ValueTask SendAsync(ApiCall call, CancellationToken cancellationToken) =>
        await MeasureAsync(call, static (_, _) => ValueTask.FromResult(true), cancellationToken).ConfigureAwait(false);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="RegistryException">It was refused, or there was no answer, or none that can be understood.</exception>
    /// <exception cref="InvalidEvidenceException">It was refused because a certificate in it is malformed.</exception>
    public ValueTask<T> SendAsync<T>(ApiCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        MeasureAsync(call, (response, cancellation) => ReadAsync(response, type, cancellation), cancellationToken);

    /// <summary>The same, and turns the answer's document into something else.</summary>
    /// <param name="call">The request.</param>
    /// <param name="type">The answer's type.</param>
    /// <param name="read">Reads the document; a <see cref="FormatException"/>, <see cref="JsonException"/> or <see cref="InvalidEvidenceException"/> means that the answer is malformed.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    /// <inheritdoc cref="SendAsync{T}(ApiCall, JsonTypeInfo{T}, CancellationToken)" path="/exception"/>
    public ValueTask<TResult> SendAsync<T, TResult>(ApiCall call, JsonTypeInfo<T> type, Func<T, TResult> read, CancellationToken cancellationToken) =>
        MeasureAsync(
            call,
            async (response, cancellation) =>
            {
                var document = await ReadAsync(response, type, cancellation).ConfigureAwait(false);
                try
                {
                    return read(document);
                }
                catch (Exception e) when (e is FormatException or JsonException or InvalidEvidenceException)
                {
                    throw Malformed(e.Message, e);
                }
            },
            cancellationToken);

    private static async ValueTask<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed(e.Message, e); // an invalid operation is an unknown charset
        }
    }

    private static RegistryException Malformed(string reason, Exception? cause = null) => new(
        ErrorCodes.RegistryAnswerMalformed, $"The registry's answer can't be understood: {reason} Check TECTRA_API_URL, and whether this version is too old for that registry.", cause);

    private async ValueTask<T> MeasureAsync<T>(ApiCall call, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await Telemetry.MeasureAsync($"tectra {call.Operation}", call.Operation, Telemetry.Requests, Telemetry.Duration, _time, async activity =>
        {
            using var response = await ExchangeAsync(call, cancellationToken).ConfigureAwait(false);
            activity?.SetTag(Telemetry.StatusTag, (int)response.StatusCode);
            if (!response.IsSuccessStatusCode) throw await ApiProblem.ReadAsync(call, response, CredentialFor(call), cancellationToken).ConfigureAwait(false);
            return await read(response, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>The answer, whatever its status, with its body in memory.</summary>
    private async ValueTask<HttpResponseMessage> ExchangeAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (call.Access == ApiAccess.Account && _credential is null)
            throw new RegistryException(ErrorCodes.AuthenticationRequired, "The registry wants to know who asks. Set TECTRA_API_KEY to an API key of your account, or log in.");
        Exception? cause = null;
        try
        {
            return await (call.IsRepeatable ? _repeated : _once).ExecuteAsync(
                async cancellation =>
                {
                    try
                    {
                        return await AttemptAsync(call, cancellation).ConfigureAwait(false);
                    }
                    catch (HttpRequestException e)
                    {
                        cause = e;
                        throw;
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RegistryException(ErrorCodes.RegistryAnswerMalformed, string.Create(CultureInfo.InvariantCulture, $"The answer is longer than the {MaxAnswerBytes} bytes that are read. Check TECTRA_API_URL."), e);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable($"There is no connection to {Authority} ({e.HttpRequestError})", e);
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable($"{Authority} didn't answer in time", cause ?? e);
        }
    }

    private async ValueTask<HttpResponseMessage> AttemptAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(_address, call.Path));
        request.Headers.UserAgent.Add(Agent);
        if (CredentialFor(call) is { } credential) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        if (call.Body is { } body) request.Content = new ByteArrayContent(body) { Headers = { ContentType = JsonType } };
        // Headers first, so that a long answer is refused before it is in memory.
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private string? CredentialFor(ApiCall call) => call.Access == ApiAccess.Anonymous ? null : _credential;

    private static RegistryException Unreachable(string what, Exception cause) => new(
        ErrorCodes.RegistryUnreachable, $"{what}. Check the network and TECTRA_API_URL, and try again: what can be repeated is safe to repeat.", cause);
}
