using System.Buffers.Binary;
using System.Collections.Immutable;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Testing;

/// <summary>Videos that consist of frame hashes: the pixels of a frame are its hash.</summary>
public static class TestVideos
{
    /// <summary>What is signed of such a video.</summary>
    public static VideoFingerprint Fingerprint(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames) =>
        VideoFingerprint.Create(rate, duration, frames, frames.IsDefault ? [] : Digests(frames));

    /// <summary>What is measured of such a video, every frame's pixels among it.</summary>
    public static ObservedVideo Observed(SampleRate rate, TimeSpan duration, ImmutableArray<PerceptualHash> frames) =>
        new(rate, duration, frames) { FrameDigests = frames.IsDefault ? [] : [.. Digests(frames)] };

    /// <summary>The pixels of frames.</summary>
    public static PixelDigest[] Digests(ImmutableArray<PerceptualHash> frames) => [.. frames.Select(frame =>
    {
        var pixels = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(pixels, frame.Bits);
        return PixelDigest.OfFrame(pixels);
    })];
}
