namespace Tectra.Sdk;

/// <summary>
/// Writes whole files so that a reader, a crash or a full disk never leaves half of one under its name: everything goes into
/// a temporary file in the same folder, is flushed to the disk, and takes the name in one step.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _temporary;
    private readonly string _target;
    private bool _finished;

    private AtomicFile(string temporary, string target)
    {
        _temporary = temporary;
        _target = target;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The target; replaced if it exists.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="ownerOnly">True gives the file mode 0600 (on Unix) before a byte of content is in it.</param>
    /// <exception cref="IOException">The folder is missing or full; the target is then as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool ownerOnly = false)
    {
        using var file = Stage(path, content, ownerOnly);
        file.Commit();
    }

    /// <summary>
    /// Puts the content on the disk, but not yet under its name: that is what <see cref="Commit"/> does. Disposing without
    /// it leaves nothing behind.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public static AtomicFile Stage(string path, ReadOnlySpan<byte> content, bool ownerOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.CreateVersion7():n}.tmp");
        var file = new AtomicFile(temporary, target);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(temporary, options);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives the content its name, replacing what had it.</summary>
    /// <exception cref="IOException">The target can't be replaced; it is then as it was.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        File.Move(_temporary, _target, overwrite: true);
        _finished = true;
    }

    /// <summary>Removes the temporary file unless the content was committed.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        try
        {
            File.Delete(_temporary);
        }
        catch (IOException)
        {
            // Nothing better can be done; the name shows what it is.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
