using System.Collections.Immutable;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video;

/// <summary>What to say about a video that is signed. Immutable.</summary>
/// <param name="Origin">What kind of thing it is.</param>
public sealed record VideoSignRequest(OriginType Origin)
{
    /// <summary>The capturing device or model, or null.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Free-form facts; registered beside the record, and certified by their digest. Put no personal data here.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The record before this one in a chain of custody, or null.</summary>
    public RecordId? ParentRecordId { get; init; }
}

/// <summary>A signed video, ready to be registered. What is delivered is the source itself. Immutable.</summary>
public sealed record SignedVideo
{
    /// <summary>What was certified.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>What to send to a registry. It holds no pixels and can be repeated safely.</summary>
    public required RegistrationRequest Registration { get; init; }

    /// <summary>The file's media type.</summary>
    public required string MediaType { get; init; }

    /// <summary>What is wrong with the source, in words for the user.</summary>
    public ImmutableArray<string> Notices { get; init; } = [];
}

/// <summary>
/// Signs videos: SHA-256, frame hashes, segments and their chain, certificate. It sends nothing and changes no file; registering the result
/// comes after and can be repeated. Thread-safe if the signer is.
/// </summary>
public sealed class VideoSigner
{
    private readonly CertificateBuilder _builder;
    private readonly VideoFingerprinter _fingerprinter;

    /// <summary>Creates a signer.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="identity">Who signs.</param>
    /// <param name="options">Limits and the sample rate; null for <see cref="VideoOptions.Default"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public VideoSigner(ISigner signer, SignerIdentity identity, VideoOptions? options = null, TimeProvider? time = null)
    {
        _builder = new CertificateBuilder(signer, identity, time ?? TimeProvider.System);
        var limits = options ?? VideoOptions.Default;
        _fingerprinter = new VideoFingerprinter(limits, new VideoSampler(limits));
    }

    /// <summary>Signs a file on disk. Frames are decoded by ffmpeg in processes of their own.</summary>
    /// <param name="path">The file; it isn't changed, and must not change meanwhile.</param>
    /// <param name="request">What to say about it.</param>
    /// <param name="progress">Is told how far it is, from other threads, one report at a time.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <exception cref="InvalidContentException">
    /// The video can't be read to its end, is over a limit, or was changed meanwhile; the code says which.
    /// </exception>
    /// <exception cref="MissingToolException">ffmpeg isn't there (<c>ffmpeg_missing</c>).</exception>
    /// <exception cref="ArgumentException">The metadata is too long.</exception>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async Task<SignedVideo> SignFileAsync(
        string path, VideoSignRequest request, IProgress<VideoProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var metadata = Metadata.ToJson(request.Metadata);
        var video = await _fingerprinter.MeasureAsync(path, progress, cancellationToken).ConfigureAwait(false);
        var claims = new ContentClaims
        {
            Origin = request.Origin,
            MediaType = video.MediaType,
            DeviceId = request.DeviceId,
            MetadataJson = metadata,
            ParentRecordId = request.ParentRecordId,
        };
        var signed = await _builder.SignCertificateAsync(
            await _builder.SignFingerprintAsync(video.Fingerprint, cancellationToken).ConfigureAwait(false), claims, cancellationToken).ConfigureAwait(false);
        return new SignedVideo
        {
            Certificate = signed.Certificate,
            Registration = new RegistrationRequest(signed.Envelope, metadata),
            MediaType = claims.MediaType,
            Notices = video.Notices,
        };
    }
}
