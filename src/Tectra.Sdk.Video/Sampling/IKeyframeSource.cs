using Tectra.Sdk.Video.Ffmpeg;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>Decodes the frames of a schedule.</summary>
internal interface IKeyframeSource
{
    /// <summary>
    /// The luma of each sample as shown, in order, one after the other; the caller disposes of each. Ends early where a damaged video does.
    /// </summary>
    /// <exception cref="InvalidContentException">It can't be decoded, or takes too long; the code says which.</exception>
    /// <exception cref="MissingToolException">The decoder isn't there (<c>ffmpeg_missing</c>).</exception>
    IAsyncEnumerable<LumaFrame> ReadAsync(ProbedVideo video, KeyframeSchedule schedule, SamplingPlan plan, CancellationToken cancellationToken);
}
