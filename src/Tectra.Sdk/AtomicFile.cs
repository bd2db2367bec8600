using Tectra.Sdk.Interop;

namespace Tectra.Sdk;

/// <summary>
/// Writes whole files so that a reader, a crash or a full disk never leaves half of one under its name: everything goes into
/// a temporary file in the same folder, is flushed to the disk, and takes the name in one step.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const int CopyBuffer = 1024 * 1024;

    private readonly string _temporary;
    private readonly string _target;
    private bool _finished;
    private bool _isKept;

    private AtomicFile(string temporary, string target)
    {
        _temporary = temporary;
        _target = target;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The target; replaced if it exists. Of a symbolic link, what it leads to is replaced.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="ownerOnly">True gives the file mode 0600 (on Unix) before a byte of content is in it.</param>
    /// <exception cref="IOException">The folder is missing or full, or the target is no regular file; it is then as it was.</exception>
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
        var (file, stream) = Begin(path, ownerOnly);
        using (stream)
        {
            try
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
                return file;
            }
            catch
            {
                stream.Dispose();
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>The same with content that needn't be in memory: what can be read from a stream up to its end.</summary>
    /// <param name="path">The target; replaced if it exists. Of a symbolic link, what it leads to is replaced.</param>
    /// <param name="content">What to write; it is read from where it stands.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left behind.</param>
    /// <exception cref="IOException">The folder is missing or full, or the target is no regular file; it is then as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static async Task<AtomicFile> StageAsync(string path, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var (file, stream) = Begin(path, ownerOnly: false);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await content.CopyToAsync(stream, CopyBuffer, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes up content that is on the disk already, in the target's file system. Disposing without <see cref="Commit"/> leaves it where it is.</summary>
    internal static AtomicFile OfStaged(string temporary, string target) => new(temporary, Path.GetFullPath(target)) { _isKept = true };

    private static (AtomicFile File, FileStream Stream) Begin(string path, bool ownerOnly)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        if (new FileInfo(target).LinkTarget is not null) target = File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
        if (Posix.IsSpecial(target)) throw new IOException($"'{path}' is a folder, device or pipe; files are written whole, under a name of their own.");
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.CreateVersion7():n}.tmp");
        var file = new AtomicFile(temporary, target);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return (file, new FileStream(temporary, options));
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is DirectoryNotFoundException) throw new DirectoryNotFoundException($"There is no folder '{Path.GetDirectoryName(target)}' to write '{Path.GetFileName(target)}' into.", e);
            if (e is UnauthorizedAccessException) throw new UnauthorizedAccessException($"'{Path.GetFileName(target)}' can't be written: the folder '{Path.GetDirectoryName(target)}' is not open to you.", e);
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
        Posix.FlushDirectory(Path.GetDirectoryName(_target)!);
    }

    /// <summary>Gives the content its name only if nothing has it: what is there is never replaced, not even when it comes in the same moment.</summary>
    /// <exception cref="IOException">The name is taken, or the folder can't be written to.</exception>
    internal void CommitNew()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        File.Move(_temporary, _target, overwrite: false); // by link(2), which fails where the name is taken
        _finished = true;
        Posix.FlushDirectory(Path.GetDirectoryName(_target)!);
    }

    /// <summary>Removes the temporary file unless the content was committed.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        if (_isKept) return;
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
