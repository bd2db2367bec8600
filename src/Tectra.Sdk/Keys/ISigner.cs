namespace Tectra.Sdk.Keys;

/// <summary>
/// Whatever can sign with Ed25519: a <see cref="SigningKey"/> in this process, or a hardware module or key service behind
/// an implementation of yours. Implementations must allow calls from several threads.
/// </summary>
public interface ISigner
{
    /// <summary>The public half of the key.</summary>
    PublicKey PublicKey { get; }

    /// <summary>Signs <paramref name="message"/> itself, not a digest of it (pure Ed25519, RFC 8032 section 5.1.6).</summary>
    ValueTask<Signature> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);
}
