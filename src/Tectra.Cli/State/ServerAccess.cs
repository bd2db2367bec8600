using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>Which server the command works with, and by which right: the environment's variables win over the stored login. Immutable.</summary>
internal sealed class ServerAccess
{
    public const string UrlVariable = "TECTRA_API_URL", ApiKeyVariable = "TECTRA_API_KEY", SigningKeyVariable = "TECTRA_SIGNING_KEY_ID";

    private readonly TectraOptions _options;

    private ServerAccess(TectraOptions options, ServerLogin? login, PublicKey? notedLedgerKey)
    {
        _options = options;
        Login = login;
        NotedLedgerKey = notedLedgerKey;
    }

    /// <summary>The registry's address.</summary>
    public Uri Url => _options.ApiUrl;

    /// <summary>The stored login, if it is by that right that the command works; null where the environment gives the API key, or none.</summary>
    public ServerLogin? Login { get; }

    /// <summary>The ledger key that was noted when somebody logged in at this address; null if nobody did.</summary>
    public PublicKey? NotedLedgerKey { get; }

    /// <summary>The id under which the registry keeps the signing key to use, or null.</summary>
    public string? SigningKeyId => _options.SigningKeyId;

    /// <summary>The server that is configured; null where there is none.</summary>
    /// <param name="home">Where a login may lie.</param>
    /// <param name="forLookup">True where the API key only raises the server's limits: one that can't be decrypted is then done without.</param>
    /// <exception cref="ArgumentException">The configuration is half of one, or can't be used.</exception>
    /// <exception cref="KeyAccessException">The login's API key can't be decrypted.</exception>
    public static ServerAccess? Find(TectraHome home, bool forLookup = false)
    {
        string? url = Variable(UrlVariable), apiKey = Variable(ApiKeyVariable), signingKeyId = Variable(SigningKeyVariable);
        if (url is null && apiKey is not null) throw new ArgumentException($"{ApiKeyVariable} is set, but {UrlVariable} is not. Set it to the registry's address, or unset {ApiKeyVariable}.");
        var login = home.FindLogin();
        if (url is not null)
        {
            var options = new TectraOptions { ApiUrl = Address(url, UrlVariable), ApiKey = apiKey, SigningKeyId = signingKeyId };
            return new ServerAccess(options, null, login?.Url == options.ApiUrl.AbsoluteUri ? PublicKey.Parse(login.LedgerPublicKey) : null);
        }
        if (login is null) return null;
        try
        {
            apiKey = OpenApiKey(home, login);
        }
        catch (KeyAccessException) when (forLookup)
        {
            // Looking things up needs no secret.
        }
        return new ServerAccess(new TectraOptions { ApiUrl = new Uri(login.Url), ApiKey = apiKey, SigningKeyId = signingKeyId }, login, PublicKey.Parse(login.LedgerPublicKey));
    }

    /// <summary>An address that somebody typed.</summary>
    /// <exception cref="ArgumentException">It isn't one.</exception>
    public static Uri Address(string text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : throw new ArgumentException($"{name} must be an https address, such as https://registry.example/.");

    /// <summary>A client, which the caller disposes of.</summary>
    public TectraApiClient CreateClient() => new(_options);

    /// <summary>Makes sure that there is an API key.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public void RequireApiKey()
    {
        if (_options.ApiKey is null)
            throw new ArgumentException($"{UrlVariable} is set, but {ApiKeyVariable} is not. Set it to an API key of your account; or unset both and log in with 'tectra login --url {Url}'; or use --local.");
    }

    private static string OpenApiKey(TectraHome home, ServerLogin login)
    {
        using var fernet = home.FindFernetKey() ?? throw new KeyAccessException(
            ErrorCodes.FernetKeyWrong, $"The API key of the login at {login.Url} is encrypted, but the Fernet key is gone. Set {TectraHome.FernetVariable}, or log in again.");
        return login.OpenApiKey(fernet);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
