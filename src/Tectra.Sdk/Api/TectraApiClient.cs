using Tectra.Sdk.Api.Transport;

namespace Tectra.Sdk.Api;

/// <summary>
/// A registry behind HTTP. Thread-safe and immutable: <see cref="WithToken"/> gives another client. Requests that can safely
/// be repeated are, after what passes by itself (no connection, timeouts, 408, 429, 502, 503, 504); others are sent once.
/// </summary>
/// <remarks>
/// Every method throws <see cref="RegistryException"/>: with the registry's code when it refuses, with
/// <c>registry_unreachable</c> when there is no answer, with <c>registry_answer_malformed</c> when it can't be understood.
/// A cancellation takes effect at once. No message, log or span holds a secret.
/// </remarks>
public sealed partial class TectraApiClient : ITectraApi, IDisposable
{
    /// <summary>The name of the <see cref="HttpClient"/> that dependency injection makes for this client.</summary>
    public const string HttpClientName = "Tectra";

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly ApiTransport _transport;
    private readonly HttpClient? _owned;
    private readonly TectraOptions _options;

    /// <summary>Creates a client with connections of its own; dispose of it to close them.</summary>
    /// <exception cref="ArgumentException">The options can't be used.</exception>
    public TectraApiClient(TectraOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _owned = new HttpClient(CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new ApiTransport(_owned, options, time ?? TimeProvider.System);
    }

    /// <summary>
    /// Creates a client that sends through a given <see cref="HttpClient"/>, which the caller disposes of. It should not follow
    /// redirects, and its own timeout counts beside the options'.
    /// </summary>
    /// <exception cref="ArgumentException">The options can't be used.</exception>
    public TectraApiClient(TectraOptions options, HttpClient http, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        options.Validate();
        _options = options;
        _transport = new ApiTransport(http, options, time ?? TimeProvider.System);
    }

    private TectraApiClient(TectraOptions options, ApiTransport transport)
    {
        _options = options;
        _transport = transport;
    }

    /// <summary>
    /// A client that asks with a token from <see cref="LoginAsync"/> instead of the API key. It shares this one's connections
    /// and lives no longer than it.
    /// </summary>
    /// <exception cref="ArgumentException">The text can't be a token.</exception>
    public TectraApiClient WithToken(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!TectraOptions.IsCredential(token)) throw new ArgumentException("A token has visible ASCII characters only.", nameof(token));
        return new TectraApiClient(_options, _transport.With(token));
    }

    /// <summary>Closes the connections, if they are this client's own.</summary>
    public void Dispose() => _owned?.Dispose();

    /// <summary>Where the registry is; never a secret.</summary>
    public override string ToString() => $"TectraApiClient {_transport.Authority}";

    /// <summary>Connections that follow no redirect, keep no cookies, and notice when the registry's address changes.</summary>
    internal static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = ConnectTimeout,
    };

    /// <summary>An id for a path: whatever else it held would name another address.</summary>
    private static string Id(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Guid.TryParseExact(id, "D", out var value) ? value.ToString("D") : throw new ArgumentException("An id is a UUID with hyphens.", nameof(id));
    }
}
