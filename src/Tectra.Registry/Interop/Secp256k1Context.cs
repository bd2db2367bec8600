using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tectra.Sdk;
using Tectra.Sdk.Interop;

namespace Tectra.Registry.Interop;

/// <summary>
/// <c>secp256k1_context</c>. It is blinded with random bytes when it is made and not changed afterwards, so that any number
/// of threads may use it at once.
/// </summary>
internal sealed unsafe class Secp256k1Context : SafeHandle
{
    private const string DebianPackage = "libsecp256k1-1 (newer releases: libsecp256k1-2)";

    // Not a static constructor: its caller would get a TypeInitializationException instead of what to install.
    private static readonly Lazy<Secp256k1Context> Instance = new(Create);

    /// <summary>For the marshaller; <see cref="Shared"/> is what to use.</summary>
    public Secp256k1Context()
        : base(0, ownsHandle: true)
    {
    }

    /// <summary>The process's one context.</summary>
    /// <exception cref="NativeLibraryException">libsecp256k1 isn't installed, or fails.</exception>
    public static Secp256k1Context Shared => Instance.Value;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Secp256k1.secp256k1_context_destroy(handle);
        return true;
    }

    private static Secp256k1Context Create()
    {
        NativeLibraries.Register(
            typeof(Secp256k1Context).Assembly,
            new NativeLibraryInfo(
                Secp256k1.Library,
                ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.6", "libsecp256k1.so.0", "libsecp256k1.dylib", "libsecp256k1.dll"],
                DebianPackage));
        var seed = stackalloc byte[Secp256k1.SeedBytes];
        try
        {
            var context = Secp256k1.secp256k1_context_create(Secp256k1.ContextSignAndVerify);
            RandomNumberGenerator.Fill(new Span<byte>(seed, Secp256k1.SeedBytes));
            if (context.IsInvalid || Secp256k1.secp256k1_context_randomize(context, seed) != 1)
                throw new NativeLibraryException("libsecp256k1 could not be initialised (secp256k1_context_create or _randomize failed).");
            // The recovery module is optional when the library is built: one of its functions is tried before a key depends on it.
            byte* signature = stackalloc byte[Secp256k1.RecoverableSignatureBytes], zeros = stackalloc byte[Secp256k1.CompactSignatureBytes];
            _ = Secp256k1.secp256k1_ecdsa_recoverable_signature_parse_compact(context, signature, zeros, 0);
            return context;
        }
        catch (EntryPointNotFoundException e)
        {
            throw new NativeLibraryException(
                $"libsecp256k1 was built without its recovery module, which transactions need. On Debian or Ubuntu: apt-get install {DebianPackage}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(seed, Secp256k1.SeedBytes));
        }
    }
}
