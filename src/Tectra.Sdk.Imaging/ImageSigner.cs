using System.Collections.Immutable;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging;

/// <summary>Whether a picture is watermarked.</summary>
public enum WatermarkMode
{
    /// <summary>Yes if it can carry one; otherwise it is signed without, and the result says why.</summary>
    WhenPossible,

    /// <summary>Yes, or signing fails.</summary>
    Required,

    /// <summary>No: the delivered file is the source, byte for byte.</summary>
    None,
}

/// <summary>What to say about a picture that is signed. Immutable.</summary>
/// <param name="Origin">What kind of thing it is.</param>
public sealed record SignRequest(OriginType Origin)
{
    /// <summary>The capturing device or model, or null.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Free-form facts; registered beside the record, and certified by their digest. Put no personal data here.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The record before this one in a chain of custody, or null.</summary>
    public RecordId? ParentRecordId { get; init; }

    /// <summary>Whether to watermark.</summary>
    public WatermarkMode Watermark { get; init; } = WatermarkMode.WhenPossible;

    /// <summary>The format of the signed file; null keeps the source's.</summary>
    public ImageFormat? OutputFormat { get; init; }

    /// <summary>The longer side of the small picture that comes with the result; 0 for none.</summary>
    internal int ThumbnailSide { get; init; }
}

/// <summary>A signed picture, ready to be registered and delivered. Immutable.</summary>
public sealed record SignedImage
{
    /// <summary>The file to deliver.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Its format.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>What was certified.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>What to send to a registry. It holds no pixels and can be repeated safely.</summary>
    public required RegistrationRequest Registration { get; init; }

    /// <summary>How near the watermarked picture is to the source; null without a watermark, or if it wasn't measured.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>Why there is no watermark; null when there is one, or none was wanted.</summary>
    public MeasurementProblem? WatermarkProblem { get; init; }

    /// <summary>
    /// Why the perceptual hash won't recognise the signed file: the picture is so flat that the watermark changes its hash
    /// beyond <see cref="VerificationPolicy.DefaultPerceptualRadius"/>. Null for pictures with any content.
    /// </summary>
    public MeasurementProblem? PerceptualHashProblem { get; init; }

    /// <summary>What the signed file couldn't keep of the source, in words for the user.</summary>
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>A small JPEG of the source, if one was asked for.</summary>
    internal byte[]? Thumbnail { get; init; }
}

/// <summary>
/// Signs pictures in this process: fingerprint, signature, watermark, certificate. It sends nothing; registering the result
/// comes after and can be repeated. Thread-safe if the signer is.
/// </summary>
public sealed partial class ImageSigner
{
    private readonly CertificateBuilder _builder;
    private readonly ImagingOptions _options;

    /// <summary>Creates a signer.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="identity">Who signs.</param>
    /// <param name="options">Limits and strength; null for <see cref="ImagingOptions.Default"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ImageSigner(ISigner signer, SignerIdentity identity, ImagingOptions? options = null, TimeProvider? time = null)
    {
        _builder = new CertificateBuilder(signer, identity, time ?? TimeProvider.System);
        _options = options ?? ImagingOptions.Default;
    }

    /// <summary>Signs a file in memory. Takes processor time on the calling thread; a remote key is awaited.</summary>
    /// <exception cref="InvalidContentException">
    /// The file can't be read, or it can't carry the required watermark, or the output format can't hold it; the code says which.
    /// </exception>
    /// <exception cref="ArgumentException">The metadata is too long.</exception>
    public async ValueTask<SignedImage> SignAsync(ReadOnlyMemory<byte> file, SignRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var metadata = Metadata.ToJson(request.Metadata);
        using var image = LoadedImage.Load(file.Span, _options, request.Watermark != WatermarkMode.None, cancellationToken);
        var format = request.OutputFormat ?? image.Header.Format;
        var source = new ContentFingerprint(Sha256Digest.Compute(file.Span), image.Hash, image.Header.Width, image.Header.Height);
        var fingerprint = await _builder.SignFingerprintAsync(source, cancellationToken).ConfigureAwait(false);

        var (marked, problem) = TryMark(image, fingerprint.Payload, format, request.Watermark, cancellationToken);
        if (marked is null && format != image.Header.Format) marked = new ImageMarker(_options).Convert(image, format);
        var watermarked = marked is not null && problem is null && request.Watermark != WatermarkMode.None;
        var claims = new ContentClaims
        {
            Origin = request.Origin,
            MediaType = format.MediaType(),
            WatermarkedSha256 = marked is null ? null : Sha256Digest.Compute(marked.Bytes),
            WatermarkFormat = watermarked ? WatermarkLayout.Format : null,
            DeviceId = request.DeviceId,
            MetadataJson = metadata,
            ParentRecordId = request.ParentRecordId,
        };
        var signed = await _builder.SignCertificateAsync(fingerprint, claims, cancellationToken).ConfigureAwait(false);
        return new SignedImage
        {
            Bytes = marked?.Bytes ?? file,
            Format = format,
            Certificate = signed.Certificate,
            Registration = new RegistrationRequest(signed.Envelope, metadata),
            Quality = marked?.Quality,
            WatermarkProblem = problem,
            PerceptualHashProblem = marked is null ? null : HashProblem(image.Hash.DistanceTo(marked.Hash)),
            Notices = [.. Damage(image), .. marked?.Notices ?? []],
            Thumbnail = request.ThumbnailSide == 0 ? null : Thumbnail.Create(image.Pixels, image.Header.Metadata, request.ThumbnailSide),
        };
    }

    private static MeasurementProblem? HashProblem(int distance) => distance <= VerificationPolicy.DefaultPerceptualRadius
        ? null
        : new MeasurementProblem(
            ErrorCodes.PerceptualHashUnstable,
            $"The picture is nearly featureless, so its perceptual hash says little: the signed file's differs in {distance} of 64 bits, and that check will fail.");

    private static IEnumerable<string> Damage(LoadedImage image) =>
        image.Damage is { } damage ? [$"The source is damaged ({damage}); what viewers show of it was signed."] : [];

    private (MarkedFile? Marked, MeasurementProblem? Problem) TryMark(
        LoadedImage image, WatermarkPayload payload, ImageFormat format, WatermarkMode mode, CancellationToken cancellationToken)
    {
        if (mode == WatermarkMode.None) return (null, null);
        if (image.MarkingObstacle is { } obstacle && mode == WatermarkMode.WhenPossible) return (null, obstacle);
        try
        {
            return (new ImageMarker(_options).Mark(image, payload, format, cancellationToken), null);
        }
        catch (InvalidContentException e) when (mode == WatermarkMode.WhenPossible && e.Code == ErrorCodes.WatermarkNotReadable)
        {
            return (null, new MeasurementProblem(e.Code, e.Message));
        }
    }
}
