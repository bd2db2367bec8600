using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>Signs with a private key in this process, which it owns. Thread-safe.</summary>
internal sealed class KeyTransactionSigner(EvmPrivateKey key) : ITransactionSigner, IDisposable
{
    /// <inheritdoc/>
    public EvmAddress Address => key.Address;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public ValueTask<SignedTransaction> SignAsync(EvmTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        if (transaction.Problem is { } problem) throw new ArgumentException(problem, nameof(transaction));
        Span<byte> hash = stackalloc byte[EvmHash.LengthBytes];
        transaction.ToSigningHash().CopyTo(hash);
        return ValueTask.FromResult(SignedTransaction.Create(transaction, key.Sign(hash), key.Address));
    }

    /// <summary>Zeroes and frees the key.</summary>
    public void Dispose() => key.Dispose();
}
