using System.Text;

namespace Tectra.Sdk.Content;

/// <summary>
/// What identifies a source: the SHA-256 of its bytes and the perceptual hash of its pixels, for a video also those of its frames.
/// All are of the <em>source</em>, before a watermark is in it. Immutable.
/// </summary>
/// <param name="Sha256">The digest of the file's bytes.</param>
/// <param name="PerceptualHash">
/// The perceptual hash of the decoded pixels as stored (not turned by EXIF orientation); of a video the majority of its frames.
/// </param>
/// <param name="Width">Columns of pixels as stored; of a video as shown, after its rotation.</param>
/// <param name="Height">Rows of pixels likewise.</param>
public sealed record ContentFingerprint(Sha256Digest Sha256, PerceptualHash PerceptualHash, int Width, int Height)
{
    /// <summary>The most characters a user id may have.</summary>
    public const int MaxUserIdLength = 128;

    /// <summary>The frames and segments of a video; null for a picture.</summary>
    public VideoFingerprint? Video { get; init; }

    /// <summary>
    /// The message that the fingerprint signature signs: UTF-8 of <c>{sha256}|{phash}|{timestamp}|{user_id}</c>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="userId"/> isn't valid (see <see cref="IsValidUserId"/>).</exception>
    public byte[] ToSignedMessage(UtcTimestamp timestamp, string userId)
    {
        if (!IsValidUserId(userId))
            throw new ArgumentException("A user id has 1 to 128 printable characters and no '|'.", nameof(userId));
        return Encoding.UTF8.GetBytes($"{Sha256}|{PerceptualHash}|{timestamp}|{userId}");
    }

    /// <summary>Whether the text can stand in the signed message: 1 to 128 characters, none a control character, a lone surrogate or <c>|</c>.</summary>
    public static bool IsValidUserId(string? userId)
    {
        if (string.IsNullOrEmpty(userId) || userId.Length > MaxUserIdLength) return false;
        foreach (var rune in userId.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune) || rune.Value == '|') return false;
        }
        return true;
    }
}
