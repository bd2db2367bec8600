using Tectra.Sdk.Certificates;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Api;

/// <summary>
/// A signer in the name of an account: the encrypted signing key is fetched from the registry once, at the first need, and opened in this
/// process with the Fernet key. Thread-safe.
/// </summary>
/// <param name="client">The registry; its options name the signing key and hold the Fernet key.</param>
/// <param name="create">Makes the signer of the key, for the account.</param>
internal sealed class AccountSigner<TSigner>(TectraApiClient client, Func<ISigner, SignerIdentity, TSigner> create) : IDisposable
    where TSigner : class
{
    private readonly SemaphoreSlim _gate = new(1);
    private SigningKey? _key;
    private TSigner? _signer;

    /// <summary>The signer. What failed the last time is tried again.</summary>
    /// <exception cref="KeyAccessException">The key isn't there, or the Fernet key doesn't open it; the code says which.</exception>
    /// <exception cref="RegistryException">The registry can't be reached, or refuses.</exception>
    public async ValueTask<TSigner> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _signer) is { } ready) return ready;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_signer is not null) return _signer;
            var account = await client.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            var (key, info) = await client.OpenSigningKeyWithInfoAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                Volatile.Write(ref _signer, create(key, new SignerIdentity(account.UserId, account.OrgName, account.OrgType, info.Name)));
            }
            catch
            {
                key.Dispose();
                throw;
            }
            _key = key;
            return _signer;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Zeroes the key; the signer can't sign any more.</summary>
    public void Dispose()
    {
        _key?.Dispose();
        _gate.Dispose();
    }
}
