using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>
/// A login at a server as it lies in the home. The API key is a Fernet token, useless without the home's Fernet key; the
/// server's ledger key is the one it named at the login.
/// </summary>
internal sealed record ServerLogin(
    string Type,
    string Url,
    string UserId,
    string Email,
    string? OrgName,
    string? OrgType,
    string KeyName,
    string ApiKeyId,
    string EncryptedApiKey,
    string LedgerPublicKey,
    string CreatedAt)
{
    public const string TypeName = "https://tectra.vision/server-login/v1";

    private const int MaxFileBytes = 64 * 1024;

    /// <summary>Encrypts an API key for the file.</summary>
    public static string Protect(string apiKey, FernetKey fernetKey)
    {
        var bytes = Encoding.UTF8.GetBytes(apiKey);
        try
        {
            return fernetKey.Encrypt(bytes, TimeProvider.System);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads the file, strictly; null if there is none.</summary>
    /// <exception cref="ArgumentException">It isn't a login.</exception>
    public static ServerLogin? Find(string path)
    {
        try
        {
            if (!File.Exists(path)) return null;
            if (new FileInfo(path).Length > MaxFileBytes) throw new FormatException("It is too long.");
            var login = JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Indented.ServerLogin) ?? throw new FormatException("It is null.");
            if (login.Type != TypeName) throw new FormatException($"The type is '{login.Type}'.");
            _ = new TectraOptions { ApiUrl = new Uri(login.Url) };
            _ = PublicKey.Parse(login.LedgerPublicKey);
            return login;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new ArgumentException($"{path} is not a login: {e.Message.Split(" (Parameter '")[0]} Log in again.", e);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Indented.ServerLogin);

    /// <summary>Decrypts the API key.</summary>
    /// <exception cref="KeyAccessException">The Fernet key is another one (<c>fernet_key_wrong</c>).</exception>
    public string OpenApiKey(FernetKey fernetKey)
    {
        if (!fernetKey.TryDecrypt(EncryptedApiKey, out var bytes))
        {
            throw new KeyAccessException(
                ErrorCodes.FernetKeyWrong, $"The Fernet key does not open the API key of the login at {Url}. Set {TectraHome.FernetVariable} to the one it was encrypted with, or log in again.");
        }
        try
        {
            return Encoding.UTF8.GetString(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Where and who; never the token.</summary>
    public override string ToString() => $"ServerLogin {Url} {UserId}";
}
