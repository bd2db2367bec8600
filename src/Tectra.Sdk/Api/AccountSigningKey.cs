using Tectra.Sdk.Certificates;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Api;

/// <summary>
/// An account's signing key and identity: fetched from the registry once, at the first need, and opened in this process with the Fernet key.
/// Thread-safe.
/// </summary>
internal sealed class AccountSigningKey(TectraApiClient client) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private Opened? _opened;

    /// <summary>The key and who signs with it. What failed the last time is tried again.</summary>
    /// <exception cref="KeyAccessException">The key isn't there, or the Fernet key doesn't open it; the code says which.</exception>
    /// <exception cref="RegistryException">The registry can't be reached, or refuses.</exception>
    public async ValueTask<(SigningKey Key, SignerIdentity Identity)> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_opened is null)
            {
                var account = await client.GetAccountAsync(cancellationToken).ConfigureAwait(false);
                var (key, info) = await client.OpenSigningKeyWithInfoAsync(cancellationToken).ConfigureAwait(false);
                _opened = new Opened(key, new SignerIdentity(account.UserId, account.OrgName, account.OrgType, info.Name));
            }
            return (_opened.Key, _opened.Identity);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        _opened?.Key.Dispose();
        _gate.Dispose();
    }

    private sealed record Opened(SigningKey Key, SignerIdentity Identity);
}
