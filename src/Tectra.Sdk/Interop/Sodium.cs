using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Interop;

/// <summary>libsodium's C names, as they stand in its headers (1.0.18 and later). No policy.</summary>
internal static unsafe partial class Sodium
{
    public const int SignSeedBytes = 32;
    public const int SignPublicKeyBytes = 32;
    public const int SignSecretKeyBytes = 64;
    public const int SignBytes = 64;

    private const string Library = "libsodium";

    static Sodium()
    {
        NativeLibraries.Register(
            typeof(Sodium).Assembly,
            new NativeLibraryInfo(Library, ["libsodium.so.23", "libsodium.so.26", "libsodium.dylib", "libsodium.dll"], "libsodium23"));
        if (sodium_init() < 0) throw new NativeLibraryException("libsodium could not be initialised (sodium_init failed).");
    }

    /// <summary>Runs the static constructor: libsodium must be initialised before anything else is called.</summary>
    public static void EnsureInitialised() => RuntimeHelpers.RunClassConstructor(typeof(Sodium).TypeHandle);

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
    internal static partial int sodium_mprotect_readwrite(byte* pointer);

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
}
