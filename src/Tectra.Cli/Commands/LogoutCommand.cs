using System.CommandLine;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra logout</c>.</summary>
internal static class LogoutCommand
{
    public static Command Create()
    {
        var revoke = new Option<bool>("--revoke") { Description = $"Revoke the API key at the server too; that takes the password, as login does. Default where {PasswordInput.Variable} is set." };
        var command = new Command("logout", "Forget the login: sign and verify use the registry on this machine again. Signing keys stay, and so do registrations that wait in the outbox.") { revoke };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var home = TectraHome.Find();
            var login = home.FindLogin() ?? throw new ArgumentException($"Nobody is logged in: there is no login in {home.Path}.");
            var revokes = parsed.GetValue(revoke) || Environment.GetEnvironmentVariable(PasswordInput.Variable) is { Length: > 0 };
            if (revokes) await RevokeAsync(login, cancellationToken).ConfigureAwait(false);
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false)) home.DeleteLogin();
            if (output.IsJson) output.Line(new LogoutLine(login.Url, login.UserId, login.ApiKeyId, revokes), CliJson.Line.LogoutLine);
            else output.Console.MarkupLine($"[green]✓[/] logged out of {CommandOutput.Escape(login.Url)}");
            if (!revokes) output.Remark(null, $"The API key {login.ApiKeyId} is gone from this machine, but stays valid for whoever has a copy. 'tectra logout --revoke' would have revoked it; now only the account's owner can, at the server.");
            return ExitCode.Success;
        });
    }

    private static async ValueTask RevokeAsync(ServerLogin login, CancellationToken cancellationToken)
    {
        using var client = new TectraApiClient(new TectraOptions { ApiUrl = new Uri(login.Url) });
        var token = await client.LoginAsync(login.Email, PasswordInput.Read(login.Email), cancellationToken).ConfigureAwait(false);
        try
        {
            await client.WithToken(token.Token).RevokeApiKeyAsync(login.ApiKeyId, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Code == ErrorCodes.NotFound)
        {
            // The server doesn't know it any more, which is as good.
        }
    }
}
