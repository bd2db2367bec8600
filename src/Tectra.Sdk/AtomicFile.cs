namespace Tectra.Sdk;

/// <summary>Writes whole files so that a reader, a crash or a full disk never leaves half of one under its name.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes <paramref name="content"/> to a temporary file in the target's folder, flushes it to the disk and renames it.
    /// </summary>
    /// <param name="path">The target; replaced if it exists.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="ownerOnly">True gives the file mode 0600 (on Unix) before a byte of content is in it.</param>
    /// <exception cref="IOException">The folder is missing, full or not writable; the target is then as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool ownerOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.CreateVersion7():n}.tmp");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // The first error is the one worth reporting.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
