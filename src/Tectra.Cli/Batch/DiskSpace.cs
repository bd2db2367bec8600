namespace Tectra.Cli.Batch;

/// <summary>Tells a full disk from other troubles.</summary>
internal static class DiskSpace
{
    private const int NoSpace = 28, OverQuota = 122; // ENOSPC and EDQUOT of Linux
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether an exception, or what caused it, says that there is no room.</summary>
    public static bool IsFull(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is IOException { HResult: NoSpace or OverQuota or WindowsDiskFull }) return true;
            if (e is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 13 }) return true; // SQLITE_FULL
        }
        return false;
    }
}
