using Tectra.Sdk.Video.Ffmpeg;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>Decodes the frames of a schedule.</summary>
internal interface IKeyframeSource
{
    /// <summary>
    /// The luma of each sample as shown, in order, one after the other; the caller disposes of each. A sample that repeats the frame of the one
    /// before it is left out. Ends early where a damaged video does.
    /// </summary>
    /// <param name="video">The video.</param>
    /// <param name="schedule">What is sampled.</param>
    /// <param name="plan">How.</param>
    /// <param name="groups">The short decoders of <see cref="SamplingPlan.Seeking"/>.</param>
    /// <param name="damaged">Is told what the decoder found wrong with a video that it could decode all the same.</param>
    /// <param name="cancellationToken">Ends all decoders at once.</param>
    /// <exception cref="PlanFailedException">The plan isn't one for this file; <see cref="SamplingPlan.OnePass"/> is.</exception>
    /// <exception cref="InvalidContentException">It can't be decoded, or takes too long; the code says which.</exception>
    /// <exception cref="MissingToolException">The decoder isn't there (<c>ffmpeg_missing</c>).</exception>
    IAsyncEnumerable<LumaFrame> ReadAsync(
        ProbedVideo video, KeyframeSchedule schedule, SamplingPlan plan, IReadOnlyList<SeekGroup> groups, Action<string> damaged,
        CancellationToken cancellationToken);
}
