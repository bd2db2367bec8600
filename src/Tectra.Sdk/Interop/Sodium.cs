using System.Runtime.InteropServices;

namespace Tectra.Sdk.Interop;

/// <summary>libsodium's C names, as they stand in its headers (1.0.18 and later). No policy.</summary>
internal static unsafe partial class Sodium
{
    public const int SignSeedBytes = 32;
    public const int SignPublicKeyBytes = 32;
    public const int SignSecretKeyBytes = 64;

    /// <summary>crypto_pwhash_STRBYTES, with the final zero.</summary>
    public const int PasswordHashBytes = 128;

    /// <summary>crypto_pwhash_ALG_ARGON2ID13.</summary>
    public const int PasswordHashArgon2Id13 = 2;

    private const string Library = "libsodium";

    // Not a static constructor: its caller would get a TypeInitializationException instead of what to install.
    private static readonly Lazy<bool> Initialisation = new(() =>
    {
        NativeLibraries.Register(
            typeof(Sodium).Assembly,
            new NativeLibraryInfo(Library, ["libsodium.so.23", "libsodium.so.26", "libsodium.dylib", "libsodium.dll"], "libsodium23"));
        return sodium_init() >= 0 ? true : throw new NativeLibraryException("libsodium could not be initialised (sodium_init failed).");
    });

    /// <summary>Must be called before anything else here.</summary>
    /// <exception cref="NativeLibraryException">libsodium isn't installed, or fails.</exception>
    public static void EnsureInitialised() => _ = Initialisation.Value;

    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    internal static partial byte* sodium_malloc(nuint size);

    [LibraryImport(Library)]
    internal static partial void sodium_free(byte* pointer);

    [LibraryImport(Library)]
    internal static partial int sodium_mprotect_noaccess(byte* pointer);

    [LibraryImport(Library)]
    internal static partial int sodium_mprotect_readonly(byte* pointer);

    [LibraryImport(Library)]
    internal static partial void randombytes_buf(byte* buffer, nuint size);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_detached(
        byte* signature, ulong* signatureLength, byte* message, ulong messageLength, byte* secretKey);

    [LibraryImport(Library)]
    internal static partial int crypto_sign_verify_detached(
        byte* signature, byte* message, ulong messageLength, byte* publicKey);

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash_str_alg(
        byte* text, byte* password, ulong passwordLength, ulong operations, nuint memoryBytes, int algorithm);

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash_str_verify(byte* text, byte* password, ulong passwordLength);

    [LibraryImport(Library)]
    internal static partial int crypto_pwhash_str_needs_rehash(byte* text, ulong operations, nuint memoryBytes);
}
