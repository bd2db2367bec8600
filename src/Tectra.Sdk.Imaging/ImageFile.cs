using Tectra.Sdk.Content;

namespace Tectra.Sdk.Imaging;

/// <summary>Reads files, pipes and devices whole, but never more than the limit into memory.</summary>
internal static class ImageFile
{
    private const int SmallestBuffer = 64 * 1024;

    /// <summary>The file's bytes.</summary>
    /// <exception cref="InvalidContentException">It is over the limit (<c>file_too_large</c>).</exception>
    public static async Task<byte[]> ReadAsync(string path, ImagingOptions options, CancellationToken cancellationToken)
    {
        var stream = Open(path);
        await using (stream.ConfigureAwait(false)) return await ReadAsync(stream, options, cancellationToken).ConfigureAwait(false) ?? throw TooLarge(options);
    }

    /// <summary>The file's bytes, or if it is over the limit, its digest alone and the reason.</summary>
    public static async Task<(byte[]? Bytes, Sha256Digest Digest, InvalidContentException? Error)> ReadOrHashAsync(string path, ImagingOptions options, CancellationToken cancellationToken)
    {
        var stream = Open(path);
        await using (stream.ConfigureAwait(false))
        {
            if (await ReadAsync(stream, options, cancellationToken).ConfigureAwait(false) is { } bytes) return (bytes, default, null);
            // What was read of a pipe is gone, and a device may go on for ever.
            if (!stream.CanSeek || stream.Length <= options.MaxFileBytes) throw TooLarge(options);
            stream.Seek(0, SeekOrigin.Begin);
            return (null, await Sha256Digest.ComputeAsync(stream, cancellationToken).ConfigureAwait(false), TooLarge(options));
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Null when there is more than the limit.</summary>
    private static async Task<byte[]?> ReadAsync(FileStream stream, ImagingOptions options, CancellationToken cancellationToken)
    {
        // A length is only a promise: of a pipe it is missing, of a file in /proc it is 0, and a file may grow while it is read.
        var announced = stream.CanSeek ? stream.Length : 0;
        if (announced > options.MaxFileBytes) return null;
        var buffer = new byte[announced > 0 ? announced : SmallestBuffer];
        var more = new byte[1];
        var length = 0;
        while (true)
        {
            length += await stream.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length > options.MaxFileBytes) return null;
            if (length < buffer.Length || await stream.ReadAsync(more, cancellationToken).ConfigureAwait(false) == 0) break;
            Array.Resize(ref buffer, (int)Math.Min(2L * length, options.MaxFileBytes + 1));
            buffer[length++] = more[0];
        }
        if (length < buffer.Length) Array.Resize(ref buffer, length);
        return buffer;
    }

    private static InvalidContentException TooLarge(ImagingOptions options) =>
        new(ErrorCodes.FileTooLarge, $"The file has more than {options.MaxFileBytes} bytes, which is the limit. Raise ImagingOptions.MaxFileBytes if you trust it.");
}
