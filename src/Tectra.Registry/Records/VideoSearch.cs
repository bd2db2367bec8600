using Tectra.Registry.Similarity;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Records;

/// <summary>
/// Finds the videos that frames may be of: each of some frames is looked up, and votes for every video that has one like it. What was
/// cut, sped up or put together from several is thereby found without knowing how.
/// </summary>
internal static class VideoSearch
{
    /// <summary>So many frames are looked up at most.</summary>
    public const int MaxFrames = 256;

    /// <summary>A frame that more frames are like votes for the videos of so many, the nearest: a title that a thousand videos begin with tells none of them.</summary>
    public const int MaxMatches = 8192;

    /// <summary>
    /// The videos with most votes, most first; of equals those whose frames are nearer, then the first registered.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<long> Find(FrameIndex index, IReadOnlyList<PerceptualHash> frames, int radius, CancellationToken cancellationToken)
    {
        if (index.Count == 0) return [];
        var votes = new Dictionary<long, (int Count, int Distance)>();
        foreach (var frame in Choose(frames))
        {
            foreach (var match in index.Find(frame, radius, MaxMatches, cancellationToken))
            {
                var (count, distance) = votes.GetValueOrDefault(match.Sequence);
                votes[match.Sequence] = (count + 1, distance + match.Distance);
            }
        }
        return
        [
            .. votes.OrderByDescending(video => video.Value.Count).ThenBy(video => video.Value.Distance).ThenBy(video => video.Key)
                .Take(LookupOptions.MaxVideos).Select(video => video.Key),
        ];
    }

    /// <summary>
    /// The frames to look up: informative ones, each once, at most <see cref="MaxFrames"/>. The time is divided evenly, and each part gives its
    /// first that no part before it gave; then those that are left fill up, evenly as well.
    /// </summary>
    public static IReadOnlyCollection<PerceptualHash> Choose(IReadOnlyList<PerceptualHash> frames)
    {
        var chosen = new HashSet<PerceptualHash>();
        for (var part = 0; part < MaxFrames; part++)
        {
            var end = (int)((part + 1L) * frames.Count / MaxFrames);
            for (var i = (int)((long)part * frames.Count / MaxFrames); i < end; i++)
            {
                if (FrameIndex.IsInformative(frames[i]) && chosen.Add(frames[i])) break;
            }
        }
        if (chosen.Count == MaxFrames) return chosen;
        PerceptualHash[] rest = [.. frames.Where(frame => FrameIndex.IsInformative(frame) && !chosen.Contains(frame)).Distinct()];
        var room = Math.Min(MaxFrames - chosen.Count, rest.Length);
        for (var i = 0; i < room; i++) chosen.Add(rest[(int)((long)i * rest.Length / room)]);
        return chosen;
    }
}
