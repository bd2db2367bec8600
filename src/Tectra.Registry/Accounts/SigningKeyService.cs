using System.Buffers;
using System.Globalization;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Accounts;

/// <summary>Signing keys of accounts. A key belongs to who first proved that they have its private half. Thread-safe.</summary>
internal sealed class SigningKeyService
{
    /// <summary>The most keys of an account.</summary>
    public const int MaxKeys = 10_000;

    /// <summary>The longest token of a private key, in characters.</summary>
    public const int MaxTokenLength = 1024;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=");

    private readonly ContentRegistry _registry;
    private readonly TimeProvider _time;

    public SigningKeyService(ContentRegistry registry, TimeProvider time)
    {
        _registry = registry;
        _time = time;
    }

    /// <summary>Registers a key, or finds that it is registered for this account; then it stays as it was.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="name">What its owner calls it.</param>
    /// <param name="key">The public half.</param>
    /// <param name="encryptedPrivateKey">The private half as a Fernet token, whose key the registry never sees; or null.</param>
    /// <param name="proof">The key's signature of <see cref="SigningKeyProof"/>'s message.</param>
    /// <param name="cancellationToken">Ends the work before it is stored.</param>
    /// <returns>The key as it is stored, and whether it is new.</returns>
    /// <exception cref="RegistryException">
    /// The proof is wrong (<c>key_proof_invalid</c>), the key is another account's (<c>key_owner_mismatch</c>), a text breaks its
    /// rules (<c>request_malformed</c>), or there are too many keys (<c>limit_reached</c>).
    /// </exception>
    public async ValueTask<(StoredSigningKey Key, bool IsNew)> RegisterAsync(
        string userId, string name, PublicKey key, string? encryptedPrivateKey, Signature proof, CancellationToken cancellationToken)
    {
        AccountTexts.CheckName(name, "key's name");
        if (encryptedPrivateKey is not null && (encryptedPrivateKey.Length is 0 or > MaxTokenLength || encryptedPrivateKey.AsSpan().ContainsAnyExcept(TokenCharacters)))
            throw new RegistryException(ErrorCodes.RequestMalformed, $"The encrypted private key is a Fernet token of at most {MaxTokenLength} characters.");
        if (!key.Verify(SigningKeyProof.Message(userId, key), proof))
            throw new RegistryException(ErrorCodes.KeyProofInvalid, "The proof is not the key's own signature for this account. Sign the lines tectra-key-1, the user id and the public key.");
        var keys = await ListAsync(userId, cancellationToken).ConfigureAwait(false);
        if (keys.FirstOrDefault(known => known.PublicKey == key) is { } earlier) return (earlier, false);
        if (keys.Count >= MaxKeys) throw new RegistryException(ErrorCodes.LimitReached, $"An account has at most {MaxKeys} signing keys.");
        var now = _time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture);
        await _registry.RegisterKeyAsync(new NewSigningKey(id, key, userId, name, encryptedPrivateKey, UtcTimestamp.From(now)), cancellationToken).ConfigureAwait(false);
        if (await _registry.Store.FindSigningKeyAsync(userId, id, cancellationToken).ConfigureAwait(false) is { } added) return (added, true);
        // Another request of this account was faster.
        return ((await ListAsync(userId, cancellationToken).ConfigureAwait(false)).First(known => known.PublicKey == key), false);
    }

    /// <summary>An account's keys, oldest first.</summary>
    public ValueTask<IReadOnlyList<StoredSigningKey>> ListAsync(string userId, CancellationToken cancellationToken) => _registry.Store.ListSigningKeysAsync(userId, cancellationToken);

    /// <summary>One key of an account.</summary>
    /// <exception cref="RegistryException">The account has no such key (<c>not_found</c>).</exception>
    public async ValueTask<StoredSigningKey> GetAsync(string userId, string id, CancellationToken cancellationToken) =>
        await _registry.Store.FindSigningKeyAsync(userId, id, cancellationToken).ConfigureAwait(false)
            ?? throw new RegistryException(ErrorCodes.NotFound, "This account has no such signing key.");
}
