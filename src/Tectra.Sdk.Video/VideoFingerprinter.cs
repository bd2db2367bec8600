using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video;

/// <summary>What is signed of a video. Immutable.</summary>
/// <param name="Fingerprint">Its bytes and frames.</param>
/// <param name="MediaType">Its media type, such as <c>video/mp4</c>.</param>
/// <param name="Notices">What is wrong with it, in words for the user.</param>
public sealed record FingerprintedVideo(ContentFingerprint Fingerprint, string MediaType, ImmutableArray<string> Notices);

/// <summary>Measures a video for signing: every sample must be there, and the file must stay as it is. Thread-safe.</summary>
internal sealed class VideoFingerprinter(VideoOptions options, VideoSampler sampler)
{
    /// <inheritdoc cref="VideoInspector.FingerprintFileAsync"/>
    public async Task<FingerprintedVideo> MeasureAsync(string path, IProgress<VideoProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = VideoFile.Open(path);
        file.RequireFormat(options);
        var meter = new ProgressMeter(progress, file.Length);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var digest = file.HashAsync(meter.Read, stop.Token);
        try
        {
            var sampled = await sampler.SampleAsync(
                file, duration => options.SampleRate ?? KeyframeSchedule.AdaptiveRate(duration), _ => 1, VideoFingerprint.MaxFrames, meter, stop.Token).ConfigureAwait(false);
            var sha256 = await digest.ConfigureAwait(false);
            if (!file.IsUnchanged()) throw new InvalidContentException(ErrorCodes.FileChanged, "The file was changed while it was read. Sign it when it is complete.");
            if (sampled.Video.IsTruncated) throw new InvalidContentException(ErrorCodes.VideoTruncated, "The file ends before its video does. Sign it when it is complete.");
            if (!sampled.IsComplete)
                throw new InvalidContentException(ErrorCodes.VideoCorrupt, $"Only {sampled.Hashes.Length} of the {sampled.Schedule.Frames.Length} frames that stand for the video can be decoded.");
            var video = VideoFingerprint.Create(sampled.Schedule.Rate, sampled.Video.Timeline.Duration, ImmutableArray.Create(sampled.Hashes), sampled.Digests);
            return new FingerprintedVideo(
                new ContentFingerprint(sha256, video.PerceptualHash, sampled.Video.Width, sampled.Video.Height) { Video = video },
                sampled.Video.Format.MediaType(),
                sampled.Damage is { } damage ? [$"The source is damaged ({damage}); what decoders show of it was signed."] : []);
        }
        finally
        {
            // Nobody reads the file any more when this returns.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)digest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
