using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>A stored key as a signer that is decrypted when it first signs. Thread-safe.</summary>
internal sealed class StoredKeySigner(StoredKey stored, Func<FernetKey> openFernetKey) : ISigner, IDisposable
{
    private readonly Lock _gate = new();
    private SigningKey? _key;

    public PublicKey PublicKey { get; } = PublicKey.Parse(stored.PublicKey);

    /// <exception cref="KeyAccessException">The Fernet key is missing or another one.</exception>
    public ValueTask<Signature> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) => Open().SignAsync(message, cancellationToken);

    public void Dispose() => _key?.Dispose();

    private SigningKey Open()
    {
        lock (_gate)
        {
            if (_key is not null) return _key;
            using var fernet = openFernetKey();
            try
            {
                return _key = stored.Unprotect(fernet);
            }
            catch (KeyAccessException e)
            {
                throw new KeyAccessException(e.Code, $"The registry's ledger key can't be used: {e.Message}", e);
            }
        }
    }
}
