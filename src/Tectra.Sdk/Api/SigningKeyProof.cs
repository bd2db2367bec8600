using System.Text;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Api;

/// <summary>
/// What a key signs to be registered for a user: UTF-8 lines, each ended by a line feed: <c>tectra-key-1</c>, user id, public key.
/// </summary>
internal static class SigningKeyProof
{
    public static byte[] Message(string userId, PublicKey key) => Encoding.UTF8.GetBytes($"tectra-key-1\n{userId}\n{key}\n");
}
