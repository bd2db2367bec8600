namespace Tectra.Sdk.Imaging;

/// <summary>One picture of many: where its bytes come from, and what to say about it. Immutable.</summary>
public sealed class PictureToSign
{
    private readonly Func<ImagingOptions, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> _read;

    /// <summary>A picture in memory.</summary>
    /// <param name="name">By what the caller knows it.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="request">What to say about it.</param>
    public PictureToSign(string name, ReadOnlyMemory<byte> bytes, SignRequest request)
        : this(name, request, (_, _) => ValueTask.FromResult(bytes))
    {
    }

    private PictureToSign(string name, SignRequest request, Func<ImagingOptions, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> read)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(request);
        Name = name;
        Request = request;
        _read = read;
    }

    /// <summary>By what the caller knows it.</summary>
    public string Name { get; }

    /// <summary>What to say about it.</summary>
    public SignRequest Request { get; }

    /// <summary>A picture on disk, named by its path. It is read when its turn comes.</summary>
    public static PictureToSign FromFile(string path, SignRequest request) =>
        new(path, request, async (options, cancellationToken) => await ImageFile.ReadAsync(path, options, cancellationToken).ConfigureAwait(false));

    /// <summary>The file's bytes, within the limit.</summary>
    internal ValueTask<ReadOnlyMemory<byte>> ReadAsync(ImagingOptions options, CancellationToken cancellationToken) => _read(options, cancellationToken);
}

/// <summary>What became of one picture of many: it was signed, or it wasn't, and why. Immutable.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Signed">The signed picture; null if there was an error.</param>
/// <param name="Error">
/// Null, or why it wasn't signed: <see cref="InvalidContentException"/>, <see cref="IOException"/>, <see cref="UnauthorizedAccessException"/>,
/// <see cref="ArgumentException"/>, or <see cref="OutOfMemoryException"/> of a picture that doesn't fit into memory.
/// </param>
public sealed record SignOutcome(PictureToSign Picture, SignedImage? Signed, Exception? Error);

/// <summary>How many pictures are signed side by side, and how much of them is in memory. Immutable; an impossible value throws.</summary>
public sealed record SignManyOptions
{
    /// <summary>The most <see cref="Jobs"/>.</summary>
    public const int MostJobs = 256;

    /// <summary>The default of <see cref="MaxPixelsInMemory"/>: 32 megapixels.</summary>
    public const long DefaultMaxPixelsInMemory = 32_000_000;

    /// <summary>The defaults.</summary>
    public static SignManyOptions Default { get; } = new();

    /// <summary>How many pictures are signed side by side (1 to 256); by default one a processor.</summary>
    public int Jobs
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostJobs);
            field = value;
        }
    } = Math.Clamp(Environment.ProcessorCount, 1, MostJobs);

    /// <summary>
    /// How many pixels pictures that are signed side by side may have together (at least 1). A larger picture is signed while no other is.
    /// Signing takes up to about 30 bytes a pixel.
    /// </summary>
    public long MaxPixelsInMemory
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = DefaultMaxPixelsInMemory;
}
