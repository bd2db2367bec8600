using System.Collections.Immutable;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Verification;

/// <summary>
/// The frames of a suspect video. They are taken more often than for a certificate where that costs little, so that a clip is
/// recognised whose frames were sampled at other times than its source's. Immutable.
/// </summary>
/// <param name="Rate">How often the video was sampled.</param>
/// <param name="Duration">From its first frame to the end of its last.</param>
/// <param name="Frames">The perceptual hash of the frame shown at each sample's time; never empty, at most <see cref="MaxFrames"/>.</param>
public sealed record ObservedVideo(SampleRate Rate, TimeSpan Duration, ImmutableArray<PerceptualHash> Frames)
{
    /// <summary>The most frames.</summary>
    public const int MaxFrames = 16_384;

    /// <summary>
    /// The pixels of every <see cref="DigestStep"/>th frame, from the first on; empty when they weren't digested: then nothing is exact.
    /// </summary>
    public ImmutableArray<PixelDigest> FrameDigests { get; init; } = [];

    /// <summary>How many frames lie from one of <see cref="FrameDigests"/> to the next (at least 1).</summary>
    public int DigestStep { get; init; } = 1;
}
