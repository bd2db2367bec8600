using Tectra.Sdk.Interop;

namespace Tectra.Registry.Storage;

/// <summary>
/// Makes the SQLite provider use the system's library, which the distribution keeps patched, under the name the provider
/// expects.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<bool> Registration = new(() =>
    {
        NativeLibraries.Register(
            typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            new NativeLibraryInfo("e_sqlite3", ["libsqlite3.so.0", "libsqlite3.dylib", "sqlite3.dll"], "libsqlite3-0"));
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return true;
    });

    public static void EnsureRegistered() => _ = Registration.Value;
}
