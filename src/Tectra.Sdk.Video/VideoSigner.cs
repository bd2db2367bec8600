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
    private readonly VideoOptions _options;
    private readonly VideoSampler _sampler;

    /// <summary>Creates a signer.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="identity">Who signs.</param>
    /// <param name="options">Limits and the sample rate; null for <see cref="VideoOptions.Default"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public VideoSigner(ISigner signer, SignerIdentity identity, VideoOptions? options = null, TimeProvider? time = null)
    {
        _builder = new CertificateBuilder(signer, identity, time ?? TimeProvider.System);
        _options = options ?? VideoOptions.Default;
        _sampler = new VideoSampler(_options);
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
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(request);
        var metadata = Metadata.ToJson(request.Metadata);
        var file = VideoFile.Open(path);
        var (sampled, digest) = await MeasureAsync(file, progress, cancellationToken).ConfigureAwait(false);
        var video = VideoFingerprint.Create(sampled.Schedule.Rate, sampled.Video.Timeline.Duration, ImmutableArray.Create(sampled.Hashes));
        var fingerprint = new ContentFingerprint(digest, video.PerceptualHash, sampled.Video.Width, sampled.Video.Height) { Video = video };
        var claims = new ContentClaims
        {
            Origin = request.Origin,
            MediaType = sampled.Video.Format.MediaType(),
            DeviceId = request.DeviceId,
            MetadataJson = metadata,
            ParentRecordId = request.ParentRecordId,
        };
        var signed = await _builder.SignCertificateAsync(
            await _builder.SignFingerprintAsync(fingerprint, cancellationToken).ConfigureAwait(false), claims, cancellationToken).ConfigureAwait(false);
        return new SignedVideo
        {
            Certificate = signed.Certificate,
            Registration = new RegistrationRequest(signed.Envelope, metadata),
            MediaType = claims.MediaType,
            Notices = sampled.Damage is { } damage ? [$"The source is damaged ({damage}); what decoders show of it was signed."] : [],
        };
    }

    private async Task<(SampledVideo Sampled, Sha256Digest Digest)> MeasureAsync(VideoFile file, IProgress<VideoProgress>? progress, CancellationToken cancellationToken)
    {
        file.RequireFormat(_options);
        var meter = new ProgressMeter(progress, file.Length);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var digest = file.HashAsync(meter.Read, stop.Token);
        try
        {
            var sampled = await _sampler.SampleAsync(
                file, duration => _options.SampleRate ?? KeyframeSchedule.AdaptiveRate(duration), VideoFingerprint.MaxFrames, meter, stop.Token).ConfigureAwait(false);
            var sha256 = await digest.ConfigureAwait(false);
            if (!file.IsUnchanged()) throw new InvalidContentException(ErrorCodes.FileChanged, "The file was changed while it was read. Sign it when it is complete.");
            if (sampled.Video.IsTruncated) throw new InvalidContentException(ErrorCodes.VideoTruncated, "The file ends before its video does. Sign it when it is complete.");
            if (!sampled.IsComplete)
                throw new InvalidContentException(ErrorCodes.VideoCorrupt, $"Only {sampled.Hashes.Length} of the {sampled.Schedule.Frames.Length} frames that stand for the video can be decoded.");
            return (sampled, sha256);
        }
        finally
        {
            // Nobody reads the file any more when this returns.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)digest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
