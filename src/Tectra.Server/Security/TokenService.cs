using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tectra.Registry.Storage;

namespace Tectra.Server.Security;

/// <summary>
/// The tokens of a login: JSON web tokens (RFC 7519) with HMAC-SHA256, which is the only algorithm that is accepted. Each holds
/// a mark of the password it was given for, so a new password ends the older tokens. Thread-safe.
/// </summary>
internal sealed class TokenService
{
    /// <summary>How long a token works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Name = "tectra", MarkClaim = "pwd";
    private const int MarkBytes = 12, MaxTokenLength = 2048;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenLength, SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _parameters;
    private readonly TimeProvider _time;

    /// <param name="secret">32 bytes, the same in every server of the database.</param>
    /// <param name="time">The clock.</param>
    public TokenService(byte[] secret, TimeProvider time)
    {
        _time = time;
        var key = new SymmetricSecurityKey(secret);
        _credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = Name,
            ValidAudience = Name,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && end > _time.GetUtcNow().UtcDateTime,
        };
    }

    /// <summary>A new token for an account.</summary>
    public string Issue(StoredAccount account)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = Name,
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = account.UserId, [MarkClaim] = MarkOf(account) },
            SigningCredentials = _credentials,
        });
    }

    /// <summary>The user of a token and the mark of their password; null if it isn't one of ours, or is expired.</summary>
    public async ValueTask<(string UserId, string Mark)?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _parameters).ConfigureAwait(false);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read) return null;
        return read.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sub, out var user) && read.TryGetPayloadValue<string>(MarkClaim, out var mark) ? (user, mark) : null;
    }

    /// <summary>Whether a mark is of the password that the account has now.</summary>
    public static bool IsCurrent(StoredAccount account, string mark) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(MarkOf(account)), Encoding.UTF8.GetBytes(mark));

    private static string MarkOf(StoredAccount account) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(account.PasswordHash)).AsSpan(0, MarkBytes));
}
