using System.Security.Cryptography;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Hosting;

/// <summary>
/// Secrets that all servers of a database share: 32 random bytes each, made by the first server that needs them and kept in the
/// database as a Fernet token.
/// </summary>
internal static class ServerSecrets
{
    /// <summary>Signs the tokens of logins.</summary>
    public const string Tokens = "tokens";

    /// <summary>The seed of the ledger's key.</summary>
    public const string Ledger = "ledger";

    private const int LengthBytes = 32;

    /// <summary>A secret by its name; it is made if there is none yet. The caller zeroes it.</summary>
    /// <exception cref="KeyAccessException">It is under another Fernet key (<c>fernet_key_wrong</c>).</exception>
    public static async ValueTask<byte[]> GetAsync(IAccountStore store, FernetKey key, string name, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.FindServerSecretAsync(name, cancellationToken).ConfigureAwait(false) is not { } token)
        {
            var fresh = RandomNumberGenerator.GetBytes(LengthBytes);
            token = await store.AddServerSecretAsync(name, key.Encrypt(fresh, time), cancellationToken).ConfigureAwait(false);
            CryptographicOperations.ZeroMemory(fresh);
        }
        return key.TryDecrypt(token, out var secret) && secret.Length == LengthBytes
            ? secret
            : throw new KeyAccessException(
                ErrorCodes.FernetKeyWrong, $"The Fernet key does not open the servers' secret '{name}' in the database. Set TECTRA_FERNET_KEY to the key that this registry's first server had.");
    }

    /// <summary>The ledger's key. The caller disposes of it.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public static async ValueTask<SigningKey> GetLedgerKeyAsync(IAccountStore store, FernetKey key, TimeProvider time, CancellationToken cancellationToken)
    {
        var seed = await GetAsync(store, key, Ledger, time, cancellationToken).ConfigureAwait(false);
        try
        {
            return SigningKey.FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
