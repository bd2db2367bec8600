using System.Security.Cryptography;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video;

/// <summary>What a file on disk is before anything is decoded: its length, its time of change, its format.</summary>
internal sealed record VideoFile(string Path, long Length, DateTime Changed, VideoFormat? Format)
{
    private const int HashBufferBytes = 256 * 1024;

    /// <summary>Looks at a file's first bytes.</summary>
    /// <exception cref="InvalidContentException">It is no regular file (<c>unsupported_variant</c>).</exception>
    /// <exception cref="IOException">It can't be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static VideoFile Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        using var stream = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek)
            throw new InvalidContentException(ErrorCodes.UnsupportedVariant, "Videos are read from files, not from pipes: they are read more than once.");
        var header = new byte[VideoFormats.HeaderBytes];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        return new VideoFile(full, stream.Length, File.GetLastWriteTimeUtc(full), VideoFormats.TryDetect(header.AsSpan(0, read), out var format) ? format : null);
    }

    /// <summary>The file's format, if it is a video within the limits.</summary>
    /// <exception cref="InvalidContentException">It isn't; the code says why.</exception>
    public VideoFormat RequireFormat(VideoOptions options)
    {
        if (Length == 0) throw new InvalidContentException(ErrorCodes.FileEmpty, "The file is empty.");
        if (Length > options.MaxBytes)
            throw new InvalidContentException(ErrorCodes.FileTooLarge, $"The file has {Length} bytes; the limit is {options.MaxBytes}. Raise VideoOptions.MaxBytes if you trust it.");
        return Format ?? throw new InvalidContentException(ErrorCodes.UnsupportedFormat, "This is no video format known here.");
    }

    /// <summary>Whether the file still is as it was when it was opened.</summary>
    public bool IsUnchanged()
    {
        var now = new FileInfo(Path);
        return now.Exists && now.Length == Length && now.LastWriteTimeUtc == Changed;
    }

    /// <summary>The SHA-256 of the file, in constant memory. Takes a thread of its own while it reads.</summary>
    /// <param name="read">Is told how many bytes have been read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<Sha256Digest> HashAsync(Action<long> read, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[HashBufferBytes];
            long total = 0;
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
                read(total += count);
            }
            return new Sha256Digest(hash.GetHashAndReset());
        },
        cancellationToken);
}
