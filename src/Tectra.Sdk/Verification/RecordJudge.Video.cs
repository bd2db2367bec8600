using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>What is particular to videos.</summary>
internal sealed partial class RecordJudge
{
    /// <summary>
    /// The judgement of the best record, completed by what was done to the video. That is dear, and so not asked of every candidate; and
    /// what is found elsewhere in the record shows that the file has to do with it even if nothing is where it was.
    /// </summary>
    public static RecordJudgement Complete(RecordJudgement judgement)
    {
        if (judgement is not { Comparison: { } comparison, Video: { } video }) return judgement;
        var changes = VideoChanges.Of(comparison);
        var isFound = changes.Any(change => change.Kind is VideoChangeKind.Moved or VideoChangeKind.Reversed);
        // Of a file that has nothing of the record it means nothing to say what it lacks.
        if (!judgement.IsConnected && !isFound) return judgement;
        return judgement with
        {
            Video = video with { Changes = changes },
            IsConnected = true,
            Certificate = judgement.Claims,
            Content = judgement.Content == ContentState.Unknown ? ContentState.Edited : judgement.Content,
        };
    }

    private VideoComparison? CompareVideo(Certificate certificate, bool identical) =>
        !identical && _observed.Video is { } observed && certificate.Fingerprint.Video is { } record ? VideoJudge.Compare(record, observed, _policy.SegmentRadius) : null;

    private VideoReading? ReadVideo(Certificate certificate, bool identical, VideoComparison? comparison) => certificate.Fingerprint.Video switch
    {
        // The frames follow from the bytes, whatever was measured, or couldn't be.
        { } record when identical => VideoJudge.SameBytes(record),
        null when !identical && _observed.Video is { } observed => VideoJudge.WithoutRecord(observed),
        _ => comparison?.Reading,
    };

    private static CheckResult CheckSegments(Certificate certificate, VideoReading? video)
    {
        if (certificate.Fingerprint.Video is null || video is null)
            return CheckResult.NotRun(CheckCodes.RecordIsPicture, $"Record {certificate.RecordId} is of a picture, which a video is not compared with.");
        var counts = $"{video.VerifiedSegments} of {video.TotalSegments} segments match record {certificate.RecordId}";
        var place = video.Excerpt is { } excerpt ? $" at {VideoTime.Format(excerpt.RecordStart, excerpt.RecordEnd)}" : "";
        return video.Confidence >= VerificationPolicy.AuthenticVideoThreshold
            ? CheckResult.Passed(CheckCodes.SegmentsMatch, $"{counts}{place}{(video.ChainIntact ? ", all exactly" : "")}")
            : CheckResult.Failed(CheckCodes.SegmentsDiffer, $"{counts}{place}; at least half must.");
    }

    /// <summary>A picture may be a still of the record's video.</summary>
    private CheckResult CheckFrames(Certificate certificate, VideoFingerprint record, PerceptualHash still)
    {
        if (_observed.PerceptualHashDoubt is { } doubt) return CheckResult.NotRun(doubt.Code, doubt.Reason);
        if (NearestFrame(record, still) is not var (distance, sample))
            return CheckResult.Failed(CheckCodes.PictureDifferent, $"The video of record {certificate.RecordId} has no frame that a picture could be told by.");
        var where = $"Distance {distance} to the frame at {VideoTime.Format(record.Rate.TimeOf(sample))} of record {certificate.RecordId}";
        return distance <= _policy.PerceptualRadius
            ? CheckResult.Passed(CheckCodes.FrameSimilar, where)
            : CheckResult.Failed(CheckCodes.PictureDifferent, $"{where}, the nearest; at most {_policy.PerceptualRadius} is the same picture.");
    }

    /// <summary>The frame that is most like a picture; null if none says anything.</summary>
    private static (int Distance, int Sample)? NearestFrame(VideoFingerprint record, PerceptualHash still)
    {
        (int Distance, int Sample)? nearest = null;
        for (var sample = 0; sample < record.Frames.Length; sample++)
        {
            if (!FrameInformation.IsInformative(record.Frames[sample].Bits)) continue;
            var distance = still.DistanceTo(record.Frames[sample]);
            if (nearest is null || distance < nearest.Value.Distance) nearest = (distance, sample);
        }
        return nearest;
    }

    private static ContentState ContentOf(VideoReading video) => video switch
    {
        { VerifiedSegments: 0 } => ContentState.Unknown,
        { Excerpt: not null } => ContentState.Excerpt,
        { Confidence: 1 } => ContentState.ReEncoded,
        _ => ContentState.Edited,
    };
}
