using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Accounts;

/// <summary>Accounts: who may log in, and how a forgotten password is replaced. Thread-safe.</summary>
internal sealed class AccountService
{
    /// <summary>How long a reset token works.</summary>
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    private const int TokenBytes = 32;

    private readonly IAccountStore _store;
    private readonly PasswordHasher _hasher;
    private readonly IMailSender _mail;
    private readonly TimeProvider _time;

    public AccountService(IAccountStore store, PasswordHasher hasher, IMailSender mail, TimeProvider time)
    {
        _store = store;
        _hasher = hasher;
        _mail = mail;
        _time = time;
    }

    /// <summary>Makes an account; its user id is chosen here.</summary>
    /// <exception cref="RegistryException">A text breaks its rules (<c>request_malformed</c>), or the address has an account (<c>email_taken</c>).</exception>
    public async ValueTask<StoredAccount> RegisterAsync(string email, string password, string? orgName, string? orgType, CancellationToken cancellationToken)
    {
        var address = AccountTexts.NormaliseEmail(email);
        AccountTexts.CheckPassword(password);
        if (orgName is not null) AccountTexts.CheckName(orgName, "organisation's name");
        if (orgType is not null) AccountTexts.CheckName(orgType, "organisation's type");
        if (await _store.FindAccountByEmailAsync(address, cancellationToken).ConfigureAwait(false) is not null) throw Taken();
        var now = _time.GetUtcNow();
        var account = new StoredAccount(
            string.Create(CultureInfo.InvariantCulture, $"user-{Guid.CreateVersion7(now):D}"),
            address,
            await _hasher.HashAsync(password, cancellationToken).ConfigureAwait(false),
            orgName,
            orgType,
            UtcTimestamp.From(now).ToString());
        return await _store.TryAddAccountAsync(account, cancellationToken).ConfigureAwait(false) ? account : throw Taken();
    }

    /// <summary>The account of an address and password. Whether the address or the password is wrong shows neither in the answer nor in its time.</summary>
    /// <exception cref="RegistryException">They belong to no account (<c>credentials_invalid</c>).</exception>
    public async ValueTask<StoredAccount> AuthenticateAsync(string email, string password, CancellationToken cancellationToken)
    {
        var account = AccountTexts.TryNormaliseEmail(email) is { } address ? await _store.FindAccountByEmailAsync(address, cancellationToken).ConfigureAwait(false) : null;
        var check = await _hasher.VerifyAsync(password, account?.PasswordHash, cancellationToken).ConfigureAwait(false);
        if (account is null || !check.IsRight) throw new RegistryException(ErrorCodes.CredentialsInvalid, "The e-mail address or the password is wrong.");
        if (!check.NeedsRehash) return account;
        var hash = await _hasher.HashAsync(password, cancellationToken).ConfigureAwait(false);
        // If the password was changed meanwhile, the change stands.
        return await _store.TryReplacePasswordHashAsync(account.UserId, account.PasswordHash, hash, cancellationToken).ConfigureAwait(false) ? account with { PasswordHash = hash } : account;
    }

    /// <summary>An account by its id, or null.</summary>
    public ValueTask<StoredAccount?> FindAsync(string userId, CancellationToken cancellationToken) => _store.FindAccountAsync(userId, cancellationToken);

    /// <summary>Mails a reset token to the address if it has an account. Nobody is told whether it has.</summary>
    public async ValueTask SendResetMailAsync(string email, CancellationToken cancellationToken)
    {
        if (AccountTexts.TryNormaliseEmail(email) is not { } address) return;
        if (await _store.FindAccountByEmailAsync(address, cancellationToken).ConfigureAwait(false) is not { } account) return;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var expires = _time.GetUtcNow() + ResetLifetime;
        await _store.SetPasswordResetAsync(account.UserId, Digest(token), expires.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        var text = $"""
            Somebody, perhaps you, asked for a new password for the Tectra account {account.Email}.
            Reset token: {token}
            It works once, until {UtcTimestamp.From(expires)}. Send it with the new password to POST /api/v1/auth/reset-password.
            If it wasn't you, do nothing: the password stays as it is.
            """;
        await _mail.SendAsync(new Mail(account.Email, "Reset your Tectra password", text), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets a new password with a token from a mail and uses the token up.</summary>
    /// <exception cref="RegistryException">The token is unknown, used or expired (<c>reset_token_invalid</c>), or the password breaks its rules (<c>request_malformed</c>).</exception>
    public async ValueTask ResetPasswordAsync(string token, string newPassword, CancellationToken cancellationToken)
    {
        AccountTexts.CheckPassword(newPassword);
        if (token.Length != Base64Url.GetEncodedLength(TokenBytes)) throw InvalidToken();
        var hash = await _hasher.HashAsync(newPassword, cancellationToken).ConfigureAwait(false);
        if (!await _store.TryResetPasswordAsync(Digest(token), hash, _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false)) throw InvalidToken();
    }

    private static Sha256Digest Digest(string token) => Sha256Digest.Compute(Encoding.UTF8.GetBytes(token));

    private static RegistryException Taken() => new(ErrorCodes.EmailTaken, "An account with this e-mail address exists. Log in, or reset its password.");

    private static RegistryException InvalidToken() => new(ErrorCodes.ResetTokenInvalid, "The reset token is unknown, used or expired. Ask for a new one.");
}
