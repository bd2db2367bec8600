using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Storage;

/// <summary>A signing key to register.</summary>
internal sealed record NewSigningKey(string Id, PublicKey PublicKey, string UserId, string? Name, string? EncryptedPrivateKey, UtcTimestamp At);

/// <summary>A signing key as it is stored; the private half only as a Fernet token of its owner's.</summary>
internal sealed record StoredSigningKey(string Id, PublicKey PublicKey, string UserId, string? Name, string? EncryptedPrivateKey, string RegisteredAt);

/// <summary>An account as it is stored.</summary>
/// <param name="UserId">The id that stands in fingerprint signatures.</param>
/// <param name="Email">In lower case; unique.</param>
/// <param name="PasswordHash">Argon2id in its standard text form.</param>
/// <param name="OrgName">Or null.</param>
/// <param name="OrgType">Or null.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record StoredAccount(string UserId, string Email, string PasswordHash, string? OrgName, string? OrgType, string CreatedAt);

/// <summary>An API key as it is stored: its secret only as a digest.</summary>
internal sealed record StoredApiKey(
    string Id, string UserId, string Name, string Prefix, Sha256Digest SecretSha256, string Scopes, string CreatedAt, long? LastUsedMilliseconds, string? RevokedAt);

/// <summary>An API key and the account that it acts for.</summary>
internal sealed record KnownApiKey(StoredApiKey Key, StoredAccount Account);

/// <summary>The port to a database's accounts and keys. Thread-safe; every call that writes is one durable transaction.</summary>
internal interface IAccountStore
{
    /// <summary>Adds an account; false if the address is taken.</summary>
    ValueTask<bool> TryAddAccountAsync(StoredAccount account, CancellationToken cancellationToken);

    ValueTask<StoredAccount?> FindAccountAsync(string userId, CancellationToken cancellationToken);

    ValueTask<StoredAccount?> FindAccountByEmailAsync(string email, CancellationToken cancellationToken);

    /// <summary>Puts a hash in place of another one of the same password; false if the password was changed meanwhile.</summary>
    ValueTask<bool> TryReplacePasswordHashAsync(string userId, string oldHash, string newHash, CancellationToken cancellationToken);

    /// <summary>Stores a reset token's digest; an older one of the same user stops working.</summary>
    ValueTask SetPasswordResetAsync(string userId, Sha256Digest tokenSha256, long expiresMilliseconds, CancellationToken cancellationToken);

    /// <summary>Uses a reset token up and sets the password; false if the token is unknown, used or expired.</summary>
    ValueTask<bool> TryResetPasswordAsync(Sha256Digest tokenSha256, string passwordHash, long nowMilliseconds, CancellationToken cancellationToken);

    ValueTask AddApiKeyAsync(StoredApiKey key, CancellationToken cancellationToken);

    /// <summary>The key of a secret's digest with its account, or null.</summary>
    ValueTask<KnownApiKey?> FindApiKeyAsync(Sha256Digest secretSha256, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<StoredApiKey>> ListApiKeysAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Revokes a user's key; false if they have no such key.</summary>
    ValueTask<bool> RevokeApiKeyAsync(string userId, string id, UtcTimestamp at, CancellationToken cancellationToken);

    ValueTask SetApiKeyUsedAsync(string id, long nowMilliseconds, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<StoredSigningKey>> ListSigningKeysAsync(string userId, CancellationToken cancellationToken);

    /// <summary>A user's own key by its id.</summary>
    ValueTask<StoredSigningKey?> FindSigningKeyAsync(string userId, string id, CancellationToken cancellationToken);

    /// <summary>A secret of the servers themselves by its name (a Fernet token), or null.</summary>
    ValueTask<string?> FindServerSecretAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stores a secret unless there is one of that name; returns the one that stands.</summary>
    ValueTask<string> AddServerSecretAsync(string name, string token, CancellationToken cancellationToken);
}
