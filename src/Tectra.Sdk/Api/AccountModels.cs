namespace Tectra.Sdk.Api;

/// <summary>What an API key may do.</summary>
public static class ApiScopes
{
    /// <summary>Register and revoke records, and fetch encrypted signing keys.</summary>
    public const string Sign = "sign";

    /// <summary>Verify beyond the public rate limit.</summary>
    public const string Verify = "verify";

    /// <summary>Read the account's own records, statistics and webhooks.</summary>
    public const string Read = "read";

    /// <summary>Manage webhooks; includes the other scopes.</summary>
    public const string Admin = "admin";

    /// <summary>Every scope.</summary>
    public static IReadOnlyList<string> All { get; } = [Sign, Verify, Read, Admin];
}

/// <summary>An account. Times are RFC 3339 in UTC. Immutable.</summary>
/// <param name="UserId">Stands in every fingerprint signature of its keys.</param>
/// <param name="Email">What it logs in with.</param>
/// <param name="OrgName">The organisation's name, which its certificates may show; or null.</param>
/// <param name="OrgType">The organisation's kind, or null.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Account(string UserId, string Email, string? OrgName, string? OrgType, string CreatedAt);

/// <summary>A new account's data.</summary>
internal sealed record NewAccountDocument(string Email, string Password, string? OrgName = null, string? OrgType = null);

/// <summary>A login.</summary>
internal sealed record LoginDocument(string Email, string Password);

/// <summary>The answer to a login.</summary>
internal sealed record TokenDocument(string AccessToken, string TokenType, int ExpiresIn, string UserId);

/// <summary>Asks for a mail with a reset token.</summary>
internal sealed record ForgotPasswordDocument(string Email);

/// <summary>Sets a new password with the token from the mail.</summary>
internal sealed record ResetPasswordDocument(string Token, string NewPassword);

/// <summary>A new API key's data.</summary>
internal sealed record NewApiKeyDocument(string Name, string[] Scopes);

/// <summary>An API key without its secret. Times are RFC 3339 in UTC. Immutable.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Prefix">Its first characters, to tell it from others.</param>
/// <param name="Scopes">What it may do: some of <see cref="ApiScopes"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to about a minute; or null.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
public sealed record ApiKeyInfo(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, string CreatedAt, string? LastUsedAt = null, string? RevokedAt = null);

/// <summary>A new API key. This is the only time its secret is shown. Immutable.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Key">The secret, beginning <c>iai_</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record CreatedApiKey(string Id, string Name, IReadOnlyList<string> Scopes, string Key, string CreatedAt)
{
    /// <summary>The id and name, never the secret.</summary>
    public override string ToString() => $"CreatedApiKey {Id} {Name}";
}

/// <summary>API keys.</summary>
internal sealed record ApiKeyListDocument(ApiKeyInfo[] Items);

/// <summary>
/// A signing key to register. <paramref name="Proof"/> is the key's own signature of <see cref="SigningKeyProof"/>'s message:
/// nobody can register a key that they only know the public half of.
/// </summary>
internal sealed record NewSigningKeyDocument(string Name, string PublicKey, string? EncryptedPrivateKey, string Proof);

/// <summary>A signing key as the registry knows it. Immutable.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="KeyId">The short name of the public key, 16 digits.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="PublicKey">64 digits.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="EncryptedPrivateKey">The Fernet token around the private seed: only in a single key's answer, and only if it was uploaded.</param>
public sealed record SigningKeyInfo(string Id, string KeyId, string? Name, string PublicKey, string CreatedAt, string? EncryptedPrivateKey = null)
{
    /// <summary>The ids, never the token.</summary>
    public override string ToString() => $"SigningKeyInfo {Id} {KeyId}";
}

/// <summary>Signing keys.</summary>
internal sealed record SigningKeyListDocument(SigningKeyInfo[] Items);

/// <summary>What an account has registered. Immutable.</summary>
/// <param name="TotalRecords">All its records.</param>
/// <param name="AnchoredRecords">Those that are anchored.</param>
/// <param name="PendingRecords">Those that wait.</param>
/// <param name="RevokedRecords">Those that were revoked.</param>
/// <param name="ByOriginType">Records by origin type's code.</param>
/// <param name="Recent">The newest ten.</param>
public sealed record DashboardStats(
    long TotalRecords, long AnchoredRecords, long PendingRecords, long RevokedRecords, IReadOnlyDictionary<string, long> ByOriginType, IReadOnlyList<RecordSummary> Recent);
