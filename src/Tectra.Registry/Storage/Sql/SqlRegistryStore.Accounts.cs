using System.Data.Common;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Storage.Sql;

internal sealed partial class SqlRegistryStore
{
    private const string SelectAccount = "SELECT user_id, email, password_hash, org_name, org_type, created_at FROM account",
        SelectApiKey = "SELECT id, user_id, name, prefix, secret_sha256, scopes, created_at, last_used_ms, revoked_at FROM api_key",
        SelectSigningKey = "SELECT id, public_key, user_id, key_name, encrypted_private_key, registered_at FROM signing_key";

    public async ValueTask<bool> TryAddAccountAsync(StoredAccount account, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO account VALUES (@user, @email, @hash, @name, @type, @at) ON CONFLICT DO NOTHING", cancellationToken,
        ("@user", account.UserId), ("@email", account.Email), ("@hash", account.PasswordHash), ("@name", account.OrgName), ("@type", account.OrgType), ("@at", account.CreatedAt)).ConfigureAwait(false) == 1;

    public ValueTask<StoredAccount?> FindAccountAsync(string userId, CancellationToken cancellationToken) =>
        ReadOneAsync($"{SelectAccount} WHERE user_id = @user", reader => ReadAccount(reader, 0), cancellationToken, ("@user", userId));

    public ValueTask<StoredAccount?> FindAccountByEmailAsync(string email, CancellationToken cancellationToken) =>
        ReadOneAsync($"{SelectAccount} WHERE email = @email", reader => ReadAccount(reader, 0), cancellationToken, ("@email", email));

    public async ValueTask<bool> TryReplacePasswordHashAsync(string userId, string oldHash, string newHash, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE account SET password_hash = @new WHERE user_id = @user AND password_hash = @old", cancellationToken,
        ("@new", newHash), ("@user", userId), ("@old", oldHash)).ConfigureAwait(false) == 1;

    public async ValueTask SetPasswordResetAsync(string userId, Sha256Digest tokenSha256, long expiresMilliseconds, CancellationToken cancellationToken) => await WriteAsync(
        """
        INSERT INTO password_reset VALUES (@user, @digest, @expires)
        ON CONFLICT (user_id) DO UPDATE SET token_sha256 = excluded.token_sha256, expires_ms = excluded.expires_ms
        """,
        cancellationToken, ("@user", userId), ("@digest", tokenSha256.ToArray()), ("@expires", expiresMilliseconds)).ConfigureAwait(false);

    public ValueTask<bool> TryResetPasswordAsync(Sha256Digest tokenSha256, string passwordHash, long nowMilliseconds, CancellationToken cancellationToken) => TransactAsync(
        async session =>
        {
            // Deleting is what uses it up: of two that come at the same time, one deletes.
            var user = await session.QueryOneAsync(
                "DELETE FROM password_reset WHERE token_sha256 = @digest AND expires_ms > @now RETURNING user_id", reader => reader.GetString(0), cancellationToken,
                ("@digest", tokenSha256.ToArray()), ("@now", nowMilliseconds)).ConfigureAwait(false);
            return user is not null && await session.ExecuteAsync(
                "UPDATE account SET password_hash = @hash WHERE user_id = @user", cancellationToken, ("@hash", passwordHash), ("@user", user)).ConfigureAwait(false) == 1;
        },
        cancellationToken);

    public async ValueTask AddApiKeyAsync(StoredApiKey key, CancellationToken cancellationToken) => await WriteAsync(
        "INSERT INTO api_key VALUES (@id, @user, @name, @prefix, @digest, @scopes, @at, @used, @revoked)", cancellationToken,
        ("@id", key.Id), ("@user", key.UserId), ("@name", key.Name), ("@prefix", key.Prefix), ("@digest", key.SecretSha256.ToArray()), ("@scopes", key.Scopes),
        ("@at", key.CreatedAt), ("@used", key.LastUsedMilliseconds), ("@revoked", key.RevokedAt)).ConfigureAwait(false);

    public ValueTask<KnownApiKey?> FindApiKeyAsync(Sha256Digest secretSha256, CancellationToken cancellationToken) => ReadOneAsync(
        """
        SELECT id, api_key.user_id, name, prefix, secret_sha256, scopes, api_key.created_at, last_used_ms, revoked_at,
            account.user_id, email, password_hash, org_name, org_type, account.created_at
        FROM api_key JOIN account ON account.user_id = api_key.user_id WHERE secret_sha256 = @digest
        """,
        reader => new KnownApiKey(ReadApiKey(reader), ReadAccount(reader, 9)), cancellationToken, ("@digest", secretSha256.ToArray()));

    public async ValueTask<IReadOnlyList<StoredApiKey>> ListApiKeysAsync(string userId, CancellationToken cancellationToken) =>
        await ReadAsync($"{SelectApiKey} WHERE user_id = @user ORDER BY id", ReadApiKey, cancellationToken, ("@user", userId)).ConfigureAwait(false);

    public async ValueTask<bool> RevokeApiKeyAsync(string userId, string id, UtcTimestamp at, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE api_key SET revoked_at = coalesce(revoked_at, @at) WHERE user_id = @user AND id = @id", cancellationToken, ("@at", at.ToString()), ("@user", userId), ("@id", id)).ConfigureAwait(false) == 1;

    public async ValueTask SetApiKeyUsedAsync(string id, long nowMilliseconds, CancellationToken cancellationToken) =>
        await WriteAsync("UPDATE api_key SET last_used_ms = @now WHERE id = @id", cancellationToken, ("@now", nowMilliseconds), ("@id", id)).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<StoredSigningKey>> ListSigningKeysAsync(string userId, CancellationToken cancellationToken) =>
        await ReadAsync($"{SelectSigningKey} WHERE user_id = @user ORDER BY registered_at, id", ReadSigningKey, cancellationToken, ("@user", userId)).ConfigureAwait(false);

    public ValueTask<StoredSigningKey?> FindSigningKeyAsync(string userId, string id, CancellationToken cancellationToken) =>
        ReadOneAsync($"{SelectSigningKey} WHERE user_id = @user AND id = @id", ReadSigningKey, cancellationToken, ("@user", userId), ("@id", id));

    public ValueTask<string?> FindServerSecretAsync(string name, CancellationToken cancellationToken) =>
        ReadOneAsync("SELECT token FROM server_secret WHERE name = @name", reader => reader.GetString(0), cancellationToken, ("@name", name));

    public async ValueTask<string> AddServerSecretAsync(string name, string token, CancellationToken cancellationToken)
    {
        await WriteAsync("INSERT INTO server_secret VALUES (@name, @token) ON CONFLICT (name) DO NOTHING", cancellationToken, ("@name", name), ("@token", token)).ConfigureAwait(false);
        return (await FindServerSecretAsync(name, cancellationToken).ConfigureAwait(false))!;
    }

    private static StoredAccount ReadAccount(DbDataReader reader, int first) => new(
        reader.GetString(first), reader.GetString(first + 1), reader.GetString(first + 2), ReadText(reader, first + 3), ReadText(reader, first + 4), reader.GetString(first + 5));

    private static StoredApiKey ReadApiKey(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), ReadDigest(reader, 4), reader.GetString(5), reader.GetString(6), ReadNumber(reader, 7), ReadText(reader, 8));

    private static StoredSigningKey ReadSigningKey(DbDataReader reader) => new(
        reader.GetString(0), new PublicKey(reader.GetFieldValue<byte[]>(1)), reader.GetString(2), ReadText(reader, 3), ReadText(reader, 4), reader.GetString(5));
}
