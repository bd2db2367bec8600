using System.Security.Cryptography;
using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Keys;

/// <summary>
/// An Ed25519 private key in guarded native memory: locked, unreadable between uses, zeroed by <see cref="Dispose"/>.
/// It has no textual form. Signing from several threads is allowed.
/// </summary>
public sealed class SigningKey : ISigner, IDisposable
{
    /// <summary>The length of the private seed in bytes.</summary>
    public const int SeedLengthBytes = Sodium.SignSeedBytes;

    private readonly GuardedMemory _secretKey; // libsodium's form: seed followed by public key

    private SigningKey(GuardedMemory secretKey)
    {
        _secretKey = secretKey;
        Span<byte> publicKey = stackalloc byte[PublicKey.LengthBytes];
        secretKey.Read(publicKey, static (secret, destination) => secret[SeedLengthBytes..].CopyTo(destination));
        PublicKey = new PublicKey(publicKey);
    }

    /// <inheritdoc/>
    public PublicKey PublicKey { get; }

    /// <summary>A new random key.</summary>
    public static unsafe SigningKey Create()
    {
        Sodium.EnsureInitialised();
        Span<byte> seed = stackalloc byte[SeedLengthBytes];
        try
        {
            fixed (byte* pointer = seed) Sodium.randombytes_buf(pointer, SeedLengthBytes);
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The key of a 32-byte private seed (RFC 8032 section 5.1.5). The caller zeroes its own copy of the seed.</summary>
    /// <exception cref="ArgumentException"><paramref name="seed"/> isn't 32 bytes long.</exception>
    public static unsafe SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLengthBytes) throw new ArgumentException("An Ed25519 seed has 32 bytes.", nameof(seed));
        return new SigningKey(GuardedMemory.Create(Sodium.SignSecretKeyBytes, seed, static (secret, seed) =>
        {
            var publicKey = stackalloc byte[Sodium.SignPublicKeyBytes];
            fixed (byte* secretPointer = secret, seedPointer = seed)
            {
                if (Sodium.crypto_sign_seed_keypair(publicKey, secretPointer, seedPointer) != 0)
                    throw new CryptographicException("libsodium could not expand the Ed25519 seed.");
            }
        }));
    }

    /// <summary>Signs <paramref name="message"/>. Ed25519 is deterministic: the same message gives the same signature.</summary>
    public unsafe Signature Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[Signature.LengthBytes];
        _secretKey.Read(new SignState(message, signature), static (secret, state) =>
        {
            fixed (byte* secretPointer = secret, messagePointer = state.Message, signaturePointer = state.Signature)
            {
                if (Sodium.crypto_sign_detached(signaturePointer, null, messagePointer, (ulong)state.Message.Length, secretPointer) != 0)
                    throw new CryptographicException("libsodium could not sign.");
            }
        });
        return new Signature(signature);
    }

    /// <inheritdoc/>
    public ValueTask<Signature> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Sign(message.Span));
    }

    /// <summary>Zeroes and frees the key.</summary>
    public void Dispose() => _secretKey.Dispose();

    /// <summary>The key's short id; never the secret.</summary>
    public override string ToString() => $"SigningKey {PublicKey.KeyId}";

    /// <summary>Copies the private seed to <paramref name="destination"/> (32 bytes), for encryption only.</summary>
    internal void CopySeedTo(Span<byte> destination) =>
        _secretKey.Read(destination, static (secret, destination) => secret[..SeedLengthBytes].CopyTo(destination));

    private readonly ref struct SignState(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        public ReadOnlySpan<byte> Message { get; } = message;

        public Span<byte> Signature { get; } = signature;
    }
}
