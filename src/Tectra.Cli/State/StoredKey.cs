using System.Text.Json;
using System.Text.Json.Serialization;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>
/// A signing key as it lies on the disk and travels between machines: the private half is a Fernet token, useless without
/// the Fernet key.
/// </summary>
internal sealed record StoredKey(
    string Type, string Name, string UserId, string? OrgName, string? OrgType, string PublicKey, string EncryptedPrivateKey, string CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RegistryId = null)
{
    public const string TypeName = "https://tectra.vision/signing-key/v1";

    [JsonIgnore]
    public string KeyId => Sdk.Keys.PublicKey.Parse(PublicKey).KeyId;

    [JsonIgnore]
    public SignerIdentity Identity => new(UserId, OrgName, OrgType, Name);

    /// <summary>Reads a key file, strictly.</summary>
    /// <exception cref="KeyAccessException">It isn't one (<c>signing_key_damaged</c>).</exception>
    public static StoredKey FromJson(ReadOnlySpan<byte> json, string path)
    {
        try
        {
            var key = JsonSerializer.Deserialize(json, CliJson.Indented.StoredKey) ?? throw new FormatException("It is null.");
            if (key.Type != TypeName) throw new FormatException($"The type is '{key.Type}'.");
            if (!KeyStore.IsValidName(key.Name)) throw new FormatException("The name is not valid.");
            _ = Sdk.Keys.PublicKey.Parse(key.PublicKey);
            return key;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new KeyAccessException(ErrorCodes.SigningKeyDamaged, $"{path} is not a signing key file: {e.Message}", e);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Indented.StoredKey);

    /// <summary>Decrypts the private half.</summary>
    /// <exception cref="KeyAccessException">The Fernet key is another one, or the file is damaged.</exception>
    public SigningKey Unprotect(FernetKey fernetKey) =>
        new EncryptedPrivateKey(Sdk.Keys.PublicKey.Parse(PublicKey), EncryptedPrivateKey).Unprotect(fernetKey);
}
