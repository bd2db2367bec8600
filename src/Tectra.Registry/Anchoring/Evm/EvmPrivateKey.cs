using System.Buffers;
using System.Security.Cryptography;
using Tectra.Registry.Interop;
using Tectra.Sdk;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// The secp256k1 private key of a chain's account in guarded native memory: locked, unreadable between uses, zeroed by
/// <see cref="Dispose"/>. It has no textual form. Signing from several threads is allowed.
/// </summary>
internal sealed class EvmPrivateKey : IDisposable
{
    /// <summary>The length of a private key in bytes: a number from 1 to the order of secp256k1 less one, big-endian.</summary>
    public const int LengthBytes = Secp256k1.SecretKeyBytes;

    private const string HexPrefix = "0x";

    // A token's version 0x80 and the zeros at the beginning of its time.
    private const string TokenStart = "gAAAA";

    private readonly GuardedMemory _secret;

    private unsafe EvmPrivateKey(GuardedMemory secret)
    {
        _secret = secret;
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeyBytes];
        secret.Read(publicKey, static (secret, publicKey) =>
        {
            fixed (byte* secretPointer = secret, publicPointer = publicKey)
            {
                if (Secp256k1.secp256k1_ec_pubkey_create(Secp256k1Context.Shared, publicPointer, secretPointer) != 1)
                    throw new CryptographicException("libsecp256k1 could not derive the public key.");
            }
        });
        fixed (byte* publicPointer = publicKey) Address = EvmSignature.AddressOf(publicPointer);
    }

    /// <summary>The account that the key signs for.</summary>
    public EvmAddress Address { get; }

    /// <summary>A new random key.</summary>
    /// <exception cref="NativeLibraryException">libsecp256k1 or libsodium isn't installed.</exception>
    public static EvmPrivateKey Create() => new(GuardedMemory.Create(LengthBytes, 0, static (secret, _) =>
    {
        // Of 2¹²⁸ numbers of 32 bytes, about one is no key.
        do RandomNumberGenerator.Fill(secret);
        while (!IsKey(secret));
    }));

    /// <summary>Takes over 32 bytes; the caller zeroes its own copy.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> isn't 32 bytes long.</exception>
    /// <exception cref="KeyAccessException">The number is 0, or not below the curve's order (<c>evm_key_malformed</c>).</exception>
    public static EvmPrivateKey FromBytes(ReadOnlySpan<byte> key)
    {
        if (key.Length != LengthBytes) throw new ArgumentException("A secp256k1 private key has 32 bytes.", nameof(key));
        if (!IsKey(key)) throw Malformed("The EVM private key is 0 or not below the order of secp256k1: no account has it.");
        return new EvmPrivateKey(GuardedMemory.Create(LengthBytes, key, static (secret, key) => key.CopyTo(secret)));
    }

    /// <summary>
    /// Reads a key from 64 hexadecimal digits of either case, with or without <c>0x</c>, or from a Fernet token around the
    /// 32 bytes. One line end may follow. The caller zeroes the text where it can.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="fernetKey">What opens a token; null refuses tokens.</param>
    /// <exception cref="KeyAccessException">
    /// The text is anything else or no key (<c>evm_key_malformed</c>), or the Fernet key is missing or another
    /// (<c>fernet_key_wrong</c>).
    /// </exception>
    public static EvmPrivateKey Parse(ReadOnlySpan<char> text, FernetKey? fernetKey)
    {
        if (text is [.., '\n']) text = text is [.., '\r', '\n'] ? text[..^2] : text[..^1];
        if (text.StartsWith(TokenStart, StringComparison.Ordinal)) return Open(text.ToString(), fernetKey);
        var digits = text.StartsWith(HexPrefix, StringComparison.Ordinal) ? text[HexPrefix.Length..] : text;
        Span<byte> key = stackalloc byte[LengthBytes];
        try
        {
            if (digits.Length != 2 * LengthBytes || Convert.FromHexString(digits, key, out _, out _) != OperationStatus.Done)
                throw Malformed("The EVM private key is neither 64 hexadecimal digits nor a Fernet token. Check it for a cut or changed text.");
            return FromBytes(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Reads a key file, whose content is as in <see cref="Parse"/>. On Unix it must be closed to group and others.</summary>
    /// <param name="path">The file. Of a symbolic link, what it leads to counts.</param>
    /// <param name="fernetKey">What opens a token; null refuses tokens.</param>
    /// <exception cref="KeyAccessException">
    /// The file can't be read (<c>evm_key_unreadable</c>), is open to others (<c>evm_key_exposed</c>), or isn't a key that can
    /// be opened (<see cref="Parse"/>).
    /// </exception>
    public static EvmPrivateKey Load(string path, FernetKey? fernetKey) => EvmKeyFile.Read(path, fernetKey);

    /// <summary>The key as a Fernet token, which <see cref="Parse"/> reads: the form to store it in.</summary>
    public string Protect(FernetKey fernetKey, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(fernetKey);
        Span<byte> key = stackalloc byte[LengthBytes];
        try
        {
            _secret.Read(key, static (secret, key) => secret.CopyTo(key));
            return fernetKey.Encrypt(key, time);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Signs a hash of 32 bytes with the nonce of RFC 6979 (the same hash gives the same signature) and s in the lower half
    /// (EIP-2).
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> isn't 32 bytes long.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed of.</exception>
    public unsafe EvmSignature Sign(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Secp256k1.HashBytes) throw new ArgumentException("What is signed is a hash of 32 bytes.", nameof(hash));
        var context = Secp256k1Context.Shared;
        Span<byte> opaque = stackalloc byte[Secp256k1.RecoverableSignatureBytes], scalars = stackalloc byte[Secp256k1.CompactSignatureBytes];
        _secret.Read(new SignState(hash, opaque), static (secret, state) =>
        {
            fixed (byte* secretPointer = secret, hashPointer = state.Hash, signaturePointer = state.Signature)
            {
                if (Secp256k1.secp256k1_ecdsa_sign_recoverable(Secp256k1Context.Shared, signaturePointer, hashPointer, secretPointer, null, null) != 1)
                    throw new CryptographicException("libsecp256k1 could not sign.");
            }
        });
        int recoveryId;
        fixed (byte* scalarsPointer = scalars, signaturePointer = opaque)
            _ = Secp256k1.secp256k1_ecdsa_recoverable_signature_serialize_compact(context, scalarsPointer, &recoveryId, signaturePointer);
        var signature = new EvmSignature(scalars, recoveryId == 1);
        // A fault while signing (a flipped bit) could reveal the key to whoever sees the signature, so a wrong one isn't let out.
        // The ids 2 and 3 (r beyond the order, once in 2¹²⁷ signatures) can't be written into a transaction and fail here too.
        if (!signature.TryRecover(hash, out var signer) || signer != Address)
            throw new CryptographicException("A signature was made that isn't the key's own. Check this machine's memory.");
        return signature;
    }

    /// <summary>Zeroes and frees the key.</summary>
    public void Dispose() => _secret.Dispose();

    /// <summary>The account; never the secret.</summary>
    public override string ToString() => $"EvmPrivateKey of {Address}";

    private static unsafe bool IsKey(ReadOnlySpan<byte> key)
    {
        fixed (byte* pointer = key) return Secp256k1.secp256k1_ec_seckey_verify(Secp256k1Context.Shared, pointer) == 1;
    }

    private static EvmPrivateKey Open(string token, FernetKey? fernetKey)
    {
        if (fernetKey is null || !fernetKey.TryDecrypt(token, out var key))
        {
            throw new KeyAccessException(ErrorCodes.FernetKeyWrong, fernetKey is null
                ? "The EVM private key is encrypted, and there is no Fernet key to open it. Set TECTRA_FERNET_KEY to the key it was encrypted with."
                : "The Fernet key does not open the EVM private key. Set TECTRA_FERNET_KEY to the key it was encrypted with.");
        }
        try
        {
            if (key.Length != LengthBytes) throw Malformed("The Fernet token holds something else than the 32 bytes of an EVM private key.");
            return FromBytes(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static KeyAccessException Malformed(string message) => new(ErrorCodes.EvmKeyMalformed, message);

    private readonly ref struct SignState(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        public ReadOnlySpan<byte> Hash { get; } = hash;

        public Span<byte> Signature { get; } = signature;
    }
}
