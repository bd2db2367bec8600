using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Interop;

/// <summary>One native library: the name used in <c>LibraryImport</c>, the file names to try, and what to install.</summary>
internal sealed record NativeLibraryInfo(string Name, string[] FileNames, string DebianPackage);

/// <summary>
/// Finds native libraries: the plain name first (a copy shipped beside the program), then the versioned names that a
/// distribution's runtime packages install.
/// </summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<string, nint> Loaded = new(StringComparer.Ordinal);

    /// <summary>Makes <paramref name="assembly"/> resolve <paramref name="libraries"/> through this class. Call once per assembly.</summary>
    public static void Register(Assembly assembly, params NativeLibraryInfo[] libraries) =>
        NativeLibrary.SetDllImportResolver(assembly, (name, owner, searchPath) =>
            Array.Find(libraries, library => library.Name == name) is { } known ? Load(known, owner, searchPath) : 0);

    [SuppressMessage("Interoperability", "CA1416", Justification = "File names of every platform are tried in turn.")]
    private static nint Load(NativeLibraryInfo library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (Loaded.TryGetValue(library.Name, out var handle)) return handle;
        foreach (var file in library.FileNames.Prepend(library.Name))
        {
            if (NativeLibrary.TryLoad(file, assembly, searchPath, out handle)) return Loaded.GetOrAdd(library.Name, handle);
        }
        throw new NativeLibraryException(
            $"The native library {library.Name} was not found (tried {string.Join(", ", library.FileNames)}). " +
            $"On Debian or Ubuntu: apt-get install {library.DebianPackage}");
    }
}
