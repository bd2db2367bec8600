using System.CommandLine;
using System.Text;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra keys</c>.</summary>
internal static class KeysCommand
{
    private const int MaxOrganisationLength = 256;

    public static Command Create() => new("keys", "Make, show and move signing keys. Private halves are Fernet-encrypted wherever they lie.")
    {
        CreateCreate(), CreateList(), CreateExport(), CreateImport(), CreatePush(),
    };

    private static Command CreateCreate()
    {
        var name = new Argument<string>("NAME") { Description = "The new key's name.", DefaultValueFactory = _ => KeyStore.DefaultName };
        var organisation = new Option<string?>("--org-name") { Description = "The organisation's name, as certificates will show it." };
        var type = new Option<string?>("--org-type") { Description = "The organisation's kind, such as ai_provider or newsroom." };
        var user = new Option<string?>("--user") { Description = "The user id. Default: the one who is logged in, else the one of the other keys here." };
        var command = new Command("create", "Make a new Ed25519 signing key.") { name, organisation, type, user };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var organisationName = CommandParts.CheckText("--org-name", parsed.GetValue(organisation), MaxOrganisationLength);
            var organisationType = CommandParts.CheckText("--org-type", parsed.GetValue(type), MaxOrganisationLength);
            if (parsed.GetValue(user) is { } given && !ContentFingerprint.IsValidUserId(given))
                throw new ArgumentException($"A user id has 1 to {ContentFingerprint.MaxUserIdLength} printable characters and no '|'.");
            var home = TectraHome.Open();
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
            using (var fernet = home.OpenFernetKeyForNewKey())
            {
                var userId = parsed.GetValue(user) ?? home.FindLogin()?.UserId ?? home.Keys.NewUserId();
                Show(output, [home.Keys.Create(parsed.GetRequiredValue(name), userId, organisationName, organisationType, fernet)]);
            }
            return ExitCode.Success;
        });
    }

    private static Command CreateList() => new Command("list", "List the signing keys.").WithAction(CommandParts.JsonOption(), (_, output, _) =>
    {
        var listing = TectraHome.Find().Keys.List();
        Show(output, listing.Keys);
        foreach (var (path, error) in listing.Damaged) output.Failure(path, new ErrorDocument(error.Code, error.Message));
        return Task.FromResult(listing.Damaged.Count == 0 ? ExitCode.Success : ExitCode.Failure);
    });

    private static Command CreateExport()
    {
        var name = new Argument<string>("NAME") { Description = "The key's name." };
        var target = new Option<string>("--output", "-o") { Description = "The file to write.", Required = true };
        var onlyPublic = new Option<bool>("--public") { Description = "Only the public key, as hexadecimal text, for others to trust." };
        var command = new Command("export", "Write a key to a file: encrypted, to be opened with the same Fernet key elsewhere; or its public half.") { name, target, onlyPublic };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, _) =>
        {
            var home = TectraHome.Find();
            var key = Find(home, parsed.GetRequiredValue(name));
            var path = parsed.GetRequiredValue(target);
            if (parsed.GetValue(onlyPublic)) AtomicFile.Write(path, Encoding.ASCII.GetBytes(key.PublicKey + "\n"));
            else AtomicFile.Write(path, key.ToJson(), ownerOnly: true);
            Show(output, [key]);
            return Task.FromResult(ExitCode.Success);
        });
    }

    private static Command CreateImport()
    {
        var source = new Argument<string>("FILE") { Description = "A key file that 'tectra keys export' wrote." };
        var name = new Option<string?>("--name") { Description = "The name here. Default: the name it has in the file." };
        var command = new Command("import", "Take in a key file. It is tried with the Fernet key before it is stored. Repeating it changes nothing.") { source, name };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var key = KeyStore.Read(parsed.GetRequiredValue(source));
            if (parsed.GetValue(name) is { } other) key = key with { Name = other };
            var home = TectraHome.Open();
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
            {
                if (home.Keys.Find(key.Name) is not { } existing || existing.PublicKey != key.PublicKey) home.Import(key);
            }
            Show(output, [key]);
            return ExitCode.Success;
        });
    }

    private static Command CreatePush()
    {
        var name = new Argument<string>("NAME") { Description = "The key's name." };
        var noBackup = new Option<bool>("--no-key-backup") { Description = "Upload the public half only. Default: the private half too, encrypted with the Fernet key, which stays here." };
        var command = new Command("push", "Register a key at the server, so that it takes what the key signs. Repeating it changes nothing.") { name, noBackup };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var home = TectraHome.Find();
            var key = Find(home, parsed.GetRequiredValue(name));
            var server = ServerAccess.Find(home) ?? throw new ArgumentException("There is no server to register the key at. Log in with 'tectra login', or set TECTRA_API_URL and TECTRA_API_KEY.");
            server.RequireApiKey();
            using var client = server.CreateClient();
            var account = await client.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            if (key.UserId != account.UserId)
                throw new KeyAccessException(ErrorCodes.KeyOwnerMismatch, $"The key's user is {key.UserId}, the account's {account.UserId}: what it signs would be refused. Make one for the account: tectra keys create NAME --user {account.UserId}");
            using var fernet = home.OpenFernetKey();
            key = await LoginCommand.PushAsync(home, key, fernet, client, isBackedUp: !parsed.GetValue(noBackup), cancellationToken).ConfigureAwait(false);
            if (output.IsJson) Show(output, [key]);
            else output.Console.MarkupLine($"[green]✓[/] {server.Url.Authority} knows the key '{CommandOutput.Escape(key.Name)}' {key.KeyId} as {CommandOutput.Escape(key.RegistryId!)}");
            return ExitCode.Success;
        });
    }

    private static StoredKey Find(TectraHome home, string name) => home.Keys.Find(name)
        ?? throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"There is no signing key '{name}' in {home.Path}. 'tectra keys list' shows those there are.");

    private static void Show(CommandOutput output, IReadOnlyList<StoredKey> keys)
    {
        if (output.IsJson)
        {
            foreach (var key in keys)
                output.Line(new KeyDocument(key.Name, key.KeyId, key.PublicKey, key.UserId, key.OrgName, key.OrgType, key.CreatedAt, key.RegistryId), CliJson.Line.KeyDocument);
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "key id", "public key", "organisation", "made");
        foreach (var key in keys)
            table.AddRow(CommandOutput.Escape(key.Name), key.KeyId, key.PublicKey, CommandOutput.Escape(key.OrgName ?? key.UserId), CommandOutput.Escape(key.CreatedAt));
        output.Console.Write(table);
    }
}
