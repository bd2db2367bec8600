using System.Runtime.InteropServices;

namespace Tectra.Registry.Interop;

/// <summary>
/// libsecp256k1's C names (0.1 and later, built with the recovery module, as distributions do). No policy. An argument
/// outside its range ends the process, so callers check what a function only allows.
/// </summary>
internal static unsafe partial class Secp256k1
{
    public const string Library = "libsecp256k1";

    public const int SecretKeyBytes = 32;
    public const int HashBytes = 32;
    public const int SeedBytes = 32;

    /// <summary>r and s, 32 bytes big-endian each.</summary>
    public const int CompactSignatureBytes = 64;

    /// <summary><c>secp256k1_ecdsa_recoverable_signature</c>, opaque.</summary>
    public const int RecoverableSignatureBytes = 65;

    /// <summary><c>secp256k1_pubkey</c>, opaque.</summary>
    public const int PublicKeyBytes = 64;

    /// <summary>0x04, X, Y.</summary>
    public const int UncompressedPublicKeyBytes = 65;

    /// <summary>SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY: versions before 0.2 need both, later ones pass over them.</summary>
    public const uint ContextSignAndVerify = 0x301;

    /// <summary>SECP256K1_EC_UNCOMPRESSED.</summary>
    public const uint Uncompressed = 2;

    [LibraryImport(Library)]
    internal static partial Secp256k1Context secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    internal static partial void secp256k1_context_destroy(nint context);

    [LibraryImport(Library)]
    internal static partial int secp256k1_context_randomize(Secp256k1Context context, byte* seed32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_seckey_verify(Secp256k1Context context, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_create(Secp256k1Context context, byte* publicKey, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_serialize(
        Secp256k1Context context, byte* output, nuint* outputLength, byte* publicKey, uint flags);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_sign_recoverable(
        Secp256k1Context context, byte* signature, byte* hash32, byte* secretKey, void* nonceFunction, void* nonceData);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        Secp256k1Context context, byte* output64, int* recoveryId, byte* signature);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(
        Secp256k1Context context, byte* signature, byte* input64, int recoveryId);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recover(Secp256k1Context context, byte* publicKey, byte* signature, byte* hash32);
}
