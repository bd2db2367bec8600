namespace Tectra.Sdk.Video.Sampling;

/// <summary>How frames are got at. All ways give the same frames.</summary>
internal enum SamplingPlan
{
    /// <summary>Everything is decoded, once.</summary>
    OnePass,

    /// <summary>Only key frames are decoded: every sample is of one.</summary>
    KeyFrames,

    /// <summary>Many short decoders, each of which begins at the key frame before the samples that it is for.</summary>
    Seeking,
}

/// <summary>The frames of a short decoder. Immutable.</summary>
/// <param name="Start">The key frame at which it begins, an index of the time line.</param>
/// <param name="First">The first sample.</param>
/// <param name="Count">How many samples, with those that repeat a frame.</param>
internal readonly record struct SeekGroup(int Start, int First, int Count);

/// <summary>A plan can't be carried out with this file, whose index doesn't say what its frames do. Another one can.</summary>
internal sealed class PlanFailedException() : Exception("The file's index doesn't lead to its frames.");

/// <summary>Chooses the cheapest way to a schedule's frames.</summary>
internal static class SamplingPlans
{
    // Measured with ffmpeg 5.1: processor time of a start, and of decoding H.264.
    private const double StartMilliseconds = 120, MillisecondsPerMegapixel = 1.8;
    private const double ClearGain = 0.8; // the estimate is rough, and one pass never fails
    private const int MaxGroup = 64;

    /// <summary>The plans that are worth a try, the cheapest first, <see cref="SamplingPlan.OnePass"/> at the end; and the groups of <see cref="SamplingPlan.Seeking"/>.</summary>
    /// <param name="schedule">What is sampled.</param>
    /// <param name="pixels">Pixels of a frame.</param>
    /// <param name="canSkip">Whether other than key frames can be left out.</param>
    /// <param name="canSeek">Whether the container has an index of its key frames.</param>
    public static (IReadOnlyList<SamplingPlan> Plans, IReadOnlyList<SeekGroup> Groups) Choose(KeyframeSchedule schedule, long pixels, bool canSkip, bool canSeek)
    {
        var timeline = schedule.Timeline;
        if (timeline.Source != TimeSource.Presentation) return ([SamplingPlan.OnePass], []);
        var plans = new List<SamplingPlan>();
        var keys = timeline.Keys.Count(key => key);
        if (canSkip && keys <= ClearGain * timeline.Times.Length && schedule.Frames.All(frame => timeline.Keys[frame])) plans.Add(SamplingPlan.KeyFrames);
        IReadOnlyList<SeekGroup> groups = [];
        if (canSeek && timeline.Keys[0])
        {
            var frameCost = pixels / 1e6 * MillisecondsPerMegapixel;
            var onePass = StartMilliseconds + (schedule.Frames[^1] * frameCost);
            groups = Groups(schedule, frameCost);
            var seeking = groups.Sum(group => StartMilliseconds + ((schedule.Frames[group.First + group.Count - 1] - group.Start) * frameCost));
            if (seeking < ClearGain * onePass) plans.Add(SamplingPlan.Seeking);
        }
        plans.Add(SamplingPlan.OnePass);
        return (plans, groups);
    }

    /// <summary>Joins neighbours where going on is cheaper than starting anew.</summary>
    internal static IReadOnlyList<SeekGroup> Groups(KeyframeSchedule schedule, double frameCost)
    {
        var groups = new List<SeekGroup>();
        var keys = schedule.Timeline.Keys;
        for (int sample = 0, key = 0, next = 0; sample < schedule.Frames.Length; sample++)
        {
            var frame = schedule.Frames[sample];
            for (; next <= frame; next++)
            {
                if (keys[next]) key = next;
            }
            if (groups.Count > 0 && groups[^1] is var last && last.Count < MaxGroup
                && (frame - schedule.Frames[sample - 1]) * frameCost <= StartMilliseconds + ((frame - key) * frameCost))
            {
                groups[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                groups.Add(new SeekGroup(key, sample, 1));
            }
        }
        return groups;
    }
}
