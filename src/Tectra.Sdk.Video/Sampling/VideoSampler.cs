using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Ffmpeg;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>A video with the hash of every sample that could be decoded.</summary>
/// <param name="Video">The stream.</param>
/// <param name="Schedule">Which frames were to be sampled.</param>
/// <param name="Hashes">Their perceptual hashes: as many as samples, or fewer where a damaged video ends early.</param>
/// <param name="Digests">The pixels of every sample a whole number of steps from the first.</param>
/// <param name="Damage">What the decoder found wrong, or null.</param>
internal sealed record SampledVideo(ProbedVideo Video, KeyframeSchedule Schedule, PerceptualHash[] Hashes, PixelDigest[] Digests, string? Damage)
{
    /// <summary>Whether every sample is there.</summary>
    public bool IsComplete => Hashes.Length == Schedule.Frames.Length;

    /// <summary>How long the part is that could be decoded.</summary>
    public TimeSpan Duration => IsComplete ? Video.Timeline.Duration : Schedule.Rate.TimeOf(Hashes.Length);
}

/// <summary>From a file to the hashes of its samples: probe, schedule, decode, hash. Thread-safe.</summary>
internal sealed class VideoSampler
{
    private readonly VideoOptions _options;
    private readonly FfmpegTools _tools;
    private readonly FfmpegProbe _probe;

    public VideoSampler(VideoOptions options)
    {
        _options = options;
        _tools = new FfmpegTools(options);
        _probe = new FfmpegProbe(_tools, options);
    }

    /// <summary>Samples a video.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rate">How often, by the video's duration.</param>
    /// <param name="step">By the rate, how many samples lie from one whose pixels are digested to the next.</param>
    /// <param name="maxSamples">The most samples.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidContentException">The video can't be sampled; the code says why.</exception>
    /// <exception cref="MissingToolException">ffmpeg isn't there (<c>ffmpeg_missing</c>).</exception>
    public async Task<SampledVideo> SampleAsync(
        VideoFile file, Func<TimeSpan, SampleRate> rate, Func<SampleRate, int> step, int maxSamples, ProgressMeter progress, CancellationToken cancellationToken)
    {
        var format = file.RequireFormat(_options);
        var source = new FfmpegKeyframeSource(await _tools.FindAsync(cancellationToken).ConfigureAwait(false), _options, file.Path, format);
        await using var _ = source.ConfigureAwait(false);
        source.Prepare(cancellationToken);
        var video = await _probe.ReadAsync(file.Path, format, cancellationToken).ConfigureAwait(false);
        var schedule = KeyframeSchedule.Create(video.Timeline, rate(video.Timeline.Duration), maxSamples);
        progress.Expect(schedule.Rate, schedule.Frames.Length);
        var (plans, groups) = SamplingPlans.Choose(schedule, (long)video.Width * video.Height, video.CanSkipToKeyFrames, format.HasIndex());
        string? damage = video.Damage;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var frames = source.ReadAsync(video, schedule, plans[attempt], groups, said => damage ??= said, cancellationToken);
                var (hashes, digests) = await FrameHasher.HashAsync(
                    frames, video.Width, video.Height, schedule, step(schedule.Rate), _options.Hashers, progress.Hashed, cancellationToken).ConfigureAwait(false);
                progress.Hashed(hashes.Length - 1);
                return new SampledVideo(video, schedule, hashes, digests, damage);
            }
            catch (PlanFailedException) when (attempt + 1 < plans.Count)
            {
                // The next plan is dearer, and depends less on what the index says.
            }
        }
    }
}
