using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video.Sampling;

namespace Tectra.Sdk.Video;

/// <summary>
/// Measures a suspect video: its SHA-256 and the perceptual hashes of its frames. A file that can't be read is measured as far as it goes, and
/// the result says what is missing and why; no file makes it throw. Thread-safe.
/// </summary>
public sealed class VideoInspector
{
    private readonly VideoOptions _options;
    private readonly VideoSampler _sampler;

    /// <summary>Creates an inspector; without options, with <see cref="VideoOptions.Default"/>.</summary>
    public VideoInspector(VideoOptions? options = null)
    {
        _options = options ?? VideoOptions.Default;
        _sampler = new VideoSampler(_options);
    }

    /// <summary>Measures what would be signed of a video, without signing it.</summary>
    /// <param name="path">The file; it isn't changed, and must not change meanwhile.</param>
    /// <param name="progress">Is told how far it is, from other threads, one report at a time.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <exception cref="InvalidContentException">
    /// The video can't be read to its end, is over a limit, or was changed meanwhile; the code says which.
    /// </exception>
    /// <exception cref="MissingToolException">ffmpeg isn't there (<c>ffmpeg_missing</c>).</exception>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Task<FingerprintedVideo> FingerprintFileAsync(string path, IProgress<VideoProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new VideoFingerprinter(_options, _sampler).MeasureAsync(path, progress, cancellationToken);

    /// <summary>
    /// Measures a file on disk. Frames are decoded by ffmpeg in processes of their own; where it is missing, the file is hashed and the
    /// result says so (<c>ffmpeg_missing</c>).
    /// </summary>
    /// <param name="path">The file; it isn't changed.</param>
    /// <param name="rate">
    /// How often to sample; null takes <see cref="VideoOptions.SampleRate"/>, and without that 16 frames a second of videos up to five
    /// minutes, eight up to half an hour, and of longer ones as many as are signed.
    /// </param>
    /// <param name="progress">Is told how far it is, from other threads, one report at a time.</param>
    /// <param name="cancellationToken">Ends ffmpeg at once.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidContentException">The path is no regular file (<c>unsupported_variant</c>).</exception>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async Task<ObservedContent> InspectFileAsync(
        string path, SampleRate? rate = null, IProgress<VideoProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = VideoFile.Open(path);
        var meter = new ProgressMeter(progress, file.Length);
        rate ??= _options.SampleRate;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var digest = file.HashAsync(meter.Read, stop.Token);
        try
        {
            var sampled = await _sampler.SampleAsync(
                file, duration => rate ?? KeyframeSchedule.InspectionRate(duration), StepOf, ObservedVideo.MaxFrames, meter, stop.Token).ConfigureAwait(false);
            return new ObservedContent
            {
                Sha256 = await digest.ConfigureAwait(false),
                MediaType = sampled.Video.Format.MediaType(),
                Width = sampled.Video.Width,
                Height = sampled.Video.Height,
                Video = new ObservedVideo(sampled.Schedule.Rate, sampled.Duration, ImmutableArray.Create(sampled.Hashes))
                {
                    FrameDigests = ImmutableArray.Create(sampled.Digests),
                    DigestStep = StepOf(sampled.Schedule.Rate),
                },
                WatermarkProblem = new MeasurementProblem(ErrorCodes.VideoHasNoWatermark, "Videos carry no watermark."),
            };
        }
        catch (TectraException e) when (e is InvalidContentException or MissingToolException)
        {
            var problem = new MeasurementProblem(e.Code, e.Message);
            return new ObservedContent { Sha256 = await digest.ConfigureAwait(false), PerceptualHashProblem = problem, WatermarkProblem = problem };
        }
        finally
        {
            // Nobody reads the file any more when this returns.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)digest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Of a rate that was asked for, every sample may be one of the record's; else those of whole seconds are.
        int StepOf(SampleRate sampled) => rate is null ? Math.Max(1, sampled.Frames / sampled.Seconds) : 1;
    }
}
