using Tectra.Sdk.Api.Transport;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Api;

/// <content>Signing keys. Their private halves are encrypted before they are sent and decrypted after they were fetched.</content>
public sealed partial class TectraApiClient
{
    private const string SigningKeys = "api/v1/keys/signing-keys";
    private const int MaxTokenLength = 1024;

    /// <summary>
    /// Registers a signing key for the account, with the proof that it can sign. Doing so again gives the same key's data.
    /// </summary>
    /// <param name="signer">The key.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="encrypted">The private half, encrypted, for the registry to keep; null keeps it from there.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    /// <exception cref="ArgumentException"><paramref name="encrypted"/> is another key.</exception>
    public async ValueTask<SigningKeyInfo> RegisterSigningKeyAsync(ISigner signer, string name, EncryptedPrivateKey? encrypted = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (encrypted is not null && encrypted.PublicKey != signer.PublicKey) throw new ArgumentException("The encrypted key is not the signer's.", nameof(encrypted));
        var account = await GetAccountAsync(cancellationToken).ConfigureAwait(false);
        var proof = await signer.SignAsync(SigningKeyProof.Message(account.UserId, signer.PublicKey), cancellationToken).ConfigureAwait(false);
        var document = new NewSigningKeyDocument(name, signer.PublicKey.ToString(), encrypted?.Token, proof.ToString());
        var call = ApiCall.Post("register_signing_key", SigningKeys, ApiAccess.Account, document, Wire.Json.NewSigningKeyDocument) with { Secrets = encrypted is null ? [] : [encrypted.Token] };
        return await _transport.SendAsync(call, Wire.LenientJson.SigningKeyInfo, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The account's signing keys, without their private halves.</summary>
    public ValueTask<IReadOnlyList<SigningKeyInfo>> ListSigningKeysAsync(CancellationToken cancellationToken = default) => _transport.SendAsync(
        ApiCall.Get("list_signing_keys", SigningKeys, ApiAccess.Account), Wire.LenientJson.SigningKeyListDocument, answer => Wire.WithoutNulls(answer.Items), cancellationToken);

    /// <summary>A signing key's private half, as the registry keeps it: encrypted.</summary>
    /// <param name="id">The id that the registry gave it.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    /// <exception cref="KeyAccessException">The account has no such key, or its private half was never uploaded (<c>signing_key_unknown</c>).</exception>
    public async ValueTask<EncryptedPrivateKey> GetSigningKeyAsync(string id, CancellationToken cancellationToken = default) =>
        ToEncrypted(await GetSigningKeyInfoAsync(id, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// The signing key of <see cref="TectraOptions.SigningKeyId"/>: fetched from the registry and opened here with
    /// <see cref="TectraOptions.FernetKey"/>. Call it once and keep the key; the caller disposes of it.
    /// </summary>
    /// <exception cref="KeyAccessException">
    /// An option isn't set, the account has no such key, or the Fernet key is another one; the code says which.
    /// </exception>
    public async ValueTask<SigningKey> OpenSigningKeyAsync(CancellationToken cancellationToken = default) =>
        (await OpenSigningKeyWithInfoAsync(cancellationToken).ConfigureAwait(false)).Key;

    /// <summary>The same, with what the registry knows of the key.</summary>
    internal async ValueTask<(SigningKey Key, SigningKeyInfo Info)> OpenSigningKeyWithInfoAsync(CancellationToken cancellationToken)
    {
        if (_options.SigningKeyId is not { } id)
            throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, "Which signing key to use isn't said. Set TECTRA_SIGNING_KEY_ID to the id that the registry gave it.");
        if (_options.FernetKey is not { } text)
            throw new KeyAccessException(ErrorCodes.FernetKeyWrong, "There is no Fernet key to open the signing key with. Set TECTRA_FERNET_KEY to the key it was encrypted with.");
        var info = await GetSigningKeyInfoAsync(id, cancellationToken).ConfigureAwait(false);
        using var fernet = FernetKey.Parse(text);
        return (ToEncrypted(info).Unprotect(fernet), info);
    }

    private static EncryptedPrivateKey ToEncrypted(SigningKeyInfo info) => info.EncryptedPrivateKey is { Length: <= MaxTokenLength } token
        ? new EncryptedPrivateKey(PublicKey.Parse(info.PublicKey), token)
        : throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"The registry has no private half of the signing key {info.KeyId}. Sign where that is, or register a key with its encrypted private half.");

    private async ValueTask<SigningKeyInfo> GetSigningKeyInfoAsync(string id, CancellationToken cancellationToken)
    {
        var call = ApiCall.Get("signing_key", $"{SigningKeys}/{Id(id)}", ApiAccess.Account);
        try
        {
            return await _transport.SendAsync(
                call,
                Wire.LenientJson.SigningKeyInfo,
                answer => PublicKey.TryParse(answer.PublicKey, out _) ? answer : throw new FormatException("The public key in it is none."),
                cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Code is ErrorCodes.NotFound or ErrorCodes.SigningKeyUnknown)
        {
            throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"The account has no signing key {id}. Check TECTRA_SIGNING_KEY_ID, and whose TECTRA_API_KEY this is.", e);
        }
    }
}
