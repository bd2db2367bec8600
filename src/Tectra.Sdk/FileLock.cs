namespace Tectra.Sdk;

/// <summary>
/// A lock between processes: a file that only one of them can hold open. It is released when it is disposed of, or when the
/// process ends, however it ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Waits until the lock is free, and takes it.</summary>
    /// <param name="path">The file; it is made if it is missing, and stays.</param>
    /// <param name="time">The clock that the waiting uses.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    /// <exception cref="IOException">The file's folder is missing, or can't be written to.</exception>
    public static async ValueTask<FileLock> AcquireAsync(string path, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        while (true)
        {
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (IsHeldElsewhere(e))
            {
                await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsHeldElsewhere(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _stream.Dispose();
}
