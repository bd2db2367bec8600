using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tectra.Registry.Webhooks;

/// <summary>
/// Signs what is posted, as Standard Webhooks 1.0.0 lays down (symmetric scheme): HMAC-SHA256 of <c>id.timestamp.body</c>, in
/// base64 behind <c>v1,</c>.
/// </summary>
internal static class WebhookSigner
{
    /// <summary>What a secret's text begins with; base64 follows.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>The length of a secret in bytes (the standard asks for 24 to 64).</summary>
    public const int SecretBytes = 32;

    public const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    private const string Version = "v1,";

    /// <summary>The signature's header.</summary>
    /// <param name="secret">The secret's bytes: what is in base64 behind the prefix.</param>
    /// <param name="id">The event's id, without a full stop.</param>
    /// <param name="timestamp">The attempt's time in seconds since 1970.</param>
    /// <param name="body">The exact bytes of the body.</param>
    public static string Sign(ReadOnlySpan<byte> secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return Version + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>A secret as its owner sees it.</summary>
    public static string Format(ReadOnlySpan<byte> secret) => SecretPrefix + Convert.ToBase64String(secret);
}
