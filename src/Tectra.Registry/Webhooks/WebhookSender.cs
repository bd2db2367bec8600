using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Webhooks;

/// <summary>How one attempt went.</summary>
/// <param name="Status">The answer's status, or null if there was none.</param>
/// <param name="Error">Why it isn't a success, for the webhook's owner; null for a success.</param>
/// <param name="RetryAfter">How long the receiver asked to be left alone.</param>
internal readonly record struct AttemptOutcome(int? Status, string? Error, TimeSpan? RetryAfter = null);

/// <summary>
/// Posts one event to one webhook: HTTP/1.1, a connection of its own, no redirects, no proxy, no cookies, and nothing of the
/// answer is read but its head. Never throws. Thread-safe.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const int MaxAnswerHeadKilobytes = 16;
    private const string UserAgent = "Tectra-Webhooks/1";

    private readonly WebhookTargetGuard _guard;
    private readonly WebhookOptions _options;
    private readonly FernetKey _key;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    /// <param name="guard">What may be reached.</param>
    /// <param name="options">How long an attempt may take, and whom TLS trusts.</param>
    /// <param name="key">Opens the webhooks' secrets; its owner disposes of it.</param>
    /// <param name="time">The clock that stamps attempts.</param>
    public WebhookSender(WebhookTargetGuard guard, WebhookOptions options, FernetKey key, TimeProvider time)
    {
        _guard = guard;
        _options = options;
        _key = key;
        _time = time;
        _http = new HttpMessageInvoker(CreateHandler(guard, options));
    }

    private string TimedOut => string.Create(CultureInfo.InvariantCulture, $"No answer within {_options.AttemptTimeout.TotalSeconds:0.###} seconds.");

    /// <summary>One attempt, at most <see cref="WebhookOptions.AttemptTimeout"/> long.</summary>
    public async ValueTask<AttemptOutcome> SendAsync(ClaimedDelivery delivery)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout);
        try
        {
            using var request = CreateRequest(delivery);
            if (request is null) return new AttemptOutcome(null, "The webhook's secret can't be opened with this server's key. Remove the webhook and make a new one.");
            using var response = await _http.SendAsync(request, timeout.Token).ConfigureAwait(false);
            return Judge(response);
        }
        catch (RegistryException e)
        {
            return new AttemptOutcome(null, e.Message);
        }
        catch (HttpRequestException e)
        {
            return new AttemptOutcome(null, Describe(e));
        }
        catch (OperationCanceledException)
        {
            return new AttemptOutcome(null, TimedOut);
        }
        catch (Exception e)
        {
            // Nothing is known to get here; whatever does must count as an attempt, or it would come back for ever.
            return new AttemptOutcome(null, $"The attempt failed inside the server ({e.GetType().Name}).");
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(WebhookTargetGuard guard, WebhookOptions options) => new()
    {
        ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(context.DnsEndPoint, cancellationToken),
        ConnectTimeout = options.AttemptTimeout,
        PooledConnectionLifetime = TimeSpan.Zero, // every attempt checks its address
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxAnswerHeadKilobytes,
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = CreateTrust(options.TrustedRoots) },
    };

    /// <summary>Checking a certificate must not fetch anything from where the certificate says: that would be a request past the guard.</summary>
    private static X509ChainPolicy CreateTrust(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (roots.Count == 0) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private HttpRequestMessage? CreateRequest(ClaimedDelivery delivery)
    {
        if (!_key.TryDecrypt(delivery.SecretToken, out var secret)) return null;
        try
        {
            var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
            // Checked again: the operator may have become stricter since the webhook was made.
            var request = new HttpRequestMessage(HttpMethod.Post, _guard.Check(delivery.Url))
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(delivery.Body),
            };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            request.Headers.ConnectionClose = true;
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            request.Headers.TryAddWithoutValidation(WebhookSigner.IdHeader, delivery.EventId);
            request.Headers.TryAddWithoutValidation(WebhookSigner.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.TryAddWithoutValidation(WebhookSigner.SignatureHeader, WebhookSigner.Sign(secret, delivery.EventId, timestamp, delivery.Body));
            return request;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private AttemptOutcome Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300) return new AttemptOutcome(status, null);
        var error = status is >= 300 and < 400
            ? string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}: redirects are not followed. Make a webhook for the address it leads to.")
            : string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}.");
        var wish = response.Headers.RetryAfter;
        return new AttemptOutcome(status, error, wish?.Delta ?? (wish?.Date - _time.GetUtcNow()));
    }

    /// <summary>What went wrong, in words that hold nothing of the address or of what was sent.</summary>
    private string Describe(HttpRequestException e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RegistryException refused: return refused.Message;
                case AuthenticationException: return "The TLS handshake failed. Check that the receiver's certificate is trusted, has not expired and names its host.";
                case OperationCanceledException or TimeoutException: return TimedOut;
                case SocketException { SocketErrorCode: var code }: return $"The connection failed ({code}).";
            }
        }
        return e.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => "The TLS handshake failed: the receiver ended it.",
            HttpRequestError.ConfigurationLimitExceeded => $"The answer's head is longer than {MaxAnswerHeadKilobytes} kB.",
            HttpRequestError.ResponseEnded => "The receiver ended the connection before it answered.",
            HttpRequestError.InvalidResponse => "The answer is not HTTP/1.1.",
            _ => "The connection broke.",
        };
    }
}
