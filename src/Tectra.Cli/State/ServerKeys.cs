using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Cli.State;

/// <summary>The signing keys of a server's account, which lie in the home like any other.</summary>
internal sealed class ServerKeys(TectraHome home, ServerAccess server)
{
    /// <summary>
    /// The key to sign with: the one named; else the one that the environment names, which is fetched when it isn't here yet;
    /// else the login's; else the home's first.
    /// </summary>
    /// <exception cref="KeyAccessException">There is no such key, it is another user's, or the Fernet key doesn't open it.</exception>
    public async ValueTask<StoredKey> OpenAsync(string? name, TectraApiClient client, CancellationToken cancellationToken)
    {
        StoredKey? stored;
        if (name is not null) stored = home.Keys.Find(name) ?? throw Unknown($"There is no signing key '{name}' in {home.Path}. 'tectra keys list' shows those there are.");
        else if (server.SigningKeyId is { } id) stored = home.Keys.FindByRegistryId(id) ?? await FetchAsync(id, client, cancellationToken).ConfigureAwait(false);
        else if (server.Login is { } login) stored = home.Keys.Find(login.KeyName) ?? throw Unknown($"The signing key '{login.KeyName}' of the login is gone. Log in again, or name another with --key.");
        else stored = home.Keys.Find(KeyStore.DefaultName) ?? (home.Keys.List().Keys is [var first, ..] ? first : null);
        if (stored is null)
            throw Unknown($"There is no signing key in {home.Path}. Set {ServerAccess.SigningKeyVariable} to the id of one that the registry keeps, or log in with 'tectra login --url {server.Url}'.");
        if (server.Login is { } known && stored.UserId != known.UserId)
            throw new KeyAccessException(ErrorCodes.KeyOwnerMismatch, $"The signing key '{stored.Name}' belongs to {stored.UserId}, not to {known.UserId} who is logged in at {server.Url}. Name another with --key, or use --local.");
        return stored;
    }

    /// <summary>Who signs with a key: the organisation is the account's.</summary>
    public SignerIdentity IdentityOf(StoredKey key) =>
        server.Login is { } login ? new SignerIdentity(login.UserId, login.OrgName, login.OrgType, key.Name) : key.Identity;

    /// <summary>The account, if its id can be signed.</summary>
    /// <exception cref="RegistryException">It can't (<c>registry_answer_malformed</c>).</exception>
    public static async ValueTask<Account> GetAccountAsync(TectraApiClient client, CancellationToken cancellationToken)
    {
        var account = await client.GetAccountAsync(cancellationToken).ConfigureAwait(false);
        return ContentFingerprint.IsValidUserId(account.UserId)
            ? account
            : throw new RegistryException(ErrorCodes.RegistryAnswerMalformed, "The server's id of the account can't stand in a signature. Check the server's address.");
    }

    /// <summary>Fetches a key that the registry keeps, and puts it into the home as it is: encrypted.</summary>
    private async ValueTask<StoredKey> FetchAsync(string id, TectraApiClient client, CancellationToken cancellationToken)
    {
        var encrypted = await client.GetSigningKeyAsync(id, cancellationToken).ConfigureAwait(false);
        var account = await GetAccountAsync(client, cancellationToken).ConfigureAwait(false);
        var info = (await client.ListSigningKeysAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(key => string.Equals(key.Id, id, StringComparison.OrdinalIgnoreCase));
        var publicKey = encrypted.PublicKey.ToString();
        using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
        {
            if (home.Keys.FindByRegistryId(id) is { } fetched) return fetched; // another process was faster
            if (home.Keys.List().Keys.FirstOrDefault(key => key.PublicKey == publicKey && key.UserId == account.UserId) is { } known)
                return home.Keys.Replace(known with { RegistryId = id });
            var name = info?.Name is { } given && KeyStore.IsValidName(given) && home.Keys.Find(given) is null ? given : $"key-{encrypted.PublicKey.KeyId}";
            var stored = new StoredKey(
                StoredKey.TypeName, name, account.UserId, account.OrgName, account.OrgType, publicKey, encrypted.Token, info?.CreatedAt ?? account.CreatedAt, id);
            home.Import(stored);
            return stored;
        }
    }

    private static KeyAccessException Unknown(string message) => new(ErrorCodes.SigningKeyUnknown, message);
}
