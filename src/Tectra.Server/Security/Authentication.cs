using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Tectra.Registry.Accounts;
using Tectra.Sdk;
using Tectra.Server.Http;

namespace Tectra.Server.Security;

/// <summary>Finds out who asks, and lets through who may. Thread-safe.</summary>
internal sealed partial class Authentication
{
    private const string Scheme = "Bearer ";

    private readonly AccountService _accounts;
    private readonly ApiKeyService _keys;
    private readonly TokenService _tokens;
    private readonly RateLimits _limits;
    private readonly ILogger _logger;

    public Authentication(AccountService accounts, ApiKeyService keys, TokenService tokens, RateLimits limits, ILogger<Authentication> logger)
    {
        _accounts = accounts;
        _keys = keys;
        _tokens = tokens;
        _limits = limits;
        _logger = logger;
    }

    /// <summary>Who sent a request; null if that isn't known.</summary>
    public static Caller? FindCaller(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Who sent a request to an endpoint that needs an account.</summary>
    public static Caller GetCaller(HttpContext context) => FindCaller(context) ?? throw new InvalidOperationException("The endpoint's metadata doesn't ask for an account.");

    /// <summary>The step of the pipeline, after routing and before the rate limits.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>() is not { Access: not Access.Anonymous } endpoint) return next(context);
        var header = context.Request.Headers.Authorization;
        if (endpoint.Access == Access.Public && header.Count == 0) return next(context);
        return CheckAsync(context, endpoint, header, next);
    }

    private async Task CheckAsync(HttpContext context, ApiEndpoint endpoint, StringValues header, RequestDelegate next)
    {
        if (header.Count == 0)
            throw new RegistryException(ErrorCodes.AuthenticationRequired, "Say who asks: Authorization: Bearer, and an API key or the token of a login.");
        if (await IdentifyAsync(header, context.RequestAborted).ConfigureAwait(false) is not { } caller)
        {
            Refuse(context, endpoint, "wrong, expired or revoked credentials");
            throw new RegistryException(ErrorCodes.CredentialsInvalid, "The API key or token is unknown, malformed, expired or revoked. Use another one, or log in again.");
        }
        if (endpoint.Access == Access.Login && caller.ApiKey is not null)
        {
            Refuse(context, endpoint, "an API key where a login is needed");
            throw new RegistryException(ErrorCodes.ScopeMissing, "This needs the token of a login; an API key is not enough.");
        }
        if (endpoint is { Access: Access.Scope, Scope: { } scope } && !caller.Has(scope))
        {
            Refuse(context, endpoint, "an API key without the scope");
            throw new RegistryException(ErrorCodes.ScopeMissing, $"The API key lacks the scope '{scope}'. Use another key, or log in.");
        }
        context.Features.Set(caller);
        await next(context).ConfigureAwait(false);
    }

    private async ValueTask<Caller?> IdentifyAsync(StringValues header, CancellationToken cancellationToken)
    {
        if (header is not [{ } text] || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var credentials = text[Scheme.Length..];
        if (credentials.StartsWith(ApiKeyService.SecretStart, StringComparison.Ordinal))
            return await _keys.AuthenticateAsync(credentials, cancellationToken).ConfigureAwait(false) is { } known ? new Caller(known.Account, known.Key) : null;
        if (await _tokens.ReadAsync(credentials).ConfigureAwait(false) is not { } token) return null;
        return await _accounts.FindAsync(token.UserId, cancellationToken).ConfigureAwait(false) is { } account && TokenService.IsCurrent(account, token.Mark) ? new Caller(account, null) : null;
    }

    /// <summary>Tells the operator, as long as one address doesn't fill the log.</summary>
    private void Refuse(HttpContext context, ApiEndpoint endpoint, string reason)
    {
        _limits.CountRefusal(context);
        LogRefused(endpoint.Method, endpoint.Path, context.Connection.RemoteIpAddress, reason);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Refused {Method} {Path} from {Address}: {Reason}")]
    private partial void LogRefused(string method, string path, System.Net.IPAddress? address, string reason);
}
