using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra login</c>.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The registry's address, such as https://registry.example/.", Required = true };
        var email = new Option<string?>("--email") { Description = "The account's e-mail address. Default: asked for." };
        var name = new Option<string?>("--name") { Description = "The signing key's name here; it is made if it is missing. Default: a key of that account, 'default', or a name after the server." };
        var register = new Option<bool>("--register") { Description = "Open the account first." };
        var organisation = new Option<string?>("--org-name") { Description = "With --register: the organisation's name, as certificates will show it." };
        var type = new Option<string?>("--org-type") { Description = "With --register: the organisation's kind, such as ai_provider or newsroom." };
        var noBackup = new Option<bool>("--no-key-backup") { Description = "Upload the signing key's public half only. Default: the private half too, encrypted with the Fernet key, which stays here." };
        var command = new Command(
            "login",
            "Log in at a server: sign and verify go there from then on. Makes an API key for this machine and a signing key, if there is none.\n" +
            $"The password is asked for on a terminal, or read from {PasswordInput.Variable} or one line of standard input.") { url, email, name, register, organisation, type, noBackup };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            if (!parsed.GetValue(register) && (parsed.GetValue(organisation) ?? parsed.GetValue(type)) is not null) throw new ArgumentException("--org-name and --org-type are given when the account is opened: with --register.");
            var options = new TectraOptions { ApiUrl = ServerAccess.Address(parsed.GetRequiredValue(url), "--url") };
            var address = PasswordInput.ReadEmail(parsed.GetValue(email));
            var password = PasswordInput.Read(address);
            using var client = new TectraApiClient(options);
            if (parsed.GetValue(register))
            {
                await ThrowIfOutboxIsOthersAsync(TectraHome.Find(), options.ApiUrl, null, cancellationToken).ConfigureAwait(false); // before there is an account
                await client.RegisterAccountAsync(address, password, parsed.GetValue(organisation), parsed.GetValue(type), cancellationToken).ConfigureAwait(false);
            }
            var token = await client.LoginAsync(address, password, cancellationToken).ConfigureAwait(false);
            return await RunAsync(client.WithToken(token.Token), options.ApiUrl, parsed.GetValue(name), isBackedUp: !parsed.GetValue(noBackup), output, cancellationToken).ConfigureAwait(false);
        });
    }

    private static async Task<int> RunAsync(TectraApiClient client, Uri url, string? name, bool isBackedUp, CommandOutput output, CancellationToken cancellationToken)
    {
        var account = await ServerKeys.GetAccountAsync(client, cancellationToken).ConfigureAwait(false);
        var ledgerKey = (await client.GetRegistryInfoAsync(cancellationToken).ConfigureAwait(false)).LedgerPublicKey;
        var home = TectraHome.Open();
        var earlier = FindEarlier(home);
        await ThrowIfOutboxIsOthersAsync(home, url, account.UserId, cancellationToken).ConfigureAwait(false);
        var stored = await OpenKeyAsync(home, url, account, name, cancellationToken).ConfigureAwait(false);
        using var fernet = home.OpenFernetKey();
        stored = await PushAsync(home, stored, fernet, client, isBackedUp, cancellationToken).ConfigureAwait(false);
        var apiKey = await client.CreateApiKeyAsync($"tectra on {Environment.MachineName}", [ApiScopes.Sign, ApiScopes.Verify, ApiScopes.Read], cancellationToken).ConfigureAwait(false);
        var login = new ServerLogin(
            ServerLogin.TypeName, url.AbsoluteUri, account.UserId, account.Email, account.OrgName, account.OrgType, stored.Name, apiKey.Id,
            ServerLogin.Protect(apiKey.Key, fernet), ledgerKey.ToString(), UtcTimestamp.From(TimeProvider.System.GetUtcNow()).ToString());
        try
        {
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false)) home.SaveLogin(login);
        }
        catch
        {
            await client.RevokeApiKeyAsync(apiKey.Id, CancellationToken.None).ConfigureAwait(false); // nobody has it
            throw;
        }
        Show(output, login, stored, isBackedUp);
        if (earlier is not null) await RetireAsync(earlier, login, client, output, cancellationToken).ConfigureAwait(false);
        return ExitCode.Success;
    }

    /// <summary>Registers a signing key, so that the registry takes what it signs.</summary>
    internal static async ValueTask<StoredKey> PushAsync(
        TectraHome home, StoredKey stored, FernetKey fernet, TectraApiClient client, bool isBackedUp, CancellationToken cancellationToken)
    {
        using var key = stored.Unprotect(fernet);
        var encrypted = isBackedUp ? new EncryptedPrivateKey(key.PublicKey, stored.EncryptedPrivateKey) : null;
        var info = await client.RegisterSigningKeyAsync(key, stored.Name, encrypted, cancellationToken).ConfigureAwait(false);
        if (stored.RegistryId == info.Id) return stored;
        using (await home.LockAsync(cancellationToken).ConfigureAwait(false)) return home.Keys.Replace(stored with { RegistryId = info.Id });
    }

    private static async ValueTask ThrowIfOutboxIsOthersAsync(TectraHome home, Uri url, string? userId, CancellationToken cancellationToken)
    {
        if (FindEarlier(home) is not { } earlier || (earlier.Url == url.AbsoluteUri && earlier.UserId == userId) || !Directory.Exists(home.OutboxPath)) return;
        var status = await RegistrationOutbox.Open(home.OutboxPath).GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (status.Waiting == 0) return;
        throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture, $"{status.Waiting} registrations of the login at {earlier.Url} wait in {home.OutboxPath}. Deliver them first: tectra outbox flush. Or set {TectraHome.OutboxVariable} to another folder."));
    }

    /// <summary>The login before; a damaged one is as good as none, now that another takes its place.</summary>
    private static ServerLogin? FindEarlier(TectraHome home)
    {
        try
        {
            return home.FindLogin();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A signing key whose user is the account.</summary>
    private static async ValueTask<StoredKey> OpenKeyAsync(TectraHome home, Uri url, Account account, string? name, CancellationToken cancellationToken)
    {
        using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
        {
            if (name is not null && home.Keys.Find(name) is { } named)
            {
                return named.UserId == account.UserId
                    ? named
                    : throw new KeyAccessException(ErrorCodes.SigningKeyExists, $"The signing key '{name}' belongs to {named.UserId}, not to this account ({account.UserId}). Choose another --name.");
            }
            if (name is null)
            {
                if (home.Keys.Find(KeyStore.DefaultName) is { } standard && standard.UserId == account.UserId) return standard;
                if (home.Keys.List().Keys.FirstOrDefault(key => key.UserId == account.UserId) is { } own) return own;
            }
            using var fernet = home.OpenFernetKeyForNewKey();
            return home.Keys.Create(name ?? FreeName(home, url), account.UserId, account.OrgName, account.OrgType, fernet);
        }
    }

    private static string FreeName(TectraHome home, Uri url)
    {
        var host = string.Concat(url.Authority.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-')).TrimStart('.', '-');
        if (host.Length > 40) host = host[..40];
        return new[] { KeyStore.DefaultName, host }.Concat(Enumerable.Range(2, 1000).Select(number => string.Create(CultureInfo.InvariantCulture, $"{host}-{number}")))
            .First(candidate => KeyStore.IsValidName(candidate) && home.Keys.Find(candidate) is null);
    }

    /// <summary>Says what has become of the login before, and revokes its API key if it is this account's.</summary>
    private static async ValueTask RetireAsync(ServerLogin earlier, ServerLogin login, TectraApiClient client, CommandOutput output, CancellationToken cancellationToken)
    {
        if (earlier.Url == login.Url && earlier.LedgerPublicKey != login.LedgerPublicKey)
            output.Remark(null, $"{login.Url} names another ledger key than before ({earlier.LedgerPublicKey}). The new one is believed from now on; ask its operator whether the change is meant.");
        try
        {
            if (earlier.Url == login.Url && earlier.UserId == login.UserId)
            {
                await client.RevokeApiKeyAsync(earlier.ApiKeyId, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (RegistryException e)
        {
            output.Remark(null, $"{e.Message} ({e.Code})");
        }
        output.Remark(null, $"The API key {earlier.ApiKeyId} of the login before, at {earlier.Url}, stays valid until it is revoked there.");
    }

    private static void Show(CommandOutput output, ServerLogin login, StoredKey key, bool isBackedUp)
    {
        if (output.IsJson)
        {
            output.Line(
                new LoginLine(
                    login.Url, login.UserId, login.Email, login.OrgName, login.OrgType, key.Name, key.KeyId, key.PublicKey, key.RegistryId!, isBackedUp, login.ApiKeyId, login.LedgerPublicKey),
                CliJson.Line.LoginLine);
            return;
        }
        output.Console.MarkupLine($"[green]✓[/] logged in at [bold]{CommandOutput.Escape(login.Url)}[/] as {CommandOutput.Escape(login.Email)}  [dim]{CommandOutput.Escape(login.UserId)}[/]");
        output.Console.MarkupLine($"  signing key '{CommandOutput.Escape(key.Name)}' {key.KeyId}, there as {CommandOutput.Escape(key.RegistryId!)}{(isBackedUp ? ", its private half encrypted with the Fernet key, which stayed here: back that up" : "")}");
        output.Console.MarkupLine($"  ledger key {login.LedgerPublicKey}: compare it with what the operator says");
    }
}
