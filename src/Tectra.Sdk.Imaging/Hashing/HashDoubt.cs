using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Hashing;

/// <summary>
/// Tells when a picture's perceptual hash isn't of what a viewer shows. The hash follows Python's imagehash exactly, which
/// ignores transparency and later frames and clips 16-bit grey; a forger can put one picture into the hash and show another.
/// </summary>
internal static class HashDoubt
{
    // Different pictures differ in 32 bits give or take 4; a transparent border or corner alone changes up to about 18.
    private const int SameLook = 20;
    private const double MinVisibleShare = 0.5;

    /// <summary>Why the hash says little, or null if it can be believed.</summary>
    public static MeasurementProblem? Of(ImageBuffer picture, ImageHeader header, PerceptualHash hash, CancellationToken cancellationToken)
    {
        if (header.IsAnimated) return Problem("it is of one frame of an animation, and viewers show the others too");
        if (header.Luma == LumaRule.ClippedGray16)
            return Problem("of 16-bit grey it sees only the darkest samples, as the hash is defined, and not what viewers show");
        if (hash.Bits is 0 or 1UL << 63)
            return Problem("the picture is featureless, and all such pictures have the same hash");
        if (!picture.HasAlpha) return null;
        var visible = VisibleShare(picture);
        if (visible == 1) return null;
        // A faint picture hashes like a strong one: the hash doesn't see contrast.
        return visible >= MinVisibleShare && Looks(picture, byte.MaxValue, hash, cancellationToken) && Looks(picture, 0, hash, cancellationToken)
            ? null
            : Problem("it ignores transparency, with which viewers show another picture on white or on black");
    }

    private static MeasurementProblem Problem(string reason) => new(ErrorCodes.PerceptualHashMisleading, $"The perceptual hash can't be relied on here: {reason}.");

    /// <summary>Whether the picture, shown on a background of one grey, still hashes much like that.</summary>
    private static bool Looks(ImageBuffer picture, byte background, PerceptualHash hash, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var shown = PixelConversion.Flatten(picture, background);
        return PerceptualHasher.Hash(shown, LumaRule.Standard, null, cancellationToken).DistanceTo(hash) <= SameLook;
    }

    /// <summary>The share of pixels that a viewer shows; exactly 1 only if all are opaque.</summary>
    private static double VisibleShare(ImageBuffer picture)
    {
        long visible = 0;
        var opaque = true;
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var alpha = picture.Sample8(y, (x * picture.Channels) + picture.ColourChannels);
                if (alpha >= ImageBuffer.VisibleAlpha) visible++;
                opaque &= alpha == byte.MaxValue;
            }
        }
        return opaque ? 1 : Math.Min(visible / ((double)picture.Width * picture.Height), Math.BitDecrement(1.0));
    }
}
