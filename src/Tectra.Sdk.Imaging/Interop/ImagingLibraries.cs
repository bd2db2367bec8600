using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Imaging.Interop;

/// <summary>The native codecs of this assembly: an assembly has one resolver, so they are listed in one place.</summary>
internal static class ImagingLibraries
{
    private static readonly object Gate = new();
    private static bool _registered;

    private static NativeLibraryInfo[] All { get; } =
    [
        new("libturbojpeg", ["libturbojpeg.so.0", "libturbojpeg.dylib", "turbojpeg.dll"], "libturbojpeg0 (Ubuntu: libturbojpeg)"),
        new("libspng", ["libspng.so.0", "libspng.dylib", "spng.dll"], "libspng0"),
        new("libwebp", ["libwebp.so.7", "libwebp.dylib", "libwebp.dll"], "libwebp7"),
    ];

    /// <summary>Makes the libraries findable; every codec's static constructor calls it.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (_registered) return;
            NativeLibraries.Register(typeof(ImagingLibraries).Assembly, All);
            _registered = true;
        }
    }
}
