using System.Diagnostics.CodeAnalysis;
using Tectra.Registry.Interop;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// An ECDSA signature over secp256k1 as transactions carry it: r, s, and the parity of the curve point's y, with which the
/// signer's account can be recovered. Immutable.
/// </summary>
internal readonly struct EvmSignature : IEquatable<EvmSignature>
{
    /// <summary>The length of r and of s in bytes.</summary>
    public const int ScalarLengthBytes = 32;

    private readonly Bytes64 _scalars;

    /// <summary>Takes over 64 bytes. Whether they can be a signature shows in <see cref="TryRecover"/>.</summary>
    /// <param name="scalars">r and s, big-endian.</param>
    /// <param name="yIsOdd">The <c>y_parity</c> of EIP-1559.</param>
    /// <exception cref="ArgumentException"><paramref name="scalars"/> isn't 64 bytes long.</exception>
    public EvmSignature(ReadOnlySpan<byte> scalars, bool yIsOdd)
    {
        if (scalars.Length != 2 * ScalarLengthBytes) throw new ArgumentException("An ECDSA signature over secp256k1 has 64 bytes.", nameof(scalars));
        _scalars = Bytes64.From(scalars);
        YIsOdd = yIsOdd;
    }

    /// <summary>r, 32 bytes big-endian.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> R => ((ReadOnlySpan<byte>)_scalars)[..ScalarLengthBytes];

    /// <summary>s, 32 bytes big-endian.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> S => ((ReadOnlySpan<byte>)_scalars)[ScalarLengthBytes..];

    /// <summary>Whether the point that r stands for has an odd y.</summary>
    public bool YIsOdd { get; }

    // (n − 1) / 2, n being the order of secp256k1 (SEC 2 section 2.4.1).
    private static ReadOnlySpan<byte> HalfOrder =>
    [
        0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x5D, 0x57, 0x6E, 0x73, 0x57, 0xA4, 0x50, 0x1D, 0xDF, 0xE9, 0x2F, 0x46, 0x68, 0x1B, 0x20, 0xA0,
    ];

    /// <summary>
    /// The account whose key signed <paramref name="hash"/> (SEC 1 section 4.1.6). False for r or s out of range, for an s
    /// above half the order, which no chain accepts since EIP-2, and where r is no point of the curve.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> isn't 32 bytes long.</exception>
    public unsafe bool TryRecover(ReadOnlySpan<byte> hash, out EvmAddress signer)
    {
        if (hash.Length != Secp256k1.HashBytes) throw new ArgumentException("What is signed is a hash of 32 bytes.", nameof(hash));
        signer = default;
        if (S.SequenceCompareTo(HalfOrder) > 0) return false;
        var context = Secp256k1Context.Shared;
        byte* parsed = stackalloc byte[Secp256k1.RecoverableSignatureBytes], publicKey = stackalloc byte[Secp256k1.PublicKeyBytes];
        fixed (byte* scalarsPointer = (ReadOnlySpan<byte>)_scalars, hashPointer = hash)
        {
            if (Secp256k1.secp256k1_ecdsa_recoverable_signature_parse_compact(context, parsed, scalarsPointer, YIsOdd ? 1 : 0) != 1) return false;
            if (Secp256k1.secp256k1_ecdsa_recover(context, publicKey, parsed, hashPointer) != 1) return false;
        }
        signer = AddressOf(publicKey);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(EvmSignature other) => YIsOdd == other.YIsOdd && ((ReadOnlySpan<byte>)_scalars).SequenceEqual(other._scalars);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is EvmSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_scalars[0], _scalars[1], _scalars[2], _scalars[3], YIsOdd);

    /// <summary>The account of a public key in the library's own form, which must be one it made.</summary>
    internal static unsafe EvmAddress AddressOf(byte* publicKey)
    {
        Span<byte> uncompressed = stackalloc byte[Secp256k1.UncompressedPublicKeyBytes];
        var length = (nuint)uncompressed.Length;
        fixed (byte* pointer = uncompressed)
            _ = Secp256k1.secp256k1_ec_pubkey_serialize(Secp256k1Context.Shared, pointer, &length, publicKey, Secp256k1.Uncompressed);
        return EvmAddress.FromPublicKey(uncompressed[1..]); // behind the 0x04
    }
}
