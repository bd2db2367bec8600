using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>What a receiver does with a request; <c>docs/webhooks.md</c> shows the same lines.</summary>
internal static class ReceiverExample
{
    /// <summary>Whether a request comes from whoever knows the secret, and is of the last five minutes.</summary>
    /// <param name="headers">The request's headers, names in lower case.</param>
    /// <param name="body">The body's bytes exactly as they came, before anything parses them.</param>
    /// <param name="secret">The webhook's secret, with its prefix.</param>
    /// <param name="now">The clock.</param>
    public static bool IsGenuine(IReadOnlyDictionary<string, string> headers, byte[] body, string secret, DateTimeOffset now)
    {
        if (!long.TryParse(headers["webhook-timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp)) return false;
        if (Math.Abs(now.ToUnixTimeSeconds() - timestamp) > 300) return false;
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{headers["webhook-id"]}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed);
        return headers["webhook-signature"].Split(' ').Any(signature =>
            signature.StartsWith("v1,", StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature[3..]), Encoding.ASCII.GetBytes(Convert.ToBase64String(expected))));
    }
}
