using Tectra.Sdk.Api.Transport;

namespace Tectra.Sdk.Api;

/// <content>Accounts, logins and API keys.</content>
public sealed partial class TectraApiClient
{
    private const string Auth = "api/v1/auth", ApiKeys = "api/v1/keys/api-keys";

    /// <summary>Opens an account.</summary>
    /// <param name="email">What it logs in with.</param>
    /// <param name="password">Its password.</param>
    /// <param name="organisationName">The organisation's name, which its certificates may show; or null.</param>
    /// <param name="organisationType">The organisation's kind, or null.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public ValueTask<Account> RegisterAccountAsync(
        string email, string password, string? organisationName = null, string? organisationType = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(email);
        ArgumentException.ThrowIfNullOrEmpty(password);
        var document = new NewAccountDocument(email, password, organisationName, organisationType);
        var call = ApiCall.Post("register_account", $"{Auth}/register", ApiAccess.Anonymous, document, Wire.Json.NewAccountDocument) with { Secrets = [password] };
        return _transport.SendAsync(call, Wire.LenientJson.Account, cancellationToken);
    }

    /// <summary>Logs in.</summary>
    /// <exception cref="RegistryException">The address or the password is wrong (<c>credentials_invalid</c>).</exception>
    public ValueTask<LoginToken> LoginAsync(string email, string password, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(email);
        ArgumentException.ThrowIfNullOrEmpty(password);
        var call = ApiCall.Post("login", $"{Auth}/login", ApiAccess.Anonymous, new LoginDocument(email, password), Wire.Json.LoginDocument) with { Secrets = [password] };
        return _transport.SendAsync(
            call,
            Wire.LenientJson.TokenDocument,
            answer => TectraOptions.IsCredential(answer.AccessToken)
                ? new LoginToken(answer.AccessToken, TimeSpan.FromSeconds(answer.ExpiresIn), answer.UserId)
                : throw new FormatException("The token in it is none."),
            cancellationToken);
    }

    /// <summary>The account that asks.</summary>
    public ValueTask<Account> GetAccountAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(ApiCall.Get("account", $"{Auth}/me", ApiAccess.Account), Wire.LenientJson.Account, cancellationToken);

    /// <summary>Asks for a mail with a reset token. The answer doesn't tell whether there is such an account.</summary>
    public ValueTask RequestPasswordResetAsync(string email, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(email);
        var call = ApiCall.Post("forgot_password", $"{Auth}/forgot-password", ApiAccess.Anonymous, new ForgotPasswordDocument(email), Wire.Json.ForgotPasswordDocument);
        return _transport.SendAsync(call, cancellationToken);
    }

    /// <summary>Sets a new password with the token from the mail.</summary>
    public ValueTask ResetPasswordAsync(string resetToken, string newPassword, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(resetToken);
        ArgumentException.ThrowIfNullOrEmpty(newPassword);
        var document = new ResetPasswordDocument(resetToken, newPassword);
        var call = ApiCall.Post("reset_password", $"{Auth}/reset-password", ApiAccess.Anonymous, document, Wire.Json.ResetPasswordDocument) with { Secrets = [resetToken, newPassword] };
        return _transport.SendAsync(call, cancellationToken);
    }

    /// <summary>Makes an API key. Its secret is in this answer and never again.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="scopes">What it may do: some of <see cref="ApiScopes"/>.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    public ValueTask<CreatedApiKey> CreateApiKeyAsync(string name, IReadOnlyList<string> scopes, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(scopes);
        var call = ApiCall.Post("create_api_key", ApiKeys, ApiAccess.Account, new NewApiKeyDocument(name, [.. scopes]), Wire.Json.NewApiKeyDocument);
        return _transport.SendAsync(call, Wire.LenientJson.CreatedApiKey, cancellationToken);
    }

    /// <summary>The account's API keys, revoked ones too, without their secrets.</summary>
    public ValueTask<IReadOnlyList<ApiKeyInfo>> ListApiKeysAsync(CancellationToken cancellationToken = default) => _transport.SendAsync(
        ApiCall.Get("list_api_keys", ApiKeys, ApiAccess.Account), Wire.LenientJson.ApiKeyListDocument, answer => Wire.WithoutNulls(answer.Items), cancellationToken);

    /// <summary>Revokes an API key.</summary>
    /// <exception cref="RegistryException">The account has no such key (<c>not_found</c>).</exception>
    public ValueTask RevokeApiKeyAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(ApiCall.Delete("revoke_api_key", $"{ApiKeys}/{Id(id)}"), cancellationToken);
}
