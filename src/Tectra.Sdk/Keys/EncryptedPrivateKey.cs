using System.Security.Cryptography;

namespace Tectra.Sdk.Keys;

/// <summary>
/// A signing key at rest: its public key, and its 32-byte private seed as a Fernet token. Without the Fernet key it is of
/// no use to a thief. Immutable.
/// </summary>
/// <param name="PublicKey">The public half.</param>
/// <param name="Token">The Fernet token around the 32-byte seed.</param>
public sealed record EncryptedPrivateKey(PublicKey PublicKey, string Token)
{
    /// <summary>Encrypts a signing key.</summary>
    public static EncryptedPrivateKey Protect(SigningKey key, FernetKey fernetKey, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(fernetKey);
        Span<byte> seed = stackalloc byte[SigningKey.SeedLengthBytes];
        try
        {
            key.CopySeedTo(seed);
            return new EncryptedPrivateKey(key.PublicKey, fernetKey.Encrypt(seed, time));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Decrypts the signing key. The caller disposes of it.</summary>
    /// <exception cref="KeyAccessException">
    /// The Fernet key is another one (<c>fernet_key_wrong</c>), or what it opens isn't the private half of
    /// <see cref="PublicKey"/> (<c>signing_key_damaged</c>).
    /// </exception>
    public SigningKey Unprotect(FernetKey fernetKey)
    {
        ArgumentNullException.ThrowIfNull(fernetKey);
        if (!fernetKey.TryDecrypt(Token, out var seed))
        {
            throw new KeyAccessException(
                ErrorCodes.FernetKeyWrong,
                $"The Fernet key does not open the signing key {PublicKey.KeyId}. Set TECTRA_FERNET_KEY to the key it was encrypted with.");
        }
        SigningKey? key = null;
        try
        {
            key = seed.Length == SigningKey.SeedLengthBytes ? SigningKey.FromSeed(seed) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
        if (key?.PublicKey == PublicKey) return key;
        key?.Dispose();
        throw new KeyAccessException(
            ErrorCodes.SigningKeyDamaged,
            $"The stored private key does not belong to the public key {PublicKey.KeyId}. Import the key again from its backup.");
    }

    /// <summary>The key's short id; never the token.</summary>
    public override string ToString() => $"EncryptedPrivateKey {PublicKey.KeyId}";
}
