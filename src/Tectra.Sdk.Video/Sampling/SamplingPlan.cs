namespace Tectra.Sdk.Video.Sampling;

/// <summary>How frames are got at. All ways give the same frames.</summary>
internal enum SamplingPlan
{
    /// <summary>Everything is decoded, once.</summary>
    OnePass,

    /// <summary>Only key frames are decoded: every sample is of one.</summary>
    KeyFrames,

    /// <summary>A decoder of its own for each frame, which begins at the key frame before it.</summary>
    Seeking,
}
