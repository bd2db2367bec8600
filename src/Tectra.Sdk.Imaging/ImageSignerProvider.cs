using Tectra.Sdk.Api;

namespace Tectra.Sdk.Imaging;

/// <summary>
/// Signs in the name of an account: the encrypted signing key is fetched from the registry once, at the first need, and opened
/// in this process with the Fernet key, which never leaves it. Thread-safe.
/// </summary>
public sealed class ImageSignerProvider : IDisposable
{
    private readonly AccountSigner<ImageSigner> _account;

    /// <summary>Creates a provider; it fetches nothing yet.</summary>
    /// <param name="client">The registry; its options name the signing key and hold the Fernet key.</param>
    /// <param name="options">Limits and strength; null for <see cref="ImagingOptions.Default"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ImageSignerProvider(TectraApiClient client, ImagingOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _account = new AccountSigner<ImageSigner>(client, (key, identity) => new ImageSigner(key, identity, options, time));
    }

    /// <summary>The signer. What failed the last time is tried again.</summary>
    /// <exception cref="KeyAccessException">The key isn't there, or the Fernet key doesn't open it; the code says which.</exception>
    /// <exception cref="RegistryException">The registry can't be reached, or refuses.</exception>
    public ValueTask<ImageSigner> GetAsync(CancellationToken cancellationToken = default) => _account.GetAsync(cancellationToken);

    /// <summary>Zeroes the key; signers that were given out can't sign any more.</summary>
    public void Dispose() => _account.Dispose();
}
